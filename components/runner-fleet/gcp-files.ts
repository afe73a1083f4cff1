import type { NodeFile } from "../node-files/contract";
import { managerFiles, type ManagerCloud, type ManagerFacts } from "./files";
import { metadataManagerFiles } from "./metadata-files";
import { ubuntuUser } from "./worker";

/** What a manager on GCP knows beside. */
export interface GcpManagerFacts extends ManagerFacts {
  readonly project: string;
  readonly zone: string;
  /** Managed instance group of the workers. */
  readonly group: string;
  readonly cacheBucket: string;
  /** Name of the secret that the token is in. */
  readonly tokenSecret: string;
}

/** The files of a manager on GCP, which its loader reads from its metadata. */
export function gcpManagerFiles(facts: GcpManagerFacts): NodeFile[] {
  return managerFiles(facts, gcpManager(facts));
}

/** GCP's part in a manager's files: a managed instance group, Secret Manager and GCS by the manager's own account. */
export function gcpManager(facts: GcpManagerFacts): ManagerCloud {
  return {
    library: "gcp",
    environment: { GCP_PROJECT: facts.project, GCP_ZONE: facts.zone },
    tokenSecret: facts.tokenSecret,
    metrics: { up: "runner_manager_up", tokenMissing: "runner_token_missing" },
    plugin: {
      name: "googlecloud",
      config: { name: facts.group, project: facts.project, zone: facts.zone },
    },
    // The plugin puts a new key into each worker's metadata.
    workerUser: ubuntuUser,
    // Without a key the runner takes the machine's account, and has IAM sign the addresses
    // (https://docs.gitlab.com/runner/configuration/advanced-configuration/#the-runnerscachegcs-section).
    cache: { Type: "gcs", gcs: { BucketName: facts.cacheBucket } },
    files: metadataManagerFiles(),
  };
}
