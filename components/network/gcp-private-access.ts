import { ManagedZone, RecordSet } from "@pulumi/gcp/dns";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";

/**
 * Where Google's APIs answer under `private.googleapis.com`: a range of Google's own that no other network can reach
 * them by (https://cloud.google.com/vpc/docs/configure-private-google-access#domain-options).
 */
export const googleApisRange = "199.36.153.8/30";

/** The four addresses of `googleApisRange`. */
const addresses = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"];

/** Arguments of GcpPrivateAccess. */
export interface GcpPrivateAccessArgs {
  /** `projects/…/global/networks/…`. */
  readonly networkId: pulumi.Input<string>;
  /**
   * Domains of Google that the network finds at `googleApisRange`, without a dot at the end. Images come to nodes
   * through Cloud NAT as well, so that `gcr.io` and `pkg.dev` are for networks that have no way out.
   * @default googleapis.com
   */
  readonly domains?: readonly string[];
}

/**
 * Google's APIs by addresses that a rule can name. Their public names have thousands of addresses that change, and a
 * Kubernetes NetworkPolicy knows addresses only: with these zones of the network's own, "may use Google's APIs" is one
 * range and nothing else of the internet.
 *
 * The range is routed by the network's default route, and taken by machines without an address of their own where
 * their subnet has private Google access, as those of GcpNetwork have
 * (https://cloud.google.com/vpc/docs/configure-private-google-access#config).
 */
export class GcpPrivateAccess extends Component {
  /** What must be there before names lead to the range: pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpPrivateAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    const domains = args.domains ?? ["googleapis.com"];
    super("network", "GcpPrivateAccess", name, { domains: domains.join(",") }, opts);
    this.ready = domains.flatMap((domain) => this.zone(name, domain, args.networkId));
    this.registerOutputs({});
  }

  private zone(
    name: string,
    domain: string,
    networkId: pulumi.Input<string>,
  ): readonly pulumi.Resource[] {
    const own = { parent: this };
    const part = domain.replaceAll(".", "-");
    const zone = new ManagedZone(
      `${name}-${part}`,
      {
        dnsName: `${domain}.`,
        description: `${domain} at Google's private range, for this network alone`,
        visibility: "private",
        privateVisibilityConfig: { networks: [{ networkUrl: networkId }] },
      },
      own,
    );
    // Google's own name for the range is one of googleapis.com; elsewhere the domain itself has the addresses
    // (https://cloud.google.com/vpc/docs/configure-private-google-access#config-domain).
    const target = domain === "googleapis.com" ? "private.googleapis.com." : `${domain}.`;
    const record = (suffix: string, type: "A" | "CNAME", at: string, rrdatas: string[]) =>
      new RecordSet(
        `${name}-${part}-${suffix}`,
        { managedZone: zone.name, name: at, type, ttl: 300, rrdatas },
        own,
      );
    return [
      zone,
      record("addresses", "A", target, addresses),
      record("names", "CNAME", `*.${domain}.`, [target]),
    ];
  }
}
