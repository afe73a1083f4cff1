/** SQS: queues and who may use them. */
import type { ResourceModel } from "../../model";
import { arnOf, bool, int, named, oneOf, out, region, registry, str } from "./common";
import { QUEUE } from "./cloudwatch-events";
import {
  FILLED,
  examplePolicy,
  kmsKey,
  principalsExist,
  principalsGiven,
  resourcePolicy,
} from "./policies";

const CREATE =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html";
const POLICY =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html";
const DEAD_LETTERS =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html";

const queue: ResourceModel = {
  token: QUEUE,
  source: registry("sqs/queue"),
  schema: "aws_sqs_queue",
  id: "{url}",
  name: {
    property: "name",
    auto: true,
    prefix: "namePrefix",
    maxLength: 80,
    ends: { text: ".fifo", when: { property: "fifoQueue", equals: true } },
  },
  unique: [{ properties: ["name"], scope: "region", source: CREATE }],
  tags: true,
  properties: {
    contentBasedDeduplication: bool({ default: false, deviates: FILLED }),
    deduplicationScope: oneOf(["messageGroup", "queue"], { optionalComputed: true }),
    delaySeconds: int({ default: 0, min: 0, max: 900, deviates: FILLED }),
    fifoQueue: bool({ default: false, replace: true, deviates: FILLED }),
    fifoThroughputLimit: oneOf(["perQueue", "perMessageGroupId"], { optionalComputed: true }),
    kmsDataKeyReusePeriodSeconds: int({
      optionalComputed: true,
      value: { json: 300 },
      min: 60,
      max: 86400,
    }),
    kmsMasterKeyId: kmsKey({ conflicts: ["sqsManagedSseEnabled"] }),
    maxMessageSize: int({ default: 262144, min: 1024, max: 1048576 }),
    messageRetentionSeconds: int({ default: 345600, min: 60, max: 1209600 }),
    name: str({
      replace: true,
      conflicts: ["namePrefix"],
      pattern: "[0-9A-Za-z_-]{1,80}|[0-9A-Za-z_-]{1,75}\\.fifo",
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "[0-9A-Za-z_-]{1,54}",
    }),
    policy: resourcePolicy(examplePolicy("events", "sqs:SendMessage"), {
      optionalComputed: true,
      maxLength: 8192,
    }),
    receiveWaitTimeSeconds: int({ default: 0, min: 0, max: 20, deviates: FILLED }),
    redriveAllowPolicy: {
      type: "json",
      optionalComputed: true,
      example: JSON.stringify({ redrivePermission: "allowAll" }),
    },
    redrivePolicy: {
      type: "json",
      optionalComputed: true,
      example: JSON.stringify({
        deadLetterTargetArn: "arn:aws:sqs:us-east-1:123456789012:dead",
        maxReceiveCount: 5,
      }),
    },
    region,
    sqsManagedSseEnabled: bool({
      optionalComputed: true,
      conflicts: ["kmsMasterKeyId"],
      value: {
        cases: [
          { when: { property: "kmsMasterKeyId", present: true }, value: { json: false } },
          { value: { json: true } },
        ],
      },
    }),
    visibilityTimeoutSeconds: int({ default: 30, min: 0, max: 43200 }),
    arn: out(arnOf("sqs", "{name}")),
    url: out("https://sqs.{region}.amazonaws.com/{account}/{name}"),
  },
  rules: [
    {
      name: "fifo-name",
      when: { property: "fifoQueue", equals: true },
      then: { property: "name", matches: "^.*\\.fifo$" },
      message: "invalid queue name: `name`: a FIFO queue's name must end with .fifo",
      source: CREATE,
    },
    {
      name: "standard-name",
      when: { not: { property: "fifoQueue", equals: true } },
      then: { not: { property: "name", matches: "^.*\\.fifo$" } },
      message: "invalid queue name: `name`: only a FIFO queue's name ends with .fifo",
      source: CREATE,
    },
    {
      name: "fifo-settings",
      when: {
        any: [
          { property: "contentBasedDeduplication", equals: true },
          { property: "deduplicationScope", present: true },
          { property: "fifoThroughputLimit", present: true },
        ],
      },
      then: { property: "fifoQueue", equals: true },
      message:
        "`contentBasedDeduplication`, `deduplicationScope` and `fifoThroughputLimit` can be set for FIFO queues only",
      source: CREATE,
    },
    {
      name: "per-group-throughput",
      when: { property: "fifoThroughputLimit", equals: "perMessageGroupId" },
      then: { property: "deduplicationScope", equals: "messageGroup" },
      message:
        "InvalidAttributeValue: `fifoThroughputLimit`: perMessageGroupId needs deduplicationScope messageGroup",
      source: CREATE,
      at: "apply",
    },
    {
      name: "redrive-complete",
      when: { property: "redrivePolicy", present: true },
      then: {
        all: [
          { property: "redrivePolicy.deadLetterTargetArn", matches: "^arn:aws(-[a-z]+)*:sqs:.+$" },
          { property: "redrivePolicy.maxReceiveCount", atLeast: 1 },
          { property: "redrivePolicy.maxReceiveCount", atMost: 1000 },
        ],
      },
      message:
        "InvalidParameterValue: `redrivePolicy`: has deadLetterTargetArn (of a queue) and maxReceiveCount (1 to 1,000)",
      source: DEAD_LETTERS,
      at: "apply",
    },
    principalsExist("policy", POLICY),
    principalsGiven("policy", POLICY),
  ],
};

const queuePolicy: ResourceModel = {
  token: "aws:sqs/queuePolicy:QueuePolicy",
  source: registry("sqs/queuepolicy"),
  schema: "aws_sqs_queue_policy",
  id: "{queueUrl}",
  properties: {
    policy: resourcePolicy(examplePolicy("events", "sqs:SendMessage"), {
      required: true,
      maxLength: 8192,
    }),
    queueUrl: str({ required: true, replace: true, ref: named(QUEUE, "url") }),
    region,
  },
  rules: [principalsExist("policy", POLICY), principalsGiven("policy", POLICY)],
};

export const models: readonly ResourceModel[] = [queue, queuePolicy];
