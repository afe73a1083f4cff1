/** Balancers on Google Cloud that are no Ingress of the cluster's. */
import { all, any, not, type Value } from "../../reader";
import { dependsOn } from "../../relations";
import { must, on, resourceRule, type ResourceView, type Rule, stackRule } from "../../rule";
import * as t from "../../types";

export const googleBalancers: readonly Rule[] = [
  resourceRule(
    {
      id: "balancer-behind-firewall",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "What comes from the internet through a balancer has come past Cloud Armor, and is on record",
      source:
        "https://cloud.google.com/armor/docs/security-policy-overview#edge-security; https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
      fix: "Set securityPolicy and logConfig.enable, or an internal loadBalancingScheme",
    },
    on(t.gcpBackendService, (p) => {
      const within = p.get("loadBalancingScheme").matches(/^INTERNAL/);
      return [
        must(
          any(within, p.get("securityPolicy").given),
          "No rules of Cloud Armor hold for the service",
        ),
        must(any(within, p.get("logConfig").get("enable").is(true)), "Requests are not on record"),
      ];
    }),
  ),
  stackRule(
    {
      id: "balancer-redirects-clear",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "Whoever comes to a balancer in clear is sent to HTTPS, and served nothing",
      source: "https://cloud.google.com/load-balancing/docs/https/setting-up-http-https-redirect",
      fix: "Give the TargetHttpProxy a URLMap whose defaultUrlRedirect has httpsRedirect and that has no other rules",
    },
    [t.gcpTargetHttpProxy],
    (stack) =>
      (stack.of(t.gcpTargetHttpProxy) as readonly ResourceView[]).map((proxy) => {
        const maps = (stack.of(t.gcpUrlMap) as readonly ResourceView[])
          .filter((map) => dependsOn(proxy, map))
          .map(({ props }) => redirects(props));
        return must(any(...maps), "The balancer serves in clear", proxy.urn);
      }),
  ),
];

function redirects(map: Value): ReturnType<typeof all> {
  return all(
    map.at("defaultUrlRedirect").at("httpsRedirect").is(true),
    not(map.at("pathMatchers").filled),
    not(map.at("defaultService").given),
  );
}
