/** EventBridge: rules and what they start. */
import type { ResourceModel } from "../../model";
import {
  LOG_GROUP,
  ROLE,
  TOPIC,
  arnOf,
  arnPattern,
  block,
  blockSet,
  blocks,
  bool,
  held,
  int,
  list,
  map,
  named,
  oneOf,
  region,
  registry,
  roleArn,
  set,
  str,
} from "./common";
import { NEWER, OLD_FORM } from "./policies";

const PUT_RULE = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html";
const PUT_TARGETS =
  "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html";
const ONE_NEEDED = "AWS needs one of the two; the reference schema does not say so";
const RULE = "aws:cloudwatch/eventRule:EventRule";
export const QUEUE = "aws:sqs/queue:Queue";

const busName = str({
  default: "default",
  replace: true,
  pattern: "[/.\\-_A-Za-z0-9]{1,256}|arn:aws(-[a-z]+)*:events:.+",
});

const eventRule: ResourceModel = {
  token: RULE,
  source: registry("cloudwatch/eventrule"),
  schema: "aws_cloudwatch_event_rule",
  // A rule of another bus than the default one has the bus before its name.
  id: "{arn~:rule/(.+)$}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 64 },
  unique: [{ properties: ["eventBusName", "name"], scope: "region", source: PUT_RULE }],
  tags: true,
  properties: {
    description: str({ maxLength: 512 }),
    eventBusName: busName,
    eventPattern: {
      type: "json",
      atLeastOneOf: ["eventPattern", "scheduleExpression"],
      deviates: ONE_NEEDED,
      maxBytes: 4096,
      example: JSON.stringify({ source: ["aws.s3"] }),
    },
    forceDestroy: bool({ default: false, deviates: NEWER }),
    name: str({ replace: true, conflicts: ["namePrefix"], pattern: "[.\\-_A-Za-z0-9]{1,64}" }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "[.\\-_A-Za-z0-9]{1,38}",
    }),
    region,
    roleArn: roleArn(),
    scheduleExpression: str({
      format: "cron",
      pattern: "(rate|cron)\\(.+\\)",
      maxLength: 256,
      atLeastOneOf: ["eventPattern", "scheduleExpression"],
      deviates: ONE_NEEDED,
      example: "rate(1 hour)",
    }),
    state: oneOf(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"], {
      optionalComputed: true,
      value: "ENABLED",
      deviates: OLD_FORM,
    }),
    arn: {
      type: "string",
      computed: true,
      value: {
        cases: [
          {
            when: { property: "eventBusName", equals: "default" },
            value: arnOf("events", "rule/{name}"),
          },
          { value: arnOf("events", "rule/{eventBusName}/{name}") },
        ],
      },
    },
  },
  rules: [
    {
      name: "schedules-on-default-bus",
      when: { property: "scheduleExpression", present: true },
      then: { property: "eventBusName", equals: "default" },
      message:
        "ValidationException: `scheduleExpression`: is supported only on the default event bus",
      source: PUT_RULE,
      at: "apply",
    },
    {
      name: "pattern-of-lists",
      when: { property: "eventPattern", present: true },
      then: {
        any: [
          "source",
          "detail-type",
          "detail",
          "account",
          "region",
          "resources",
          "id",
          "time",
          "version",
          "$or",
        ].map((key) => ({ property: `eventPattern.${key}`, present: true })),
      },
      message:
        "InvalidEventPatternException: `eventPattern`: an event pattern has at least one of source, detail-type, detail, account, region, resources",
      source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html",
      at: "apply",
    },
  ],
};

const placementType = oneOf(["binpack", "random", "spread"], { required: true });

const eventTarget: ResourceModel = {
  token: "aws:cloudwatch/eventTarget:EventTarget",
  source: registry("cloudwatch/eventtarget"),
  schema: "aws_cloudwatch_event_target",
  id: "{rule}-{targetId}",
  name: { property: "targetId", auto: true, maxLength: 255 },
  properties: {
    appsyncTarget: block({ graphqlOperation: str({ deviates: NEWER }) }, { deviates: NEWER }),
    arn: str({
      required: true,
      ref: [
        named(TOPIC, "arn", "arn:aws(-[a-z]+)*:(?!sns:|sqs:|logs:)[a-z0-9-]+:.+"),
        named(QUEUE, "arn"),
        named(LOG_GROUP, "arn"),
      ],
    }),
    batchTarget: block({
      arraySize: int({ min: 2, max: 10000 }),
      jobAttempts: int({ min: 1, max: 10 }),
      jobDefinition: str({ required: true }),
      jobName: str({ required: true }),
    }),
    deadLetterConfig: block({ arn: str({ ref: named(QUEUE, "arn") }) }),
    ecsTarget: block({
      capacityProviderStrategies: blockSet({
        base: int({ min: 0, max: 100000 }),
        capacityProvider: str({ required: true }),
        weight: int({ min: 0, max: 1000 }),
      }),
      enableEcsManagedTags: bool(),
      enableExecuteCommand: bool(),
      group: str({ minLength: 1, maxLength: 255 }),
      launchType: oneOf(["EC2", "EXTERNAL", "FARGATE"]),
      networkConfiguration: block({
        assignPublicIp: bool(),
        securityGroups: set(str()),
        subnets: set(str(), { required: true }),
      }),
      orderedPlacementStrategies: blocks(
        { field: str({ maxLength: 255 }), type: placementType },
        { maxItems: 5 },
      ),
      placementConstraints: blockSet(
        {
          expression: str(),
          type: oneOf(["distinctInstance", "memberOf"], { required: true }),
        },
        { maxItems: 10 },
      ),
      platformVersion: str({ maxLength: 1600 }),
      propagateTags: oneOf(["TASK_DEFINITION"]),
      tags: map(),
      taskCount: int({ default: 1, min: 1 }),
      taskDefinitionArn: str({ required: true, pattern: arnPattern("ecs", "task-definition/.+") }),
    }),
    eventBusName: busName,
    forceDestroy: bool({ default: false, deviates: NEWER }),
    httpTarget: block({
      headerParameters: map(),
      pathParameterValues: list(str()),
      queryStringParameters: map(),
    }),
    input: {
      type: "json",
      conflicts: ["inputPath", "inputTransformer"],
      maxBytes: 8192,
      example: "{}",
    },
    inputPath: str({ conflicts: ["input", "inputTransformer"], maxLength: 256 }),
    inputTransformer: block(
      {
        inputPaths: map({ maxItems: 100 }),
        inputTemplate: str({ required: true, minLength: 1, maxLength: 8192 }),
      },
      { conflicts: ["input", "inputPath"] },
    ),
    kinesisTarget: block({ partitionKeyPath: str({ maxLength: 256 }) }),
    redshiftTarget: block({
      database: str({ required: true, minLength: 1, maxLength: 64 }),
      dbUser: str({ maxLength: 128 }),
      secretsManagerArn: str(),
      sql: str({ maxLength: 100000 }),
      statementName: str({ maxLength: 500 }),
      withEvent: bool(),
    }),
    region,
    retryPolicy: block({
      maximumEventAgeInSeconds: int({ min: 60, max: 86400 }),
      maximumRetryAttempts: int({ min: 0, max: 185 }),
    }),
    roleArn: str({ ref: named(ROLE, "arn") }),
    // A rule that has targets can't be deleted: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html
    rule: str({ required: true, replace: true, ref: held(RULE, "name") }),
    runCommandTargets: blocks(
      {
        key: str({ required: true, minLength: 1, maxLength: 128 }),
        values: list(str(), { required: true, minItems: 1, maxItems: 50 }),
      },
      { maxItems: 5 },
    ),
    sagemakerPipelineTarget: block({
      pipelineParameterLists: blockSet(
        { name: str({ required: true }), value: str({ required: true }) },
        { maxItems: 200 },
      ),
    }),
    sqsTarget: block({ messageGroupId: str() }),
    targetId: str({ replace: true, pattern: "[.\\-_A-Za-z0-9]{1,64}" }),
  },
  rules: [
    {
      name: "role-for-tasks",
      when: {
        any: [
          { property: "ecsTarget", present: true },
          {
            property: "arn",
            matches: "^arn:aws(-[a-z]+)*:(ecs|kinesis|states|batch|ssm|codebuild|codepipeline):.+$",
          },
        ],
      },
      then: { property: "roleArn", present: true },
      message:
        "ValidationException: `roleArn`: RoleArn is required for targets of ECS, Kinesis, Step Functions, Batch, Systems Manager, CodeBuild and CodePipeline",
      source: PUT_TARGETS,
      at: "apply",
    },
    {
      name: "same-bus-as-rule",
      then: { property: "eventBusName", allAmong: ["rule->eventBusName"] },
      message:
        "ResourceNotFoundException: `rule`: does not exist on the event bus of `eventBusName`",
      source: PUT_TARGETS,
      at: "apply",
    },
    {
      name: "group-of-fifo-queues",
      when: { property: "sqsTarget.messageGroupId", present: true },
      then: { property: "arn", matches: "^arn:aws(-[a-z]+)*:sqs:.+\\.fifo$" },
      message: "ValidationException: `sqsTarget.messageGroupId`: is for FIFO queues only",
      source: PUT_TARGETS,
      at: "apply",
    },
  ],
};

/** Rules and targets. */
export const eventModels: readonly ResourceModel[] = [eventRule, eventTarget];
