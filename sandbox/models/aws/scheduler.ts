/** EventBridge Scheduler: schedules and their groups. */
import type { ResourceModel } from "../../model";
import {
  ROLE,
  arnOf,
  arnPattern,
  block,
  blockSet,
  bool,
  int,
  kmsKeyArn,
  map,
  named,
  oneOf,
  out,
  region,
  registry,
  set,
  str,
} from "./common";
import { QUEUE } from "./cloudwatch-events";
import { NEWER } from "./policies";

const GROUP = "aws:scheduler/scheduleGroup:ScheduleGroup";
const CREATE = "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html";
const TYPES = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html";

const named64 = "[0-9a-zA-Z_.-]{1,64}";
const prefix38 = "[0-9a-zA-Z_.-]{1,38}";

const schedule: ResourceModel = {
  token: "aws:scheduler/schedule:Schedule",
  source: registry("scheduler/schedule"),
  schema: "aws_scheduler_schedule",
  id: "{groupName}/{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  unique: [{ properties: ["groupName", "name"], scope: "region", source: CREATE }],
  properties: {
    actionAfterCompletion: oneOf(["NONE", "DELETE"], {
      optionalComputed: true,
      value: "NONE",
      deviates: NEWER,
    }),
    description: str({ maxLength: 512 }),
    endDate: str({ format: "rfc3339" }),
    flexibleTimeWindow: block(
      {
        maximumWindowInMinutes: int({ min: 1, max: 1440 }),
        mode: oneOf(["OFF", "FLEXIBLE"], { required: true }),
      },
      { required: true },
    ),
    groupName: str({
      optionalComputed: true,
      value: "default",
      replace: true,
      ref: named(GROUP, "name", "default"),
    }),
    kmsKeyArn: kmsKeyArn(),
    name: str({ replace: true, conflicts: ["namePrefix"], pattern: named64 }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: prefix38,
    }),
    region,
    scheduleExpression: str({
      required: true,
      format: "cron",
      pattern: "(rate|cron|at)\\(.+\\)",
      maxLength: 256,
      example: "rate(1 hour)",
    }),
    scheduleExpressionTimezone: str({
      default: "UTC",
      pattern: "[A-Za-z]+([/_+-][A-Za-z0-9_+-]+)*",
      maxLength: 50,
      example: "Europe/Zurich",
    }),
    startDate: str({ format: "rfc3339" }),
    state: oneOf(["ENABLED", "DISABLED"], { default: "ENABLED" }),
    target: block(
      {
        arn: str({
          required: true,
          ref: [
            named("aws:sns/topic:Topic", "arn", "arn:aws(-[a-z]+)*:(?!sns:|sqs:)[a-z0-9-]+:.+"),
            named(QUEUE, "arn"),
          ],
        }),
        deadLetterConfig: block({ arn: str({ required: true, ref: named(QUEUE, "arn") }) }),
        ecsParameters: block({
          capacityProviderStrategies: blockSet(
            {
              base: int({ min: 0, max: 100000 }),
              capacityProvider: str({ required: true, minLength: 1, maxLength: 255 }),
              weight: int({ min: 0, max: 1000 }),
            },
            { maxItems: 6 },
          ),
          enableEcsManagedTags: bool(),
          enableExecuteCommand: bool(),
          group: str({ minLength: 1, maxLength: 255 }),
          launchType: oneOf(["EC2", "FARGATE", "EXTERNAL"]),
          networkConfiguration: block({
            assignPublicIp: bool(),
            securityGroups: set(str(), { minItems: 1, maxItems: 5 }),
            subnets: set(str(), { required: true, minItems: 1, maxItems: 16 }),
          }),
          placementConstraints: blockSet(
            {
              expression: str({ maxLength: 2000 }),
              type: oneOf(["distinctInstance", "memberOf"], { required: true }),
            },
            { maxItems: 10 },
          ),
          placementStrategies: blockSet(
            {
              field: str({ maxLength: 255 }),
              type: oneOf(["random", "spread", "binpack"], { required: true }),
            },
            { maxItems: 5 },
          ),
          platformVersion: str({ minLength: 1, maxLength: 64 }),
          propagateTags: oneOf(["TASK_DEFINITION"]),
          referenceId: str({ maxLength: 1024 }),
          tags: map({ maxItems: 50 }),
          taskCount: int({ default: 1, min: 1, max: 10 }),
          taskDefinitionArn: str({
            required: true,
            pattern: arnPattern("ecs", "task-definition/.+"),
          }),
        }),
        eventbridgeParameters: block({
          detailType: str({ required: true, minLength: 1, maxLength: 128 }),
          source: str({ required: true, minLength: 1, maxLength: 256 }),
        }),
        input: str({ minLength: 1 }),
        kinesisParameters: block({
          partitionKey: str({ required: true, minLength: 1, maxLength: 256 }),
        }),
        retryPolicy: block({
          maximumEventAgeInSeconds: int({ default: 86400, min: 60, max: 86400 }),
          maximumRetryAttempts: int({ default: 185, min: 0, max: 185 }),
        }),
        roleArn: str({ required: true, ref: named(ROLE, "arn") }),
        sagemakerPipelineParameters: block({
          pipelineParameters: blockSet(
            { name: str({ required: true }), value: str({ required: true }) },
            { maxItems: 200 },
          ),
        }),
        sqsParameters: block({ messageGroupId: str({ maxLength: 128 }) }),
      },
      { required: true },
    ),
    arn: out(arnOf("scheduler", "schedule/{groupName}/{name}")),
  },
  rules: [
    {
      name: "flexible-has-window",
      when: { property: "flexibleTimeWindow.mode", equals: "FLEXIBLE" },
      then: { property: "flexibleTimeWindow.maximumWindowInMinutes", present: true },
      message:
        "ValidationException: `flexibleTimeWindow.maximumWindowInMinutes`: must be given for mode FLEXIBLE",
      source: CREATE,
      at: "apply",
    },
    {
      name: "off-has-no-window",
      when: { property: "flexibleTimeWindow.mode", equals: "OFF" },
      then: { property: "flexibleTimeWindow.maximumWindowInMinutes", present: false },
      message:
        "ValidationException: `flexibleTimeWindow.maximumWindowInMinutes`: must not be given for mode OFF",
      source: CREATE,
      at: "apply",
    },
    {
      // Scheduler tries to assume the role when the schedule is made.
      name: "role-trusts-scheduler",
      when: { property: "target.roleArn->assumeRolePolicy", present: true },
      then: {
        property: "target.roleArn->assumeRolePolicy.Statement[].Principal.Service[]",
        matches: "^scheduler\\.amazonaws\\.com(\\.cn)?$",
      },
      message:
        "ValidationException: `target.roleArn`: the execution role you provide must allow AWS EventBridge Scheduler (scheduler.amazonaws.com) to assume the role",
      source:
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role",
      at: "apply",
    },
    {
      name: "universal-target-has-json",
      when: { property: "target.arn", matches: "^arn:aws(-[a-z]+)*:scheduler:::aws-sdk:.+$" },
      then: {
        all: [
          { property: "target.input", matches: "^\\s*\\{[\\s\\S]*\\}\\s*$" },
          {
            property: "target.arn",
            matches: "^arn:aws(-[a-z]+)*:scheduler:::aws-sdk:[a-z0-9]+:[a-z][A-Za-z0-9]+$",
          },
          {
            property: "target.arn",
            notMatches:
              "^.*:(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|batchRead|transactGet|adminGet|adminList)[A-Z][^:]*$",
          },
        ],
      },
      message:
        "ValidationException: `target.arn`: a universal target is aws-sdk:service:apiAction, with a service and a changing action (no get, describe, list, …) in lower camel case, and `target.input` the JSON of its parameters",
      source:
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html",
      at: "apply",
    },
    {
      name: "fields-of-cron",
      when: { property: "scheduleExpression", matches: "^cron\\(.*\\)$" },
      then: { property: "scheduleExpression", matches: "^cron\\((\\S+ ){5}\\S+\\)$" },
      message:
        "ValidationException: `scheduleExpression`: invalid schedule expression; cron has six fields: minutes hours day-of-month month day-of-week year",
      source: TYPES,
      at: "apply",
    },
  ],
};

const group: ResourceModel = {
  token: GROUP,
  source: registry("scheduler/schedulegroup"),
  schema: "aws_scheduler_schedule_group",
  id: "{name}",
  name: { property: "name", auto: true, prefix: "namePrefix", maxLength: 255 },
  unique: [
    {
      properties: ["name"],
      scope: "region",
      source:
        "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html",
    },
  ],
  tags: true,
  properties: {
    name: str({ replace: true, conflicts: ["namePrefix"], pattern: named64 }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: prefix38,
    }),
    region,
    arn: out(arnOf("scheduler", "schedule-group/{name}")),
    creationDate: out("{now}"),
    lastModificationDate: out("{now}", { changesWith: ["tags"] }),
    state: out("ACTIVE"),
  },
};

export const models: readonly ResourceModel[] = [schedule, group];
