import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import type { batch, core } from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { names, release, type DatabaseExport } from "./contract";
import { containerSecurity, podSecurity, resources, writable } from "./pods";
import { exportSize } from "./quota";

/** User `cloudsdk` of Google's image (https://github.com/GoogleCloudPlatform/cloud-sdk-docker/blob/master/debian_slim/Dockerfile). */
const gcloudUserId = 1000;

/** The script, run by bash of the image. */
function script(): string {
  return readFileSync(join(__dirname, "templates", "export-database.sh"), "utf8");
}

/** Settings of gcloud that keep it from writing anywhere but in /tmp, and from asking (https://cloud.google.com/sdk/docs/properties). */
const gcloudSettings = {
  HOME: "/tmp",
  CLOUDSDK_CONFIG: "/tmp/gcloud",
  CLOUDSDK_CORE_DISABLE_PROMPTS: "1",
  CLOUDSDK_CORE_DISABLE_FILE_LOGGING: "1",
  CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: "1",
  CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: "1",
  PYTHONDONTWRITEBYTECODE: "1",
};

/**
 * One export: a pod that asks Cloud SQL for it, waits, and fails if it failed.
 * @param reason last part of the object's name in the bucket
 * @param whenMissing what it is if there is no such instance
 */
export function exportJob(
  { bucket, databaseName, deadlineMinutes, image, instance, project }: DatabaseExport,
  reason: "change" | "schedule",
  whenMissing: "pass" | "fail",
) {
  const { volumes, mounts } = writable(["/tmp"], exportSize.storageMiB);
  const variables = {
    ...gcloudSettings,
    PROJECT: project,
    INSTANCE: instance,
    DATABASE: databaseName,
    BUCKET: bucket,
    REASON: reason,
    WHEN_MISSING: whenMissing,
  };
  return {
    // A new account's rights, a backup under way, a lost connection: each is over a few minutes later. Retries wait
    // twice as long each time, from ten seconds on.
    backoffLimit: 5,
    activeDeadlineSeconds: deadlineMinutes * 60,
    template: {
      metadata: { labels: { app: names.exporter } },
      spec: {
        restartPolicy: "Never",
        serviceAccountName: names.exporterAccount,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: podSecurity(gcloudUserId),
        volumes,
        containers: [
          {
            name: "export",
            image,
            imagePullPolicy: "IfNotPresent",
            command: ["/bin/bash", "-c", script()],
            env: Object.entries(variables).map(([name, value]) => ({ name, value })),
            resources: resources(exportSize),
            securityContext: containerSecurity,
            volumeMounts: mounts,
          },
        ],
      } satisfies core.v1.PodSpec,
    },
  } satisfies batch.v1.JobSpec;
}

/** The first ten hexadecimal digits of a hash: a name that is another whenever what it stands for is. */
export function fingerprint(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 10);
}

/** Arguments of DatabaseExports. */
export interface DatabaseExportsArgs {
  readonly export: DatabaseExport;
  /** The namespace with its accounts and policies. */
  readonly namespaceReady: readonly pulumi.Resource[];
  /** Nodes to run on. */
  readonly nodesReady: readonly pulumi.Resource[];
  /** The bucket, and every right that an export needs. */
  readonly bucketReady: readonly pulumi.Resource[];
}

/**
 * Exports of the database to a bucket: one before each change of app or database, and one a night.
 *
 * The one before a change is a Job whose name stands for everything that it comes before: changed, it is a new Job, which
 * runs before whatever depends on it (database, migration) is touched; unchanged, the one that ran stays. Kubernetes does
 * not clear it away (no `ttlSecondsAfterFinished`): it would be missing at the next refresh, and run again for nothing.
 */
export class DatabaseExports extends Component {
  /** To depend on before a change of the database; empty where no export is made. */
  readonly exported: pulumi.Resource[];

  constructor(name: string, args: DatabaseExportsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { beforeChange, changes, schedule } = args.export;
    super("versionApp", "DatabaseExports", name, { beforeChange, schedule }, opts);
    const own = {
      parent: this,
      dependsOn: [...args.namespaceReady, ...args.nodesReady, ...args.bucketReady],
    };
    const labels = { app: names.exporter };
    const spec = exportJob(args.export, "change", "pass");
    this.exported = beforeChange
      ? [
          new Job(
            `${name}-before-change`,
            {
              metadata: {
                name: `${names.exporter}-${fingerprint(spec, changes)}`,
                namespace: release.namespace,
                labels,
                // One that failed is made anew at the next update, instead of being waited for again.
                annotations: { "pulumi.com/replaceUnready": "true" },
              },
              spec,
            },
            { ...own, customTimeouts: { create: `${args.export.deadlineMinutes + 5}m` } },
          ),
        ]
      : [];
    new CronJob(
      `${name}-nightly`,
      {
        metadata: { name: names.exporter, namespace: release.namespace, labels },
        spec: {
          schedule,
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          // Of a scheduler that was down in the night.
          startingDeadlineSeconds: 3 * 60 * 60,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            metadata: { labels },
            spec: exportJob(args.export, "schedule", "fail"),
          },
        },
      },
      own,
    );
    this.registerOutputs({});
  }
}
