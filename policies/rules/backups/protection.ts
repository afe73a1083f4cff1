/** Protection of what holds data from deletion by Pulumi. */
import { lifted } from "../../relations";
import {
  must,
  type ResourceView,
  type Rule,
  type StackView,
  stackRule,
  type TypeToken,
} from "../../rule";
import * as t from "../../types";

/** What holds data: a stack that protects anything protects all of these. */
const stateful: readonly TypeToken<unknown>[] = [
  t.awsDatabase,
  t.awsCache,
  t.awsEfsFileSystem,
  t.awsDynamoTable,
  t.awsKmsKey,
  t.awsBackupVault,
  t.awsVolume,
  t.azureDisk,
  t.azureResourceGroup,
  t.azureVault,
  t.azureBackupVault,
  t.azureKey,
  t.azureStorageAccount,
  t.azurePostgresServer,
  t.azureRedis,
  t.azureManagedRedis,
  t.gcpDisk,
  t.gcpRegionDisk,
  t.gcpDatabaseInstance,
  t.gcpDatabase,
  t.gcpRedis,
];

/**
 * Secrets that only the cloud has: on AWS those that a deletion lets be taken back, on Azure what the machine itself puts
 * there for its recovery. All others can be made or set again.
 */
function isKeptSecret({ type, props }: ResourceView): boolean {
  if (type === t.azureSecret.token) return props.at("secretName").is("recovery") === true;
  return type === t.awsSecret.token && props.at("recoveryWindowInDays").atLeast(7) === true;
}

function keeps(stack: StackView): readonly ResourceView[] {
  const tokens = new Set(stateful.map(({ token }) => token));
  return stack.resources.filter((one) => tokens.has(one.type) || isKeptSecret(one));
}

export const protection: readonly Rule[] = [
  stackRule(
    {
      id: "stateful-protected",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "What holds data is not deleted or replaced by a routine change",
      source: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
      fix: "Pass stateful(site, opts) to the resource; the setting protection lifts it for a whole environment",
    },
    [...stateful, t.awsSecret, t.azureSecret],
    (stack) =>
      lifted(stack)
        ? []
        : keeps(stack).map(({ protect, urn }) =>
            must(protect, "The resource holds data and is not protected", urn),
          ),
  ),
  stackRule(
    {
      id: "protection-lifted",
      severity: "high",
      level: "advisory",
      theme: "data",
      protects: "Nobody lifts the protection of an environment without seeing it said",
      source: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
      fix: "Set protection back to true, unless the data of the environment may be lost",
    },
    stateful,
    (stack) => [must(!lifted(stack), "Nothing in this environment is protected any more")],
  ),
];
