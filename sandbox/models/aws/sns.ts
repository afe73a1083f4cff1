/** SNS: topics, subscriptions and who may publish. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  ROLE,
  TOPIC,
  arnOf,
  arnPattern,
  bool,
  int,
  named,
  oneOf,
  out,
  region,
  registry,
  str,
} from "./common";
import {
  FILLED,
  NEWER,
  kmsKey,
  principalsExist,
  principalsGiven,
  resourcePolicy,
} from "./policies";

const CREATE = "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html";
const POLICY =
  "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html";
const SUBSCRIBE = "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html";
const QUEUE = "aws:sqs/queue:Queue";

/** The policy that a topic has before it is given one: its owner may do everything. */
const DEFAULT_POLICY = JSON.stringify({
  Version: "2008-10-17",
  Id: "__default_policy_ID",
  Statement: [
    {
      Sid: "__default_statement_ID",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [
        "SNS:GetTopicAttributes",
        "SNS:SetTopicAttributes",
        "SNS:AddPermission",
        "SNS:RemovePermission",
        "SNS:DeleteTopic",
        "SNS:Subscribe",
        "SNS:ListSubscriptionsByTopic",
        "SNS:Publish",
      ],
      Resource: "*",
      Condition: { StringEquals: { "AWS:SourceOwner": "{account}" } },
    },
  ],
});
const examplePolicy = (resource: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Resource: resource,
      },
    ],
  });

const feedbackRole = str({ ref: named(ROLE, "arn") });
const sampleRate = int({ min: 0, max: 100 });

const feedback = (protocol: string): Readonly<Record<string, PropertyModel>> => ({
  [`${protocol}FailureFeedbackRoleArn`]: feedbackRole,
  [`${protocol}SuccessFeedbackRoleArn`]: feedbackRole,
  [`${protocol}SuccessFeedbackSampleRate`]: sampleRate,
});

const topic: ResourceModel = {
  token: TOPIC,
  source: registry("sns/topic"),
  schema: "aws_sns_topic",
  id: "{arn}",
  name: {
    property: "name",
    auto: true,
    prefix: "namePrefix",
    maxLength: 80,
    ends: { text: ".fifo", when: { property: "fifoTopic", equals: true } },
  },
  unique: [{ properties: ["name"], scope: "region", source: CREATE }],
  tags: true,
  properties: {
    ...feedback("application"),
    archivePolicy: { type: "json", example: JSON.stringify({ MessageRetentionPeriod: "30" }) },
    contentBasedDeduplication: bool({ default: false, deviates: FILLED }),
    deliveryPolicy: {
      type: "json",
      example: JSON.stringify({ http: { defaultHealthyRetryPolicy: { numRetries: 3 } } }),
    },
    displayName: str({ maxLength: 100 }),
    fifoThroughputScope: oneOf(["Topic", "MessageGroup"], {
      optionalComputed: true,
      deviates: NEWER,
    }),
    fifoTopic: bool({ default: false, replace: true, deviates: FILLED }),
    ...feedback("firehose"),
    ...feedback("http"),
    kmsMasterKeyId: kmsKey(),
    ...feedback("lambda"),
    name: str({
      replace: true,
      conflicts: ["namePrefix"],
      pattern: "[0-9A-Za-z_-]{1,256}|[0-9A-Za-z_-]{1,251}\\.fifo",
    }),
    namePrefix: str({
      optionalComputed: true,
      value: "",
      replace: true,
      conflicts: ["name"],
      pattern: "[0-9A-Za-z_-]{1,230}",
    }),
    policy: resourcePolicy(examplePolicy("*"), {
      optionalComputed: true,
      value: DEFAULT_POLICY,
      maxLength: 30720,
    }),
    region,
    signatureVersion: int({ optionalComputed: true, value: { json: 1 }, enum: [1, 2] }),
    ...feedback("sqs"),
    tracingConfig: oneOf(["Active", "PassThrough"], {
      optionalComputed: true,
      value: "PassThrough",
    }),
    arn: out(arnOf("sns", "{name}")),
    beginningArchiveTime: out(""),
    owner: out("{account}"),
  },
  rules: [
    {
      name: "fifo-name",
      when: { property: "fifoTopic", equals: true },
      then: { property: "name", matches: "^.*\\.fifo$" },
      message: "invalid topic name: `name`: a FIFO topic's name must end with .fifo",
      source: CREATE,
    },
    {
      name: "standard-name",
      when: { not: { property: "fifoTopic", equals: true } },
      then: { not: { property: "name", matches: "^.*\\.fifo$" } },
      message: "invalid topic name: `name`: only a FIFO topic's name ends with .fifo",
      source: CREATE,
    },
    {
      name: "fifo-settings",
      when: {
        any: [
          { property: "contentBasedDeduplication", equals: true },
          { property: "archivePolicy", present: true },
          { property: "fifoThroughputScope", present: true },
        ],
      },
      then: { property: "fifoTopic", equals: true },
      message:
        "`contentBasedDeduplication`, `archivePolicy` and `fifoThroughputScope` can be set for FIFO topics only",
      source: CREATE,
    },
    principalsExist("policy", POLICY),
    principalsGiven("policy", POLICY),
  ],
};

const subscription: ResourceModel = {
  token: "aws:sns/topicSubscription:TopicSubscription",
  source: registry("sns/topicsubscription"),
  schema: "aws_sns_topic_subscription",
  id: "{arn}",
  properties: {
    confirmationTimeoutInMinutes: int({ default: 1, min: 1 }),
    deliveryPolicy: {
      type: "json",
      example: JSON.stringify({ healthyRetryPolicy: { numRetries: 3 } }),
    },
    endpoint: str({ required: true, replace: true, minLength: 1 }),
    endpointAutoConfirms: bool({ default: false, deviates: FILLED }),
    filterPolicy: { type: "json", example: JSON.stringify({ event: ["created"] }) },
    filterPolicyScope: oneOf(["MessageAttributes", "MessageBody"], { optionalComputed: true }),
    protocol: oneOf(
      ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"],
      { required: true, replace: true },
    ),
    rawMessageDelivery: bool({ default: false, deviates: FILLED }),
    redrivePolicy: {
      type: "json",
      example: JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:123456789012:dead" }),
    },
    region,
    replayPolicy: { type: "json", example: JSON.stringify({ PointType: "Timestamp" }) },
    subscriptionRoleArn: str({ ref: named(ROLE, "arn") }),
    topic: str({
      required: true,
      replace: true,
      ref: named(TOPIC, "arn"),
      deviates: "Pulumi's name for topic_arn",
    }),
    arn: out("{topic}:{uuid}"),
    confirmationWasAuthenticated: {
      type: "boolean",
      computed: true,
      value: {
        cases: [
          {
            when: { property: "protocol", matches: "^(email|email-json|http)$" },
            value: { json: false },
          },
          { value: { json: true } },
        ],
      },
    },
    ownerId: out("{account}"),
    pendingConfirmation: {
      type: "boolean",
      computed: true,
      value: {
        cases: [
          // A person has to follow the link in the mail.
          {
            when: { property: "protocol", matches: "^(email|email-json)$" },
            value: { json: true },
          },
          { value: { json: false } },
        ],
      },
    },
  },
  rules: [
    {
      name: "mail-address",
      when: { property: "protocol", in: ["email", "email-json"] },
      then: { property: "endpoint", matches: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$" },
      message: "InvalidParameter: `endpoint`: invalid email address",
      source: SUBSCRIBE,
      at: "apply",
    },
    {
      name: "web-address",
      when: { property: "protocol", in: ["http", "https"] },
      then: { property: "endpoint", matches: "^https?://.+$" },
      message: "InvalidParameter: `endpoint`: must be a URL that begins with the protocol",
      source: SUBSCRIBE,
      at: "apply",
    },
    {
      name: "queue-exists",
      when: { property: "protocol", equals: "sqs" },
      then: { property: "endpoint", companion: { type: QUEUE, property: "arn" } },
      message: "InvalidParameter: `endpoint`: SQS endpoint ARN: no such queue",
      source: SUBSCRIBE,
      at: "apply",
    },
    {
      name: "arn-endpoints",
      when: { property: "protocol", in: ["lambda", "firehose", "application"] },
      then: { property: "endpoint", matches: `^${arnPattern("(lambda|firehose|sns)", ".+")}$` },
      message:
        "InvalidParameter: `endpoint`: must be the ARN of the function, stream or application",
      source: SUBSCRIBE,
      at: "apply",
    },
    {
      name: "firehose-has-role",
      when: { property: "protocol", equals: "firehose" },
      then: { property: "subscriptionRoleArn", present: true },
      message: "`subscriptionRoleArn`: is required for protocol firehose",
      source: SUBSCRIBE,
    },
    {
      name: "scope-has-filter",
      when: { property: "filterPolicyScope", present: true },
      then: { property: "filterPolicy", present: true },
      message: "`filterPolicy`: is required when filterPolicyScope is set",
      source: registry("sns/topicsubscription"),
    },
    {
      name: "dead-letters-go-to-a-queue",
      when: { property: "redrivePolicy", present: true },
      then: {
        property: "redrivePolicy.deadLetterTargetArn",
        matches: "^arn:aws(-[a-z]+)*:sqs:.+$",
      },
      message:
        "InvalidParameter: `redrivePolicy`: deadLetterTargetArn must be the ARN of an SQS queue",
      source: "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
      at: "apply",
    },
  ],
};

const topicPolicy: ResourceModel = {
  token: "aws:sns/topicPolicy:TopicPolicy",
  source: registry("sns/topicpolicy"),
  schema: "aws_sns_topic_policy",
  id: "{arn}",
  properties: {
    arn: str({ required: true, replace: true, ref: named(TOPIC, "arn") }),
    policy: resourcePolicy(examplePolicy("{ref:arn:arn}"), { required: true, maxLength: 30720 }),
    region,
    owner: out("{account}"),
  },
  rules: [
    principalsExist("policy", POLICY),
    principalsGiven("policy", POLICY),
    {
      name: "policy-on-this-topic",
      then: { property: "policy.Statement[].Resource[]", allAmong: ["arn"] },
      message:
        "InvalidParameter: `policy`: invalid parameter: Policy statement must apply to a single resource; each Resource must be the topic's ARN",
      source: POLICY,
      at: "apply",
    },
    {
      name: "actions-of-topics",
      then: {
        property: "policy.Statement[].Action[]",
        every: {
          property: ".",
          matches:
            "^([Ss][Nn][Ss]):(AddPermission|DeleteTopic|GetDataProtectionPolicy|GetTopicAttributes|ListSubscriptionsByTopic|ListTagsForResource|Publish|PutDataProtectionPolicy|Receive|RemovePermission|SetTopicAttributes|Subscribe)$",
        },
      },
      message:
        "InvalidParameter: `policy`: policy statement action out of service scope; actions of topics are sns:Publish, sns:Subscribe, sns:GetTopicAttributes, … (no wildcard)",
      source: POLICY,
      at: "apply",
    },
  ],
};

export const models: readonly ResourceModel[] = [topic, subscription, topicPolicy];
