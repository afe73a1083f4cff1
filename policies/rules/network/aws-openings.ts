/** What a rule of a security group lets in, and to whom. */
import type { SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc/securityGroupIngressRule";
import { everybody } from "../../addresses";
import { all, any, not, type Truth, type Value } from "../../reader";
import { must, type Finding } from "../../rule";
import { openPorts } from "./open-ports";

/** Blocks of IPv6 that are more than any one network has; what is private (fc00::/7) is nobody's on the internet. */
const everybodyBySix = /^(?!f[cd]).*\/0*(\d|1[0-6])$/i;

/** Whether a rule lets the internet in, in one block or in halves of it. */
export function isOpen(rule: Value<SecurityGroupIngressRuleArgs>): Truth {
  return any(rule.get("cidrIpv4").matches(everybody), rule.get("cidrIpv6").matches(everybodyBySix));
}

/** Whether a rule is for one port that may be open to all. */
function isOnePort(rule: Value<SecurityGroupIngressRuleArgs>): Truth {
  const [from, to] = [rule.get("fromPort"), rule.get("toPort")];
  return all(
    rule.get("ipProtocol").matches(/^(tcp|6)$/i),
    from.test((port) => openPorts.has(Number(port))),
    to.unknown ?? from.test((port) => String(port) === String(to.known)),
  );
}

/** What must hold of an ingress rule of a security group. */
export function ofGroupRule(rule: Value<SecurityGroupIngressRuleArgs>): Finding[] {
  return [
    must(
      any(not(isOpen(rule)), isOnePort(rule)),
      "A port that is none of 22, 80 and 443 is open to the internet",
    ),
    must(
      any(rule.get("prefixListId").absent, isOnePort(rule)),
      "A port that is none of 22, 80 and 443 is open to a prefix list, of which nobody here sees what is on it",
    ),
    must(
      all(
        not(rule.get("ipProtocol").matches(/^(-1|all)$/i)),
        not(all(rule.get("fromPort").atMost(1), rule.get("toPort").atLeast(65535))),
      ),
      "All ports are open to somebody",
    ),
  ];
}
