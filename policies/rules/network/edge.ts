/** Balancers and the bastion. */
import { all, any, not } from "../../reader";
import { lifted } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";

export const edge: readonly Rule[] = [
  resourceRule(
    {
      id: "balancer-tls",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects:
        "People and runners speak TLS 1.2 or newer, and whoever comes in clear is sent there",
      source: `Security Hub ELB.1 and ELB.17: ${securityHub}/elb-controls.html#elb-1`,
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
      source: `Security Hub ELB.4, ELB.5 and ELB.6: ${securityHub}/elb-controls.html#elb-6`,
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
