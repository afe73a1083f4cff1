/** GKE: a cluster's addons, upkeep, logs, metrics and security. */
import type { PropertyModel } from "../../model";
import { CRYPTO_KEY, block, blockSet, bool, int, list, out, str } from "./common";
import { disabling, enabling, known } from "./container-fields";

/** Addons: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#AddonsConfig */
export const addonsConfig = block(
  {
    configConnectorConfig: enabling(false),
    dnsCacheConfig: enabling(false),
    gcePersistentDiskCsiDriverConfig: enabling(true),
    gcpFilestoreCsiDriverConfig: enabling(false),
    gcsFuseCsiDriverConfig: enabling(false),
    gkeBackupAgentConfig: enabling(false),
    horizontalPodAutoscaling: disabling(false),
    httpLoadBalancing: disabling(false),
    networkPolicyConfig: disabling(true),
    statefulHaConfig: enabling(),
  },
  {
    optionalComputed: true,
    omits: "addons for batches, machine learning and service meshes are not modelled",
  },
);

/** An RFC 5545 rule: https://cloud.google.com/kubernetes-engine/docs/how-to/maintenance-windows-and-exclusions */
const recurrence = str({
  required: true,
  pattern: "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+-]+)*",
  example: "FREQ=WEEKLY;BYDAY=SA,SU",
});
/** Times in UTC: GKE takes others and answers in UTC, for ever a difference. */
const utc = (more: Partial<Omit<PropertyModel, "type">> = {}): PropertyModel =>
  str({
    format: "rfc3339",
    pattern: "[^ ]+Z",
    example: "2030-01-05T04:00:00Z",
    ...more,
  });

const ONE_WINDOW = ["dailyMaintenanceWindow", "recurringWindow", "recurringMaintenanceWindow"];
export const maintenancePolicy = block({
  dailyMaintenanceWindow: block(
    {
      duration: out("PT4H0M0S"),
      startTime: str({ required: true, pattern: "([01]\\d|2[0-3]):[0-5]\\d", example: "03:00" }),
    },
    { exactlyOneOf: ONE_WINDOW },
  ),
  disruptionBudget: block({
    lastDisruptionTime: out(""),
    lastMinorVersionDisruptionTime: out(""),
    minorVersionDisruptionInterval: str({ pattern: "\\d+s", example: "2592000s" }),
    patchVersionDisruptionInterval: str({ pattern: "\\d+s", example: "604800s" }),
  }),
  maintenanceExclusions: blockSet(
    {
      endTime: utc({ example: "2030-01-20T00:00:00Z" }),
      exclusionName: str({ required: true, example: "holidays" }),
      exclusionOptions: block({
        endTimeBehavior: known(["UNTIL_END_OF_SUPPORT"]),
        scope: known(["NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"], {
          required: true,
        }),
      }),
      startTime: utc({ required: true }),
    },
    { maxItems: 20 },
  ),
  recurringMaintenanceWindow: block(
    {
      delayUntil: block({
        day: int({ required: true, min: 1, max: 31 }),
        month: int({ required: true, min: 1, max: 12 }),
        year: int({ required: true, min: 2019 }),
      }),
      recurrence,
      windowDuration: str({ required: true, pattern: "(\\d+h)?(\\d+m)?(\\d+s)?", example: "8h" }),
      windowStartTime: block(
        {
          hours: int({ required: true, min: 0, max: 23 }),
          minutes: int({ required: true, min: 0, max: 59 }),
          seconds: int({ required: true, min: 0, max: 59 }),
        },
        { required: true },
      ),
    },
    { exactlyOneOf: ONE_WINDOW },
  ),
  recurringWindow: block(
    {
      endTime: utc({ required: true, example: "2030-01-05T12:00:00Z" }),
      recurrence,
      startTime: utc({ required: true }),
    },
    { exactlyOneOf: ONE_WINDOW },
  ),
});

/** https://cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring#available-logs */
export const loggingConfig = block(
  {
    enableComponents: list(
      known([
        "SYSTEM_COMPONENTS",
        "WORKLOADS",
        "APISERVER",
        "SCHEDULER",
        "CONTROLLER_MANAGER",
        "KCP_CONNECTION",
        "KCP_SSHD",
        "KCP_HPA",
        "KCP_VPA",
      ]),
      { required: true },
    ),
  },
  {
    optionalComputed: true,
    value: { json: { enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS"] } },
  },
);

/** https://cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring#available-metrics */
const COMPONENTS = [
  "SYSTEM_COMPONENTS",
  "APISERVER",
  "SCHEDULER",
  "CONTROLLER_MANAGER",
  "STORAGE",
  "HPA",
  "POD",
  "DAEMONSET",
  "DEPLOYMENT",
  "STATEFULSET",
  "KUBELET",
  "CADVISOR",
  "DCGM",
  "JOBSET",
];
export const monitoringConfig = block(
  {
    advancedDatapathObservabilityConfig: block(
      { enableMetrics: bool({ required: true }), enableRelay: bool({ required: true }) },
      { optionalComputed: true },
    ),
    enableComponents: list(known(COMPONENTS), {
      optionalComputed: true,
      value: {
        json: COMPONENTS.filter((name) => /^(SYS|STO|HPA|POD|DAE|DEP|STA|KUB|CAD)/.test(name)),
      },
    }),
    managedPrometheus: block(
      {
        autoMonitoringConfig: block(
          { scope: known(["ALL", "NONE"], { required: true }) },
          { optionalComputed: true },
        ),
        enabled: bool({ required: true }),
      },
      { optionalComputed: true, value: { json: { enabled: true } } },
    ),
  },
  {
    optionalComputed: true,
    value: {
      json: { enableComponents: ["SYSTEM_COMPONENTS"], managedPrometheus: { enabled: true } },
    },
  },
);

/** https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets */
export const databaseEncryption = block(
  {
    keyName: str({ ref: { type: CRYPTO_KEY } }),
    state: known(["ENCRYPTED", "DECRYPTED"], { required: true }),
  },
  { optionalComputed: true, value: { json: { keyName: "", state: "DECRYPTED" } } },
);

/** https://cloud.google.com/kubernetes-engine/docs/concepts/security-posture-dashboard */
export const securityPostureConfig = block(
  {
    mode: known(["BASIC", "DISABLED", "ENTERPRISE"], { optionalComputed: true, value: "BASIC" }),
    vulnerabilityMode: known(
      ["VULNERABILITY_DISABLED", "VULNERABILITY_BASIC", "VULNERABILITY_ENTERPRISE"],
      { optionalComputed: true, value: "VULNERABILITY_MODE_UNSPECIFIED" },
    ),
  },
  {
    optionalComputed: true,
    value: { json: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_MODE_UNSPECIFIED" } },
  },
);

/** https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-notifications */
export const notificationConfig = block(
  {
    pubsub: block(
      {
        enabled: bool({ required: true }),
        filter: block({
          eventTypes: list(
            known([
              "UPGRADE_AVAILABLE_EVENT",
              "UPGRADE_EVENT",
              "SECURITY_BULLETIN_EVENT",
              "UPGRADE_INFO_EVENT",
            ]),
            { required: true },
          ),
        }),
        topic: str({
          pattern: "projects/[^/]+/topics/[^/]+",
          example: "projects/gitlab-tests/topics/gke",
        }),
      },
      { required: true },
    ),
  },
  { optionalComputed: true, value: { json: { pubsub: { enabled: false } } } },
);
