/** What the models of alarms, events, queues, schedules, images, parameters and backups refuse. */
import type { Known, Wire } from "../sandbox/support/client";
import { Account, policy } from "./support";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const QUEUE = "aws:sqs/queue:Queue";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const REPOSITORY = "aws:ecr/repository:Repository";
const IMAGES = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const PARAMETER = "aws:ssm/parameter:Parameter";
const VAULT = "aws:backup/vault:Vault";
const PLAN = "aws:backup/plan:Plan";
const SELECTION = "aws:backup/selection:Selection";

let account: Account;
beforeEach(async () => {
  account = await Account.open();
});
afterEach(() => account.close());

const arnOf = (object: Known): string => object.outputs["arn"] as string;

describe("CloudWatch alarms", () => {
  const settings = (more: Wire = {}): Wire => ({
    name: "backup-missing",
    namespace: "GitLab",
    metricName: "BackupAge",
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 1,
    period: 3600,
    evaluationPeriods: 26,
    treatMissingData: "breaching",
    ...more,
  });

  test("26 periods of an hour are allowed, and the alarm has its true ARN", async () => {
    expect(arnOf(await account.make(ALARM, settings()))).toBe(
      "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:backup-missing",
    );
  });

  test.each<[string, Wire, RegExp]>([
    ["more than a day of short periods", { period: 60, evaluationPeriods: 1441 }, /a day/],
    ["more than a week of long ones", { evaluationPeriods: 169 }, /seven days/],
    ["a period of 90 seconds", { period: 90 }, /multiple of 60/],
    ["two statistics", { extendedStatistic: "p95" }, /statistic/],
    ["more points than periods", { datapointsToAlarm: 27 }, /datapointsToAlarm/],
    ["a metric and an expression", { metricQueries: [{ id: "a" }] }, /metricName|metricQueries/],
    ["an operator of bands and no band", { comparisonOperator: "Above" }, /comparisonOperator/],
    ["an unknown way with missing data", { treatMissingData: "alarm" }, /treatMissingData/],
    ["an action that nobody takes", { alarmActions: ["arn:aws:sns:x"] }, /alarmActions/],
  ])("%s is refused", async (_, inputs, message) => {
    await expect(account.make(ALARM, settings(inputs))).rejects.toThrow(message);
  });

  test("an alarm has one source and a threshold", async () => {
    const bare = { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1 };
    await expect(account.make(ALARM, bare)).rejects.toThrow(/One of `metricName`/);
    const inputs = settings();
    delete inputs["threshold"];
    await expect(account.make(ALARM, inputs)).rejects.toThrow(/`threshold`/);
  });

  test("an expression returns data", async () => {
    const make = (returnData: boolean) =>
      account.make(ALARM, {
        comparisonOperator: "GreaterThanThreshold",
        evaluationPeriods: 1,
        threshold: 1,
        metricQueries: [{ id: "e1", expression: "SUM(METRICS())", returnData }],
      });
    await expect(make(false)).rejects.toThrow(/must return data/);
    await make(true);
  });
});

describe("CloudWatch Logs", () => {
  test("a key lets the log service of the region in", async () => {
    const make = (key: Known) => account.make(LOGS, { kmsKeyId: arnOf(key) });
    await expect(make(await account.key())).rejects.toThrow(/AccessDenied/);
    await expect(make(await account.key("logs.us-east-1.amazonaws.com"))).rejects.toThrow(
      /AccessDenied/,
    );
    await make(await account.key("logs.eu-west-1.amazonaws.com"));
  });

  test("days are those that CloudWatch knows", async () => {
    await expect(account.make(LOGS, { retentionInDays: 31 })).rejects.toThrow(/retentionInDays/);
  });

  test("a filter counts into a namespace of one's own", async () => {
    const group = await account.make(LOGS, { name: "/gitlab/gitaly" });
    await expect(
      account.make("aws:cloudwatch/logMetricFilter:LogMetricFilter", {
        logGroupName: group.id,
        pattern: "ERROR",
        metricTransformation: { name: "Errors", namespace: "AWS/EC2", value: "1" },
      }),
    ).rejects.toThrow(/reserved for AWS/);
  });
});

describe("EventBridge", () => {
  test("a rule with targets is not deleted", async () => {
    const rule = await account.make(RULE, { scheduleExpression: "rate(1 hour)" });
    const topic = await account.make(TOPIC, {});
    const target = await account.make(TARGET, { rule: rule.id, arn: arnOf(topic) });
    await expect(account.provider.delete(rule)).rejects.toThrow();
    await account.provider.delete(target);
    await account.provider.delete(rule);
  });

  test.each<[string, Wire, RegExp]>([
    ["without schedule or pattern", {}, /scheduleExpression|eventPattern/],
    ["with a cron of five fields", { scheduleExpression: "cron(0 3 * * *)" }, /scheduleExpr/],
    ["with an empty pattern", { eventPattern: "{}" }, /at least one of source/],
    [
      "with a schedule on another bus",
      { eventBusName: "own", scheduleExpression: "rate(1 hour)" },
      /default event bus/,
    ],
  ])("a rule %s is refused", async (_, inputs, message) => {
    await expect(account.make(RULE, inputs)).rejects.toThrow(message);
  });

  test("a rule's id says its bus unless it is the default one", async () => {
    const eventPattern = JSON.stringify({ source: ["aws.s3"] });
    expect((await account.make(RULE, { name: "a", eventPattern })).id).toBe("a");
    const other = await account.make(RULE, { name: "a", eventPattern, eventBusName: "own" });
    expect(other.id).toBe("own/a");
  });

  test("a task target needs a role", async () => {
    const rule = await account.make(RULE, { scheduleExpression: "rate(1 hour)" });
    await expect(
      account.make(TARGET, {
        rule: rule.id,
        arn: "arn:aws:ssm:eu-west-1:123456789012:document/x",
      }),
    ).rejects.toThrow(/RoleArn is required/);
  });
});

describe("SNS and SQS", () => {
  test("a topic's policy is about the topic, without wildcards", async () => {
    const topic = await account.make(TOPIC, { name: "alarms" });
    const make = (Action: string, Resource: string) =>
      account.make(TOPIC_POLICY, {
        arn: topic.id,
        policy: policy({
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action,
          Resource,
        }),
      });
    await expect(make("sns:Publish", "*")).rejects.toThrow(/single resource/);
    await expect(make("sns:*", topic.id)).rejects.toThrow(/out of service scope/);
    await make("sns:Publish", topic.id);
  });

  test("FIFO names end with .fifo, and no other does", async () => {
    expect((await account.make(TOPIC, { fifoTopic: true })).id).toMatch(/\.fifo$/);
    expect((await account.make(QUEUE, { fifoQueue: true })).id).toMatch(/\.fifo$/);
    await expect(account.make(TOPIC, { name: "a.fifo" })).rejects.toThrow(/FIFO/);
    await expect(account.make(QUEUE, { contentBasedDeduplication: true })).rejects.toThrow(/FIFO/);
  });

  test("subscriptions reach what is there, and mail waits for a person", async () => {
    const topic = await account.make(TOPIC, {});
    const make = (protocol: string, endpoint: string) =>
      account.make(SUBSCRIPTION, { topic: topic.id, protocol, endpoint });
    await expect(make("email", "nobody")).rejects.toThrow(/invalid email/);
    await expect(make("sqs", "arn:aws:sqs:eu-west-1:123456789012:none")).rejects.toThrow(
      /no such queue/,
    );
    expect((await make("email", "ops@example.com")).outputs["pendingConfirmation"]).toBe(true);
    const queue = await account.make(QUEUE, {});
    expect((await make("sqs", arnOf(queue))).outputs["pendingConfirmation"]).toBe(false);
  });

  test("a queue's id is its URL", async () => {
    const queue = await account.make(QUEUE, { name: "dead" });
    expect(queue.id).toBe("https://sqs.eu-west-1.amazonaws.com/123456789012/dead");
  });
});

describe("Scheduler", () => {
  const settings = (role: Known, more: Wire = {}, target: Wire = {}): Wire => ({
    name: "backup",
    scheduleExpression: "cron(0 3 * * ? *)",
    flexibleTimeWindow: { mode: "OFF" },
    target: {
      arn: "arn:aws:scheduler:::aws-sdk:ec2:runInstances",
      roleArn: arnOf(role),
      input: "{}",
      ...target,
    },
    ...more,
  });

  test("the role is one that Scheduler may assume", async () => {
    await expect(account.make(SCHEDULE, settings(await account.role("ec2")))).rejects.toThrow(
      /assume the role/,
    );
    const schedule = await account.make(SCHEDULE, settings(await account.role("scheduler")));
    expect(schedule.id).toBe("default/backup");
  });

  test.each<[string, Wire, Wire, RegExp]>([
    ["a flexible window of no length", { flexibleTimeWindow: { mode: "FLEXIBLE" } }, {}, /maximum/],
    ["a cron of five fields", { scheduleExpression: "cron(0 3 * * *)" }, {}, /scheduleExpression/],
    [
      "a reading action",
      {},
      { arn: "arn:aws:scheduler:::aws-sdk:ec2:describeInstances" },
      /describ/,
    ],
    ["an action of no input", {}, { input: "text" }, /target.input/],
  ])("%s is refused", async (_, inputs, target, message) => {
    const role = await account.role("scheduler");
    await expect(account.make(SCHEDULE, settings(role, inputs, target))).rejects.toThrow(message);
  });
});

describe("ECR", () => {
  test("a repository has its true URL", async () => {
    const repository = await account.make(REPOSITORY, { name: "gitlab/gitlab-ce" });
    expect(repository.outputs["repositoryUrl"]).toBe(
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com/gitlab/gitlab-ce",
    );
    await expect(account.make(REPOSITORY, { name: "GitLab" })).rejects.toThrow(/name/);
  });

  test.each<[string, Wire, RegExp]>([
    ["an age without its unit", { countType: "sinceImagePushed", tagStatus: "any" }, /countUnit/],
    ["tagged images of no tag", { countType: "imageCountMoreThan", tagStatus: "tagged" }, /tagPre/],
    ["an unknown status", { countType: "imageCountMoreThan", tagStatus: "old" }, /each rule/],
  ])("a lifecycle for %s is refused", async (_, selection, message) => {
    const repository = await account.make(REPOSITORY, { name: "images" });
    const rule = {
      rulePriority: 1,
      selection: { countNumber: 3, ...selection },
      action: { type: "expire" },
    };
    await expect(
      account.make(IMAGES, {
        repository: repository.id,
        policy: JSON.stringify({ rules: [rule] }),
      }),
    ).rejects.toThrow(message);
  });
});

describe("Systems Manager", () => {
  test("each change of a parameter is a version more", async () => {
    const inputs = { name: "/gitlab/version", type: "String", value: "18.11.0" };
    const parameter = await account.make(PARAMETER, inputs);
    expect(parameter.outputs["version"]).toBe(1);
    expect(arnOf(parameter)).toBe("arn:aws:ssm:eu-west-1:123456789012:parameter/gitlab/version");
    const next = await account.change(parameter, { ...inputs, value: "18.11.1" });
    expect(next.outputs["version"]).toBe(2);
  });

  test.each<[string, Wire, RegExp]>([
    ["a reserved name", { name: "/aws/x" }, /must not begin with aws/],
    ["a path without its slash", { name: "gitlab/x" }, /fully qualified/],
    ["more than 4,096 characters", { value: "x".repeat(4097) }, /4096/],
    ["two values", { insecureValue: "y" }, /insecureValue|value/],
    ["a key and no secret", { keyId: "alias/aws/ssm" }, /SecureString/],
  ])("%s is refused", async (_, inputs, message) => {
    await expect(
      account.make(PARAMETER, { name: "/gitlab/x", type: "String", value: "y", ...inputs }),
    ).rejects.toThrow(message);
  });
});

describe("AWS Backup", () => {
  const rule = (more: Wire = {}): Wire => ({
    ruleName: "daily",
    targetVaultName: "gitlab",
    schedule: "cron(0 5 ? * * *)",
    lifecycle: { deleteAfter: 35 },
    ...more,
  });
  const plan = (more: Wire = {}) => account.make(PLAN, { name: "gitlab", rules: [rule(more)] });
  beforeEach(() => account.make(VAULT, { name: "gitlab" }));

  test.each<[string, Wire, RegExp]>([
    ["into a vault that is not there", { targetVaultName: "none" }, /none/],
    [
      "for less than 90 days in the cold",
      { lifecycle: { coldStorageAfter: 1, deleteAfter: 60 } },
      /90/,
    ],
    [
      "without end and continuous",
      { enableContinuousBackup: true, lifecycle: { deleteAfter: 60 } },
      /continuous backups/,
    ],
    ["that ends before it starts", { startWindow: 480, completionWindow: 120 }, /completionWindow/],
  ])("a backup %s is refused", async (_, inputs, message) => {
    await expect(plan(inputs)).rejects.toThrow(message);
  });

  test("a plan with a selection is not deleted, and the role is AWS Backup's", async () => {
    const made = await plan();
    const select = async (service: string) =>
      account.make(SELECTION, {
        name: "files",
        planId: made.id,
        iamRoleArn: arnOf(await account.role(service)),
        resources: ["arn:aws:elasticfilesystem:*:*:file-system/*"],
      });
    await expect(select("ec2")).rejects.toThrow(/cannot be assumed by AWS Backup/);
    const selection = await select("backup");
    await expect(account.provider.delete(made)).rejects.toThrow();
    await account.provider.delete(selection);
    await account.provider.delete(made);
  });
});
