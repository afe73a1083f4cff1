/** Alarms and their runbooks. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { any, not, type Truth, type Value } from "../../reader";
import { components, dependsOn, isIn } from "../../relations";
import {
  must,
  on,
  resourceRule,
  type AnyView,
  type Rule,
  type StackView,
  stackRule,
} from "../../rule";
import * as t from "../../types";
import { securityHub } from "../sources";

const runbooks = join(__dirname, "..", "..", "..", "docs", "runbooks");

const pages = new Map<string, boolean>();

/** Whether a text leads to a page of docs/runbooks. */
function leadsToRunbook(text: Value): Truth {
  return text.test((value) => {
    const name = /\/docs\/runbooks\/([a-z0-9-]+)\.md\b|\/([a-z0-9-]+)\.md\b/.exec(String(value));
    const page = name?.[1] ?? name?.[2];
    if (page === undefined) return false;
    const known = pages.get(page) ?? existsSync(join(runbooks, `${page}.md`));
    pages.set(page, known);
    return known;
  });
}

/** Alarms of any cloud, each with the text that people get. */
function alarmsOf(stack: StackView): readonly { readonly alarm: AnyView; readonly text: Value }[] {
  return [
    ...stack.of(t.awsMetricAlarm).map((one) => ({
      alarm: one,
      text: one.props.get("alarmDescription"),
    })),
    ...stack.of(t.azureMetricAlert).map((one) => ({
      alarm: one,
      text: one.props.get("description"),
    })),
    ...stack.of(t.gcpAlertPolicy).map((one) => ({
      alarm: one,
      text: one.props.get("documentation").get("content"),
    })),
  ];
}

/** What kills an environment, and the runbooks of which one must be rung for. */
const deadly: readonly (readonly [string, RegExp])[] = [
  ["that people cannot reach the site", /site-unreachable/],
  ["of a disk or storage that fills", /disk-filling|database-storage/],
  ["of a failed or missing backup", /backup/],
  ["of a certificate that ends", /certificate-expiry/],
  ["of a failed upgrade", /upgrade/],
];

export const alarms: readonly Rule[] = [
  stackRule(
    {
      id: "alarms-lead-to-runbooks",
      severity: "high",
      level: "mandatory",
      theme: "operations",
      protects: "Whoever is woken finds a page that says what to do",
      source: "https://sre.google/sre-book/being-on-call/; docs/runbooks/README.md",
      fix: "End the alarm's text with the address of its page, and write docs/runbooks/<name>.md",
    },
    [t.awsMetricAlarm, t.azureMetricAlert, t.gcpAlertPolicy],
    (stack) =>
      alarmsOf(stack).map(({ alarm, text }) =>
        must(
          leadsToRunbook(text),
          "The alarm leads to no runbook, or to one that is not written",
          alarm.urn,
        ),
      ),
  ),
  resourceRule(
    {
      id: "alarms-ring",
      severity: "high",
      level: "mandatory",
      theme: "operations",
      protects: "An alarm that goes off reaches somebody",
      source: `${securityHub}/cloudwatch-controls.html#cloudwatch-15`,
      fix: "Enable the alarm and give it its actions or channels",
    },
    on(t.awsMetricAlarm, (p) => [
      must(p.get("actionsEnabled").or(true).is(true), "The alarm is silent"),
      must(p.get("alarmActions").filled, "The alarm tells nobody"),
    ]),
    on(t.azureMetricAlert, (p) => [
      must(p.get("enabled").is(true), "The alarm is off"),
      must(p.get("actions").filled, "The alarm tells nobody"),
    ]),
    on(t.gcpAlertPolicy, (p) => [
      must(p.get("enabled").or(true).is(true), "The alarm is off"),
      must(p.get("notificationChannels").filled, "The alarm tells nobody"),
      must(p.get("conditions").filled, "The alarm has no condition"),
    ]),
    on(t.azureActionGroup, (p) => [
      must(p.get("enabled").is(true), "Whoever should hear of alarms is not told"),
      must(
        any(
          ...(
            ["emailReceivers", "smsReceivers", "webhookReceivers", "azureAppPushReceivers"] as const
          ).map((key) => p.get(key).filled),
        ),
        "Alarms tell nobody",
      ),
    ]),
    on(t.gcpNotificationChannel, (p) =>
      must(p.get("enabled").or(true).is(true), "Whoever should hear of alarms is not told"),
    ),
    on(t.awsHealthCheck, (p) => [
      must(not(p.get("disabled").or(false).is(true)), "Nobody asks whether the site answers"),
      must(
        not(p.get("invertHealthcheck").or(false).is(true)),
        "The site counts as well while it does not answer",
      ),
    ]),
    on(t.awsDatabaseEvents, (p) =>
      must(
        p.get("enabled").or(true).is(true),
        "Nobody hears of a failover or of storage that fills",
      ),
    ),
    on(t.azureWebTest, (p) => [
      must(p.get("enabled").is(true), "Nobody asks whether the site answers"),
      must(
        p.get("validationRules").get("sSLCheck").is(true),
        "Nobody sees that the certificate has ended",
      ),
    ]),
    on(t.gcpUptimeCheck, (p) => [
      must(
        any(!p.get("httpCheck").given, p.get("httpCheck").get("useSsl").is(true)),
        "The site is asked in clear, which only leads elsewhere",
      ),
      must(
        any(!p.get("httpCheck").given, p.get("httpCheck").get("validateSsl").is(true)),
        "Nobody sees that the certificate has ended",
      ),
    ]),
  ),
  stackRule(
    {
      id: "alarm-topics-heard",
      severity: "high",
      level: "mandatory",
      theme: "operations",
      protects: "A topic that alarms go to has somebody who hears it",
      source:
        "https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html",
      fix: "Name a mail address or another endpoint for the environment's alerts",
    },
    [t.awsTopic],
    (stack) =>
      stack.of(t.awsTopic).map((topic) =>
        must(
          stack.of(t.awsTopicSubscription).some((one) => dependsOn(one, topic)),
          "Nobody has subscribed to the topic",
          topic.urn,
        ),
      ),
  ),
  stackRule(
    {
      id: "alarms-for-what-kills",
      severity: "high",
      level: "mandatory",
      theme: "operations",
      protects: "Somebody hears of what takes an environment down before its users say it",
      source: "https://docs.gitlab.com/administration/monitoring/; docs/runbooks/README.md",
      fix: "Add the alarm that is missing to the environment's alerts",
    },
    [t.awsMetricAlarm, t.azureMetricAlert, t.gcpAlertPolicy],
    (stack) => {
      if (components(stack, "gitlabInstance:").length === 0) return [];
      const alarms = alarmsOf(stack).filter(({ alarm }) => isIn(alarm, "alerts"));
      return deadly.map(([what, form]) =>
        must(any(...alarms.map(({ text }) => text.matches(form))), `No alarm tells ${what}`),
      );
    },
  ),
];
