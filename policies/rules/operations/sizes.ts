/** What an environment may cost, and how soon its names move. */
import { budgetOf, vcpusOf } from "../../budget";
import { all, any, not, type Truth, type Value } from "../../reader";
import { components, environmentOf } from "../../relations";
import { must, on, resourceRule, type AnyView, type Rule, stackRule } from "../../rule";
import * as t from "../../types";

export const sizes: readonly Rule[] = [
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
      t.azurePostgresServer,
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
          .flatMap((r) => [
            one(r, r.props.get("sku").get("name") as Value),
            must(
              r.props.get("sku").get("capacity").or(0).atMost(budget.machines),
              "The group may grow beyond the environment's budget",
              r.urn,
            ),
          ]),
        ...stack
          .of(t.azurePostgresServer)
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
