/** EFS: file systems, how they are reached and who may reach them. */
import type { ResourceModel } from "../../model";
import {
  SUBNET,
  arnOf,
  block,
  blocks,
  bool,
  held,
  kmsKeyArn,
  num,
  oneOf,
  out,
  outJson,
  region,
  registry,
  securityGroupIds,
  str,
} from "./common";
import { FILE_SYSTEM, accessModels } from "./efs-access";
import { NEWER } from "./policies";

const CREATE = "https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html";
const TARGETS = "https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html";
const THROUGHPUT = "https://docs.aws.amazon.com/efs/latest/ug/performance.html";
const LIFECYCLE = "https://docs.aws.amazon.com/efs/latest/ug/lifecycle-management-efs.html";

const AGES = [1, 7, 14, 30, 60, 90, 180, 270, 365].map((days) =>
  days === 1 ? "AFTER_1_DAY" : `AFTER_${days}_DAYS`,
);

const fileSystem: ResourceModel = {
  token: FILE_SYSTEM,
  source: registry("efs/filesystem"),
  schema: "aws_efs_file_system",
  id: "fs-{hex:17}",
  name: { property: "creationToken", auto: true, maxLength: 255 },
  unique: [{ properties: ["creationToken"], scope: "region", source: CREATE }],
  tags: true,
  properties: {
    availabilityZoneName: str({
      optionalComputed: true,
      replace: true,
      pattern: "[a-z]{2}(-[a-z]+)+-\\d[a-z]",
    }),
    creationToken: str({ replace: true, minLength: 1, maxLength: 64 }),
    encrypted: bool({ optionalComputed: true, value: { json: false }, replace: true }),
    kmsKeyId: kmsKeyArn({
      optionalComputed: true,
      replace: true,
      value: {
        cases: [
          // The key that AWS manages for EFS.
          { when: { property: "encrypted", equals: true }, value: arnOf("kms", "key/{uuid}") },
          { value: "" },
        ],
      },
    }),
    lifecyclePolicies: blocks(
      {
        transitionToArchive: oneOf(AGES, { deviates: NEWER }),
        transitionToIa: oneOf(AGES),
        transitionToPrimaryStorageClass: oneOf(["AFTER_1_ACCESS"]),
      },
      { maxItems: 3, deviates: "three kinds since the archive class exists" },
    ),
    performanceMode: oneOf(["generalPurpose", "maxIO"], {
      optionalComputed: true,
      value: "generalPurpose",
      replace: true,
    }),
    protection: block(
      {
        replicationOverwrite: oneOf(["ENABLED", "DISABLED"], {
          optionalComputed: true,
          value: "ENABLED",
          deviates: NEWER,
        }),
      },
      {
        optionalComputed: true,
        value: { json: { replicationOverwrite: "ENABLED" } },
        deviates: NEWER,
      },
    ),
    provisionedThroughputInMibps: num({ min: 1, max: 3414 }),
    region,
    throughputMode: oneOf(["bursting", "provisioned", "elastic"], { default: "bursting" }),
    arn: out(arnOf("elasticfilesystem", "file-system/{id}")),
    availabilityZoneId: out(""),
    dnsName: out("{id}.efs.{region}.amazonaws.com"),
    name: out("{tagsAll.Name}", { changesWith: ["tags"] }),
    numberOfMountTargets: outJson("integer", 0),
    ownerId: out("{account}"),
    sizeInBytes: outJson("list", [{ value: 6144, valueInIa: 0, valueInStandard: 6144 }], {
      items: block({
        value: outJson("integer", 6144),
        valueInIa: outJson("integer", 0),
        valueInStandard: outJson("integer", 6144),
      }),
    }),
  },
  rules: [
    {
      name: "key-needs-encryption",
      when: { property: "kmsKeyId", present: true },
      then: { property: "encrypted", equals: true },
      message: "`encrypted`: must be set to true when `kmsKeyId` is specified",
      source: CREATE,
    },
    {
      name: "provisioned-has-throughput",
      when: { property: "throughputMode", equals: "provisioned" },
      then: { property: "provisionedThroughputInMibps", present: true },
      message:
        "BadRequest: `provisionedThroughputInMibps`: you must provide it when throughputMode is provisioned",
      source: THROUGHPUT,
      at: "apply",
    },
    {
      name: "throughput-is-provisioned",
      when: { property: "provisionedThroughputInMibps", present: true },
      then: { property: "throughputMode", equals: "provisioned" },
      message:
        "BadRequest: `provisionedThroughputInMibps`: is only allowed when throughputMode is provisioned",
      source: THROUGHPUT,
      at: "apply",
    },
    {
      name: "elastic-is-general-purpose",
      when: { property: "throughputMode", equals: "elastic" },
      then: { not: { property: "performanceMode", equals: "maxIO" } },
      message: "BadRequest: `performanceMode`: Max I/O is not supported with elastic throughput",
      source: THROUGHPUT,
      at: "apply",
    },
    {
      name: "one-zone-is-general-purpose",
      when: { property: "availabilityZoneName", present: true },
      then: { not: { property: "performanceMode", equals: "maxIO" } },
      message: "BadRequest: `performanceMode`: Max I/O is not supported for One Zone file systems",
      source: THROUGHPUT,
      at: "apply",
    },
    {
      name: "one-transition-each",
      then: {
        property: "lifecyclePolicies[]",
        every: {
          any: [
            {
              all: [
                { property: "transitionToIa", present: true },
                { property: "transitionToArchive", present: false },
                { property: "transitionToPrimaryStorageClass", present: false },
              ],
            },
            {
              all: [
                { property: "transitionToIa", present: false },
                { property: "transitionToArchive", present: true },
                { property: "transitionToPrimaryStorageClass", present: false },
              ],
            },
            {
              all: [
                { property: "transitionToIa", present: false },
                { property: "transitionToArchive", present: false },
                { property: "transitionToPrimaryStorageClass", present: true },
              ],
            },
          ],
        },
      },
      message:
        "BadRequest: `lifecyclePolicies`: each policy has exactly one of transitionToIa, transitionToArchive and transitionToPrimaryStorageClass",
      source: "https://docs.aws.amazon.com/efs/latest/ug/API_LifecyclePolicy.html",
      at: "apply",
    },
    {
      name: "archive-after-infrequent-access",
      when: { property: "lifecyclePolicies[].transitionToArchive", present: true },
      then: {
        all: [
          { property: "lifecyclePolicies[].transitionToIa", present: true },
          { property: "throughputMode", equals: "elastic" },
        ],
      },
      message:
        "BadRequest: `lifecyclePolicies[].transitionToArchive`: needs a transitionToIa and elastic throughput",
      source: LIFECYCLE,
      at: "apply",
    },
  ],
  seconds: { create: 8, update: 5, delete: 8 },
};

const mountTarget: ResourceModel = {
  token: "aws:efs/mountTarget:MountTarget",
  source: registry("efs/mounttarget"),
  schema: "aws_efs_mount_target",
  id: "fsmt-{hex:17}",
  // A zone takes one mount target of a file system, so the provider never has two.
  deleteBeforeReplace: true,
  unique: [
    { properties: ["fileSystemId", "availabilityZoneName"], scope: "region", source: TARGETS },
  ],
  properties: {
    fileSystemId: str({ required: true, replace: true, ref: held(FILE_SYSTEM) }),
    ipAddress: str({
      optionalComputed: true,
      replace: true,
      format: "ipv4",
      value: "{address:subnetId:cidrBlock}",
      example: "{address:subnetId:cidrBlock}",
    }),
    ipAddressType: oneOf(["IPV4_ONLY", "IPV6_ONLY", "DUAL_STACK"], {
      optionalComputed: true,
      value: "IPV4_ONLY",
      replace: true,
      deviates: NEWER,
    }),
    ipv6Address: str({
      optionalComputed: true,
      replace: true,
      pattern: "[0-9a-f:]{2,39}",
      deviates: NEWER,
    }),
    region,
    securityGroups: securityGroupIds({ optionalComputed: true, maxItems: 5 }),
    subnetId: str({ required: true, replace: true, ref: held(SUBNET) }),
    availabilityZoneId: out("{ref:subnetId:availabilityZoneId}"),
    availabilityZoneName: out("{ref:subnetId:availabilityZone}"),
    dnsName: out("{fileSystemId}.efs.{region}.amazonaws.com"),
    fileSystemArn: out("{ref:fileSystemId:arn}"),
    mountTargetDnsName: out("{availabilityZoneName}.{fileSystemId}.efs.{region}.amazonaws.com"),
    networkInterfaceId: out("eni-{hex:17}"),
    ownerId: out("{account}"),
  },
  rules: [
    {
      name: "groups-in-the-subnets-vpc",
      then: { property: "securityGroups[]->vpcId", allAmong: ["subnetId->vpcId"] },
      message:
        "SecurityGroupNotFound: `securityGroups`: the security group does not exist in the VPC of the subnet",
      source: TARGETS,
      at: "apply",
    },
    {
      name: "address-in-subnet",
      when: { property: "ipAddress", present: true },
      then: { property: "ipAddress", inside: "{ref:subnetId:cidrBlock}" },
      message: "BadRequest: `ipAddress`: must lie within the address range of the subnet",
      source: TARGETS,
      at: "apply",
    },
    {
      name: "ipv6-by-type",
      when: { property: "ipv6Address", present: true },
      then: { property: "ipAddressType", in: ["IPV6_ONLY", "DUAL_STACK"] },
      message: "BadRequest: `ipv6Address`: needs ipAddressType IPV6_ONLY or DUAL_STACK",
      source: TARGETS,
      at: "apply",
    },
  ],
  seconds: { create: 90, update: 10, delete: 60 },
};

export const models: readonly ResourceModel[] = [fileSystem, mountTarget, ...accessModels];
