import * as dataprotection from "@pulumi/azure-native/dataprotection";
import type * as pulumi from "@pulumi/pulumi";
import { AzureRights } from "../identity/azure-roles";
import type { AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";

/** Arguments of AzureDiskBackups. */
export interface AzureDiskBackupsArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  /** Group that the snapshots are kept in: one of their own, with nothing else in it and no lock on it. */
  readonly snapshots: { readonly id: pulumi.Input<string> };
  /** Disks by what they hold. */
  readonly disks: Readonly<
    Record<string, { readonly id: pulumi.Input<string>; readonly name: string }>
  >;
  /** Days that a snapshot is kept, 1 to 360. */
  readonly retentionDays: number;
  /** When it is taken, in UTC: `hh:mm`. */
  readonly time: string;
  /** What takes a while anyway and comes before the disks are put under protection, so that rights are known by then. */
  readonly after: readonly pulumi.Resource[];
}

/** Kind of data source, as the service names it. */
const diskType = "Microsoft.Compute/disks";

/** Where snapshots of disks are: beside them, not in the vault. */
const operational = {
  dataStoreType: "OperationalStore",
  objectType: "DataStoreInfoBase",
} as const;

/**
 * A snapshot of each disk once a day: the quick way back from a broken upgrade. Each disk's is of another moment, so
 * that repositories and database of one night may differ by minutes; what fits together is the package's own backup.
 *
 * Sources: https://learn.microsoft.com/azure/backup/disk-backup-overview,
 * https://learn.microsoft.com/azure/backup/backup-managed-disks
 */
export class AzureDiskBackups extends Component {
  readonly vaultId: pulumi.Output<string>;
  readonly vaultName: string;

  /** @throws if days or time are none that the service takes */
  constructor(name: string, args: AzureDiskBackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, place, retentionDays } = args;
    super("backupSchedule", "AzureDiskBackups", name, { retentionDays, time: args.time }, opts);
    if (!Number.isInteger(retentionDays) || retentionDays < 1 || retentionDays > 360) {
      throw new Error(`retentionDays: found ${retentionDays}, allowed: 1 to 360`);
    }
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(args.time)) {
      throw new Error(`time: found ${args.time}, allowed: hh:mm`);
    }
    const own = { parent: this };
    const { resourceGroupName, location } = place;
    this.vaultName = fixedName({ maxLength: 50 }, site.prefix, "snapshots");
    const vault = new dataprotection.BackupVault(
      `${name}-vault`,
      {
        resourceGroupName,
        location,
        vaultName: this.vaultName,
        identity: { type: "SystemAssigned" },
        properties: {
          // Snapshots never come into the vault's own store; the service wants one named all the same.
          storageSettings: [{ datastoreType: "VaultStore", type: "LocallyRedundant" }],
          securitySettings: {
            // Both can be taken back, so that a stack without protection can be taken down; and neither before that.
            softDeleteSettings: site.protection
              ? { state: "On", retentionDurationInDays: 14 }
              : { state: "Off" },
            immutabilitySettings: { state: site.protection ? "Unlocked" : "Disabled" },
          },
          monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: "Enabled" } },
        },
      },
      stateful(site, own),
    );
    const policy = new dataprotection.BackupPolicy(
      `${name}-policy`,
      {
        resourceGroupName,
        vaultName: vault.name,
        backupPolicyName: "disks-daily",
        properties: policyProperties(args.time, retentionDays),
      },
      own,
    );
    const rights = new AzureRights(
      `${name}-rights`,
      {
        site,
        subscriptionId: place.subscriptionId,
        principalId: vault.identity.apply((identity) => identity?.principalId ?? ""),
        principalType: "ServicePrincipal",
        on: {
          snapshots: { role: "diskSnapshotContributor", scope: args.snapshots.id },
          ...Object.fromEntries(
            Object.entries(args.disks).map(([what, { id }]) => [
              what,
              { role: "diskBackupReader" as const, scope: id },
            ]),
          ),
        },
      },
      own,
    );
    for (const [what, disk] of Object.entries(args.disks)) {
      new dataprotection.BackupInstance(
        `${name}-${what}`,
        {
          resourceGroupName,
          vaultName: vault.name,
          backupInstanceName: disk.name,
          properties: {
            objectType: "BackupInstance",
            friendlyName: disk.name,
            dataSourceInfo: {
              objectType: "Datasource",
              datasourceType: diskType,
              resourceType: diskType,
              resourceID: disk.id,
              resourceUri: disk.id,
              resourceName: disk.name,
              resourceLocation: location,
            },
            policyInfo: {
              policyId: policy.id,
              policyParameters: {
                dataStoreParametersList: [
                  {
                    objectType: "AzureOperationalStoreParameters",
                    dataStoreType: "OperationalStore",
                    resourceGroupId: args.snapshots.id,
                  },
                ],
              },
            },
          },
        },
        { ...own, dependsOn: [...rights.ready, ...args.after] },
      );
    }
    this.vaultId = vault.id;
    this.registerOutputs({ vaultId: this.vaultId });
  }
}

/** A snapshot every day, each kept for as many days. */
function policyProperties(
  time: string,
  retentionDays: number,
): dataprotection.BackupPolicyArgs["properties"] {
  return {
    objectType: "BackupPolicy",
    datasourceTypes: [diskType],
    policyRules: [
      {
        objectType: "AzureBackupRule",
        name: "Daily",
        backupParameters: { objectType: "AzureBackupParams", backupType: "Incremental" },
        dataStore: operational,
        trigger: {
          objectType: "ScheduleBasedTriggerContext",
          schedule: {
            // The day from which on it repeats; any that is past will do.
            repeatingTimeIntervals: [`R/2025-01-01T${time}:00+00:00/P1D`],
            timeZone: "UTC",
          },
          taggingCriteria: [
            { isDefault: true, tagInfo: { tagName: "Default" }, taggingPriority: 99 },
          ],
        },
      },
      {
        objectType: "AzureRetentionRule",
        name: "Default",
        isDefault: true,
        lifecycles: [
          {
            deleteAfter: { objectType: "AbsoluteDeleteOption", duration: `P${retentionDays}D` },
            sourceDataStore: operational,
          },
        ],
      },
    ],
  };
}
