import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { Flow } from "./contract";
import { flowRules, type FlowRule } from "./flows";

/** Arguments of AwsSecurityGroups. */
export interface AwsSecurityGroupsArgs<Party extends string> {
  readonly site: Site;
  readonly vpcId: pulumi.Input<string>;
  /** Everybody that has a security group of its own. */
  readonly parties: readonly Party[];
  /** Every path that is open. */
  readonly flows: readonly Flow<Party>[];
}

/**
 * One security group a party, and for each flow one rule on either side; nothing else is open.
 *
 * The internet is 0.0.0.0/0: the VPC has no IPv6 addresses, so a rule for ::/0 would open nothing today and everything
 * on the day that somebody gives it some.
 */
export class AwsSecurityGroups<Party extends string> extends Component {
  readonly ids: Readonly<Record<Party, pulumi.Output<string>>>;
  /** All rules: what a machine's traffic needs. */
  readonly ready: pulumi.Resource[];

  /** @throws if a flow is wrong (see `flowRules`) */
  constructor(
    name: string,
    args: AwsSecurityGroupsArgs<Party>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(
      "network",
      "AwsSecurityGroups",
      name,
      { parties: args.parties.length, flows: args.flows.length },
      opts,
    );
    const rules = flowRules(args.parties, args.flows);
    const own = { parent: this };
    const groups = new Map(
      args.parties.map((party) => [
        party,
        new ec2.SecurityGroup(
          `${name}-${party}`,
          {
            // A group's description can't be changed without replacing it and all that hangs on it: keep it plain.
            description: `${args.site.prefix}: ${party}`,
            vpcId: args.vpcId,
            tags: { Name: `${args.site.prefix}-${party}` },
          },
          own,
        ),
      ]),
    );
    const idOf = (party: Party): pulumi.Output<string> => {
      const group = groups.get(party);
      if (group === undefined) throw new Error(`${party} has no security group`);
      return group.id;
    };
    this.ready = rules.map((rule) => {
      const inputs = {
        securityGroupId: idOf(rule.party),
        ...(rule.peer === "internet"
          ? { cidrIpv4: "0.0.0.0/0" }
          : { referencedSecurityGroupId: idOf(rule.peer) }),
        // EC2 spells "all" as -1 and then takes no ports (AWS API: AuthorizeSecurityGroupIngress).
        ipProtocol: rule.protocol === "all" ? "-1" : rule.protocol,
        fromPort: rule.ports?.[0],
        toPort: rule.ports?.[1],
        description: describe(rule),
      };
      const childName = `${name}-${rule.name}`;
      return rule.direction === "ingress"
        ? new vpc.SecurityGroupIngressRule(childName, inputs, own)
        : new vpc.SecurityGroupEgressRule(childName, inputs, own);
    });
    this.ids = Object.fromEntries(args.parties.map((party) => [party, idOf(party)])) as Record<
      Party,
      pulumi.Output<string>
    >;
    this.registerOutputs({ ids: this.ids });
  }
}

/** At most 255 of the characters that EC2 takes in a rule's description (AWS API: IpRange). */
function describe<Party extends string>({ why }: FlowRule<Party>): string {
  return why.replace(/[^A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g, " ").slice(0, 255);
}
