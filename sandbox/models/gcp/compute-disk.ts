/** Compute Engine: disks and the schedules of their snapshots. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  str,
  int,
  bool,
  oneOf,
  list,
  block,
  blockSet,
  out,
  outJson,
  registry,
  project,
  region,
  zone,
  RFC1035,
  computeName,
  autoName,
  labelMap,
  linkTo,
  heldLinkTo,
  selfLink,
  creationTimestamp,
  deletionPolicy,
  ABANDONED,
  prevented,
  DISK,
  RESOURCE_POLICY,
  COMPUTE_API,
  resourceTags,
} from "./common";
import { diskType, imageLink } from "./compute-fields";
const NAMING = "https://cloud.google.com/compute/docs/naming-resources";
const SCHEDULES = "https://cloud.google.com/compute/docs/disks/scheduled-snapshots#restrictions";
const SNAPSHOT =
  "(https://[^/]+/compute/v1/)?(projects/[^/]+/global/snapshots/)?[a-z][-a-z0-9]{0,62}";

/** Full hours alone: https://cloud.google.com/compute/docs/reference/rest/v1/resourcePolicies */
const hour = (): PropertyModel =>
  str({ required: true, pattern: "([01]\\d|2[0-3]):00", example: "04:00" });

const disk: ResourceModel = {
  token: DISK,
  source: registry("compute/disk"),
  schema: "google_compute_disk",
  id: "projects/{account}/zones/{zone}/disks/{name}",
  api: COMPUTE_API,
  name: autoName,
  labels: true,
  unique: [{ properties: ["name"], scope: "zone", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 12, update: 12, delete: 12 },
  omitted: { interface: "deprecated; disks have no interface of their own" },
  properties: {
    accessMode: str({
      enum: ["READ_WRITE_SINGLE", "READ_WRITE_MANY", "READ_ONLY_SINGLE", "READ_ONLY_MANY"],
      optionalComputed: true,
      value: "",
    }),
    architecture: str({ enum: ["X86_64", "ARM64"], replace: true }),
    asyncPrimaryDisk: block(
      {
        disk: str({ required: true, replace: true }),
      },
      { replace: true },
    ),
    createSnapshotBeforeDestroy: bool(),
    createSnapshotBeforeDestroyPrefix: str(),
    deletionPolicy,
    description: str({ replace: true }),
    diskEncryptionKey: block(
      {
        kmsKeySelfLink: str({ replace: true }),
        kmsKeyServiceAccount: str({ replace: true }),
        rawKey: str({ replace: true, secret: true }),
        rsaEncryptedKey: str({ replace: true, secret: true }),
        sha256: str({ computed: true }),
      },
      { replace: true },
    ),
    enableConfidentialCompute: bool({
      optionalComputed: true,
      value: { json: false },
      replace: true,
    }),
    eraseWindowsVssSignature: bool({ replace: true }),
    guestOsFeatures: blockSet(
      {
        type: str({ required: true, replace: true, pattern: "[A-Z][A-Z0-9_]+", example: "GVNIC" }),
      },
      { optionalComputed: true, value: { json: [] }, replace: true },
    ),
    image: imageLink({ replace: true }),
    licenses: list(str(), { optionalComputed: true, value: { json: [] }, replace: true }),
    multiWriter: bool({ replace: true }),
    name: computeName(),
    params: resourceTags(true),
    physicalBlockSizeBytes: int({
      optionalComputed: true,
      value: { json: 4096 },
      replace: true,
      min: 4096,
      max: 16384,
    }),
    project,
    provisionedIops: int({ optionalComputed: true, value: { json: 0 }, min: 0, max: 350000 }),
    provisionedThroughput: int({ optionalComputed: true, value: { json: 0 }, min: 0, max: 10000 }),
    resourcePolicies: list(heldLinkTo(RESOURCE_POLICY), {
      optionalComputed: true,
      value: { json: [] },
      replace: true,
      maxItems: 1,
    }),
    size: int({
      optionalComputed: true,
      min: 1,
      max: 65536,
      value: {
        cases: [
          { when: { property: "type", matches: "(.*/)?pd-standard" }, value: { json: 500 } },
          { value: { json: 100 } },
        ],
      },
      // A disk grows in place and never shrinks: https://cloud.google.com/compute/docs/disks/resize-persistent-disk
      replaceWhen: {
        all: [
          { property: "size", present: true },
          { not: { property: "size", atLeastProperty: "^size" } },
        ],
      },
    }),
    snapshot: str({
      replace: true,
      pattern: SNAPSHOT,
      example: "projects/gitlab-tests/global/snapshots/nightly",
    }),
    sourceDisk: linkTo(DISK, { replace: true }),
    sourceImageEncryptionKey: block(
      {
        kmsKeySelfLink: str({ replace: true }),
        kmsKeyServiceAccount: str({ replace: true }),
        rawKey: str({ replace: true, secret: true }),
        sha256: str({ computed: true }),
      },
      { replace: true },
    ),
    sourceInstantSnapshot: str({ replace: true }),
    sourceSnapshotEncryptionKey: block(
      {
        kmsKeySelfLink: str({ replace: true }),
        kmsKeyServiceAccount: str({ replace: true }),
        rawKey: str({ replace: true, secret: true }),
        sha256: str({ computed: true }),
      },
      { replace: true },
    ),
    sourceStorageObject: str({ replace: true }),
    storagePool: str({ replace: true }),
    type: diskType({ replace: true, default: "pd-standard" }),
    zone,
    creationTimestamp,
    diskId: out("{digits:19}"),
    labelFingerprint: out("{alnum:11}=", { changesWith: ["labels"] }),
    lastAttachTimestamp: out(""),
    lastDetachTimestamp: out(""),
    selfLink: selfLink(),
    sourceDiskId: out(""),
    sourceImageId: out(""),
    sourceInstantSnapshotId: out(""),
    sourceSnapshotId: out(""),
    users: outJson("list", []),
  },
  rules: [
    {
      name: "a disk is made of one thing",
      when: { property: "image", present: true },
      then: {
        all: ["snapshot", "sourceDisk", "sourceInstantSnapshot", "sourceStorageObject"].map(
          (property) => ({ property, present: false }),
        ),
      },
      message: "image, snapshot, sourceDisk: a disk has one source",
      source: registry("compute/disk"),
      at: "apply",
    },
    {
      name: "a persistent disk has 10 GB or more",
      when: { property: "type", matches: "(.*/)?pd-(standard|balanced|ssd)" },
      then: { not: { property: "size", atMost: 9 } },
      message: "Disk size: must be at least 10 GB for persistent disks",
      source: "https://cloud.google.com/compute/docs/disks#pdspecs",
      at: "apply",
    },
    {
      name: "a Hyperdisk has 4 GB or more",
      when: { property: "type", matches: "(.*/)?hyperdisk-balanced" },
      then: { not: { property: "size", atMost: 3 } },
      message: "Disk size: must be at least 4 GB for hyperdisk-balanced",
      source: "https://cloud.google.com/compute/docs/disks/hyperdisks",
      at: "apply",
    },
    {
      name: "only some types have IOPS of one's own choice",
      when: { property: "provisionedIops", atLeast: 1 },
      then: {
        property: "type",
        matches: "(.*/)?(pd-extreme|hyperdisk-(balanced|balanced-high-availability|extreme))",
      },
      message: "provisionedIops can't be specified for this type of disk",
      source: "https://cloud.google.com/compute/docs/disks/hyperdisks",
      at: "apply",
    },
    {
      name: "only some types have a throughput of one's own choice",
      when: { property: "provisionedThroughput", atLeast: 1 },
      then: {
        property: "type",
        matches: "(.*/)?hyperdisk-(balanced|balanced-high-availability|throughput|ml)",
      },
      message: "provisionedThroughput can't be specified for this type of disk",
      source: "https://cloud.google.com/compute/docs/disks/hyperdisks",
      at: "apply",
    },
    {
      name: "a disk for several writers is a Hyperdisk",
      when: { property: "accessMode", in: ["READ_WRITE_MANY", "READ_ONLY_MANY"] },
      then: { property: "type", matches: "(.*/)?hyperdisk-.+" },
      message: "accessMode is for Hyperdisk alone",
      source: registry("compute/disk"),
      at: "apply",
    },
  ],
};

const resourcePolicy: ResourceModel = {
  token: RESOURCE_POLICY,
  source: registry("compute/resourcePolicy"),
  schema: "google_compute_resource_policy",
  id: "projects/{account}/regions/{region}/resourcePolicies/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "region", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 4, update: 4, delete: 4 },
  properties: {
    deletionPolicy,
    description: str(),
    diskConsistencyGroupPolicy: block(
      {
        enabled: bool({ required: true, replace: true }),
      },
      { conflicts: ["groupPlacementPolicy", "instanceSchedulePolicy", "snapshotSchedulePolicy"] },
    ),
    groupPlacementPolicy: block(
      {
        availabilityDomainCount: int(),
        collocation: oneOf(["COLLOCATED"]),
        gpuTopology: str({ replace: true, conflicts: ["maxDistance"] }),
        maxDistance: int({ conflicts: ["gpuTopology"] }),
        tpuTopology: str({ replace: true }),
        vmCount: int(),
      },
      {
        conflicts: [
          "diskConsistencyGroupPolicy",
          "instanceSchedulePolicy",
          "snapshotSchedulePolicy",
        ],
      },
    ),
    instanceSchedulePolicy: block(
      {
        expirationTime: str(),
        startTime: str(),
        timeZone: str({
          required: true,
          pattern: "[A-Za-z_]+(/[A-Za-z_+-]+)*",
          example: "Europe/Berlin",
        }),
        vmStartSchedule: block({
          schedule: str({ required: true, format: "cron", example: "0 4 * * *" }),
        }),
        vmStopSchedule: block({
          schedule: str({ required: true, format: "cron", example: "0 4 * * *" }),
        }),
      },
      {
        conflicts: ["diskConsistencyGroupPolicy", "groupPlacementPolicy", "snapshotSchedulePolicy"],
      },
    ),
    name: computeName({ replace: false }),
    project,
    region,
    snapshotSchedulePolicy: block(
      {
        retentionPolicy: block({
          maxRetentionDays: int({ required: true, min: 1, max: 65535 }),
          onSourceDiskDelete: oneOf(["KEEP_AUTO_SNAPSHOTS", "APPLY_RETENTION_POLICY"], {
            default: "KEEP_AUTO_SNAPSHOTS",
          }),
        }),
        schedule: block(
          {
            dailySchedule: block(
              {
                daysInCycle: int({ required: true, min: 1, max: 1 }),
                startTime: hour(),
              },
              { exactlyOneOf: ["dailySchedule", "hourlySchedule", "weeklySchedule"] },
            ),
            hourlySchedule: block(
              {
                hoursInCycle: int({ required: true, min: 1, max: 23 }),
                startTime: hour(),
              },
              { exactlyOneOf: ["dailySchedule", "hourlySchedule", "weeklySchedule"] },
            ),
            weeklySchedule: block(
              {
                dayOfWeeks: blockSet(
                  {
                    day: oneOf(
                      [
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
                    startTime: hour(),
                  },
                  { required: true, minItems: 1, maxItems: 7 },
                ),
              },
              { exactlyOneOf: ["dailySchedule", "hourlySchedule", "weeklySchedule"] },
            ),
          },
          { required: true },
        ),
        snapshotProperties: block({
          chainName: str({ pattern: RFC1035, example: "nightly" }),
          guestFlush: bool(),
          labels: labelMap(),
          storageLocations: str({ pattern: "[a-z0-9-]+", example: "eu" }),
        }),
      },
      {
        conflicts: ["diskConsistencyGroupPolicy", "groupPlacementPolicy", "instanceSchedulePolicy"],
      },
    ),
    workloadPolicy: block({
      acceleratorTopology: str({ replace: true, conflicts: ["maxTopologyDistance"] }),
      acceleratorTopologyMode: oneOf(["AUTO_CONNECT", "PROVISION_ONLY"], {
        replace: true,
        conflicts: ["maxTopologyDistance"],
      }),
      maxTopologyDistance: oneOf(["BLOCK", "CLUSTER", "SUBBLOCK"], {
        replace: true,
        conflicts: ["acceleratorTopology", "acceleratorTopologyMode"],
      }),
      type: oneOf(["HIGH_AVAILABILITY", "HIGH_THROUGHPUT"], { required: true, replace: true }),
    }),
    selfLink: selfLink(),
  },
  rules: [
    {
      name: "a policy keeps its name",
      when: { property: "^name", present: true },
      then: { property: "name", allAmong: ["^name"] },
      message: "Invalid value for field name: a resource policy can't be renamed",
      source: registry("compute/resourcepolicy"),
      at: "apply",
    },
    {
      name: "a policy is of one kind",
      then: {
        any: [
          "diskConsistencyGroupPolicy",
          "groupPlacementPolicy",
          "instanceSchedulePolicy",
          "snapshotSchedulePolicy",
          "workloadPolicy",
        ].map((property) => ({ property, present: true })),
      },
      message: "A resource policy must be of exactly one kind: snapshotSchedulePolicy or another",
      source: registry("compute/resourcepolicy"),
      at: "apply",
    },
  ],
};

const attachment: ResourceModel = {
  token: "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
  source: registry("compute/diskResourcePolicyAttachment"),
  schema: "google_compute_disk_resource_policy_attachment",
  id: "{account}/{zone}/{disk~([^/]+)$}/{name}",
  api: COMPUTE_API,
  name: autoName,
  // One policy for a disk: https://cloud.google.com/compute/docs/disks/scheduled-snapshots#restrictions
  unique: [{ properties: ["disk"], scope: "zone", source: SCHEDULES }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 3, delete: 3 },
  properties: {
    deletionPolicy,
    disk: str({
      required: true,
      replace: true,
      // The API takes the name alone.
      ref: { type: DISK, by: "name" },
    }),
    name: str({
      optionalComputed: true,
      replace: true,
      pattern: RFC1035,
      // The name of the policy, in the disk's region. A policy that is attached can't be deleted.
      ref: { type: RESOURCE_POLICY, by: "name", holds: true },
    }),
    project,
    zone,
  },
};

/** Compute Engine: disks and the schedules of their snapshots. */
export const models: readonly ResourceModel[] = [disk, resourcePolicy, attachment];
