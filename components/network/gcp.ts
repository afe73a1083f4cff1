import * as compute from "@pulumi/gcp/compute";
import { Connection } from "@pulumi/gcp/servicenetworking";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";

export { GcpFirewall, type GcpFirewallArgs, type GcpParty } from "./gcp-firewall";

/**
 * Where Identity-Aware Proxy's TCP forwarding comes from
 * (https://cloud.google.com/iap/docs/using-tcp-forwarding#create-firewall-rule).
 */
export const iapRange = "35.235.240.0/20";

/** A subnet that has more than one range: a cluster's nodes have the first, its pods and services one each. */
export interface GcpSubnetRanges {
  /** The subnet's own range, for machines. */
  readonly cidr: string;
  /**
   * Further ranges by name. Adding one changes the subnet in place; one that a cluster uses can't go before the cluster
   * (https://cloud.google.com/vpc/docs/subnets#secondary-ranges).
   */
  readonly secondary: Readonly<Record<string, string>>;
}

/** Arguments of GcpNetwork. */
export interface GcpNetworkArgs<Subnet extends string = string> {
  readonly site: Site;
  readonly region: string;
  /** Subnets by what is in them, each an IPv4 range of its own, or several. */
  readonly subnets: Readonly<Record<Subnet, string | GcpSubnetRanges>>;
  /**
   * Range that Google's own networks take addresses from, for Cloud SQL and Memorystore: `a.b.c.d/n`, /16 to /24,
   * clear of every subnet (https://cloud.google.com/vpc/docs/configure-private-services-access#allocating-range).
   */
  readonly servicesCidr: string;
  /** Share of flows that are logged, 0 to 1. @default 0.5, which is Google's own */
  readonly flowSampling?: number;
}

/** Facts of a network in one region of GCP. */
export interface GcpNetworkFacts<Subnet extends string = string> {
  readonly networkId: pulumi.Output<string>;
  readonly networkSelfLink: pulumi.Output<string>;
  readonly subnetIds: Readonly<Record<Subnet, pulumi.Output<string>>>;
  /** The subnets' own ranges, where machines are. */
  readonly subnetCidrs: Readonly<Record<Subnet, string>>;
  /** Name of the range of private services access. */
  readonly servicesRange: pulumi.Output<string>;
  /** What a machine's boot needs of the network (subnet, NAT): pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];
  /** What Cloud SQL and Memorystore need of it. */
  readonly servicesReady: pulumi.Resource[];
}

/**
 * A VPC network with subnets in one region, IPv4 only: machines without an address of their own go out through Cloud
 * NAT and reach Google's APIs privately; flow logs; private services access for what Google runs.
 */
export class GcpNetwork<Subnet extends string = string>
  extends Component
  implements GcpNetworkFacts<Subnet>
{
  readonly networkId: pulumi.Output<string>;
  readonly networkSelfLink: pulumi.Output<string>;
  readonly subnetIds: Readonly<Record<Subnet, pulumi.Output<string>>>;
  readonly subnetCidrs: Readonly<Record<Subnet, string>>;
  readonly servicesRange: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];
  readonly servicesReady: pulumi.Resource[];

  constructor(name: string, args: GcpNetworkArgs<Subnet>, opts?: pulumi.ComponentResourceOptions) {
    const subnetNames = Object.keys(args.subnets) as Subnet[];
    super("network", "GcpNetwork", name, { subnets: subnetNames.join(",") }, opts);
    const own = { parent: this };
    const { site, region } = args;

    const network = new compute.Network(
      `${name}-network`,
      {
        autoCreateSubnetworks: false,
        routingMode: "REGIONAL",
      },
      own,
    );
    const subnets = subnetNames.map(
      (subnet) =>
        new compute.Subnetwork(
          `${name}-${subnet}`,
          {
            network: network.id,
            region,
            ...subnetRanges(args.subnets[subnet]),
            privateIpGoogleAccess: true,
            logConfig: {
              aggregationInterval: "INTERVAL_5_SEC",
              flowSampling: args.flowSampling ?? 0.5,
              metadata: "INCLUDE_ALL_METADATA",
            },
          },
          own,
        ),
    );
    const router = new compute.Router(
      `${name}-router`,
      { network: network.id, region, description: `${site.prefix}: Cloud NAT` },
      own,
    );
    const nat = new compute.RouterNat(
      `${name}-nat`,
      {
        router: router.name,
        region,
        natIpAllocateOption: "AUTO_ONLY",
        sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
        subnetworks: subnets.map((subnet) => ({
          name: subnet.id,
          sourceIpRangesToNats: ["ALL_IP_RANGES"],
        })),
        // A build opens hundreds of connections to one registry at once; 64 ports, the default, run out
        // (https://cloud.google.com/nat/docs/ports-and-addresses#ports).
        enableDynamicPortAllocation: true,
        enableEndpointIndependentMapping: false,
        minPortsPerVm: 128,
        maxPortsPerVm: 8192,
        logConfig: { enable: true, filter: "ERRORS_ONLY" },
      },
      own,
    );
    const services = this.services(name, args, network);

    this.networkId = network.id;
    this.networkSelfLink = network.selfLink;
    this.subnetIds = Object.fromEntries(
      subnetNames.map((subnet, index) => [subnet, subnets[index]?.id]),
    ) as Record<Subnet, pulumi.Output<string>>;
    this.subnetCidrs = Object.fromEntries(
      subnetNames.map((subnet) => [subnet, subnetRanges(args.subnets[subnet]).ipCidrRange]),
    ) as Record<Subnet, string>;
    this.servicesRange = services.range.name;
    this.servicesReady = [services.connection];
    this.ready = [...subnets, nat];
    this.registerOutputs({ networkId: this.networkId });
  }

  private services(
    name: string,
    args: GcpNetworkArgs,
    network: compute.Network,
  ): { readonly range: compute.GlobalAddress; readonly connection: Connection } {
    const own = { parent: this };
    const [address = "", bits = ""] = args.servicesCidr.split("/");
    const range = new compute.GlobalAddress(
      `${name}-services`,
      {
        // Cloud SQL and Memorystore keep the range's name for good.
        name: fixedName({ maxLength: 63 }, args.site.prefix, "services"),
        purpose: "VPC_PEERING",
        addressType: "INTERNAL",
        address,
        prefixLength: Number(bits),
        network: network.id,
      },
      own,
    );
    const connection = new Connection(
      `${name}-services`,
      {
        network: network.id,
        service: "servicenetworking.googleapis.com",
        reservedPeeringRanges: [range.name],
        // A peering that outlived a stack would else stand in the way of its successor.
        updateOnCreationFail: true,
      },
      // Google holds a deleted Cloud SQL instance's address for some hours, and refuses to end the peering for as
      // long (https://github.com/hashicorp/terraform-provider-google/issues/16275): docs/prerequisites.md says what to do.
      { ...own, customTimeouts: { delete: "30m" } },
    );
    return { range, connection };
  }
}

/** A subnet's ranges, as the resource takes them. */
function subnetRanges(
  ranges: string | GcpSubnetRanges,
): Pick<compute.SubnetworkArgs, "secondaryIpRanges"> & { readonly ipCidrRange: string } {
  if (typeof ranges === "string") return { ipCidrRange: ranges };
  return {
    ipCidrRange: ranges.cidr,
    secondaryIpRanges: Object.entries(ranges.secondary).map(([rangeName, ipCidrRange]) => ({
      rangeName,
      ipCidrRange,
    })),
  };
}
