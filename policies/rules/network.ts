/** Networks: what is open to whom, and that it is seen. */
import { all, any, not, type Truth, type Value } from "../reader";
import { dependsOn, isIn, lifted } from "../relations";
import { must, on, resourceRule, type Rule, stackRule } from "../rule";
import * as t from "../types";

const ec2 = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html";
const elb = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html";

/** HTTPS, the HTTP redirect and Git over SSH (which the hosts' own sshd never listens on). */
const openPorts: ReadonlySet<number> = new Set([80, 443, 22]);

const anywhere = /^(0\.0\.0\.0\/0|::\/0|\*|Internet|Any)$/i;

/** Whether a port or a range of ports is one of those that may be open to all. */
function mayBeOpen(ports: Value): Truth {
  return ports.test((value) => {
    const text = String(value);
    return /^\d+$/.test(text) && openPorts.has(Number(text));
  });
}

export const network: readonly Rule[] = [
  resourceRule(
    {
      id: "network-open-to-all",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "Only HTTPS, its redirect and Git over SSH are open to the internet",
      source: `CIS AWS Foundations 3.0.0, 5.2 and 5.3; CIS Google Cloud Foundation 3.0.0, 3.6; CIS Microsoft Azure Foundations, "SSH access from the Internet": ${ec2}#ec2-19`,
      fix: "Name the flow in the environment's flows.ts with the party that it comes from",
    },
    on(t.awsSecurityGroupIngressRule, (p) => {
      const open = any(p.get("cidrIpv4").is("0.0.0.0/0"), p.get("cidrIpv6").is("::/0"));
      const [from, to] = [p.get("fromPort"), p.get("toPort")];
      return [
        must(
          any(
            not(open),
            all(
              p.get("ipProtocol").is("tcp"),
              mayBeOpen(from),
              to.test((port) => port === from.known),
            ),
          ),
          "A port that is none of 22, 80 and 443 is open to the internet",
        ),
        must(not(p.get("ipProtocol").is("-1")), "All ports are open to somebody"),
      ];
    }),
    on(t.azureNetworkSecurityGroup, (p) => [
      must(
        p
          .get("securityRules")
          .every((rule) =>
            any(
              not(rule.get("direction").is("Inbound")),
              not(rule.get("access").is("Allow")),
              not(rule.get("destinationPortRange").is("*")),
            ),
          ),
        "All ports are open to somebody",
      ),
      must(
        p.get("securityRules").every((rule) => {
          const sources = [
            rule.get("sourceAddressPrefix").matches(anywhere),
            rule.get("sourceAddressPrefixes").some((one) => one.matches(anywhere)),
          ];
          const ranges = [
            any(
              !rule.get("destinationPortRange").given,
              mayBeOpen(rule.get("destinationPortRange")),
            ),
            rule.get("destinationPortRanges").every((one) => mayBeOpen(one)),
            any(rule.get("destinationPortRange").given, rule.get("destinationPortRanges").filled),
          ];
          return any(
            not(rule.get("direction").is("Inbound")),
            not(rule.get("access").is("Allow")),
            not(any(...sources)),
            all(...ranges),
          );
        }),
        "A port that is none of 22, 80 and 443 is open to the internet",
      ),
    ]),
    on(t.gcpFirewall, (p) => {
      const inbound = p.get("direction").or("INGRESS").is("INGRESS");
      const closed = all(
        any(
          p.get("sourceRanges").given,
          p.get("sourceTags").given,
          p.get("sourceServiceAccounts").given,
        ),
        not(p.get("sourceRanges").some((range) => range.matches(anywhere))),
      );
      return [
        must(
          any(
            not(inbound),
            p
              .get("allows")
              .every((allow) =>
                all(not(allow.get("protocol").is("all")), allow.get("ports").filled),
              ),
          ),
          "All ports are open to somebody",
        ),
        must(
          any(not(inbound), closed, p.get("targetServiceAccounts").filled),
          "Whatever carries a tag, or stands in the network, is open to the internet",
        ),
        must(
          any(
            not(inbound),
            closed,
            p.get("allows").every((allow) =>
              all(
                allow.get("protocol").is("tcp"),
                allow.get("ports").filled,
                allow.get("ports").every((one) => mayBeOpen(one)),
              ),
            ),
          ),
          "A port that is none of 22, 80 and 443 is open to the internet",
        ),
      ];
    }),
  ),
  stackRule(
    {
      id: "network-no-ssh-to-hosts",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "Port 22 is open to the internet on the balancer for Git alone, never on a machine",
      source: `CIS AWS Foundations 3.0.0, 5.2; Security Hub EC2.13: ${ec2}#ec2-13`,
      fix: "Open 22 to the balancer's security group, and let the machines hear from that group",
    },
    [t.awsSecurityGroupIngressRule],
    (stack) =>
      stack
        .of(t.awsSecurityGroupIngressRule)
        .filter(
          ({ props }) =>
            props.get("cidrIpv4").is("0.0.0.0/0") === true ||
            props.get("cidrIpv6").is("::/0") === true,
        )
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
    on(t.gcpFirewall, (p) => must(p.get("description").given, "The rule says nothing")),
    on(t.azureNetworkSecurityGroup, (p) =>
      must(
        p.get("securityRules").every((rule) => rule.get("description").given),
        "A rule says nothing",
      ),
    ),
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
    on(t.awsSecurityGroup, (p) => [
      must(not(p.get("ingress").filled), "The group has rules within"),
      must(not(p.get("egress").filled), "The group has rules within"),
    ]),
  ),
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
    on(t.gcpFirewall, (p) =>
      must(
        any(
          not(p.get("direction").is("EGRESS")),
          p
            .get("allows")
            .every((allow) => all(not(allow.get("protocol").is("all")), allow.get("ports").filled)),
        ),
        "Everything is let out",
      ),
    ),
    on(t.azureNetworkSecurityGroup, (p) =>
      must(
        p
          .get("securityRules")
          .some((rule) =>
            all(
              rule.get("direction").is("Outbound"),
              rule.get("access").is("Deny"),
              rule.get("destinationAddressPrefix").is("*"),
              rule.get("protocol").is("*"),
            ),
          ),
        "What no rule lets out is let out",
      ),
    ),
  ),
  resourceRule(
    {
      id: "network-default-closed",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "What nobody thought of is closed",
      source: `CIS AWS Foundations 3.0.0, 5.4; Security Hub EC2.2: ${ec2}#ec2-2; CIS Google Cloud Foundation 3.0.0, 3.1`,
      fix: "Take all rules from the default group; end a security group of Azure with a denial; make no automatic subnets",
    },
    on(t.awsDefaultSecurityGroup, (p) => [
      must(not(p.get("ingress").filled), "The default security group lets in"),
      must(not(p.get("egress").filled), "The default security group lets out"),
    ]),
    on(t.azureNetworkSecurityGroup, (p) =>
      must(
        p
          .get("securityRules")
          .some((rule) =>
            all(
              rule.get("direction").is("Inbound"),
              rule.get("access").is("Deny"),
              rule.get("sourceAddressPrefix").is("*"),
              rule.get("protocol").is("*"),
            ),
          ),
        "What no rule lets in is let in from the whole virtual network",
      ),
    ),
    on(t.gcpNetwork, (p) =>
      must(p.get("autoCreateSubnetworks").or(true).is(false), "The network has subnets everywhere"),
    ),
  ),
  resourceRule(
    {
      id: "network-no-addresses-by-itself",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "No machine gets a public address by where it stands",
      source: `Security Hub EC2.15: ${ec2}#ec2-15`,
      fix: "Set mapPublicIpOnLaunch: false; give GCE workers and managers no accessConfigs",
    },
    on(t.awsSubnet, (p) =>
      must(
        p.get("mapPublicIpOnLaunch").or(false).is(false),
        "Machines in the subnet get public addresses",
      ),
    ),
    on(t.gcpInstanceTemplate, (p) =>
      must(
        p.get("networkInterfaces").every((one) => not(one.get("accessConfigs").filled)),
        "Workers get public addresses",
      ),
    ),
    on(t.gcpInstance, (p, resource) =>
      must(
        any(
          isIn(resource, "gitlabInstance"),
          p.get("networkInterfaces").every((one) => not(one.get("accessConfigs").filled)),
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
      fix: "Set networkSecurityGroup; set privateIpGoogleAccess",
    },
    on(t.azureSubnet, (p) =>
      must(p.get("networkSecurityGroup").get("id").given, "The subnet has no security group"),
    ),
    on(t.gcpSubnetwork, (p) =>
      must(p.get("privateIpGoogleAccess").is(true), "Google's APIs are reached over the internet"),
    ),
  ),
  stackRule(
    {
      id: "network-flow-logs",
      severity: "medium",
      level: "mandatory",
      theme: "compute",
      protects: "Who talked to whom can be looked up afterwards",
      source: `CIS AWS Foundations 3.0.0, 3.7; Security Hub EC2.6: ${ec2}#ec2-6; CIS Google Cloud Foundation 3.0.0, 3.8`,
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
        .filter(
          ({ props }) => !/PROXY|PRIVATE_SERVICE_CONNECT/.test(props.get("purpose").text ?? ""),
        )
        .map(({ props, urn }) =>
          must(props.get("logConfig").given, "The subnetwork keeps no flow log", urn),
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
  resourceRule(
    {
      id: "balancer-tls",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects:
        "People and runners speak TLS 1.2 or newer, and whoever comes in clear is sent there",
      source: `Security Hub ELB.1 and ELB.17: ${elb}#elb-1`,
      fix: "Set protocol HTTPS with a TLS 1.2 or 1.3 policy; a listener on HTTP only redirects to HTTPS",
    },
    on(t.awsListener, (p) => [
      must(
        any(
          not(p.get("protocol").is("HTTP")),
          all(
            p.get("defaultActions").filled,
            p
              .get("defaultActions")
              .every((one) =>
                all(
                  one.get("type").is("redirect"),
                  one.get("redirect").get("protocol").is("HTTPS"),
                ),
              ),
          ),
        ),
        "The listener serves in clear",
      ),
      must(
        any(
          not(p.get("protocol").isOneOf("HTTPS", "TLS")),
          p
            .get("sslPolicy")
            .matches(/^ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-|FS-1-2-)(?!.*Ext)/),
        ),
        "The listener takes TLS older than 1.2, or weak ciphers",
      ),
    ]),
  ),
  stackRule(
    {
      id: "balancer-kept",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "Balancers, whose names people and machines know, are not deleted by mistake; the one for the web keeps its log and drops forged headers",
      source: `Security Hub ELB.4, ELB.5 and ELB.6: ${elb}#elb-6`,
      fix: "Set enableDeletionProtection, and for the web dropInvalidHeaderFields and accessLogs",
    },
    [t.awsLoadBalancer],
    (stack) =>
      stack.of(t.awsLoadBalancer).flatMap(({ props: p, urn }) => {
        const web = p.get("loadBalancerType").or("application").is("application");
        return [
          must(
            any(lifted(stack), p.get("enableDeletionProtection").is(true)),
            "The balancer has no deletion protection",
            urn,
          ),
          must(
            any(not(web), p.get("dropInvalidHeaderFields").is(true)),
            "Forged headers are passed on",
            urn,
          ),
          must(
            any(not(web), p.get("internal").is(true), p.get("accessLogs").get("enabled").is(true)),
            "Requests are not on record",
            urn,
          ),
          must(
            any(
              not(web),
              p.get("desyncMitigationMode").or("defensive").isOneOf("defensive", "strictest"),
            ),
            "Smuggled requests are passed on",
            urn,
          ),
          must(p.get("securityGroups").given, "The balancer has no security group", urn),
        ];
      }),
  ),
  resourceRule(
    {
      id: "azure-bastion-narrow",
      severity: "medium",
      level: "mandatory",
      theme: "compute",
      protects:
        "The bastion leads to machines by their identity, and to nothing by a link or a bare address",
      source:
        "https://learn.microsoft.com/en-us/azure/bastion/shareable-link; https://learn.microsoft.com/en-us/azure/bastion/connect-ip-address",
      fix: "Set enableShareableLink and enableIpConnect to false",
    },
    on(t.azureBastionHost, (p) => [
      must(not(p.get("enableShareableLink").or(false).is(true)), "Whoever has a link gets in"),
      must(not(p.get("enableIpConnect").or(false).is(true)), "The bastion leads to any address"),
      must(not(p.get("enableFileCopy").or(false).is(true)), "Files can be carried out"),
    ]),
    on(t.azurePublicIPAddress, (p) => [
      must(p.get("sku").get("name").is("Standard"), "The address is open by default (Basic)"),
      must(p.get("publicIPAllocationMethod").is("Static"), "The address may change"),
    ]),
  ),
];
