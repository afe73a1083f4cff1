/** Memorystore for Redis. */
import type { Condition, ResourceModel } from "../../model";
import {
  ABANDONED,
  CONNECTION,
  CRYPTO_KEY,
  GLOBAL_ADDRESS,
  NETWORK,
  REDIS_INSTANCE,
  block,
  blocks,
  bool,
  deletionPolicy,
  heldLinkTo,
  int,
  map,
  oneOf,
  out,
  prevented,
  project,
  region,
  registry,
  str,
  zoneName,
} from "./common";

const PAGE = registry("redis/instance");
const API =
  "https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances";
const CONFIGURE = "https://cloud.google.com/memorystore/docs/redis/supported-redis-configurations";
const REPLICAS = "https://cloud.google.com/memorystore/docs/redis/about-read-replicas";
const NETWORKING = "https://cloud.google.com/memorystore/docs/redis/networking";
const TLS = "https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption";

const present = (property: string): Condition => ({ property, present: true });
const standard: Condition = { property: "tier", equals: "STANDARD_HA" };
const replicated: Condition = { property: "readReplicasMode", equals: "READ_REPLICAS_ENABLED" };
const privately: Condition = { property: "connectMode", equals: "PRIVATE_SERVICE_ACCESS" };
const encrypted: Condition = { property: "transitEncryptionMode", equals: "SERVER_AUTHENTICATION" };

const instance: ResourceModel = {
  token: REDIS_INSTANCE,
  source: PAGE,
  schema: "google_redis_instance",
  api: "redis.googleapis.com",
  id: "projects/{account}/locations/{region}/instances/{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  unique: [{ properties: ["name"], scope: "region", source: API }],
  labels: true,
  properties: {
    alternativeLocationId: zoneName({ optionalComputed: true, value: "", replace: true }),
    authEnabled: bool(),
    authorizedNetwork: heldLinkTo(NETWORK, {
      optionalComputed: true,
      value: "projects/{account}/global/networks/default",
      replace: true,
    }),
    connectMode: oneOf(["DIRECT_PEERING", "PRIVATE_SERVICE_ACCESS"], {
      default: "DIRECT_PEERING",
      replace: true,
    }),
    customerManagedKey: str({ replace: true, ref: { type: CRYPTO_KEY } }),
    deletionPolicy,
    deletionProtection: bool(),
    displayName: str({ maxLength: 80 }),
    locationId: zoneName({ optionalComputed: true, value: "{region}-a", replace: true }),
    maintenancePolicy: block({
      createTime: out("{now}"),
      description: str({ maxLength: 512 }),
      updateTime: out("{now}"),
      // For now the API takes one window.
      weeklyMaintenanceWindows: blocks(
        {
          day: oneOf(
            [
              "DAY_OF_WEEK_UNSPECIFIED",
              "MONDAY",
              "TUESDAY",
              "WEDNESDAY",
              "THURSDAY",
              "FRIDAY",
              "SATURDAY",
              "SUNDAY",
            ],
            { required: true },
          ),
          duration: out("3600s"),
          startTime: block(
            {
              hours: int({ min: 0, max: 23 }),
              minutes: int({ min: 0, max: 59 }),
              nanos: int({ min: 0, max: 999999999 }),
              seconds: int({ min: 0, max: 60 }),
            },
            { required: true },
          ),
        },
        { maxItems: 1 },
      ),
    }),
    maintenanceVersion: str({ optionalComputed: true, value: "20260101_00_00" }),
    // 1 to 300 GB: https://cloud.google.com/memorystore/docs/redis/redis-tiers
    memorySizeGb: int({ required: true, min: 1, max: 300 }),
    name: str({ replace: true, pattern: "[a-z][a-z0-9-]{0,39}[a-z0-9]", example: "gitlab" }),
    persistenceConfig: block(
      {
        persistenceMode: oneOf(["DISABLED", "RDB"], { optionalComputed: true, value: "DISABLED" }),
        rdbNextSnapshotTime: out("{now}"),
        rdbSnapshotPeriod: oneOf(["ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"]),
        rdbSnapshotStartTime: str({
          optionalComputed: true,
          value: "{now}",
          format: "rfc3339",
          example: "2026-01-01T02:00:00Z",
        }),
      },
      { optionalComputed: true, value: { json: { persistenceMode: "DISABLED" } } },
    ),
    project,
    readReplicasMode: oneOf(["READ_REPLICAS_DISABLED", "READ_REPLICAS_ENABLED"], {
      optionalComputed: true,
      value: "READ_REPLICAS_DISABLED",
    }),
    // https://cloud.google.com/memorystore/docs/redis/supported-redis-configurations
    redisConfigs: map({
      keys: oneOf([
        "activedefrag",
        "appendfsync",
        "appendonly",
        "lazyfree-lazy-eviction",
        "lazyfree-lazy-expire",
        "lazyfree-lazy-user-del",
        "lazyfree-lazy-user-flush",
        "lfu-decay-time",
        "lfu-log-factor",
        "maxmemory-clients",
        "maxmemory-gb",
        "maxmemory-policy",
        "notify-keyspace-events",
        "stream-node-max-bytes",
        "stream-node-max-entries",
        "timeout",
      ]),
      example: { "maxmemory-policy": "noeviction" },
    }),
    // https://cloud.google.com/memorystore/docs/redis/supported-versions
    redisVersion: oneOf(
      ["REDIS_3_2", "REDIS_4_0", "REDIS_5_0", "REDIS_6_X", "REDIS_7_0", "REDIS_7_2"],
      { optionalComputed: true, value: "REDIS_7_2" },
    ),
    region,
    replicaCount: int({
      optionalComputed: true,
      min: 0,
      max: 5,
      value: {
        cases: [
          { when: replicated, value: { json: 2 } },
          { when: standard, value: { json: 1 } },
          { value: { json: 0 } },
        ],
      },
    }),
    reservedIpRange: str({
      optionalComputed: true,
      value: "10.{int:64-127}.{int:0-255}.0/29",
      replace: true,
      example: "10.100.0.0/29",
    }),
    secondaryIpRange: str({ optionalComputed: true, value: "", example: "auto" }),
    tier: oneOf(["BASIC", "STANDARD_HA"], { default: "BASIC", replace: true }),
    transitEncryptionMode: oneOf(["SERVER_AUTHENTICATION", "DISABLED"], {
      default: "DISABLED",
      replace: true,
    }),
    // A UUID: https://cloud.google.com/memorystore/docs/redis/about-redis-auth
    authString: {
      type: "string",
      computed: true,
      secret: true,
      changesWith: ["authEnabled"],
      value: {
        cases: [
          { when: { property: "authEnabled", equals: true }, value: "{uuid}" },
          { value: "" },
        ],
      },
    },
    createTime: out("{now}"),
    currentLocationId: out("{locationId}"),
    effectiveReservedIpRange: out("{reservedIpRange}"),
    host: out("10.{int:64-127}.{int:0-255}.{int:2-250}"),
    maintenanceSchedules: blocks(
      { endTime: out(""), scheduleDeadlineTime: out(""), startTime: out("") },
      { computed: true, value: { json: [] } },
    ),
    nodes: blocks(
      { id: out(""), zone: out("") },
      { computed: true, value: { json: [{ id: "node-0", zone: "{locationId}" }] } },
    ),
    persistenceIamIdentity: out(
      "serviceAccount:service-{accountNumber}@cloud-redis.iam.gserviceaccount.com",
    ),
    port: {
      type: "integer",
      computed: true,
      value: {
        cases: [{ when: encrypted, value: { json: 6378 } }, { value: { json: 6379 } }],
      },
    },
    readEndpoint: {
      type: "string",
      computed: true,
      changesWith: ["readReplicasMode"],
      value: {
        cases: [
          { when: replicated, value: "10.{int:64-127}.{int:0-255}.{int:2-250}" },
          { value: "" },
        ],
      },
    },
    readEndpointPort: {
      type: "integer",
      computed: true,
      changesWith: ["readReplicasMode"],
      value: {
        cases: [{ when: replicated, value: { json: 6379 } }, { value: { json: 0 } }],
      },
    },
    serverCaCerts: blocks(
      {
        cert: out(""),
        createTime: out(""),
        expireTime: out(""),
        serialNumber: out(""),
        sha1Fingerprint: out(""),
      },
      {
        computed: true,
        value: {
          cases: [
            {
              when: encrypted,
              value: {
                json: [
                  {
                    cert: "-----BEGIN CERTIFICATE-----\n{base64Bytes:600}\n-----END CERTIFICATE-----\n",
                    createTime: "{now}",
                    expireTime: "{now}",
                    serialNumber: "{hex:32}",
                    sha1Fingerprint: "{hex:40}",
                  },
                ],
              },
            },
            { value: { json: [] } },
          ],
        },
      },
    ),
  },
  rules: [
    {
      name: "second-zone-of-standard-tier",
      when: { property: "alternativeLocationId", matches: ".+" },
      then: standard,
      message:
        "Invalid value at `alternativeLocationId`: only applicable to the STANDARD_HA tier (`tier`)",
      source: PAGE,
      at: "apply",
    },
    {
      name: "two-different-zones",
      when: { all: [present("locationId"), { property: "alternativeLocationId", matches: ".+" }] },
      then: { not: { property: "alternativeLocationId", allAmong: ["locationId"] } },
      message: "Invalid value at `alternativeLocationId`: it must differ from `locationId`",
      source: PAGE,
      at: "apply",
    },
    ...["locationId", "alternativeLocationId"].map((property) => ({
      name: `${property}-in-the-region`,
      when: { property, matches: ".+" },
      then: { property, startsWith: "{region}-" },
      message: `Invalid value at \`${property}\`: the zone is not in the instance's region`,
      source: PAGE,
      at: "apply" as const,
    })),
    {
      name: "replicas-of-standard-tier",
      when: replicated,
      then: { all: [standard, { property: "memorySizeGb", atLeast: 5 }] },
      message:
        "Invalid value at `readReplicasMode`: read replicas need the STANDARD_HA tier and at least 5 GB (`memorySizeGb`)",
      source: REPLICAS,
      at: "apply",
    },
    {
      name: "number-of-replicas",
      when: present("replicaCount"),
      then: {
        any: [
          { all: [replicated, { property: "replicaCount", atLeast: 1 }] },
          { all: [standard, { not: replicated }, { property: "replicaCount", equals: 1 }] },
          { all: [{ not: standard }, { property: "replicaCount", equals: 0 }] },
        ],
      },
      message:
        "Invalid value at `replicaCount`: 1 to 5 with read replicas, else 1 in the STANDARD_HA tier and 0 in BASIC",
      source: PAGE,
      at: "apply",
    },
    {
      name: "eviction-policy",
      when: present("redisConfigs.maxmemory-policy"),
      then: {
        property: "redisConfigs.maxmemory-policy",
        in: [
          "noeviction",
          "allkeys-lru",
          "volatile-lru",
          "allkeys-random",
          "volatile-random",
          "volatile-ttl",
          "allkeys-lfu",
          "volatile-lfu",
        ],
      },
      message: "Invalid value at `redisConfigs`: maxmemory-policy is no eviction policy of Redis",
      source: CONFIGURE,
      at: "apply",
    },
    {
      name: "usable-memory",
      when: present("redisConfigs.maxmemory-gb"),
      then: { property: "redisConfigs.maxmemory-gb", atMostProperty: "memorySizeGb" },
      message: "Invalid value at `redisConfigs`: maxmemory-gb is more than `memorySizeGb`",
      source: CONFIGURE,
      at: "apply",
    },
    {
      name: "authentication-since-5",
      when: { property: "authEnabled", equals: true },
      then: { not: { property: "redisVersion", in: ["REDIS_3_2"] } },
      message: "Invalid value at `authEnabled`: AUTH needs Redis 4.0 or newer (`redisVersion`)",
      source: "https://cloud.google.com/memorystore/docs/redis/about-redis-auth",
      at: "apply",
    },
    {
      name: "encryption-since-5",
      when: encrypted,
      then: { not: { property: "redisVersion", in: ["REDIS_3_2"] } },
      message:
        "Invalid value at `transitEncryptionMode`: in-transit encryption needs Redis 4.0 or newer (`redisVersion`)",
      source: TLS,
      at: "apply",
    },
    {
      name: "snapshots-have-a-period",
      when: { property: "persistenceConfig.persistenceMode", equals: "RDB" },
      then: present("persistenceConfig.rdbSnapshotPeriod"),
      message: "Invalid value at `persistenceConfig.rdbSnapshotPeriod`: RDB needs a period",
      source: "https://cloud.google.com/memorystore/docs/redis/about-rdb-snapshots",
      at: "apply",
    },
    {
      name: "network-is-connected",
      when: privately,
      then: {
        property: "authorizedNetwork->id",
        companion: { type: CONNECTION, property: "network" },
      },
      message:
        "Google private service access is not enabled: `connectMode` PRIVATE_SERVICE_ACCESS needs a gcp:servicenetworking:Connection of `authorizedNetwork` first",
      source: NETWORKING,
      at: "apply",
    },
    {
      name: "range-by-name",
      when: { all: [privately, present("reservedIpRange")] },
      then: {
        property: "reservedIpRange",
        companion: { type: GLOBAL_ADDRESS, property: "name" },
      },
      message:
        "Invalid value at `reservedIpRange`: with PRIVATE_SERVICE_ACCESS it is the name of an allocated address range",
      source: NETWORKING,
      at: "apply",
    },
    {
      name: "range-by-address",
      when: { all: [{ not: privately }, present("reservedIpRange")] },
      then: { property: "reservedIpRange", matches: "\\d+\\.\\d+\\.\\d+\\.\\d+/2[0-9]" },
      message:
        "Invalid value at `reservedIpRange`: with DIRECT_PEERING it is a block of /29 or /28",
      source: NETWORKING,
      at: "apply",
    },
    {
      name: "version-goes-up",
      when: { all: [present("^redisVersion"), present("redisVersion")] },
      then: { property: "redisVersion", part: "(\\d)_", atLeastProperty: "^redisVersion" },
      message: "Invalid value at `redisVersion`: an instance can't go back to an older version",
      source: "https://cloud.google.com/memorystore/docs/redis/upgrade-redis-version",
      at: "apply",
    },
  ],
  deleteRefusedWhile: [
    prevented,
    {
      condition: { property: "deletionProtection", equals: true },
      message:
        "cannot destroy redis instance without setting `deletionProtection` to false and running `pulumi up`",
      source: PAGE,
    },
  ],
  leftWhile: ABANDONED,
  seconds: { create: 360, update: 120, delete: 240 },
};

export const models: readonly ResourceModel[] = [instance];
