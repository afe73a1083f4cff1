/** Data on Azure: disks, vaults, their backups, and logs. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { dependsOn } from "../../relations";
import { type Finding, must, on, resourceRule, type Rule, stackRule } from "../../rule";
import * as t from "../../types";
import { isAnywhere } from "../network/azure-openings";
import { says } from "../words";

const learn = "https://learn.microsoft.com/en-us/azure";

/** What keeps a disk, or a snapshot of one, from being read past its machine. */
function notExported(disk: Pick<Value, "at">): readonly Finding[] {
  return [
    must(disk.at("publicNetworkAccess").is("Disabled"), "The disk can be exported from anywhere"),
    must(
      disk.at("networkAccessPolicy").isOneOf("DenyAll", "AllowPrivate"),
      "The disk can be exported over the network",
    ),
    must(
      disk
        .at("encryption")
        .at("type")
        .matches(/^Encryption/),
      "The disk says nothing of its encryption",
    ),
  ];
}

/** Whether a setting of logs takes down who read what. */
function takesReads(log: Pick<Value, "at">): Truth {
  return all(
    log.at("enabled").is(true),
    any(says(log.at("categoryGroup"), "audit", "allLogs"), says(log.at("category"), "AuditEvent")),
  );
}

export const dataAzure: readonly Rule[] = [
  resourceRule(
    {
      id: "azure-disk-not-public",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "Nobody exports a data disk over the network, with a link or without",
      source: `${learn}/virtual-machines/disks-restrict-import-export-overview`,
      fix: "Set publicNetworkAccess: Disabled and networkAccessPolicy: DenyAll",
    },
    on(t.azureDisk, (p) => notExported(p)),
    on(t.azureSnapshot, (p) => notExported(p)),
  ),
  resourceRule(
    {
      id: "azure-disk-one-writer",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "Two machines never write to one Git storage",
      source: `${learn}/virtual-machines/disks-shared; https://docs.gitlab.com/administration/gitaly/`,
      fix: "Leave maxShares out, or 1",
    },
    on(t.azureDisk, (p) =>
      must(p.get("maxShares").or(1).atMost(1), "The disk can be attached to several machines"),
    ),
  ),
  stackRule(
    {
      id: "azure-disk-kept",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects: "A data disk has a lock against deletion and a daily backup",
      source: `${learn}/azure-resource-manager/management/lock-resources; ${learn}/backup/disk-backup-overview`,
      fix: "Give a protected disk a CanNotDelete lock and a backup instance",
    },
    [t.azureDisk],
    (stack) => [
      ...stack.of(t.azureDisk).flatMap((disk) => [
        must(
          !disk.protect ||
            stack.of(t.azureManagementLockByScope).some((lock) => dependsOn(lock, disk)),
          "The disk is protected, and has no lock in its cloud",
          disk.urn,
        ),
        must(
          stack.of(t.azureBackupInstance).some((one) => dependsOn(one, disk)),
          "The disk has no backup",
          disk.urn,
        ),
      ]),
      ...stack
        .of(t.azureManagementLockByScope)
        .map(({ props, urn }) =>
          must(
            props.get("level").isOneOf("CanNotDelete", "ReadOnly"),
            "The lock does not keep from deletion",
            urn,
          ),
        ),
    ],
  ),
  resourceRule(
    {
      id: "azure-backups-kept",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "Disk backups are made daily, kept for a week and more, and a deleted one can be taken back",
      source: `${learn}/backup/backup-azure-enhanced-soft-delete-about; ${learn}/backup/backup-azure-immutable-vault-concept`,
      fix: "Set soft delete on with 14 days, immutability, alerts on failed jobs, and a retention of P7D or more",
    },
    on(t.azureBackupVault, (p, { protect }) => {
      const security = p.get("properties").get("securitySettings");
      return [
        must(
          any(!protect, security.get("softDeleteSettings").get("state").isOneOf("On", "AlwaysOn")),
          "Deleted backups are gone at once",
        ),
        must(
          any(
            !protect,
            security.get("softDeleteSettings").get("retentionDurationInDays").or(14).atLeast(14),
          ),
          "Deleted backups can be taken back for less than 14 days",
        ),
        must(
          any(
            !protect,
            security.get("immutabilitySettings").get("state").isOneOf("Locked", "Unlocked"),
          ),
          "Backups can be shortened and deleted before their time",
        ),
        must(
          p
            .get("properties")
            .get("monitoringSettings")
            .get("azureMonitorAlertSettings")
            .get("alertsForAllJobFailures")
            .is("Enabled"),
          "Failed backups raise no alert",
        ),
      ];
    }),
    on(t.azureBackupPolicy, (p) => {
      const rules = p.get("properties").at("policyRules");
      return [
        must(
          rules.some((rule) =>
            rule
              .at("trigger")
              .at("schedule")
              .at("repeatingTimeIntervals")
              .some((interval) =>
                interval.test((text) => /\/(P1D|PT([1-9]|1\d|2[0-4])H)$/.test(String(text))),
              ),
          ),
          "Backups are not made daily",
        ),
        must(
          rules.some((rule) =>
            rule.at("lifecycles").some((one) =>
              one
                .at("deleteAfter")
                .at("duration")
                .test((text) => {
                  const days = /^P(\d+)D$/.exec(String(text))?.[1];
                  return days === undefined ? /^P\d+[WMY]$/.test(String(text)) : Number(days) >= 7;
                }),
            ),
          ),
          "Backups are kept for less than 7 days",
        ),
      ];
    }),
  ),
  resourceRule(
    {
      id: "azure-vault-guarded",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "The vault gives secrets by role, keeps deleted ones for 90 days, and nobody purges them",
      source: `CIS Microsoft Azure Foundations, "Ensure the Key Vault is Recoverable" and "Enable Role Based Access Control": ${learn}/key-vault/general/soft-delete-overview`,
      fix: "Set enableRbacAuthorization, enableSoftDelete, softDeleteRetentionInDays: 90 and enablePurgeProtection",
    },
    on(t.azureVault, (p, { protect }) => {
      const properties = p.get("properties");
      return [
        must(
          properties.get("enableRbacAuthorization").is(true),
          "The vault gives rights by its own list",
        ),
        must(
          properties.get("enableSoftDelete").or(true).is(true),
          "Deleted secrets are gone at once",
        ),
        must(
          any(!protect, properties.get("enablePurgeProtection").is(true)),
          "Deleted secrets can be purged",
        ),
        must(
          any(!protect, properties.get("softDeleteRetentionInDays").or(90).atLeast(30)),
          "Deleted secrets can be taken back for less than 30 days",
        ),
        must(
          any(
            says(properties.get("publicNetworkAccess"), "Disabled", "SecuredByPerimeter"),
            says(properties.get("networkAcls").get("defaultAction"), "Deny"),
          ),
          "The vault answers to every network",
        ),
        must(
          properties
            .get("networkAcls")
            .get("ipRules")
            .every((rule) => not(isAnywhere(rule.get("value")))),
          "The vault answers to the whole internet",
        ),
        ...(["enabledForDeployment", "enabledForTemplateDeployment"] as const).map((key) =>
          must(
            not(properties.get(key).or(false).is(true)),
            "Whoever may deploy gets at secrets, past the roles",
          ),
        ),
      ];
    }),
    on(t.azureSecret, (p) =>
      must(
        not(p.get("properties").get("attributes").get("enabled").or(true).is(false)),
        "The secret is disabled: machines that read it do not start",
      ),
    ),
  ),
  stackRule(
    {
      id: "azure-vault-audited",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects: "Who read which secret is on record",
      source: `CIS Microsoft Azure Foundations, "Ensure that logging for Azure Key Vault is Enabled": ${learn}/key-vault/general/logging`,
      fix: "Give the vault a diagnostic setting with the audit category group",
    },
    [t.azureVault],
    (stack) => [
      ...stack.of(t.azureVault).map((vault) =>
        must(
          any(
            ...stack
              .of(t.azureDiagnosticSetting)
              .filter((one) => dependsOn(one, vault))
              .map(({ props }) => props.get("logs").some((log) => takesReads(log))),
          ),
          "Nobody records who reads secrets of the vault",
          vault.urn,
        ),
      ),
      ...stack.of(t.azureDiagnosticSetting).map(({ props, urn }) =>
        must(
          props.get("logs").some((log) => log.get("enabled").is(true)),
          "The diagnostic setting records nothing",
          urn,
        ),
      ),
    ],
  ),
  resourceRule(
    {
      id: "azure-logs-kept",
      severity: "medium",
      level: "mandatory",
      theme: "data",
      protects: "Logs are kept for a month and more, and written and read by identity",
      source: `${learn}/azure-monitor/logs/data-retention-configure`,
      fix: "Set retentionInDays to 30 or more and features.disableLocalAuth",
    },
    on(t.azureWorkspace, (p) => [
      must(p.get("retentionInDays").atLeast(30), "Logs are kept for less than 30 days"),
      must(
        p.get("features").get("disableLocalAuth").is(true),
        "Logs can be written with a shared key",
      ),
    ]),
    on(t.azureApplicationInsights, (p) =>
      must(p.get("disableLocalAuth").is(true), "Anybody with the key can write what tests found"),
    ),
  ),
];
