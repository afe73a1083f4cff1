import { GlobalAddress } from "@pulumi/gcp/compute/globalAddress";
import { ManagedSslCertificate } from "@pulumi/gcp/compute/managedSslCertificate";
import { SSLPolicy } from "@pulumi/gcp/compute/sslpolicy";
import { RecordSet } from "@pulumi/gcp/dns/recordSet";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";
import type { WebEdgeFacts } from "./contract";
import { armorPolicy, type GcpArmorSettings } from "./gcp-armor";

export { armorRules, type GcpArmorSettings } from "./gcp-armor";

/** Arguments of GcpWebEdge. */
export interface GcpWebEdgeArgs {
  readonly site: Site;
  /** The one host name; no wildcard: Google's certificates for load balancers have none. */
  readonly host: string;
  /** Public Cloud DNS zone of it. */
  readonly dnsZone: { readonly name: string; readonly project: string };
  readonly armor: GcpArmorSettings;
  /**
   * Ciphers beside TLS 1.2 as the oldest version. RESTRICTED shuts out old GitLab servers that send usage pings.
   * @default MODERN
   */
  readonly tlsProfile?: "MODERN" | "RESTRICTED";
}

/**
 * The edge of a web service on a global external load balancer: an address, its DNS record, a certificate that Google
 * issues and renews, which TLS it speaks, and Cloud Armor. The load balancer itself is made by whoever takes these
 * names, for example GKE's Ingress controller.
 *
 * Google issues the certificate once two things hold: the name leads to the address, and a load balancer there has the
 * certificate. It takes up to an hour, and the site has none until then. Another host name is another certificate: the
 * new one stands before the old one goes, but is issued only after the load balancer has taken it, so change the name
 * when nobody is in a hurry. Deleting the old one is refused while the load balancer still lets go of it: run `up` again.
 *
 * Sources: https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs,
 * https://cloud.google.com/load-balancing/docs/ssl-policies-concepts
 */
export class GcpWebEdge extends Component implements WebEdgeFacts {
  readonly url: string;
  readonly host: string;
  readonly address: pulumi.Output<string>;
  readonly addressName: pulumi.Output<string>;
  readonly certificateName: pulumi.Output<string>;
  readonly tlsPolicyName: pulumi.Output<string>;
  readonly armorPolicyName: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if the host is a wildcard or too long for a certificate, or a rule is one that Cloud Armor refuses */
  constructor(name: string, args: GcpWebEdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, host } = args;
    super("edge", "GcpWebEdge", name, { host, rules: args.armor.rules }, opts);
    if (host.includes("*")) throw new Error(`host: found ${host}, allowed: a plain name`);
    // The subject's common name has no room for more (the same page, Limitations).
    if (host.length > 63) throw new Error(`host: found ${host.length} characters, allowed: 63`);
    const own = { parent: this };
    const address = new GlobalAddress(
      `${name}-address`,
      {
        // In DNS records and people's allow lists: it stays with the environment.
        name: fixedName({ maxLength: 63 }, site.prefix, "web"),
        addressType: "EXTERNAL",
        ipVersion: "IPV4",
      },
      own,
    );
    const record = new RecordSet(
      `${name}-${host}`,
      {
        project: args.dnsZone.project,
        managedZone: args.dnsZone.name,
        name: `${host}.`,
        type: "A",
        ttl: 300,
        rrdatas: [address.address],
      },
      own,
    );
    const certificate = new ManagedSslCertificate(
      `${name}-certificate`,
      { managed: { domains: [host] } },
      // Google asks at once where the name leads; a first answer of "nowhere" costs it some hours' patience.
      { ...own, dependsOn: [record] },
    );
    const tls = new SSLPolicy(
      `${name}-tls`,
      { profile: args.tlsProfile ?? "MODERN", minTlsVersion: "TLS_1_2" },
      own,
    );
    const armor = armorPolicy(`${name}-armor`, `${site.prefix}: ${host}`, args.armor, own);

    this.url = `https://${host}`;
    this.host = host;
    this.address = address.address;
    this.addressName = address.name;
    this.certificateName = certificate.name;
    this.tlsPolicyName = tls.name;
    this.armorPolicyName = armor.name;
    this.ready = [address, record, certificate, tls, armor];
    this.registerOutputs({ address: this.address });
  }
}
