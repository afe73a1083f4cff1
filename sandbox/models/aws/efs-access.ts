/** EFS: access points, file system policies and backups. */
import type { PropertyModel, ResourceModel } from "../../model";
import { arnOf, block, bool, int, named, oneOf, out, region, registry, set, str } from "./common";
import { FILLED, principalsExist, principalsGiven, resourcePolicy } from "./policies";

/** Token of a file system. */
export const FILE_SYSTEM = "aws:efs/fileSystem:FileSystem";
const POLICY = "https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html";

/** Ids of users and groups: 32 bits without the last. https://docs.aws.amazon.com/efs/latest/ug/API_PosixUser.html */
const posixId = (more: Partial<PropertyModel> = {}): PropertyModel =>
  int({ min: 0, max: 4294967295, replace: true, ...more });

const accessPoint: ResourceModel = {
  token: "aws:efs/accessPoint:AccessPoint",
  source: registry("efs/accesspoint"),
  schema: "aws_efs_access_point",
  id: "fsap-{hex:17}",
  tags: true,
  properties: {
    fileSystemId: str({ required: true, replace: true, ref: named(FILE_SYSTEM) }),
    posixUser: block(
      {
        gid: posixId({ required: true }),
        secondaryGids: set(posixId(), { replace: true, maxItems: 16 }),
        uid: posixId({ required: true }),
      },
      { replace: true },
    ),
    region,
    rootDirectory: block(
      {
        creationInfo: block(
          {
            ownerGid: posixId({ required: true }),
            ownerUid: posixId({ required: true }),
            permissions: str({ required: true, replace: true, pattern: "[0-7]{3,4}" }),
          },
          { optionalComputed: true, replace: true },
        ),
        path: str({
          optionalComputed: true,
          value: "/",
          replace: true,
          // Up to four subdirectories: https://docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html
          pattern: "/|(/[^$#<>;`|&?{}^*/\\n]+){1,4}",
          maxLength: 100,
          example: "/data",
        }),
      },
      { optionalComputed: true, replace: true, value: { json: { path: "/" } } },
    ),
    arn: out(arnOf("elasticfilesystem", "access-point/{id}")),
    fileSystemArn: out("{ref:fileSystemId:arn}"),
    ownerId: out("{account}"),
  },
  seconds: { create: 8, delete: 5 },
};

const EXAMPLE_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "elasticfilesystem:ClientMount",
      Resource: "*",
    },
  ],
});

const fileSystemPolicy: ResourceModel = {
  token: "aws:efs/fileSystemPolicy:FileSystemPolicy",
  source: registry("efs/filesystempolicy"),
  schema: "aws_efs_file_system_policy",
  id: "{fileSystemId}",
  properties: {
    bypassPolicyLockoutSafetyCheck: bool({ default: false, deviates: FILLED }),
    fileSystemId: str({ required: true, replace: true, ref: named(FILE_SYSTEM) }),
    policy: resourcePolicy(EXAMPLE_POLICY, { required: true, maxLength: 20000 }),
    region,
  },
  rules: [
    principalsExist("policy", POLICY),
    principalsGiven("policy", POLICY),
    {
      name: "policy-on-this-file-system",
      then: {
        property: "policy.Statement[]",
        every: {
          any: [
            { property: "Resource", present: false },
            { property: "Resource[]", equals: "*" },
            { property: "Resource[]", matches: "^arn:aws(-[a-z]+)*:elasticfilesystem:.*$" },
          ],
        },
      },
      message:
        'InvalidPolicyException: `policy`: Resource must be the file system\'s ARN, "*" or left out',
      source: POLICY,
      at: "apply",
    },
    {
      name: "actions-of-efs",
      then: {
        property: "policy.Statement[].Action[]",
        every: { property: ".", matches: "^(\\*|elasticfilesystem:.+)$" },
      },
      message:
        "InvalidPolicyException: `policy`: actions of a file system policy are elasticfilesystem:…",
      source: POLICY,
      at: "apply",
    },
  ],
};

const backupPolicy: ResourceModel = {
  token: "aws:efs/backupPolicy:BackupPolicy",
  source: registry("efs/backuppolicy"),
  schema: "aws_efs_backup_policy",
  id: "{fileSystemId}",
  properties: {
    backupPolicy: block(
      { status: oneOf(["ENABLED", "DISABLED"], { required: true }) },
      { required: true },
    ),
    fileSystemId: str({ required: true, replace: true, ref: named(FILE_SYSTEM) }),
    region,
  },
};

/** Who reaches a file system, and its backups. */
export const accessModels: readonly ResourceModel[] = [accessPoint, fileSystemPolicy, backupPolicy];
