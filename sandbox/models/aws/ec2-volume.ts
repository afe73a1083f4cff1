/** EC2: EBS volumes. */
import type { ResourceModel } from "../../model";
import {
  arnOf,
  arnPattern,
  bool,
  id,
  int,
  kmsKeyArn,
  newer,
  oneOf,
  out,
  region,
  registry,
  str,
  zoneInRegion,
  zoneName,
} from "./common";
import { volumeRules, volumeTypes } from "./instances";
import { EC2_API } from "./pages";

/** An EBS volume. */
export const volume: ResourceModel = {
  token: "aws:ebs/volume:Volume",
  source: registry("ebs/volume"),
  schema: "aws_ebs_volume",
  id: "vol-0{hex:16}",
  tags: true,
  seconds: { create: 11, update: 15, delete: 11 },
  properties: {
    region,
    availabilityZone: zoneName({ required: true, replace: true }),
    encrypted: bool({ optionalComputed: true, value: { json: false }, replace: true }),
    finalSnapshot: bool(),
    iops: int({
      optionalComputed: true,
      value: {
        cases: [
          { when: { property: "type", equals: "gp3" }, value: { json: 3000 } },
          { value: { json: 100 } },
        ],
      },
      min: 100,
      max: 256000,
    }),
    kmsKeyId: kmsKeyArn({ optionalComputed: true, value: "", replace: true }),
    multiAttachEnabled: bool({ replace: true }),
    outpostArn: str({
      replace: true,
      format: "arn",
      pattern: arnPattern("outposts", "outpost/op-[0-9a-f]+"),
      example: "arn:aws:outposts:eu-west-1:123456789012:outpost/op-0123456789abcdef0",
    }),
    size: int({ optionalComputed: true, value: { json: 8 }, min: 1, max: 65536 }),
    snapshotId: id("snap", { optionalComputed: true, value: "", replace: true }),
    throughput: int({
      optionalComputed: true,
      value: {
        cases: [
          { when: { property: "type", equals: "gp3" }, value: { json: 125 } },
          { value: { json: 0 } },
        ],
      },
      min: 125,
      max: 2000,
    }),
    type: oneOf(volumeTypes, { optionalComputed: true, value: "gp2" }),
    volumeInitializationRate: int({
      min: 100,
      max: 300,
      replace: true,
      requiredWith: ["snapshotId"],
      ...newer,
    }),
    arn: out(arnOf("ec2", "volume/{id}")),
    createTime: out("{now}", newer),
  },
  rules: [
    zoneInRegion("availabilityZone"),
    {
      name: "a volume has a size or a snapshot",
      then: {
        any: [
          { property: "size", present: true },
          { property: "snapshotId", present: true },
        ],
      },
      message: "MissingParameter: one of size and snapshotId is required",
      source: `${EC2_API}API_CreateVolume.html`,
      at: "apply",
    },
    {
      name: "Multi-Attach is for provisioned IOPS",
      when: { property: "multiAttachEnabled", equals: true },
      then: { property: "type", in: ["io1", "io2"] },
      message: "InvalidParameterCombination: multiAttachEnabled is supported for io1 and io2 only",
      source: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes-multi.html",
      at: "apply",
    },
    ...volumeRules("", "type", "size", true),
  ],
};
