/** GitLab's health checks and monitoring. */
import { everybody } from "../../addresses";
import { any, not, type Truth, type Value } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import { plainText } from "../../secrets-scan";
import * as t from "../../types";

/**
 * What is given to the allow-list, in each way of Ruby's: `= [...]`, over several lines too, `%w[...]`, `<<`, `+=`. Quotes
 * may be escaped, as of a file within a document.
 */
const givenToList =
  /(?:monitoring_whitelist|monitoring_allowlist)[\\'"\]\s]*(?:\+?=|<<|\.push|\.concat)(?:[^[\n]{0,40}\[[^\]]{0,4000}\]|[^\n]{0,400})/g;

/** Addresses and networks in a text. */
const networks = /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*::[0-9a-f:]*)(?:\/\d{1,3})?/gi;

/** Whether a monitoring allow-list in rendered files lets everybody in. */
function allowListClosed(text: Value<string>): Truth {
  return any(
    text.absent,
    text.test((value) => {
      const plain = typeof value === "string" ? plainText(value) : "";
      const lists = plain.match(givenToList) ?? [];
      return !lists.some((list) =>
        (list.match(networks) ?? []).some(
          (network) => everybody.test(network) || /^(0\.0\.0\.0|::)$/.test(network),
        ),
      );
    }),
  );
}

export const web: readonly Rule[] = [
  resourceRule(
    {
      id: "gitlab-health-check-own",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects:
        "A failing database does not have every node replaced: readiness is asked for the node alone",
      source:
        "https://docs.gitlab.com/administration/monitoring/health_check/ (all=1 adds database, Redis and Gitaly)",
      fix: "Ask /-/readiness without all=1, on a target that is a machine",
    },
    on(t.awsTargetGroup, (p) => [
      must(
        not(
          p
            .get("healthCheck")
            .get("path")
            .matches(/[?&]all=/),
        ),
        "The check asks for the database too",
      ),
      must(
        p.get("healthCheck").get("enabled").or(true).is(true),
        "The target's health is not checked",
      ),
      must(
        not(
          p
            .get("healthCheck")
            .get("path")
            .matches(/^\/-\/(health|liveness)/),
        ),
        "The check passes while GitLab is not ready",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "gitlab-monitoring-closed",
      severity: "high",
      level: "mandatory",
      theme: "gitlab",
      protects: "Health and metrics of GitLab are for balancers and monitoring, not for everybody",
      source: "https://docs.gitlab.com/administration/monitoring/ip_allowlist/",
      fix: "Name the balancers' and the network's own ranges in monitoring_whitelist",
    },
    on(t.awsBucketObjectv2, (p) =>
      must(allowListClosed(p.get("content")), "The allow-list of monitoring is open to all"),
    ),
    on(t.gcpInstance, (p) =>
      p
        .get("metadata")
        .entries.map(([, value]) =>
          must(allowListClosed(value), "The allow-list of monitoring is open to all"),
        ),
    ),
    on(t.gcpInstanceTemplate, (p) =>
      p
        .get("metadata")
        .entries.map(([, value]) =>
          must(allowListClosed(value), "The allow-list of monitoring is open to all"),
        ),
    ),
    on(t.awsLaunchTemplate, (p) =>
      must(allowListClosed(p.get("userData")), "The allow-list of monitoring is open to all"),
    ),
    on(t.azureVirtualMachine, (p) =>
      [p.get("userData"), p.get("osProfile").get("customData")].map((files) =>
        must(allowListClosed(files), "The allow-list of monitoring is open to all"),
      ),
    ),
  ),
];
