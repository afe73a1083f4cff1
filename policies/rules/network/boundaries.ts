/** What is closed by default, what gets out, and what is seen of it. */
import { isDefaultNetwork } from "../../addresses";
import { all, any, not, type Truth, type Value } from "../../reader";
import { dependsOn, isIn } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule, type TypeToken } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";
import { deniesAll, guardsSubnet, letOut, withinIt } from "./azure-openings";
import { letsOut, ofFirewall, ofPolicyRule } from "./google-openings";

/** Whether a network or a part of one is named: with nothing said it is the project's default. */
function isChosen(network: Value, subnetwork: Value): boolean {
  return (
    (network.given || subnetwork.given) &&
    !isDefaultNetwork(network) &&
    !isDefaultNetwork(subnetwork)
  );
}

/** Whether a network card of Compute Engine has no address on the internet, of either kind. */
function isPrivate(card: Value): Truth {
  return not(any(card.at("accessConfigs").filled, card.at("ipv6AccessConfigs").filled));
}

/** Subnetworks without machines: those of balancers' own proxies, and of services that are published. */
const ofBalancers = /PROXY|PRIVATE_SERVICE_CONNECT/;

export const boundaries: readonly Rule[] = [
  resourceRule(
    {
      id: "network-egress-named",
      severity: "medium",
      level: "mandatory",
      theme: "compute",
      protects:
        "Machines reach out by named ports only, so that a stolen one cannot call home as it likes",
      source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
      fix: "Name the flow in the environment's flows.ts",
    },
    on(t.awsSecurityGroupEgressRule, (p) => [
      must(not(p.get("ipProtocol").is("-1")), "Everything is let out"),
      must(
        p.get("toPort").unknown ??
          p.get("fromPort").test((port) => port === p.get("toPort").known && port !== 0),
        "A whole range of ports is let out",
      ),
    ]),
    on(t.gcpFirewall, (p) => letsOut(ofFirewall(p as Value))),
    ...[t.gcpNetworkPolicyRule, t.gcpRegionNetworkPolicyRule].map((type) =>
      on(type, (p) => letsOut(ofPolicyRule(p as Value))),
    ),
    on(t.azureNetworkSecurityGroup, (p) => [
      must(
        p.get("securityRules").some((rule) => deniesAll(rule, "Outbound")),
        "What no rule lets out is let out",
      ),
      letOut((holds) => p.get("securityRules").every(holds)),
    ]),
    on(t.azureSecurityRule, (p) => letOut((holds) => holds(p))),
  ),
  stackRule(
    {
      id: "network-egress-denied",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "What no firewall rule lets out stays in: a network of Google Cloud lets out everything by itself",
      source: "https://cloud.google.com/firewall/docs/firewalls#default_firewall_rules",
      fix: "Give the network a rule that denies all egress to 0.0.0.0/0, after those that allow",
    },
    [t.gcpInstance],
    (stack) =>
      stack.of(t.gcpNetwork).map((network) =>
        must(
          any(
            ...stack
              .of(t.gcpFirewall)
              .filter((rule) => dependsOn(rule, network))
              .map(({ props: p }) =>
                all(
                  p.get("direction").is("EGRESS"),
                  p.get("denies").some((one) => one.get("protocol").is("all")),
                  p.get("destinationRanges").some((range) => range.is("0.0.0.0/0")),
                  not(p.get("disabled").or(false).is(true)),
                  p.get("targetServiceAccounts").absent,
                  p.get("targetTags").absent,
                ),
              ),
          ),
          "Machines may reach everything",
          network.urn,
        ),
      ),
  ),
  resourceRule(
    {
      id: "network-groups-chosen",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "Nothing stands in a network's default security group, whose rules nobody has written",
      source: `Security Hub EC2.2: ${securityHub}/ec2-controls.html#ec2-2`,
      fix: "Name a security group of the stack",
    },
    on(t.awsCache, (p) => [
      must(p.get("securityGroupIds").filled, "The cache is in the default security group"),
      must(p.get("subnetGroupName").given, "The cache is in the default subnets"),
    ]),
    on(t.awsEfsMountTarget, (p) =>
      must(p.get("securityGroups").filled, "The mount target is in the default security group"),
    ),
  ),
  resourceRule(
    {
      id: "network-default-closed",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "What nobody thought of is closed",
      source: `CIS AWS Foundations 3.0.0, 5.4; Security Hub EC2.2: ${securityHub}/ec2-controls.html#ec2-2; CIS Google Cloud Foundation 3.0.0, 3.1`,
      fix: "Take all rules from the default group; end a security group of Azure with a denial; make no automatic subnets",
    },
    on(t.awsDefaultSecurityGroup, (p) => [
      must(not(p.get("ingress").filled), "The default security group lets in"),
      must(not(p.get("egress").filled), "The default security group lets out"),
    ]),
    on(t.azureNetworkSecurityGroup, (p) =>
      must(
        p.get("securityRules").some((rule) => deniesAll(rule, "Inbound")),
        "What no rule lets in is let in from the whole virtual network",
      ),
    ),
    on(t.gcpNetwork, (p) =>
      must(p.get("autoCreateSubnetworks").or(true).is(false), "The network has subnets everywhere"),
    ),
    ...[t.gcpInstance, t.gcpInstanceTemplate, t.gcpRegionInstanceTemplate].map(
      (type: TypeToken<unknown>) =>
        on(type, (p) =>
          must(
            p
              .at("networkInterfaces")
              .every((card) => isChosen(card.at("network"), card.at("subnetwork"))),
            "The machine is in the project's default network",
          ),
        ),
    ),
    on(t.gcpFirewall, (p) =>
      must(!isDefaultNetwork(p.get("network")), "The rule is of the project's default network"),
    ),
    on(t.gcpCluster, (p) =>
      must(
        isChosen(p.get("network") as Value, p.get("subnetwork") as Value),
        "The cluster is in the project's default network",
      ),
    ),
  ),
  resourceRule(
    {
      id: "network-no-addresses-by-itself",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "No machine gets a public address by where it stands",
      source: `Security Hub EC2.15: ${securityHub}/ec2-controls.html#ec2-15`,
      fix: "Set mapPublicIpOnLaunch: false; give GCE workers and managers no accessConfigs",
    },
    on(t.awsSubnet, (p) =>
      must(
        p.get("mapPublicIpOnLaunch").or(false).is(false),
        "Machines in the subnet get public addresses",
      ),
    ),
    ...[t.gcpInstanceTemplate, t.gcpRegionInstanceTemplate].map((type: TypeToken<unknown>) =>
      on(type, (p) =>
        must(p.at("networkInterfaces").every(isPrivate), "Workers get public addresses"),
      ),
    ),
    on(t.gcpInstance, (p, resource) =>
      must(
        any(
          isIn(resource, "gitlabInstance"),
          (p as Value).at("networkInterfaces").every(isPrivate),
        ),
        "A machine that is not GitLab's has a public address",
      ),
    ),
    on(t.azureNetworkInterface, (p, resource) =>
      must(
        any(
          isIn(resource, "gitlabInstance"),
          p.get("ipConfigurations").every((one) => one.get("publicIPAddress").absent),
        ),
        "A machine that is not GitLab's has a public address",
      ),
    ),
    // The stack's address is on a card of its own, which is judged by itself.
    on(t.azureVirtualMachine, (p) =>
      must(
        p
          .get("networkProfile")
          .get("networkInterfaceConfigurations")
          .every((card) =>
            card
              .get("ipConfigurations")
              .every((one) => one.get("publicIPAddressConfiguration").absent),
          ),
        "A machine gets a public address with itself",
      ),
    ),
    on(t.azureVirtualMachineScaleSet, (p) =>
      must(
        p
          .get("virtualMachineProfile")
          .get("networkProfile")
          .get("networkInterfaceConfigurations")
          .every((card) =>
            card
              .get("ipConfigurations")
              .every((one) => one.get("publicIPAddressConfiguration").absent),
          ),
        "Workers get public addresses",
      ),
    ),
  ),
  resourceRule(
    {
      id: "network-subnets-guarded",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "Every subnet has its firewall, and Google's APIs are reached without the internet",
      source:
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview; https://cloud.google.com/vpc/docs/private-google-access",
      fix: "Set networkSecurityGroup and defaultOutboundAccess: false; set privateIpGoogleAccess",
    },
    on(t.azureSubnet, (p, { name }) => guardsSubnet(p, p.get("subnetName").or(name))),
    on(t.azureVirtualNetwork, (p) =>
      withinIt(p.get("subnets"), (subnet) => guardsSubnet(subnet, subnet.at("name"))),
    ),
    on(t.gcpSubnetwork, (p) =>
      must(
        any(p.get("purpose").matches(ofBalancers), p.get("privateIpGoogleAccess").is(true)),
        "Google's APIs are reached over the internet",
      ),
    ),
  ),
  stackRule(
    {
      id: "network-flow-logs",
      severity: "medium",
      level: "mandatory",
      theme: "compute",
      protects: "Who talked to whom can be looked up afterwards",
      source: `CIS AWS Foundations 3.0.0, 3.7; Security Hub EC2.6: ${securityHub}/ec2-controls.html#ec2-6; CIS Google Cloud Foundation 3.0.0, 3.8`,
      fix: "Give the VPC a flow log of all traffic; set logConfig of a subnetwork",
    },
    [t.awsVpc, t.gcpSubnetwork, t.gcpRouterNat],
    (stack) => [
      ...stack.of(t.awsVpc).map((vpc) =>
        must(
          any(
            ...stack
              .of(t.awsFlowLog)
              .filter((log) => dependsOn(log, vpc))
              .map(({ props }) => props.get("trafficType").isOneOf("ALL", "REJECT")),
          ),
          "The network keeps no flow log",
          vpc.urn,
        ),
      ),
      ...stack
        .of(t.gcpSubnetwork)
        .filter(({ props }) => !ofBalancers.test(props.get("purpose").text ?? ""))
        .map(({ props, urn }) =>
          must(
            all(
              props.get("logConfig").given,
              not(props.get("logConfig").get("flowSampling").is(0)),
            ),
            "The subnetwork keeps no flow log",
            urn,
          ),
        ),
      ...stack
        .of(t.gcpRouterNat)
        .map(({ props, urn }) =>
          must(
            props.get("logConfig").get("enable").is(true),
            "Nobody sees that addresses of the NAT ran out",
            urn,
          ),
        ),
    ],
  ),
];
