/** Tags, labels, and the accounts that providers may touch. */
import { any, type Truth, type Value } from "../../reader";
import { must, on, resourceRule, type Rule, stackRule, type TypeToken } from "../../rule";
import * as t from "../../types";

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

export const labels: readonly Rule[] = [
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
];
