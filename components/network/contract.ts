import type * as pulumi from "@pulumi/pulumi";

/**
 * One allowed network path: who may open a connection to whom, on which port, and why.
 * A table of these is the whole firewall of an environment; nothing else is open.
 */
export interface Flow<Party extends string = string> {
  readonly from: Party | Internet;
  readonly to: Party | Internet;
  /** One port, or a range `[from, to]`, or `all` (only towards the internet). */
  readonly port: number | readonly [number, number] | "all";
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
  readonly why: string;
}

/** The whole internet, IPv4. */
export type Internet = "internet";

/** Addresses of a VPC over several zones. All in zone order, one entry a zone. */
export interface NetworkFacts {
  readonly vpcId: pulumi.Output<string>;
  readonly vpcCidr: string;
  readonly zones: readonly string[];
  /** Route to the internet gateway: load balancers and NAT only. */
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  readonly publicCidrs: readonly string[];
  /** Route out through NAT: machines. */
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly privateCidrs: readonly string[];
  /** No route out: databases, caches, file systems. */
  readonly isolatedSubnetIds: readonly pulumi.Output<string>[];
  /** What a machine's boot needs of the network (routes, NAT, endpoints, rules): pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];
}
