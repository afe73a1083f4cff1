import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { standingArn } from "../shared/aws";
import { Component } from "../shared/component";
import { policyJson, type InputStatement } from "../shared/policy-json";
import type { Site } from "../shared/site";
import type { BackupSubscription } from "./args";
import { AwsBackupKey, usedByService } from "./aws-key";
import type { AwsBucket } from "../object-storage/aws";

/** One bucket that something must land in every night. */
export interface Watched {
  /** `archives` or `secrets`: part of names, and of the message. */
  readonly what: string;
  readonly bucket: AwsBucket;
  /** Runbook page, without `.md`. */
  readonly runbook: string;
}

export interface AwsBackupArrivalsArgs {
  readonly site: Site;
  readonly region: string;
  readonly backupAccountId: string;
  readonly watched: readonly Watched[];
  /** Key prefix, ending in a slash. */
  readonly prefix: string;
  readonly maxAgeHours: number;
  readonly subscriptions: readonly BackupSubscription[];
}

/** Days that the list of arrivals is kept: a year and a month. One of the numbers that CloudWatch Logs takes. */
const arrivalLogDays = 400;

/** Who may use the topic for alarms on backups: alarms of its account, and nobody in clear. */
export function topicStatements(
  topicArn: pulumi.Input<string>,
  region: string,
  account: string,
): readonly InputStatement[] {
  return [
    {
      Sid: "AlarmsOfThisAccount",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: {
        StringEquals: { "aws:SourceAccount": account },
        ArnLike: { "aws:SourceArn": `arn:aws:cloudwatch:${region}:${account}:alarm:*` },
      },
    },
    // https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}

/**
 * Tells people that no backup has landed, from the account where backups land: whatever is wrong in the account that
 * makes them, up to nobody being able to sign in there, this still fires.
 *
 * S3 tells EventBridge of every finished object; the rule counts those with content under the prefix; the alarm looks
 * at as many one-hour periods as the age may have hours, and takes an hour without an object for a bad one. The rule
 * has a target, since a rule without one does nothing: a log of all arrivals.
 * An alarm may look back over more than a day when its period is an hour or longer
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html).
 */
export class AwsBackupArrivals extends Component {
  /** Names of the alarms, in the order of `watched`. */
  readonly alarms: pulumi.Output<string>[];
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: AwsBackupArrivalsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, backupAccountId: account, region } = args;
    super("backupSchedule", "AwsBackupArrivals", name, { maxAgeHours: args.maxAgeHours }, opts);
    const within = { parent: this };
    const place = { accountId: account, region };
    const key = new AwsBackupKey(
      `${name}-alerts`,
      {
        site,
        purpose: "alerts",
        description: `${site.prefix}: alerts and arrival log of the backup account`,
        accountId: account,
        statements: [
          usedByService("AlarmsToTopic", "cloudwatch.amazonaws.com", {
            StringEquals: { "aws:SourceAccount": account },
          }),
          // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
          usedByService("LogGroups", `logs.${region}.amazonaws.com`, {
            ArnLike: {
              "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${account}:log-group:/aws/events/*`,
            },
          }),
        ],
      },
      within,
    );
    const topic = new sns.Topic(
      `${name}-topic`,
      { displayName: `${site.prefix} backups`, kmsMasterKeyId: key.arn },
      within,
    );
    const topicArn = standingArn("topic", place, topic.name);
    new sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: topicArn,
        policy: policyJson(topicStatements(topicArn, region, account)),
      },
      within,
    );
    args.subscriptions.forEach(({ protocol, endpoint }, index) => {
      new sns.TopicSubscription(
        `${name}-subscription-${index}`,
        { topic: topicArn, protocol, endpoint },
        within,
      );
    });
    const log = new cloudwatch.LogGroup(
      `${name}-log`,
      {
        // EventBridge writes only to log groups of this name.
        name: `/aws/events/${site.prefix}-backup-arrivals`,
        retentionInDays: arrivalLogDays,
        kmsKeyId: key.arn,
      },
      within,
    );
    const logArn = standingArn("logGroup", place, log.name);
    const rules = args.watched.map(({ what, bucket, runbook }) => ({
      what,
      runbook,
      rule: new cloudwatch.EventRule(
        `${name}-${what}`,
        {
          description: `A finished object with content in the bucket for ${what}`,
          // https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
          eventPattern: pulumi.jsonStringify({
            source: ["aws.s3"],
            "detail-type": ["Object Created"],
            account: [account],
            detail: {
              bucket: { name: [bucket.bucketName] },
              object: { key: [{ prefix: args.prefix }], size: [{ numeric: [">", 0] }] },
            },
          }),
        },
        within,
      ),
    }));
    // The two statements are those of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html:
    // a log stream is created with no rule named, events are put with one.
    const logPolicy = new cloudwatch.LogResourcePolicy(
      `${name}-log-policy`,
      {
        policyName: `${site.prefix}-backup-arrivals`,
        policyDocument: policyJson([
          {
            Sid: "Streams",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "logs:CreateLogStream",
            Resource: pulumi.interpolate`${logArn}:*`,
          },
          {
            Sid: "Arrivals",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "logs:PutLogEvents",
            Resource: pulumi.interpolate`${logArn}:*`,
            Condition: {
              ArnEquals: {
                "aws:SourceArn": rules.map(({ rule }) =>
                  standingArn("eventRule", place, rule.name),
                ),
              },
            },
          },
        ]),
      },
      within,
    );
    for (const { what, rule } of rules)
      new cloudwatch.EventTarget(
        `${name}-${what}-log`,
        { rule: rule.name, arn: logArn },
        { parent: this, dependsOn: logPolicy },
      );
    this.alarms = rules.map(({ what, runbook, rule }) => {
      const alarm = new cloudwatch.MetricAlarm(
        `${name}-${what}-age`,
        {
          name: `${site.prefix}-backup-${what}-age`,
          alarmDescription:
            `No backup (${what}) of ${site.environment} has landed for ${args.maxAgeHours} hours. ` +
            `Runbook: ${site.runbooks}/${runbook}.md`,
          namespace: "AWS/Events",
          // Only the rule's name: a rule on the default bus has no other dimension
          // (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html).
          metricName: "TriggeredRules",
          dimensions: { RuleName: rule.name },
          statistic: "Sum",
          comparisonOperator: "LessThanThreshold",
          threshold: 1,
          period: 3600,
          evaluationPeriods: args.maxAgeHours,
          datapointsToAlarm: args.maxAgeHours,
          treatMissingData: "breaching",
          alarmActions: [topicArn],
          okActions: [topicArn],
        },
        within,
      );
      return alarm.name;
    });
    this.topicArn = topicArn;
    this.registerOutputs({ topicArn: this.topicArn });
  }
}
