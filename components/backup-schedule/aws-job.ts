import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as scheduler from "@pulumi/aws/scheduler";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { madeArn, standingArn } from "../shared/aws";
import { Component } from "../shared/component";
import { derived, shownText } from "../shared/documents";
import { serviceTrust } from "../shared/iam";
import { shownPolicyJson } from "../shared/policy-json";
import type { AwsBackupScheduleArgs } from "./args";
import { launchRights } from "./aws-rights";
import { withDeadline } from "./deadline";
import { scratchDevice } from "./files";

/** Arguments of AwsBackupJob: those of the schedule, and what must stand before a machine may start. */
export interface AwsBackupJobArgs {
  readonly schedule: AwsBackupScheduleArgs;
  /** The machine's rights and the places that it writes to. */
  readonly ready: readonly pulumi.Resource[];
}

/** Minutes that the machine may live when nothing is said: a night and a morning. */
export const defaultDeadlineMinutes = 720;

/**
 * The one-shot machine and the schedule that starts it.
 *
 * EventBridge Scheduler calls RunInstances itself (a universal target: the API's own parameters, in the API's own
 * capitals, https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html). The client token
 * is made from the scheduled time, which is the same in each attempt of one night, so a retry after a lost answer
 * starts no second machine; an execution id would be another one at each attempt
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html).
 * A start that fails for good goes to a queue that an alarm watches.
 */
export class AwsBackupJob extends Component {
  readonly launchTemplateId: pulumi.Output<string>;
  readonly scheduleName: pulumi.Output<string>;

  constructor(name: string, args: AwsBackupJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const job = args.schedule;
    const { site, policy, region, accountId } = job;
    super(
      "backupSchedule",
      "AwsBackupJob",
      name,
      { cron: policy.cron, timezone: policy.timezone, instanceType: job.instanceType },
      opts,
    );
    const within = { parent: this };
    const template = this.launchTemplate(name, job);
    const queue = new sqs.Queue(
      `${name}-failed-starts`,
      {
        kmsMasterKeyId: job.keyArn,
        messageRetentionSeconds: 14 * 24 * 3600,
      },
      within,
    );
    const queueArn = standingArn("queue", job, queue.name);
    new cloudwatch.MetricAlarm(
      `${name}-not-started`,
      {
        alarmDescription:
          `The backup machine of ${site.environment} could not be started. ` +
          `Runbook: ${site.runbooks}/backup-not-started.md`,
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: queue.name },
        statistic: "Maximum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        period: 300,
        evaluationPeriods: 1,
        // A queue that nobody uses for hours sends nothing.
        treatMissingData: "notBreaching",
        alarmActions: [job.alertTopicArn],
        okActions: [job.alertTopicArn],
      },
      within,
    );
    const role = new iam.Role(
      `${name}-starter`,
      {
        description: "EventBridge Scheduler starts the backup machine as this role",
        assumeRolePolicy: JSON.stringify(serviceTrust("scheduler.amazonaws.com", accountId)),
      },
      within,
    );
    const rightsName = `${name}-starter-rights`;
    const rights = new iam.RolePolicy(
      rightsName,
      {
        role: role.name,
        policy: shownPolicyJson(
          rightsName,
          launchRights({
            region,
            accountId,
            launchTemplateArn: madeArn("launchTemplate", template.arn),
            subnetId: job.subnetId,
            roleArn: job.identity.roleArn,
            keyArn: job.keyArn,
            queueArn,
          }),
          within,
        ),
      },
      within,
    );
    const schedule = new scheduler.Schedule(
      `${name}-schedule`,
      {
        description: `Starts the backup of ${site.environment}`,
        scheduleExpression: `cron(${policy.cron})`,
        scheduleExpressionTimezone: policy.timezone,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: "arn:aws:scheduler:::aws-sdk:ec2:runInstances",
          roleArn: standingArn("role", job, role.name),
          input: pulumi.jsonStringify({
            ClientToken: `${site.prefix}-<aws.scheduler.scheduled-time>`,
            LaunchTemplate: {
              LaunchTemplateId: template.id,
              Version: pulumi.interpolate`${template.latestVersion}`,
            },
            MinCount: 1,
            MaxCount: 1,
            SubnetId: job.subnetId,
          }),
          // Long enough to sit out a zone without capacity, short enough to end before the working day.
          retryPolicy: { maximumEventAgeInSeconds: 3 * 3600, maximumRetryAttempts: 30 },
          deadLetterConfig: { arn: queueArn },
        },
      },
      { parent: this, dependsOn: [rights, ...args.ready] },
    );
    this.launchTemplateId = template.id;
    this.scheduleName = schedule.name;
    this.registerOutputs({ launchTemplateId: this.launchTemplateId });
  }

  private launchTemplate(name: string, job: AwsBackupScheduleArgs): ec2.LaunchTemplate {
    const volume = (sizeGiB: number, more: { iops?: number; throughput?: number } = {}) => ({
      volumeType: "gp3",
      volumeSize: sizeGiB,
      encrypted: "true",
      kmsKeyId: job.keyArn,
      deleteOnTermination: "true",
      ...more,
    });
    const tags = { ...job.machineTags, Name: `${job.site.prefix}-backup`, Role: "backup" };
    const templateName = `${name}-machine`;
    return new ec2.LaunchTemplate(
      templateName,
      {
        description: `The one-shot backup machine of ${job.site.environment}`,
        imageId: job.imageId,
        instanceType: job.instanceType,
        updateDefaultVersion: true,
        // Its last step is to switch itself off, and that must leave nothing behind.
        instanceInitiatedShutdownBehavior: "terminate",
        iamInstanceProfile: { arn: job.identity.instanceProfileArn },
        // Two hops: the container on the machine uses the machine's role, too.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 2,
          instanceMetadataTags: "disabled",
        },
        // Not as a network interface: RunInstances refuses one beside the subnet that the schedule names. The subnet is
        // a private one, and gives no public address.
        vpcSecurityGroupIds: job.securityGroupIds,
        blockDeviceMappings: [
          { deviceName: "/dev/xvda", ebs: volume(job.rootGiB ?? 40) },
          // The archive is written once and read twice: throughput counts, not operations.
          {
            deviceName: scratchDevice,
            ebs: volume(job.scratchGiB, { throughput: 500, iops: 3000 }),
          },
        ],
        userData: shownText(
          templateName,
          ["userData"],
          derived(job.nodeFiles.userData, (userData: string) =>
            withDeadline(userData, job.deadlineMinutes ?? defaultDeadlineMinutes),
          ),
          { parent: this },
        ),
        tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
          resourceType,
          tags,
        })),
      },
      { parent: this },
    );
  }
}
