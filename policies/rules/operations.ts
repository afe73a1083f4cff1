/** Running it: alarms and their runbooks, tags, what it may cost. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { budgetOf, vcpusOf } from "../budget";
import { all, any, not, type Truth, type Value } from "../reader";
import { components, environmentOf, isIn } from "../relations";
import {
  must,
  on,
  resourceRule,
  type AnyView,
  type Rule,
  type StackView,
  stackRule,
  type TypeToken,
} from "../rule";
import * as t from "../types";

const runbooks = join(__dirname, "..", "..", "docs", "runbooks");
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

/** Types that take tags or labels, with the property. What is made for an instant, or takes none, is not here. */
const tagged: readonly (readonly [TypeToken<unknown>, "tags" | "labels" | "userLabels"])[] = [
  ...(
    [
      t.awsBackupPlan,
      t.awsBackupVault,
      t.awsLogGroup,
      t.awsMetricAlarm,
      t.awsDynamoTable,
      t.awsSecurityGroup,
      t.awsSubnet,
      t.awsVpc,
      t.awsVpcEndpoint,
      t.awsFlowLog,
      t.awsLaunchTemplate,
      t.awsImageRepository,
      t.awsEfsAccessPoint,
      t.awsEfsFileSystem,
      t.awsCache,
      t.awsRole,
      t.awsUser,
      t.awsKmsKey,
      t.awsListener,
      t.awsLoadBalancer,
      t.awsTargetGroup,
      t.awsDatabase,
      t.awsBucket,
      t.awsSecret,
      t.awsTopic,
      t.awsQueue,
      t.azureDisk,
      t.azureVirtualMachine,
      t.azureVirtualMachineScaleSet,
      t.azureBackupVault,
      t.azureVault,
      t.azureSecret,
      t.azureUserAssignedIdentity,
      t.azureMetricAlert,
      t.azureBastionHost,
      t.azureNetworkInterface,
      t.azureNetworkSecurityGroup,
      t.azurePublicIPAddress,
      t.azureWorkspace,
      t.azureResourceGroup,
    ] as readonly TypeToken<unknown>[]
  ).map((type) => [type, "tags"] as const),
  ...(
    [
      t.gcpDisk,
      t.gcpInstance,
      t.gcpRedis,
      t.gcpSecret,
      t.gcpBucket,
    ] as readonly TypeToken<unknown>[]
  ).map((type) => [type, "labels"] as const),
  [t.gcpAlertPolicy, "userLabels"],
];

/** Whether a set of tags has a name, however it is spelled. */
function hasTag(tags: Value, name: string): Truth {
  return (
    tags.unknown ??
    any(
      ...tags.entries.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value.given),
    )
  );
}

export const operations: readonly Rule[] = [
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
      source:
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-15",
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
  resourceRule(
    {
      id: "tags-say-whose",
      severity: "low",
      level: "mandatory",
      theme: "operations",
      protects: "What a resource belongs to can be told in the cloud's console and on its bill",
      source:
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
      fix: "Make the resource within a component that tags or labels (tagged(), labels()), with component and resource",
    },
    ...tagged.map(([type, key]) =>
      on(type, (p) => {
        const tags = p.at(key);
        return [
          must(hasTag(tags, "component"), "The resource does not say which component it is of"),
          must(hasTag(tags, "resource"), "The resource does not say what it is in the program"),
        ];
      }),
    ),
  ),
  resourceRule(
    {
      id: "tags-say-who",
      severity: "low",
      level: "mandatory",
      theme: "operations",
      protects:
        "Everything in the cloud has an owner, an environment and a stack, and strays are found",
      source:
        "https://www.pulumi.com/registry/packages/aws/api-docs/provider/ (defaultTags); https://www.pulumi.com/registry/packages/gcp/api-docs/provider/ (defaultLabels)",
      fix: "Give the provider its default tags or labels: Owner, Environment, Stack",
    },
    on({ token: "pulumi:providers:aws" }, (p) => {
      const tags = p.at("defaultTags").json.at("tags");
      return ["owner", "environment", "stack"].map((name) =>
        must(hasTag(tags, name), `The provider's default tags lack ${name}`),
      );
    }),
    ...(
      [
        t.azureDisk,
        t.azureVirtualMachine,
        t.azureVault,
        t.azureResourceGroup,
      ] as readonly TypeToken<unknown>[]
    ).map((type) =>
      on(type, (p) =>
        ["owner", "environment", "stack"].map((name) =>
          must(hasTag(p.at("tags"), name), `The tags lack ${name}`),
        ),
      ),
    ),
  ),
  stackRule(
    {
      id: "providers-label-by-default",
      severity: "low",
      level: "mandatory",
      theme: "operations",
      protects: "Everything on Google Cloud has an owner, an environment and a stack",
      source: "https://www.pulumi.com/registry/packages/gcp/api-docs/provider/ (defaultLabels)",
      fix: "Give the provider its default labels: owner, environment, stack",
    },
    [t.gcpBucket, t.gcpInstance],
    (stack) => {
      // A provider that only enables APIs makes nothing that takes labels.
      const labelled = stack.resources.filter(
        ({ type, props }) => type === "pulumi:providers:gcp" && props.at("defaultLabels").given,
      );
      return [
        must(labelled.length > 0, "No provider of Google Cloud has default labels"),
        ...labelled.flatMap(({ props, urn }) =>
          ["owner", "environment", "stack"].map((name) =>
            must(
              hasTag(props.at("defaultLabels").json, name),
              `The default labels lack ${name}`,
              urn,
            ),
          ),
        ),
      ];
    },
  ),
  resourceRule(
    {
      id: "providers-bound-to-account",
      severity: "high",
      level: "mandatory",
      theme: "operations",
      protects: "A wrong set of credentials cannot stand an environment up in a stranger's account",
      source: "https://www.pulumi.com/registry/packages/aws/api-docs/provider/ (allowedAccountIds)",
      fix: "Set allowedAccountIds, subscriptionId or project on the provider",
    },
    on({ token: "pulumi:providers:aws" }, (p) =>
      must(p.at("allowedAccountIds").json.filled, "The provider takes any account"),
    ),
    on({ token: "pulumi:providers:azure-native" }, (p) =>
      must(p.at("subscriptionId").given, "The provider takes any subscription"),
    ),
    on({ token: "pulumi:providers:gcp" }, (p) =>
      must(p.at("project").given, "The provider takes any project"),
    ),
  ),
  stackRule(
    {
      id: "size-budget",
      severity: "medium",
      level: "mandatory",
      theme: "operations",
      protects: "Nobody makes an environment many times as dear by one word in its settings",
      source: "policies/budget.ts",
      fix: "Take a smaller size, or raise the environment's budget in policies/budget.ts with its reason",
    },
    [
      t.awsLaunchTemplate,
      t.awsAutoScalingGroup,
      t.awsDatabase,
      t.awsCache,
      t.azureVirtualMachine,
      t.azureVirtualMachineScaleSet,
      t.gcpInstance,
      t.gcpInstanceTemplate,
      t.gcpDatabaseInstance,
      t.gcpNodePool,
    ],
    (stack) => {
      const budget = budgetOf(environmentOf(stack));
      const within = (type: Value): Truth =>
        any(
          !type.given,
          type.test((name) => {
            const cpus = typeof name === "string" ? vcpusOf(name) : undefined;
            return cpus !== undefined && cpus <= budget.vcpus;
          }),
        );
      const one = (resource: AnyView, type: Value) =>
        must(
          within(type),
          "The size is beyond the environment's budget, or tells none",
          resource.urn,
        );
      return [
        ...stack.of(t.awsLaunchTemplate).map((r) => one(r, r.props.get("instanceType") as Value)),
        ...stack.of(t.awsDatabase).map((r) => one(r, r.props.get("instanceClass") as Value)),
        ...stack.of(t.awsCache).map((r) => one(r, r.props.get("nodeType") as Value)),
        ...stack.of(t.awsAutoScalingGroup).flatMap((r) => [
          must(
            r.props
              .get("mixedInstancesPolicy")
              .get("launchTemplate")
              .get("overrides")
              .every((override) => within(override.get("instanceType"))),
            "The size is beyond the environment's budget, or tells none",
            r.urn,
          ),
          must(
            r.props.get("maxSize").atMost(budget.machines),
            "The group may grow beyond the environment's budget",
            r.urn,
          ),
        ]),
        ...stack
          .of(t.azureVirtualMachine)
          .map((r) => one(r, r.props.get("hardwareProfile").get("vmSize") as Value)),
        ...stack
          .of(t.azureVirtualMachineScaleSet)
          .map((r) => one(r, r.props.get("sku").get("name") as Value)),
        ...stack.of(t.gcpInstance).map((r) => one(r, r.props.get("machineType") as Value)),
        ...stack.of(t.gcpInstanceTemplate).map((r) => one(r, r.props.get("machineType") as Value)),
        ...stack
          .of(t.gcpDatabaseInstance)
          .map((r) => one(r, r.props.get("settings").get("tier") as Value)),
        ...stack.of(t.gcpNodePool).flatMap((r) => [
          one(r, r.props.get("nodeConfig").get("machineType") as Value),
          must(
            any(
              not(
                r.props
                  .get("autoscaling")
                  .get("maxNodeCount")
                  .test(() => true),
              ),
              r.props.get("autoscaling").get("maxNodeCount").atMost(budget.machines),
            ),
            "The pool may grow beyond the environment's budget",
            r.urn,
          ),
        ]),
        ...components(stack, "runnerFleet:")
          .filter(({ props }) => props.at("maxWorkers").given)
          .map(({ props, urn }) =>
            must(
              all(
                props.at("maxWorkers").atLeast(1),
                props.at("maxWorkers").atMost(budget.machines),
              ),
              "The fleet may grow beyond the environment's budget, or without end",
              urn,
            ),
          ),
      ];
    },
  ),
  resourceRule(
    {
      id: "names-resolve-soon",
      severity: "low",
      level: "advisory",
      theme: "operations",
      protects: "A name that has to move is heard of within the hour",
      source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-dns.html",
      fix: "Set ttl to 3600 or less",
    },
    on(t.awsRecord, (p) =>
      must(any(p.get("aliases").filled, p.get("ttl").atMost(3600)), "The record is kept for hours"),
    ),
    on(t.gcpRecordSet, (p) =>
      must(p.get("ttl").or(300).atMost(3600), "The record is kept for hours"),
    ),
  ),
];
