/** Compute Engine: groups of like machines. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  str,
  int,
  bool,
  oneOf,
  set,
  block,
  blocks,
  blockSet,
  out,
  outJson,
  registry,
  COMPUTE,
  project,
  zone,
  RFC1035,
  computeName,
  autoName,
  labelMap,
  heldLinkTo,
  selfLink,
  creationTimestamp,
  deletionPolicy,
  ABANDONED,
  prevented,
  INSTANCE_TEMPLATE,
  HEALTH_CHECK,
  COMPUTE_API,
  resourceTags,
} from "./common";
import { metadata } from "./compute-fields";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";
const POLICY =
  "https://cloud.google.com/compute/docs/instance-groups/rolling-out-updates-to-managed-instance-groups";

/** A template by id, link or the link that names one and no later one of its name; a group keeps it. */
const template: PropertyModel = str({
  required: true,
  same: "self-link",
  ref: ["id", "selfLinkUnique", "name"].map((by) => ({ type: INSTANCE_TEMPLATE, by, holds: true })),
});

const instanceGroupManager: ResourceModel = {
  token: "gcp:compute/instanceGroupManager:InstanceGroupManager",
  source: registry("compute/instanceGroupManager"),
  schema: "google_compute_instance_group_manager",
  id: "projects/{account}/zones/{zone}/instanceGroupManagers/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "zone", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 25, update: 25, delete: 60 },
  properties: {
    allInstancesConfig: block({ labels: labelMap(), metadata: metadata() }),
    autoHealingPolicies: block({
      healthCheck: heldLinkTo(HEALTH_CHECK, { required: true }),
      initialDelaySec: int({ required: true, min: 0, max: 3600 }),
    }),
    baseInstanceName: str({
      required: true,
      replace: true,
      pattern: "[a-z]([-a-z0-9]*[a-z0-9])?(-?#{1,10})?",
      maxLength: 58,
      example: "runner",
    }),
    deletionPolicy,
    description: str(),
    instanceLifecyclePolicy: block(
      {
        defaultActionOnFailure: oneOf(["REPAIR", "DO_NOTHING"], { default: "REPAIR" }),
        forceUpdateOnRepair: oneOf(["YES", "NO"], { default: "NO" }),
        onFailedHealthCheck: oneOf(["DEFAULT_ACTION", "REPAIR", "DO_NOTHING"], {
          default: "DEFAULT_ACTION",
        }),
        onRepair: block(
          {
            allowChangingZone: oneOf(["YES", "NO"], { default: "NO" }),
          },
          { optionalComputed: true },
        ),
      },
      { optionalComputed: true },
    ),
    listManagedInstancesResults: oneOf(["PAGELESS", "PAGINATED"], { default: "PAGELESS" }),
    name: computeName(),
    namedPorts: blockSet({
      name: str({ required: true, pattern: RFC1035, example: "http" }),
      port: int({ required: true, min: 1, max: 65535 }),
    }),
    params: resourceTags(true),
    project,
    resourcePolicies: block({
      workloadPolicy: str(),
    }),
    standbyPolicy: block(
      {
        initialDelaySec: int({ optionalComputed: true, value: { json: 0 }, min: 0, max: 3600 }),
        mode: str({ enum: ["MANUAL", "SCALE_OUT_POOL"], optionalComputed: true, value: "MANUAL" }),
      },
      { optionalComputed: true, value: { json: { initialDelaySec: 0, mode: "MANUAL" } } },
    ),
    statefulDisks: blockSet({
      deleteRule: oneOf(["NEVER", "ON_PERMANENT_INSTANCE_DELETION"], { default: "NEVER" }),
      deviceName: str({ required: true }),
    }),
    statefulExternalIps: blocks({
      deleteRule: oneOf(["NEVER", "ON_PERMANENT_INSTANCE_DELETION"], { default: "NEVER" }),
      interfaceName: str(),
    }),
    statefulInternalIps: blocks({
      deleteRule: oneOf(["NEVER", "ON_PERMANENT_INSTANCE_DELETION"], { default: "NEVER" }),
      interfaceName: str(),
    }),
    targetPools: set(str()),
    targetSize: int({ optionalComputed: true, value: { json: 0 }, min: 0, max: 2000 }),
    targetSizePolicies: blocks(
      { mode: str({ enum: ["INDIVIDUAL", "BULK"], required: true, replace: true }) },
      { optionalComputed: true, value: { json: [] } },
    ),
    targetStoppedSize: int({ optionalComputed: true, value: { json: 0 }, min: 0 }),
    targetSuspendedSize: int({ optionalComputed: true, value: { json: 0 }, min: 0 }),
    updatePolicy: block(
      {
        maxSurgeFixed: int({
          optionalComputed: true,
          value: { json: 1 },
          min: 0,
          conflicts: ["maxSurgePercent"],
        }),
        maxSurgePercent: int({ min: 0, max: 100, conflicts: ["maxSurgeFixed"] }),
        maxUnavailableFixed: int({
          optionalComputed: true,
          value: { json: 1 },
          min: 0,
          conflicts: ["maxUnavailablePercent"],
        }),
        maxUnavailablePercent: int({ min: 0, max: 100, conflicts: ["maxUnavailableFixed"] }),
        minReadySec: int({ min: 0, max: 3600 }),
        minimalAction: str({ enum: ["NONE", "REFRESH", "RESTART", "REPLACE"], required: true }),
        mostDisruptiveAllowedAction: oneOf(["NONE", "REFRESH", "RESTART", "REPLACE"]),
        replacementMethod: oneOf(["RECREATE", "SUBSTITUTE"]),
        type: str({ enum: ["OPPORTUNISTIC", "PROACTIVE"], required: true }),
      },
      {
        optionalComputed: true,
        value: {
          json: {
            type: "OPPORTUNISTIC",
            minimalAction: "REPLACE",
            maxSurgeFixed: 1,
            maxUnavailableFixed: 1,
          },
        },
      },
    ),
    versions: blocks(
      {
        instanceTemplate: template,
        name: str(),
        targetSize: block({
          fixed: int({ min: 0 }),
          percent: int({ min: 0, max: 100 }),
        }),
      },
      { required: true, minItems: 1 },
    ),
    waitForInstances: bool(),
    waitForInstancesStatus: oneOf(["STABLE", "UPDATED"], { default: "STABLE" }),
    zone,
    creationTimestamp,
    fingerprint: out("{alnum:11}=", { changesWith: "*" }),
    instanceGroup: out(`${COMPUTE}projects/{account}/zones/{zone}/instanceGroups/{name}`),
    instanceGroupManagerId: {
      type: "integer",
      computed: true,
      value: "{int:1000000000-9000000000}",
    },
    operation: out(""),
    selfLink: selfLink(),
    statuses: outJson("list", []),
  },
  rules: [
    {
      name: "machines that keep their names are replaced without more of them",
      when: { property: "updatePolicy.replacementMethod", equals: "RECREATE" },
      then: {
        all: [
          { not: { property: "updatePolicy.maxSurgePercent", atLeast: 1 } },
          { property: "updatePolicy.maxSurgeFixed", equals: 0 },
        ],
      },
      message: "updatePolicy: maxSurge must be 0 with replacementMethod RECREATE",
      source: POLICY,
      at: "apply",
    },
    {
      name: "an update can begin somewhere",
      when: {
        all: [
          { property: "updatePolicy.maxSurgeFixed", equals: 0 },
          { property: "updatePolicy.maxSurgePercent", present: false },
        ],
      },
      then: {
        any: [
          { not: { property: "updatePolicy.maxUnavailableFixed", equals: 0 } },
          { property: "updatePolicy.maxUnavailablePercent", atLeast: 1 },
        ],
      },
      message: "updatePolicy: maxSurge and maxUnavailable can't both be 0",
      source: POLICY,
      at: "apply",
    },
    {
      name: "an update does no more than it may",
      when: {
        property: "updatePolicy.mostDisruptiveAllowedAction",
        in: ["NONE", "REFRESH", "RESTART"],
      },
      then: { not: { property: "updatePolicy.minimalAction", equals: "REPLACE" } },
      message: "updatePolicy: minimalAction is more disruptive than mostDisruptiveAllowedAction",
      source: POLICY,
      at: "apply",
    },
  ],
};

/** Compute Engine: groups of like machines. */
export const models: readonly ResourceModel[] = [instanceGroupManager];
