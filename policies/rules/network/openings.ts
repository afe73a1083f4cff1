/** What firewalls open, and to whom. */
import { not, type Value } from "../../reader";
import { dependsOn } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule, type TypeToken } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";
import { isOpen, ofGroupRule } from "./aws-openings";
import { letIn } from "./azure-openings";
import { letsIn, ofFirewall, ofPolicyRule } from "./google-openings";

export const openings: readonly Rule[] = [
  resourceRule(
    {
      id: "network-open-to-all",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "Only HTTPS, its redirect and Git over SSH are open to the internet",
      source: `CIS AWS Foundations 3.0.0, 5.2 and 5.3; CIS Google Cloud Foundation 3.0.0, 3.6; CIS Microsoft Azure Foundations, "SSH access from the Internet": ${securityHub}/ec2-controls.html#ec2-19`,
      fix: "Name the flow in the environment's flows.ts with the party that it comes from",
    },
    on(t.awsSecurityGroupIngressRule, ofGroupRule),
    on(t.azureNetworkSecurityGroup, (p) => letIn((holds) => p.get("securityRules").every(holds))),
    on(t.azureSecurityRule, (p) => letIn((holds) => holds(p))),
    on(t.gcpFirewall, (p) => letsIn(ofFirewall(p as Value))),
    ...[t.gcpNetworkPolicyRule, t.gcpRegionNetworkPolicyRule].map((type) =>
      on(type, (p) => letsIn(ofPolicyRule(p as Value))),
    ),
  ),
  stackRule(
    {
      id: "network-no-ssh-to-hosts",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "Port 22 is open to the internet on the balancer for Git alone, never on a machine",
      source: `CIS AWS Foundations 3.0.0, 5.2; Security Hub EC2.13: ${securityHub}/ec2-controls.html#ec2-13`,
      fix: "Open 22 to the balancer's security group, and let the machines hear from that group",
    },
    [t.awsSecurityGroupIngressRule],
    (stack) =>
      stack
        .of(t.awsSecurityGroupIngressRule)
        .filter(({ props }) => isOpen(props) === true || props.get("prefixListId").given)
        .map((rule) => {
          const groups = stack.of(t.awsSecurityGroup).filter((group) => dependsOn(rule, group));
          const machines = stack
            .of(t.awsLaunchTemplate)
            .filter((one) => groups.some((group) => dependsOn(one, group)));
          return must(
            machines.length === 0,
            "A machine can be reached from the internet, past the balancers",
            rule.urn,
          );
        }),
  ),
  resourceRule(
    {
      id: "network-groups-say-why",
      severity: "low",
      level: "advisory",
      theme: "compute",
      protects: "Who reads a firewall rule knows what it is for",
      source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
      fix: "Give the rule a description",
    },
    on(t.awsSecurityGroupIngressRule, (p) =>
      must(p.get("description").given, "The rule says nothing"),
    ),
    on(t.awsSecurityGroupEgressRule, (p) =>
      must(p.get("description").given, "The rule says nothing"),
    ),
    ...[t.gcpFirewall, t.gcpNetworkPolicyRule, t.gcpRegionNetworkPolicyRule].map(
      (type: TypeToken<{ description?: unknown }>) =>
        on(type, (p) => must(p.get("description").given, "The rule says nothing")),
    ),
    on(t.azureNetworkSecurityGroup, (p) =>
      must(
        p.get("securityRules").every((rule) => rule.get("description").given),
        "A rule says nothing",
      ),
    ),
    on(t.azureSecurityRule, (p) => must(p.get("description").given, "The rule says nothing")),
  ),
  resourceRule(
    {
      id: "network-groups-one-rule-each",
      severity: "medium",
      level: "mandatory",
      theme: "compute",
      protects:
        "Rules are resources of their own: rules within a group and beside it undo each other",
      source:
        "https://www.pulumi.com/registry/packages/aws/api-docs/vpc/securitygroupingressrule/ (not with inline rules)",
      fix: "Leave ingress and egress of the group out, and add a SecurityGroupIngressRule or EgressRule",
    },
    on(t.awsSecurityGroupRule, () =>
      must(
        false,
        "The rule is of the older kind, which undoes those of its group that it does not know",
      ),
    ),
    on(t.awsSecurityGroup, (p) => [
      must(not(p.get("ingress").filled), "The group has rules within"),
      must(not(p.get("egress").filled), "The group has rules within"),
    ]),
  ),
];
