/** The AWS package: its provider and every resource type that is modelled. */
import type { PackageModel } from "../../model";
import { models as ec2Network } from "./ec2-network";
import { models as kms } from "./kms";
import { provider } from "./provider";
import { models as s3 } from "./s3";
import { models as secretsmanager } from "./secretsmanager";

/** The AWS package at the SDK's version. */
export const aws: PackageModel = {
  package: "aws",
  version: "7.48.0",
  provider,
  resources: [...ec2Network, ...kms, ...s3, ...secretsmanager],
};
