/** Data Lifecycle Manager: snapshot schedules. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  block,
  blocks,
  blockSet,
  bool,
  int,
  kmsKeyArn,
  list,
  map,
  newer,
  oneOf,
  out,
  region,
  registry,
  roleArn,
  set,
  str,
  zoneName,
  required,
} from "./common";
import { volumeTypes } from "./instances";

const api = "https://docs.aws.amazon.com/dlm/latest/APIReference/";
const units = ["DAYS", "WEEKS", "MONTHS", "YEARS"];

/** So many, or for so long: exactly one of the two. */
const keep = (most: number, more: Partial<PropertyModel> = {}): PropertyModel =>
  block(
    {
      count: int({ min: 1, max: most }),
      interval: int({ min: 1 }),
      intervalUnit: oneOf(units),
    },
    more,
  );
/** For so long. */
const age = (more: Partial<PropertyModel> = {}): PropertyModel =>
  block({ interval: int({ required: true, min: 1 }), intervalUnit: oneOf(units, required) }, more);

const scripts = block(
  {
    executeOperationOnScriptFailure: bool(),
    executionHandler: str({ required: true, maxLength: 200, pattern: "[a-zA-Z0-9_.:/-]+" }),
    executionHandlerService: oneOf(["AWS_SYSTEMS_MANAGER"]),
    executionTimeout: int({ min: 1, max: 120 }),
    maximumRetryCount: int({ min: 0, max: 3 }),
    stages: list(oneOf(["PRE", "POST"])),
  },
  newer,
);

const schedules = blocks(
  {
    archiveRule: block(
      {
        archiveRetainRule: block({ retentionArchiveTier: keep(1000, required) }, required),
      },
      newer,
    ),
    copyTags: bool({ optionalComputed: true, replace: true }),
    createRule: block(
      {
        cronExpression: str({
          format: "cron",
          pattern: "cron\\([^)]{11,100}\\)",
          example: "cron(0 2 * * ? *)",
          conflicts: ["interval"],
          deviates: "the reference leaves out conflicts inside a list",
        }),
        interval: int({ enum: [1, 2, 3, 4, 6, 8, 12, 24] }),
        intervalUnit: oneOf(["HOURS"], { optionalComputed: true }),
        location: oneOf(["CLOUD", "OUTPOST_LOCAL", "LOCAL_ZONE"], { optionalComputed: true }),
        scripts,
        times: str({
          optionalComputed: true,
          pattern: "([01]\\d|2[0-3]):[0-5]\\d",
          example: "02:00",
        }),
      },
      required,
    ),
    crossRegionCopyRules: blockSet(
      {
        cmkArn: kmsKeyArn(),
        copyTags: bool(),
        deprecateRule: age(),
        encrypted: bool(required),
        retainRule: age(),
        target: str({
          deviates: "no longer required: targetRegion of the newer provider serves for images",
        }),
        targetRegion: str(newer),
      },
      { maxItems: 3 },
    ),
    deprecateRule: keep(1000),
    fastRestoreRule: block({
      availabilityZones: set(zoneName(), { required: true, minItems: 1, maxItems: 10 }),
      count: int({ min: 1, max: 1000 }),
      interval: int({ min: 1 }),
      intervalUnit: oneOf(units),
    }),
    name: str({ required: true, minLength: 1, maxLength: 120 }),
    retainRule: keep(1000, required),
    shareRule: block({
      targetAccounts: set(str({ pattern: "\\d{12}" }), { required: true, minItems: 1 }),
      unshareInterval: int({ min: 1 }),
      unshareIntervalUnit: oneOf(units),
    }),
    tagsToAdd: map(),
    variableTags: map(),
  },
  { minItems: 1, maxItems: 4 },
);

const policyDetails = block(
  {
    action: block({
      crossRegionCopies: blockSet(
        {
          encryptionConfiguration: block({ cmkArn: kmsKeyArn(), encrypted: bool() }, required),
          retainRule: age(),
          target: str({ required: true, pattern: "[\\w:\\-/*]+" }),
        },
        { required: true, maxItems: 3 },
      ),
      name: str({ required: true, minLength: 1, maxLength: 120 }),
    }),
    copyTags: bool(newer),
    createInterval: int({ min: 1, max: 7, ...newer }),
    eventSource: block({
      parameters: block(
        {
          descriptionRegex: str({ required: true, maxLength: 1000 }),
          eventType: oneOf(["shareSnapshot"], required),
          snapshotOwners: set(str({ pattern: "\\d{12}" }), { required: true, maxItems: 50 }),
        },
        required,
      ),
      type: oneOf(["MANAGED_CWE"], required),
    }),
    exclusions: block(
      {
        excludeBootVolumes: bool(),
        excludeTags: map(),
        excludeVolumeTypes: list(oneOf(volumeTypes), { maxItems: 6 }),
      },
      newer,
    ),
    extendDeletion: bool(newer),
    parameters: block({
      excludeBootVolume: bool(),
      excludeDataVolumeTags: map(newer),
      noReboot: bool(),
    }),
    policyLanguage: oneOf(["STANDARD", "SIMPLIFIED"], { optionalComputed: true, ...newer }),
    policyType: oneOf(["EBS_SNAPSHOT_MANAGEMENT", "IMAGE_MANAGEMENT", "EVENT_BASED_POLICY"], {
      default: "EBS_SNAPSHOT_MANAGEMENT",
    }),
    resourceLocations: oneOf(["CLOUD", "OUTPOST", "LOCAL_ZONE"], { optionalComputed: true }),
    resourceType: oneOf(["VOLUME", "INSTANCE"], newer),
    resourceTypes: list(oneOf(["VOLUME", "INSTANCE"]), { maxItems: 1 }),
    retainInterval: int({ min: 2, max: 14, ...newer }),
    schedules,
    targetTags: map(),
  },
  required,
);

const customised = { property: "defaultPolicy", present: false };
const snapshots = {
  all: [customised, { property: "policyDetails.policyType", notIn: ["EVENT_BASED_POLICY"] }],
};

const lifecyclePolicy: ResourceModel = {
  token: "aws:dlm/lifecyclePolicy:LifecyclePolicy",
  source: registry("dlm/lifecyclepolicy"),
  schema: "aws_dlm_lifecycle_policy",
  id: "policy-0{hex:16}",
  tags: true,
  properties: {
    region,
    defaultPolicy: oneOf(["VOLUME", "INSTANCE"], newer),
    description: str({ required: true, maxLength: 500, pattern: "[0-9A-Za-z _-]+" }),
    executionRoleArn: roleArn(required),
    policyDetails,
    state: oneOf(["ENABLED", "DISABLED"], { default: "ENABLED" }),
    arn: out(arnOf("dlm", "policy/{id}")),
  },
  rules: [
    ...["resourceTypes", "schedules", "targetTags"].map((name) => ({
      name: `a snapshot policy has ${name}`,
      when: snapshots,
      then: { property: `policyDetails.${name}`, present: true },
      message: `InvalidRequestException: policyDetails.${name} is required unless the policy is event-based or a default policy`,
      source: `${api}API_PolicyDetails.html`,
      at: "apply" as const,
    })),
    ...["action", "eventSource"].map((name) => ({
      name: `an event-based policy has ${name}`,
      when: { property: "policyDetails.policyType", equals: "EVENT_BASED_POLICY" },
      then: { property: `policyDetails.${name}`, present: true },
      message: `InvalidRequestException: policyDetails.${name} is required for EVENT_BASED_POLICY`,
      source: `${api}API_PolicyDetails.html`,
      at: "apply" as const,
    })),
    {
      name: "a schedule says when",
      when: { property: "policyDetails.schedules", present: true },
      then: {
        property: "policyDetails.schedules",
        every: {
          any: [
            { property: "createRule.cronExpression", present: true },
            { property: "createRule.interval", present: true },
          ],
        },
      },
      message:
        "InvalidRequestException: policyDetails.schedules[].createRule needs interval or cronExpression",
      source: `${api}API_CreateRule.html`,
      at: "apply",
    },
    {
      name: "a schedule keeps so many or for so long",
      when: { property: "policyDetails.schedules", present: true },
      then: {
        property: "policyDetails.schedules",
        every: {
          any: [
            {
              all: [
                { property: "retainRule.count", present: true },
                { property: "retainRule.interval", present: false },
              ],
            },
            {
              all: [
                { property: "retainRule.count", present: false },
                { property: "retainRule.interval", present: true },
                { property: "retainRule.intervalUnit", present: true },
              ],
            },
          ],
        },
      },
      message:
        "InvalidRequestException: policyDetails.schedules[].retainRule needs either count or interval with intervalUnit",
      source: `${api}API_RetainRule.html`,
      at: "apply",
    },
  ],
};

/** Snapshots by schedule. */
export const models: readonly ResourceModel[] = [lifecyclePolicy];
