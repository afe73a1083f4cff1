import * as ec2 from "@pulumi/aws/ec2";
import * as route53 from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { NetworkFacts } from "./contract";
import { VpcEndpoints } from "./endpoints-aws";
import { VpcFlowLogs } from "./flow-logs-aws";
import { planSubnets } from "./subnets";

export { AwsSecurityGroups, type AwsSecurityGroupsArgs } from "./flows-aws";

/** Arguments of AwsNetwork. */
export interface AwsNetworkArgs {
  readonly site: Site;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Addresses of the VPC, /16 to /20: shared out by `planSubnets`. */
  readonly cidr: string;
  /**
   * Availability zones, two to four. Their order is that of every list of subnets and decides who gets which addresses:
   * a new one goes to the end, and one that is in use stays where it is.
   */
  readonly zones: readonly string[];
  /** One NAT gateway a zone, or one in the first zone for all: cheaper, but the loss of that zone cuts off all machines. */
  readonly natGateways: "perZone" | "single";
  /** One of the numbers of days that CloudWatch Logs takes. */
  readonly flowLogRetentionDays: number;
  /** AWS services by short name (`ecr.api`, `logs`) that get an interface endpoint in each private subnet. */
  readonly interfaceEndpoints: readonly string[];
  /** Name of the private DNS zone, for example `gitlab-aws.internal`. */
  readonly internalDomain: string;
  /** Key that flow logs are encrypted with; its policy must have the use `logs`. */
  readonly keyArn: pulumi.Input<string>;
}

/** The three tiers of subnets, one subnet of each a zone. */
type Tier = "public" | "private" | "isolated";

/**
 * A VPC over several zones, IPv4 only: public subnets for load balancers and NAT, private ones for machines, isolated
 * ones with no way out for databases and file systems; a private DNS zone; flow logs.
 */
export class AwsNetwork extends Component implements NetworkFacts {
  readonly vpcId: pulumi.Output<string>;
  readonly vpcCidr: string;
  readonly zones: readonly string[];
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  readonly publicCidrs: readonly string[];
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly privateCidrs: readonly string[];
  readonly isolatedSubnetIds: readonly pulumi.Output<string>[];
  /** Private hosted zone of `internalDomain`. */
  readonly internalZoneId: pulumi.Output<string>;
  readonly internalDomain: string;
  readonly ready: pulumi.Resource[];

  /** @throws if the network can't be shared out, or a zone is named twice */
  constructor(name: string, args: AwsNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "network",
      "AwsNetwork",
      name,
      { cidr: args.cidr, zones: args.zones.join(","), natGateways: args.natGateways },
      opts,
    );
    const plan = planSubnets(args.cidr, args.zones.length);
    if (new Set(args.zones).size !== args.zones.length) {
      throw new Error(`zones: found ${args.zones.join(", ")}, allowed: each zone once`);
    }
    const prefix = args.site.prefix;
    const own = { parent: this };

    const vpc = new ec2.Vpc(
      `${name}-vpc`,
      // Interface endpoints and the private zone answer by name only with both DNS attributes on
      // (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html).
      {
        cidrBlock: args.cidr,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: { Name: prefix },
      },
      own,
    );
    // With no rule in it, whatever is started without a group of its own can talk to nobody.
    new ec2.DefaultSecurityGroup(
      `${name}-default-group`,
      { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: `${prefix}-unused` } },
      own,
    );
    const gateway = new ec2.InternetGateway(
      `${name}-internet`,
      { vpcId: vpc.id, tags: { Name: prefix } },
      own,
    );

    const subnets = (tier: Tier): readonly ec2.Subnet[] =>
      args.zones.map(
        (zone, index) =>
          new ec2.Subnet(
            `${name}-${tier}-${letter(zone)}`,
            {
              vpcId: vpc.id,
              availabilityZone: zone,
              cidrBlock: plan[tier][index] ?? "",
              // Load balancers and NAT bring their own addresses; nothing else belongs in a public subnet.
              mapPublicIpOnLaunch: false,
              tags: { Name: `${prefix}-${tier}-${letter(zone)}` },
            },
            own,
          ),
      );
    const tiers = {
      public: subnets("public"),
      private: subnets("private"),
      isolated: subnets("isolated"),
    };

    const publicTable = new ec2.RouteTable(
      `${name}-public`,
      { vpcId: vpc.id, tags: { Name: `${prefix}-public` } },
      own,
    );
    const publicRoute = new ec2.Route(
      `${name}-public-internet`,
      {
        routeTableId: publicTable.id,
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: gateway.id,
      },
      own,
    );
    const associate = (
      tier: Tier,
      table: (index: number) => ec2.RouteTable,
    ): readonly ec2.RouteTableAssociation[] =>
      tiers[tier].map(
        (subnet, index) =>
          new ec2.RouteTableAssociation(
            `${name}-${tier}-${letter(args.zones[index] ?? "")}`,
            { subnetId: subnet.id, routeTableId: table(index).id },
            own,
          ),
      );
    const publicAssociations = associate("public", () => publicTable);

    const gateways = args.zones
      .slice(0, args.natGateways === "single" ? 1 : args.zones.length)
      .map((zone, index) => {
        const address = new ec2.Eip(
          `${name}-nat-${letter(zone)}`,
          { domain: "vpc", tags: { Name: `${prefix}-nat-${letter(zone)}` } },
          // AWS wants the gateway attached before an address of the VPC is used, and detached after
          // (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html).
          { ...own, dependsOn: [gateway] },
        );
        return new ec2.NatGateway(
          `${name}-nat-${letter(zone)}`,
          {
            allocationId: address.allocationId,
            subnetId: tiers.public[index]?.id ?? "",
            tags: { Name: `${prefix}-${letter(zone)}` },
          },
          { ...own, dependsOn: [publicRoute, ...publicAssociations] },
        );
      });
    const privateTables = args.zones.map(
      (zone) =>
        new ec2.RouteTable(
          `${name}-private-${letter(zone)}`,
          { vpcId: vpc.id, tags: { Name: `${prefix}-private-${letter(zone)}` } },
          own,
        ),
    );
    const privateRoutes = privateTables.map(
      (table, index) =>
        new ec2.Route(
          `${name}-private-${letter(args.zones[index] ?? "")}-internet`,
          {
            routeTableId: table.id,
            destinationCidrBlock: "0.0.0.0/0",
            natGatewayId: (gateways[index] ?? gateways[0])?.id,
          },
          own,
        ),
    );
    const isolatedTable = new ec2.RouteTable(
      `${name}-isolated`,
      { vpcId: vpc.id, tags: { Name: `${prefix}-isolated` } },
      own,
    );
    const privateAssociations = associate(
      "private",
      (index) => privateTables[index] ?? isolatedTable,
    );
    const isolatedAssociations = associate("isolated", () => isolatedTable);

    const endpoints = new VpcEndpoints(
      `${name}-endpoints`,
      {
        site: args.site,
        region: args.region,
        vpcId: vpc.id,
        vpcCidr: args.cidr,
        subnetIds: tiers.private.map((subnet) => subnet.id),
        routeTableIds: privateTables.map((table) => table.id),
        interfaceServices: args.interfaceEndpoints,
      },
      own,
    );
    new VpcFlowLogs(
      `${name}-flow-logs`,
      {
        site: args.site,
        accountId: args.accountId,
        region: args.region,
        vpcId: vpc.id,
        retentionDays: args.flowLogRetentionDays,
        keyArn: args.keyArn,
      },
      own,
    );
    const internal = new route53.Zone(
      `${name}-internal`,
      {
        name: args.internalDomain,
        comment: `${prefix}: names within the VPC`,
        vpcs: [{ vpcId: vpc.id, vpcRegion: args.region }],
      },
      own,
    );

    const ids = (tier: Tier): readonly pulumi.Output<string>[] =>
      tiers[tier].map((subnet) => subnet.id);
    this.vpcId = vpc.id;
    this.vpcCidr = args.cidr;
    this.zones = args.zones;
    this.publicSubnetIds = ids("public");
    this.publicCidrs = plan.public;
    this.privateSubnetIds = ids("private");
    this.privateCidrs = plan.private;
    this.isolatedSubnetIds = ids("isolated");
    this.internalZoneId = internal.zoneId;
    this.internalDomain = args.internalDomain;
    this.ready = [
      publicRoute,
      ...publicAssociations,
      ...gateways,
      ...privateRoutes,
      ...privateAssociations,
      ...isolatedAssociations,
      ...endpoints.ready,
      internal,
    ];
    this.registerOutputs({ vpcId: this.vpcId });
  }
}

/** `a` of `eu-central-1a`: how children are told apart. */
function letter(zone: string): string {
  return zone.slice(-1);
}
