import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { standingArn, type AwsPlace } from "../shared/aws";
import { Component } from "../shared/component";
import { plainTrust, shownPolicyJson, type InputStatement } from "../shared/policy-json";
import type { Site } from "../shared/site";

/** From where to where. */
export interface ReplicatedPair {
  /** Part of names: the object type. */
  readonly what: string;
  readonly source: {
    readonly name: pulumi.Input<string>;
    readonly arn: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    readonly ready: readonly pulumi.Resource[];
  };
  readonly destination: {
    readonly name: pulumi.Input<string>;
    readonly arn: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    readonly ready: readonly pulumi.Resource[];
  };
}

/**
 * What a replication role may do: read versions at the source, write replicas at the destination, through S3 alone.
 * It can delete no version anywhere: `s3:ReplicateDelete` adds a delete marker and no more.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
export function replicationRights(
  pairs: readonly ReplicatedPair[],
  sourceRegion: string,
  destinationRegion: string,
): InputStatement[] {
  const each = (part: (pair: ReplicatedPair) => pulumi.Input<string>) => pairs.map(part);
  return [
    {
      Sid: "SeeSources",
      Effect: "Allow",
      Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
      Resource: each(({ source }) => source.arn),
    },
    {
      Sid: "ReadVersions",
      Effect: "Allow",
      Action: [
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        // Only read where the source has Object Lock: a replica keeps its source's retention.
        "s3:GetObjectRetention",
        "s3:GetObjectLegalHold",
      ],
      Resource: each(({ source }) => pulumi.interpolate`${source.arn}/*`),
    },
    {
      Sid: "WriteReplicas",
      Effect: "Allow",
      Action: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
      Resource: each(({ destination }) => pulumi.interpolate`${destination.arn}/*`),
    },
    {
      Sid: "DecryptSources",
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: unique(each(({ source }) => source.keyArn)),
      Condition: { StringEquals: { "kms:ViaService": `s3.${sourceRegion}.amazonaws.com` } },
    },
    {
      Sid: "EncryptReplicas",
      Effect: "Allow",
      Action: ["kms:Encrypt", "kms:GenerateDataKey"],
      Resource: unique(each(({ destination }) => destination.keyArn)),
      Condition: { StringEquals: { "kms:ViaService": `s3.${destinationRegion}.amazonaws.com` } },
    },
  ];
}

/** Each once: many pairs have one key, the very same output. */
function unique(values: readonly pulumi.Input<string>[]): readonly pulumi.Input<string>[] {
  return [...new Set(values)];
}

/** What a destination's bucket policy must let a replication role of another account do. */
export function acceptReplicas(
  bucket: string,
  roleArn: pulumi.Input<string>,
): readonly InputStatement[] {
  return [
    {
      Sid: "AcceptReplicas",
      Effect: "Allow",
      Principal: { AWS: roleArn },
      Action: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
      Resource: `arn:aws:s3:::${bucket}/*`,
    },
    {
      Sid: "LetReplicationSeeVersioning",
      Effect: "Allow",
      Principal: { AWS: roleArn },
      Action: ["s3:GetBucketVersioning", "s3:ListBucket"],
      Resource: `arn:aws:s3:::${bucket}`,
    },
  ];
}

/** A role that replicates, with its ARN. */
export interface ReplicationRole {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
}

/** The role that S3 takes on to replicate. Apart, because the destination's key and buckets name it. */
export function replicationRole(
  name: string,
  place: AwsPlace,
  opts: pulumi.CustomResourceOptions,
): ReplicationRole {
  const role = new iam.Role(
    name,
    {
      description: "S3 replicates buckets into the backup account as this role",
      assumeRolePolicy: plainTrust("s3.amazonaws.com"),
    },
    opts,
  );
  return { name: role.name, arn: standingArn("role", place, role.name) };
}

export interface AwsReplicationArgs {
  readonly site: Site;
  readonly role: ReplicationRole;
  readonly pairs: readonly ReplicatedPair[];
  readonly sourceRegion: string;
  readonly destinationRegion: string;
  /** Whether a deletion at the source puts a delete marker on the replica. */
  readonly deleteMarkers: boolean;
  /** Topic in the account and region of the sources. @default no alarm */
  readonly alertTopicArn?: pulumi.Input<string>;
}

/**
 * Replicates buckets, re-encrypting with the destination's key. Replicas belong to the destination's account, because
 * its buckets have ACLs switched off; no owner override is needed
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html).
 *
 * Replication sees only what is written after it was set up: buckets that held objects before need one Batch
 * Replication job (docs/runbooks/backup-replication.md).
 */
export class AwsReplication extends Component {
  constructor(name: string, args: AwsReplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backupSchedule", "AwsReplication", name, { buckets: args.pairs.length }, opts);
    const within = { parent: this };
    const rightsName = `${name}-rights`;
    const rights = new iam.RolePolicy(
      rightsName,
      {
        role: args.role.name,
        policy: shownPolicyJson(
          rightsName,
          replicationRights(args.pairs, args.sourceRegion, args.destinationRegion),
          within,
        ),
      },
      within,
    );
    for (const { what, source, destination } of args.pairs)
      new s3.BucketReplicationConfig(
        `${name}-${what}`,
        {
          bucket: source.name,
          role: args.role.arn,
          rules: [
            {
              id: what,
              status: "Enabled",
              priority: 0,
              // An empty filter is the whole bucket, and makes this a rule of the current form, which alone can
              // replicate delete markers.
              filter: { prefix: "" },
              deleteMarkerReplication: { status: args.deleteMarkers ? "Enabled" : "Disabled" },
              sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
              destination: {
                bucket: destination.arn,
                encryptionConfiguration: { replicaKmsKeyId: destination.keyArn },
                // Without these there is no OperationsFailedReplication to watch.
                metrics: { status: "Enabled" },
              },
            },
          ],
        },
        {
          parent: this,
          dependsOn: [rights, ...source.ready, ...destination.ready],
        },
      );
    if (args.alertTopicArn !== undefined) this.alarm(name, args, args.alertTopicArn);
    this.registerOutputs({});
  }

  /**
   * One alarm over all pairs: any object that could not be replicated. An alarm takes ten metrics at most, and GitLab
   * has ten types of objects (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html).
   */
  private alarm(name: string, args: AwsReplicationArgs, topic: pulumi.Input<string>): void {
    new cloudwatch.MetricAlarm(
      `${name}-failed`,
      {
        alarmDescription:
          `Objects of ${args.site.environment} could not be replicated into the backup account. ` +
          `Runbook: ${args.site.runbooks}/backup-replication.md`,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        evaluationPeriods: 1,
        // Sent only where something was replicated (https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html).
        treatMissingData: "notBreaching",
        alarmActions: [topic],
        okActions: [topic],
        metricQueries: [
          {
            id: "failed",
            expression: "SUM(METRICS())",
            label: "Objects that could not be replicated",
            returnData: true,
          },
          ...args.pairs.map(({ what, source, destination }, index) => ({
            id: `m${index}`,
            metric: {
              namespace: "AWS/S3",
              metricName: "OperationsFailedReplication",
              dimensions: {
                SourceBucket: source.name,
                DestinationBucket: destination.name,
                RuleId: what,
              },
              period: 900,
              stat: "Sum",
            },
          })),
        ],
      },
      { parent: this },
    );
  }
}
