/** Cloud SQL: the settings of an instance, down to what single values may be. */
import {
  NETWORK,
  block,
  blockSet,
  blocks,
  bool,
  heldLinkTo,
  int,
  labelMap,
  linkTo,
  list,
  num,
  oneOf,
  out,
  seconds,
  set,
  str,
  zoneName,
} from "./common";

const TIME = "([01]\\d|2[0-3]):[0-5]\\d";
const DATE = "(\\d{4}-)?\\d{1,2}-\\d{2}";
/** The least and the most that a number may be. */
const from = (min: number, max: number): { min: number; max: number } => ({ min, max });

const backupConfiguration = block(
  {
    backupRetentionSettings: block(
      {
        // https://cloud.google.com/sql/docs/postgres/backup-recovery/backups#retention
        retainedBackups: int({ required: true, min: 1, max: 365 }),
        retentionUnit: oneOf(["COUNT"], { default: "COUNT" }),
      },
      { optionalComputed: true, value: { json: { retainedBackups: 7, retentionUnit: "COUNT" } } },
    ),
    backupTier: out("STANDARD"),
    binaryLogEnabled: bool(),
    enabled: bool(),
    location: str({ pattern: "[a-z]+(-[a-z]+\\d+)?", example: "eu" }),
    pointInTimeRecoveryEnabled: bool(),
    startTime: str({
      optionalComputed: true,
      value: "04:00",
      pattern: TIME,
      example: "02:00",
    }),
    // 1 to 7 days in Enterprise, to 35 in Enterprise Plus: sql-instance-rules.ts
    transactionLogRetentionDays: int({
      optionalComputed: true,
      value: { json: 7 },
      ...from(1, 35),
    }),
  },
  { optionalComputed: true },
);

const internalCa = "GOOGLE_MANAGED_INTERNAL_CA";
const ipConfiguration = block(
  {
    allocatedIpRange: str({ pattern: "[a-z]([-a-z0-9]{0,61}[a-z0-9])?", example: "services" }),
    authorizedNetworks: blockSet({
      expirationTime: str({ format: "rfc3339" }),
      name: str(),
      value: str({ required: true, format: "cidr", example: "203.0.113.0/24" }),
    }),
    customSubjectAlternativeNames: set(str({ format: "hostname" }), { maxItems: 3 }),
    enablePrivatePathForGoogleCloudServices: bool(),
    ipv4Enabled: bool({ default: true }),
    privateNetwork: heldLinkTo(NETWORK),
    pscConfigs: blockSet({
      allowedConsumerProjects: set(str()),
      networkAttachmentUri: str(),
      pscAutoConnectionPolicyEnabled: bool(),
      pscAutoConnections: blocks({
        consumerNetwork: linkTo(NETWORK, { required: true }),
        consumerNetworkStatus: str({ computed: true }),
        consumerServiceProjectId: str(),
        instanceAutoDnsStatus: str({ computed: true }),
        ipAddress: str({ computed: true }),
        serviceConnectionPolicy: str({ computed: true }),
        serviceConnectionPolicyCreationResult: str({ computed: true }),
        status: str({ computed: true }),
        writeEndpointAutoDnsStatus: str({ computed: true }),
      }),
      pscAutoDnsEnabled: bool(),
      pscEnabled: bool(),
      pscWriteEndpointDnsEnabled: bool(),
    }),
    serverCaMode: oneOf(
      ["CA_MODE_UNSPECIFIED", internalCa, "GOOGLE_MANAGED_CAS_CA", "CUSTOMER_MANAGED_CAS_CA"],
      { optionalComputed: true, value: internalCa },
    ),
    serverCaPool: str(),
    serverCertificateRotationMode: oneOf([
      "NO_AUTOMATIC_ROTATION",
      "AUTOMATIC_ROTATION_DURING_MAINTENANCE",
    ]),
    sslMode: oneOf(
      ["ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"],
      { optionalComputed: true, value: "ALLOW_UNENCRYPTED_AND_ENCRYPTED" },
    ),
  },
  { optionalComputed: true },
);

const performanceCaptureConfig = block(
  {
    cpuUtilizationThresholdPercent: int({ min: 0, max: 99 }),
    enabled: bool(),
    historyListLengthThresholdCount: int({ min: 0, max: 10000000 }),
    memoryUsageThresholdPercent: int({ min: 0, max: 99 }),
    probeThreshold: int({ min: 1 }),
    probingIntervalSeconds: int({ min: 1 }),
    runningThreadsThreshold: int({ min: 0 }),
    secondsBehindSourceThreshold: int({ min: 0 }),
    semaphoreWaitThresholdCount: int({ min: 0, max: 10000 }),
    transactionDurationThreshold: int({ min: 0 }),
    transactionKillExcludedUserHosts: list(str()),
    transactionKillThresholdSeconds: int({ min: 0, max: 604800 }),
    transactionKillType: oneOf([
      "TRANSACTION_KILL_TYPE_UNSPECIFIED",
      "READ_ONLY_TRANSACTIONS",
      "ALL_TRANSACTIONS",
    ]),
    transactionLockWaitThresholdCount: int({ min: 0, max: 10000 }),
  },
  { optionalComputed: true },
);

const flag = { name: str({ required: true }), value: str({ required: true }) };

/** `settings` of a DatabaseInstance. */
export const settings = block(
  {
    activationPolicy: oneOf(["ALWAYS", "NEVER", "ON_DEMAND"], { default: "ALWAYS" }),
    activeDirectoryConfig: block({
      adminCredentialSecretName: str(),
      dnsServers: list(str({ format: "ipv4" })),
      domain: str({ required: true, format: "hostname" }),
      mode: oneOf(["MANAGED_ACTIVE_DIRECTORY", "CUSTOMER_MANAGED_ACTIVE_DIRECTORY"]),
      organizationalUnit: str(),
    }),
    advancedMachineFeatures: block({ threadsPerCore: int({ enum: [1, 2] }) }),
    autoUpgradeEnabled: bool(),
    availabilityType: oneOf(["REGIONAL", "ZONAL"], { default: "ZONAL" }),
    backupConfiguration,
    collation: str({ replace: true }),
    connectionPoolConfigs: blockSet(
      { connectionPoolingEnabled: bool(), flags: blockSet(flag) },
      { optionalComputed: true },
    ),
    connectorEnforcement: oneOf(["NOT_REQUIRED", "REQUIRED"], {
      optionalComputed: true,
      value: "NOT_REQUIRED",
    }),
    dataApiAccess: oneOf(["DISALLOW_DATA_API", "ALLOW_DATA_API"], {
      optionalComputed: true,
      value: "DISALLOW_DATA_API",
    }),
    dataCacheConfig: block({ dataCacheEnabled: bool() }, { optionalComputed: true }),
    dataDiskProvisionedIops: int({ optionalComputed: true }),
    dataDiskProvisionedThroughput: int({ optionalComputed: true }),
    // Names of a server's settings; extensions have a dot in theirs: https://cloud.google.com/sql/docs/postgres/flags
    databaseFlags: blockSet({
      name: str({
        required: true,
        pattern: "[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*",
        example: "max_connections",
      }),
      value: str({ required: true, example: "200" }),
    }),
    deletionProtectionEnabled: bool(),
    denyMaintenancePeriod: block({
      endDate: str({ required: true, pattern: DATE, example: "01-05" }),
      startDate: str({ required: true, pattern: DATE, example: "12-20" }),
      time: str({ required: true, pattern: `${TIME}:[0-5]\\d`, example: "00:00:00" }),
    }),
    diskAutoresize: bool({ default: true }),
    diskAutoresizeLimit: int({ min: 0, max: 65536 }),
    // 10 GB to 64 TB: https://cloud.google.com/sql/docs/postgres/instance-settings
    diskSize: int({ optionalComputed: true, value: { json: 10 }, min: 10, max: 65536 }),
    diskType: oneOf(["PD_SSD", "PD_HDD", "HYPERDISK_BALANCED"], {
      optionalComputed: true,
      value: "PD_SSD",
    }),
    edition: oneOf(["ENTERPRISE", "ENTERPRISE_PLUS"], {
      optionalComputed: true,
      value: {
        cases: [
          {
            when: { property: "databaseVersion", matches: "POSTGRES_1[6-9]" },
            value: "ENTERPRISE_PLUS",
          },
          { value: "ENTERPRISE" },
        ],
      },
    }),
    effectiveAvailabilityType: str({ computed: true, value: "{availabilityType}" }),
    enableDataplexIntegration: bool(),
    enableGoogleMlIntegration: bool(),
    entraidConfig: block({ applicationId: str(), tenantId: str() }),
    finalBackupConfig: block({ enabled: bool(), retentionDays: int(from(1, 36135)) }),
    insightsConfig: block(
      {
        enhancedQueryInsightsEnabled: bool(),
        queryInsightsEnabled: bool(),
        queryPlansPerMinute: int({ optionalComputed: true, value: { json: 5 }, min: 0, max: 200 }),
        queryStringLength: int({
          optionalComputed: true,
          value: { json: 1024 },
          min: 256,
          max: 1048576,
        }),
        recordApplicationTags: bool(),
        recordClientAddress: bool(),
      },
      { optionalComputed: true },
    ),
    ipConfiguration,
    locationPreference: block(
      { followGaeApplication: str(), secondaryZone: zoneName(), zone: zoneName() },
      { optionalComputed: true },
    ),
    maintenanceWindow: block({
      day: int(from(1, 7)),
      hour: int(from(0, 23)),
      updateTrack: oneOf(["canary", "stable", "week5"]),
    }),
    passwordValidationPolicy: block({
      complexity: oneOf(["COMPLEXITY_DEFAULT", "COMPLEXITY_UNSPECIFIED"]),
      disallowUsernameSubstring: bool(),
      enablePasswordPolicy: bool({ required: true }),
      minLength: int({ min: 0 }),
      passwordChangeInterval: seconds({ example: "86400s" }),
      reuseInterval: int({ min: 0, max: 100 }),
    }),
    performanceCaptureConfig,
    pricingPlan: oneOf(["PER_USE"], { default: "PER_USE" }),
    readPoolAutoScaleConfig: block(
      {
        disableScaleIn: bool(),
        enabled: bool(),
        maxNodeCount: int(from(1, 20)),
        minNodeCount: int(from(1, 20)),
        scaleInCooldownSeconds: int({ min: 60 }),
        scaleOutCooldownSeconds: int({ min: 60 }),
        targetMetrics: blockSet({ metric: str(), targetValue: num() }),
      },
      { optionalComputed: true },
    ),
    retainBackupsOnDelete: bool(),
    sqlServerAuditConfig: block({
      bucket: str({ pattern: "gs://[a-z0-9._-]+", example: "gs://audit" }),
      retentionInterval: seconds({ example: "86400s" }),
      uploadInterval: seconds({ example: "600s" }),
    }),
    tier: str({
      required: true,
      pattern:
        "db-f1-micro|db-g1-small|db-n1-(standard|highmem)-\\d+|db-custom(-N4)?-\\d+-\\d+|db-perf-optimized-N-\\d+|db-c4a-highmem-\\d+|db-memory-optimized-N-\\d+",
      example: "db-custom-2-7680",
    }),
    timeZone: str(),
    userLabels: labelMap({ optionalComputed: true, value: { json: {} } }),
    version: { type: "integer", computed: true, value: { json: 1 } },
  },
  { optionalComputed: true },
);
