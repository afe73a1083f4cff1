import * as backup from "@pulumi/aws/backup";
import type { Provider } from "@pulumi/aws/provider";
import * as iam from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { plainTrust, policyJson } from "../shared/policy-json";
import { stateful, type Site } from "../shared/site";
import { AwsBackupKey } from "./aws-key";
import type { BackupPolicy } from "./contract";

export interface AwsRecoveryPointsArgs {
  readonly site: Site;
  readonly policy: BackupPolicy;
  readonly days: number;
  readonly accountId: string;
  readonly backupAccountId: string;
  readonly backupProvider: Provider;
  /** Key of the vault in the environment's own account. */
  readonly keyArn: pulumi.Input<string>;
  readonly sources: readonly pulumi.Input<string>[];
}

/** Vault names: 2 to 50 characters (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html). */
const vaultNames = { maxLength: 50 };

/** Managed policies of AWS Backup (https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html). */
const managed = "arn:aws:iam::aws:policy/service-role";

/**
 * AWS Backup beside the archives: recovery points of the database and the file systems, as the services make them,
 * copied into the backup account. The way back for a site that is too large for one archive.
 *
 * Copies over accounts need both accounts in one AWS organization, with cross-account backup switched on in its
 * management account, and the sources' own keys shared with the backup account: AWS Backup copies a database snapshot
 * under its source's key before it encrypts it anew
 * (https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html).
 */
export class AwsRecoveryPoints extends Component {
  readonly vaultName: pulumi.Output<string>;
  readonly copyVaultArn: pulumi.Output<string>;
  /** Role to hand to `aws backup start-restore-job`. */
  readonly restoreRoleArn: pulumi.Output<string>;

  constructor(name: string, args: AwsRecoveryPointsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, policy, days } = args;
    super("backupSchedule", "AwsRecoveryPoints", name, { days, lockMode: policy.lockMode }, opts);
    const within = { parent: this };
    const there = { parent: this, provider: args.backupProvider };
    const vaultName = fixedName(vaultNames, site.prefix);
    const vault = new backup.Vault(
      `${name}-vault`,
      { name: vaultName, kmsKeyArn: args.keyArn, forceDestroy: !site.protection },
      stateful(site, within),
    );
    const key = new AwsBackupKey(
      `${name}-vault`,
      {
        site,
        purpose: "vault",
        description: `${site.prefix}: recovery points copied into the backup account`,
        accountId: args.backupAccountId,
        statements: [],
      },
      { parent: this, providers: [args.backupProvider] },
    );
    const copies = new backup.Vault(
      `${name}-copies`,
      { name: vaultName, kmsKeyArn: key.arn, forceDestroy: !site.protection },
      stateful(site, there),
    );
    const accepts = new backup.VaultPolicy(
      `${name}-copies-policy`,
      {
        backupVaultName: copies.name,
        policy: policyJson([
          {
            Sid: "CopiesFromTheEnvironment",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${args.accountId}:root` },
            Action: "backup:CopyIntoBackupVault",
            Resource: "*",
          },
        ]),
      },
      there,
    );
    const lock = {
      minRetentionDays: days,
      // Given, it makes the lock final after that many days (3 is the least); left out, an administrator can lift it
      // (https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html).
      ...(policy.lockMode === "compliance" ? { changeableForDays: 3 } : {}),
    };
    new backup.VaultLockConfiguration(
      `${name}-vault-lock`,
      { backupVaultName: vault.name, ...lock },
      within,
    );
    new backup.VaultLockConfiguration(
      `${name}-copies-lock`,
      { backupVaultName: copies.name, ...lock },
      there,
    );
    const role = new iam.Role(
      `${name}-role`,
      {
        description: "AWS Backup makes and copies recovery points as this role",
        assumeRolePolicy: plainTrust("backup.amazonaws.com"),
      },
      within,
    );
    const rights = new iam.RolePolicyAttachment(
      `${name}-role-backup`,
      { role: role.name, policyArn: `${managed}/AWSBackupServiceRolePolicyForBackup` },
      within,
    );
    // Restoring can create databases and file systems: a role of its own, used by hand alone.
    const restorer = new iam.Role(
      `${name}-restore-role`,
      {
        description: "AWS Backup restores recovery points as this role",
        assumeRolePolicy: plainTrust("backup.amazonaws.com"),
      },
      within,
    );
    new iam.RolePolicyAttachment(
      `${name}-restore-role-restores`,
      { role: restorer.name, policyArn: `${managed}/AWSBackupServiceRolePolicyForRestores` },
      within,
    );
    const plan = new backup.Plan(
      `${name}-plan`,
      {
        name: fixedName(vaultNames, site.prefix),
        rules: [
          {
            ruleName: "daily",
            targetVaultName: vault.name,
            schedule: `cron(${policy.cron})`,
            scheduleExpressionTimezone: policy.timezone,
            // AWS Backup starts no job within an hour of a database's own backup window; it waits inside this one.
            startWindow: 240,
            completionWindow: 1440,
            lifecycle: { deleteAfter: days },
            copyActions: [{ destinationVaultArn: copies.arn, lifecycle: { deleteAfter: days } }],
          },
        ],
      },
      { parent: this, dependsOn: accepts },
    );
    new backup.Selection(
      `${name}-sources`,
      {
        name: fixedName(vaultNames, site.prefix, "data"),
        planId: plan.id,
        iamRoleArn: role.arn,
        resources: [...args.sources],
      },
      { parent: this, dependsOn: rights },
    );
    this.vaultName = vault.name;
    this.copyVaultArn = copies.arn;
    this.restoreRoleArn = restorer.arn;
    this.registerOutputs({ vaultName: this.vaultName, copyVaultArn: this.copyVaultArn });
  }
}
