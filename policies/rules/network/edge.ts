/** Balancers and the bastion. */
import { all, any, not } from "../../reader";
import { lifted } from "../../relations";
import { must, on, resourceRule, type Rule, stackRule, type TypeToken } from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";
import { says } from "../words";
import { openPorts } from "./open-ports";

/** Priority of the rule that every policy of Cloud Armor ends with. */
const defaultPriority = 2147483647;

export const edge: readonly Rule[] = [
  resourceRule(
    {
      id: "balancer-tls",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects:
        "People and runners speak TLS 1.2 or newer, and whoever comes in clear is sent there",
      source: `Security Hub ELB.1 and ELB.17: ${securityHub}/elb-controls.html#elb-1; CIS Google Cloud Foundation 3.0.0, 3.9: https://cloud.google.com/load-balancing/docs/ssl-policies-concepts#defining_an_ssl_policy`,
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
    ...[t.gcpTargetHttpsProxy, t.gcpTargetSSLProxy].map((type: TypeToken<unknown>) =>
      on(type, (p) =>
        must(p.at("sslPolicy").given, "The balancer takes TLS older than 1.2, or weak ciphers"),
      ),
    ),
    on(t.gcpSSLPolicy, (p) => [
      must(p.get("minTlsVersion").isOneOf("TLS_1_2", "TLS_1_3"), "TLS older than 1.2 is taken"),
      must(
        p.get("profile").isOneOf("MODERN", "RESTRICTED", "FIPS_202205"),
        "Ciphers are taken that are no longer safe, or that nobody has chosen",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "dns-zones-signed",
      severity: "medium",
      level: "mandatory",
      theme: "compute",
      protects: "Nobody leads people elsewhere by answers to their questions for a name",
      source:
        "CIS Google Cloud Foundation 3.0.0, 3.3 to 3.5: https://cloud.google.com/dns/docs/dnssec",
      fix: "Set dnssecConfig.state: on for a public zone, and name no key of RSASHA1",
    },
    on(t.gcpManagedZone, (p) => {
      const hidden = p.get("visibility").or("public").is("private");
      const signing = p.get("dnssecConfig");
      return [
        must(any(hidden, signing.get("state").is("on")), "Answers of the zone are not signed"),
        must(
          signing
            .get("defaultKeySpecs")
            .every((key) => not(key.get("algorithm").matches(/^rsasha1$/i))),
          "Answers of the zone are signed with SHA-1",
        ),
      ];
    }),
  ),
  resourceRule(
    {
      id: "web-firewall-holds",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "Nobody drowns the site in requests, known attacks are looked for, and what no rule names is decided",
      source:
        "https://cloud.google.com/armor/docs/rate-limiting-overview; https://cloud.google.com/armor/docs/waf-rules; https://cloud.google.com/armor/docs/security-policy-overview#default-rule",
      fix: "Give the policy a limit of requests for every address, that is no preview, the preconfigured WAF rules and a default rule; leave JSON parsing and the log on",
    },
    on(t.gcpSecurityPolicy, (p) => {
      const rules = p.get("rules");
      const attacks = ["sqli", "xss", "lfi", "rce"];
      return [
        must(
          rules.some((rule) =>
            all(
              rule.get("action").isOneOf("throttle", "rate_based_ban"),
              not(rule.get("preview").or(false).is(true)),
              rule
                .get("match")
                .get("config")
                .get("srcIpRanges")
                .some((range) => range.is("*")),
            ),
          ),
          "One address may ask as often as it likes",
        ),
        ...attacks.map((attack) =>
          must(
            rules.some((rule) =>
              all(
                rule.get("action").matches(/^deny/),
                rule
                  .get("match")
                  .get("expr")
                  .get("expression")
                  .matches(new RegExp(`evaluatePreconfigured(Waf|Expr)\\('${attack}-`)),
              ),
            ),
            "A known kind of attack is not looked for",
          ),
        ),
        must(
          rules.some((rule) => rule.get("priority").is(defaultPriority)),
          "Nobody has said what happens to what no rule names",
        ),
        must(
          p
            .get("advancedOptionsConfig")
            .get("jsonParsing")
            .matches(/^STANDARD/),
          "Attacks within JSON are not seen",
        ),
        must(
          p.get("adaptiveProtectionConfig").get("layer7DdosDefenseConfig").get("enable").is(true),
          "Nobody hears of a flood that comes from many addresses",
        ),
      ];
    }),
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
          must(p.get("securityGroups").filled, "The balancer has no security group", urn),
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
        "The bastion leads to machines by their identity, and to nothing by a link or a bare address; balancers lead past no firewall",
      source:
        "https://learn.microsoft.com/en-us/azure/bastion/shareable-link; https://learn.microsoft.com/en-us/azure/bastion/connect-ip-address",
      fix: "Set enableShareableLink and enableIpConnect to false; a balancer's sku to Standard, with rules for 22, 80 and 443 alone",
    },
    on(t.azureBastionHost, (p) => [
      must(not(p.get("enableShareableLink").or(false).is(true)), "Whoever has a link gets in"),
      must(not(p.get("enableIpConnect").or(false).is(true)), "The bastion leads to any address"),
      must(not(p.get("enableFileCopy").or(false).is(true)), "Files can be carried out"),
    ]),
    on(t.azureLoadBalancer, (p) => [
      must(
        says(p.get("sku").get("name"), "Standard", "Gateway"),
        "The balancer lets in whatever reaches it (Basic)",
      ),
      must(not(p.get("inboundNatRules").filled), "The balancer leads to single machines"),
      must(not(p.get("inboundNatPools").filled), "The balancer leads to single machines"),
      must(
        any(
          p
            .get("frontendIPConfigurations")
            .every((one) =>
              all(one.get("publicIPAddress").absent, one.get("publicIPPrefix").absent),
            ),
          p.get("loadBalancingRules").every((rule) =>
            all(
              says(rule.get("protocol"), "Tcp"),
              rule.get("frontendPort").test((port) => openPorts.has(Number(port))),
            ),
          ),
        ),
        "A port that is none of 22, 80 and 443 is open to the internet",
      ),
    ]),
    on(t.azurePublicIPAddress, (p) => [
      must(
        says(p.get("sku").get("name"), "Standard", "StandardV2"),
        "The address is open by default (Basic)",
      ),
      must(p.get("publicIPAllocationMethod").is("Static"), "The address may change"),
    ]),
  ),
];
