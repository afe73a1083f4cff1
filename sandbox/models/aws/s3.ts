/** S3: everything that this program may make of it. */
import type { ResourceModel } from "../../model";
import { bucketModels } from "./s3-bucket";
import { lifecycleModels } from "./s3-lifecycle";
import { notificationModels } from "./s3-notification";
import { objectModels } from "./s3-object";
import { replicationModels } from "./s3-replication";
import { versioningModels } from "./s3-versioning";

export const models: readonly ResourceModel[] = [
  ...bucketModels,
  ...versioningModels,
  ...lifecycleModels,
  ...replicationModels,
  ...notificationModels,
  ...objectModels,
];
