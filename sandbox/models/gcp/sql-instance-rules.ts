/** Cloud SQL: what must fit together in an instance. */
import type { Condition, Rule } from "../../model";
import { CONNECTION, registry } from "./common";

const PAGE = registry("sql/databaseinstance");
const EDITIONS = "https://cloud.google.com/sql/docs/postgres/editions-intro";
const CREATE = "https://cloud.google.com/sql/docs/postgres/create-instance";
const PITR = "https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr";
const AVAILABILITY = "https://cloud.google.com/sql/docs/postgres/high-availability";
const PRIVATE = "https://cloud.google.com/sql/docs/postgres/configure-private-ip";
const REPLICAS = "https://cloud.google.com/sql/docs/postgres/replication";
const SETTINGS = "https://cloud.google.com/sql/docs/postgres/instance-settings";

const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });
const on = (property: string): Condition => ({ property, equals: true });

const BACKUP = "settings.backupConfiguration";
const IP = "settings.ipConfiguration";
const NETWORK = `${IP}.privateNetwork`;

const standalone = absent("masterInstanceName");
/** The edition that is given, or that the API chooses: PostgreSQL 16 and newer begin in Enterprise Plus. */
const plus: Condition = {
  any: [
    { property: "settings.edition", equals: "ENTERPRISE_PLUS" },
    {
      all: [
        absent("settings.edition"),
        { property: "databaseVersion", matches: "POSTGRES_1[6-9]" },
      ],
    },
  ],
};
const plusTier: Condition = {
  property: "settings.tier",
  matches: "db-(perf-optimized-N|c4a-highmem|memory-optimized-N)-\\d+",
};

/** Virtual CPUs that a custom machine may have: 1, or an even number up to 96. */
const VCPUS = [1, ...Array.from({ length: 48 }, (_, at) => 2 * (at + 1))];

/** MB of memory that a custom machine of so many CPUs may have: 0.9 to 6.5 GB each, at least 3.75 GB. */
const memory = (cpus: number): Rule => ({
  name: `custom-machine-${cpus}`,
  when: { property: "settings.tier", matches: `db-custom(-N4)?-${cpus}-\\d+` },
  then: {
    all: [
      {
        property: "settings.tier",
        part: "-(\\d+)$",
        atLeast: Math.max(3840, Math.ceil(cpus * 0.9 * 4) * 256),
      },
      { property: "settings.tier", part: "-(\\d+)$", atMost: cpus * 6656 },
      { property: "settings.tier", part: "-(\\d+)$", multipleOf: 256 },
    ],
  },
  message:
    "Invalid request: `settings.tier`: a custom machine has 0.9 to 6.5 GB of memory a vCPU, at least 3840 MB, in multiples of 256 MB",
  source: `${CREATE}#machine-types`,
  at: "apply",
});

/** Settings of PostgreSQL that a standby needs as much of as its primary has. */
const STANDBY_FLAGS = [
  "max_connections",
  "max_locks_per_transaction",
  "max_prepared_transactions",
  "max_wal_senders",
  "max_worker_processes",
];
const flagOf = (name: string): string => `settings.databaseFlags[name=${name}].value`;

/** A replica that has less than its primary would stop: https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN */
const standbyFlag = (name: string): Rule => ({
  name: `replica-${name}`,
  when: {
    all: [present("masterInstanceName"), present(flagOf(name))],
  },
  then: {
    any: [
      absent(`masterInstanceName->${flagOf(name)}`),
      { property: flagOf(name), atLeastProperty: `masterInstanceName->${flagOf(name)}` },
    ],
  },
  message: `Invalid request: \`settings.databaseFlags\`: ${name} of a replica can't be less than its primary's (\`masterInstanceName\`)`,
  source: "https://cloud.google.com/sql/docs/postgres/flags",
  at: "apply",
});

/** What the provider and the API check of an instance. */
export const rules: readonly Rule[] = [
  {
    name: "settings-or-origin",
    then: {
      any: [present("settings"), present("clone"), present("pointInTimeRestoreContext")],
    },
    message: "`settings`: one of settings, clone and pointInTimeRestoreContext must be given",
    source: PAGE,
  },
  {
    name: "plus-machines",
    when: { all: [present("settings.tier"), plus] },
    then: plusTier,
    message:
      "Invalid request: Invalid Tier for (ENTERPRISE_PLUS) Edition: `settings.tier` must be a db-perf-optimized-N-… machine; db-custom-… and shared-core machines need `settings.edition` ENTERPRISE, which PostgreSQL 16 and newer do not have by default",
    source: EDITIONS,
    at: "apply",
  },
  {
    name: "enterprise-machines",
    when: { all: [present("settings.tier"), { not: plus }] },
    then: { not: plusTier },
    message:
      "Invalid request: Invalid Tier for (ENTERPRISE) Edition: `settings.tier` is one of ENTERPRISE_PLUS",
    source: EDITIONS,
    at: "apply",
  },
  {
    name: "custom-machine-cpus",
    when: { property: "settings.tier", matches: "db-custom(-N4)?-\\d+-\\d+" },
    then: {
      property: "settings.tier",
      matches: `db-custom(-N4)?-(${VCPUS.join("|")})-\\d+`,
    },
    message:
      "Invalid request: `settings.tier`: a custom machine has 1 vCPU or an even number to 96",
    source: `${CREATE}#machine-types`,
    at: "apply",
  },
  ...VCPUS.map(memory),
  {
    name: "shared-core-not-regional-mysql",
    when: {
      all: [
        { property: "settings.tier", in: ["db-f1-micro", "db-g1-small"] },
        { property: "databaseVersion", matches: "SQLSERVER_.*" },
      ],
    },
    then: absent("settings.tier"),
    message: "Invalid request: `settings.tier`: SQL Server has no shared-core machines",
    source: CREATE,
    at: "apply",
  },
  {
    name: "pitr-engine",
    when: on(`${BACKUP}.pointInTimeRecoveryEnabled`),
    then: { property: "databaseVersion", matches: "(POSTGRES|SQLSERVER)_.*" },
    message:
      "`settings.backupConfiguration.pointInTimeRecoveryEnabled` is only available for POSTGRES and SQLSERVER: MySQL has binaryLogEnabled",
    source: PAGE,
  },
  {
    name: "binary-log-engine",
    when: on(`${BACKUP}.binaryLogEnabled`),
    then: { property: "databaseVersion", matches: "MYSQL_.*" },
    message:
      "Invalid request: `settings.backupConfiguration.binaryLogEnabled`: binary logging is for MySQL alone",
    source: PAGE,
    at: "apply",
  },
  {
    name: "pitr-needs-backups",
    when: {
      any: [on(`${BACKUP}.pointInTimeRecoveryEnabled`), on(`${BACKUP}.binaryLogEnabled`)],
    },
    then: { any: [on(`${BACKUP}.enabled`), { not: standalone }] },
    message:
      "Invalid request: point-in-time recovery needs automated backups: `settings.backupConfiguration.enabled` must be true",
    source: PITR,
    at: "apply",
  },
  {
    name: "log-retention-of-the-edition",
    when: { all: [present(`${BACKUP}.transactionLogRetentionDays`), { not: plus }] },
    then: { property: `${BACKUP}.transactionLogRetentionDays`, atMost: 7 },
    message:
      "Invalid request: `settings.backupConfiguration.transactionLogRetentionDays` must be 1 to 7 in the ENTERPRISE edition (to 35 in ENTERPRISE_PLUS)",
    source: PITR,
    at: "apply",
  },
  {
    name: "logs-no-longer-than-backups",
    when: {
      all: [
        present(`${BACKUP}.transactionLogRetentionDays`),
        present(`${BACKUP}.backupRetentionSettings.retainedBackups`),
      ],
    },
    then: {
      property: `${BACKUP}.transactionLogRetentionDays`,
      atMostProperty: `${BACKUP}.backupRetentionSettings.retainedBackups`,
    },
    message:
      "Invalid request: `settings.backupConfiguration.transactionLogRetentionDays` can't be more than the backups that are retained (`backupRetentionSettings.retainedBackups`)",
    source: PITR,
    at: "apply",
  },
  {
    name: "regional-needs-backups",
    when: { all: [{ property: "settings.availabilityType", equals: "REGIONAL" }, standalone] },
    then: {
      all: [
        on(`${BACKUP}.enabled`),
        { any: [on(`${BACKUP}.pointInTimeRecoveryEnabled`), on(`${BACKUP}.binaryLogEnabled`)] },
      ],
    },
    message:
      "Invalid request: `settings.availabilityType` REGIONAL needs `settings.backupConfiguration` with backups and point-in-time recovery (MySQL: binary logs) enabled",
    source: AVAILABILITY,
    at: "apply",
  },
  {
    name: "some-way-in",
    when: { property: `${IP}.ipv4Enabled`, equals: false },
    then: { any: [present(NETWORK), on(`${IP}.pscConfigs[].pscEnabled`)] },
    message:
      "Invalid request: at least one of public IP (`settings.ipConfiguration.ipv4Enabled`), private IP (`privateNetwork`) and PSC must be enabled",
    source: PRIVATE,
    at: "apply",
  },
  {
    name: "authorised-networks-need-a-public-address",
    when: { property: `${IP}.ipv4Enabled`, equals: false },
    then: absent(`${IP}.authorizedNetworks`),
    message:
      "Invalid request: `settings.ipConfiguration.authorizedNetworks` need a public IP address (`ipv4Enabled`)",
    source: PRIVATE,
    at: "apply",
  },
  {
    name: "private-network-is-connected",
    when: present(NETWORK),
    then: {
      property: `${NETWORK}->id`,
      companion: { type: CONNECTION, property: "network" },
    },
    message:
      "failed to create instance because the network doesn't have at least 1 private services connection: `settings.ipConfiguration.privateNetwork` needs a gcp:servicenetworking:Connection before it",
    source: `${PRIVATE}#new-private-instance`,
    at: "apply",
  },
  {
    name: "private-network-stays",
    when: present(`^${NETWORK}`),
    then: present(NETWORK),
    message:
      "Invalid request: `settings.ipConfiguration.privateNetwork` cannot be removed after it is set",
    source: PRIVATE,
    at: "apply",
  },
  {
    name: "disk-does-not-shrink",
    when: { all: [present("^settings.diskSize"), present("settings.diskSize")] },
    then: { property: "settings.diskSize", atLeastProperty: "^settings.diskSize" },
    message:
      "Invalid request: `settings.diskSize`: the size of an instance's disk can't be decreased",
    source: SETTINGS,
    at: "apply",
  },
  {
    name: "hyperdisk-size",
    when: { property: "settings.diskType", equals: "HYPERDISK_BALANCED" },
    then: { any: [absent("settings.diskSize"), { property: "settings.diskSize", atLeast: 20 }] },
    message: "Invalid request: `settings.diskSize` must be at least 20 GB for HYPERDISK_BALANCED",
    source: PAGE,
    at: "apply",
  },
  {
    name: "autoresize-limit",
    when: {
      all: [present("settings.diskSize"), { property: "settings.diskAutoresizeLimit", atLeast: 1 }],
    },
    then: { property: "settings.diskAutoresizeLimit", atLeastProperty: "settings.diskSize" },
    message:
      "Invalid request: `settings.diskAutoresizeLimit` can't be less than `settings.diskSize`",
    source: SETTINGS,
    at: "apply",
  },
  {
    name: "each-flag-once",
    then: { property: "settings.databaseFlags[].name", distinct: true },
    message: "Invalid request: `settings.databaseFlags`: a flag is given twice",
    source: "https://cloud.google.com/sql/docs/postgres/flags",
    at: "apply",
  },
  {
    name: "maintenance-hour-needs-a-day",
    when: present("settings.maintenanceWindow.hour"),
    then: present("settings.maintenanceWindow.day"),
    message:
      "`settings.maintenanceWindow.hour` is ignored if day is not set: give `settings.maintenanceWindow.day` too",
    source: PAGE,
    at: "apply",
  },
  {
    name: "final-backup-days",
    when: present("settings.finalBackupConfig.retentionDays"),
    then: {
      all: [
        on("settings.finalBackupConfig.enabled"),
        { property: "settings.finalBackupConfig.retentionDays", atMost: 365 },
      ],
    },
    message:
      "Invalid request: `settings.finalBackupConfig.retentionDays` must be 1 to 365, with `settings.finalBackupConfig.enabled`",
    source: "https://cloud.google.com/sql/docs/postgres/backup-recovery/configure-final-backup",
    at: "apply",
  },
  {
    name: "final-backup-description",
    when: present("finalBackupDescription"),
    then: on("settings.finalBackupConfig.enabled"),
    message:
      "Invalid request: `finalBackupDescription` only with `settings.finalBackupConfig.enabled`",
    source: PAGE,
    at: "apply",
  },
  {
    name: "replica-of-the-same-version",
    when: present("masterInstanceName"),
    then: {
      property: "databaseVersion",
      allAmong: ["masterInstanceName->databaseVersion"],
    },
    message:
      "Invalid request: `databaseVersion` of a replica must be its primary's (`masterInstanceName`)",
    source: REPLICAS,
    at: "apply",
  },
  {
    name: "replica-of-the-same-edition",
    when: { all: [present("masterInstanceName"), present("settings.edition")] },
    then: {
      property: "settings.edition",
      allAmong: ["masterInstanceName->settings.edition"],
    },
    message:
      "Invalid request: `settings.edition` of a replica must be its primary's (`masterInstanceName`)",
    source: REPLICAS,
    at: "apply",
  },
  {
    name: "replica-of-what-is-backed-up",
    when: present("masterInstanceName"),
    then: {
      property: "masterInstanceName",
      referred: { property: `${BACKUP}.enabled`, equals: true },
    },
    message:
      "Invalid request: the primary (`masterInstanceName`) must have automated backups before it can have a replica",
    source: REPLICAS,
    at: "apply",
  },
  {
    name: "replica-has-no-backups",
    when: {
      all: [present("masterInstanceName"), { property: "databaseVersion", matches: "POSTGRES_.*" }],
    },
    then: {
      not: { any: [on(`${BACKUP}.enabled`), on(`${BACKUP}.pointInTimeRecoveryEnabled`)] },
    },
    message:
      "Invalid request: `settings.backupConfiguration`: backups can't be enabled on a PostgreSQL read replica",
    source: REPLICAS,
    at: "apply",
  },
  {
    name: "replica-holds-what-its-primary-does",
    when: { all: [present("masterInstanceName"), present("settings.diskSize")] },
    then: {
      property: "settings.diskSize",
      atLeastProperty: "masterInstanceName->settings.diskSize",
    },
    message:
      "Invalid request: `settings.diskSize` of a replica can't be less than its primary's (`masterInstanceName`)",
    source: REPLICAS,
    at: "apply",
  },
  ...STANDBY_FLAGS.map(standbyFlag),
  {
    name: "primary-of-another-kind-stays",
    when: { all: [present("^name"), absent("^masterInstanceName")] },
    then: absent("masterInstanceName"),
    message:
      "Invalid request: `masterInstanceName`: an instance that stands alone can't be made a replica",
    source: REPLICAS,
    at: "apply",
  },
  {
    name: "replication-of-mysql",
    when: present("replicaConfiguration.failoverTarget"),
    then: { property: "databaseVersion", notMatches: "POSTGRES_.*" },
    message:
      "Invalid request: `replicaConfiguration.failoverTarget` is not supported for PostgreSQL",
    source: PAGE,
    at: "apply",
  },
  {
    name: "root-password-of-sql-server",
    when: { all: [{ property: "databaseVersion", matches: "SQLSERVER_.*" }, standalone] },
    then: { any: [present("rootPassword"), present("rootPasswordWo"), present("clone")] },
    message: "Invalid request: `rootPassword` is required for SQL Server",
    source: PAGE,
    at: "apply",
  },
  {
    name: "major-version-goes-up",
    when: {
      all: [
        { property: "^databaseVersion", matches: "POSTGRES_1\\d" },
        { property: "databaseVersion", matches: "POSTGRES_1\\d" },
      ],
    },
    then: {
      property: "databaseVersion",
      part: "POSTGRES_(\\d+)",
      atLeastProperty: "^databaseVersion",
    },
    message: "Invalid request: `databaseVersion` can't go back to an older major version",
    source: "https://cloud.google.com/sql/docs/postgres/upgrade-major-db-version",
    at: "apply",
  },
];
