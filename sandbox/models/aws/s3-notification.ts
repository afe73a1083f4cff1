/** S3: events of a bucket. */
import type { Condition, PropertyModel, ResourceModel } from "../../model";
import { TOPIC, arnPattern, blocks, bool, named, region, registry, set, str } from "./common";
import { FILLED } from "./policies";
import { ownBucket } from "./s3-bucket";

const EVENTS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html";

const notified = (target: Readonly<Record<string, PropertyModel>>): PropertyModel =>
  blocks({
    events: set(str({ pattern: "s3:[A-Za-z]+(:[A-Za-z*]+)*", example: "s3:ObjectCreated:*" }), {
      required: true,
      minItems: 1,
    }),
    filterPrefix: str(),
    filterSuffix: str(),
    id: str({ optionalComputed: true, value: "tf-s3-{alnum:26}" }),
    ...target,
  });

const lettingS3: Condition = {
  property: "policy.Statement[].Principal.Service[]",
  equals: "s3.amazonaws.com",
};
const QUEUE = "aws:sqs/queue:Queue";

const notification: ResourceModel = {
  token: "aws:s3/bucketNotification:BucketNotification",
  source: registry("s3/bucketnotification"),
  schema: "aws_s3_bucket_notification",
  id: "{bucket}",
  properties: {
    bucket: ownBucket,
    eventbridge: bool({ default: false, deviates: FILLED }),
    lambdaFunctions: notified({
      lambdaFunctionArn: str({ pattern: arnPattern("lambda", "function:.+") }),
    }),
    queues: notified({ queueArn: str({ required: true, ref: named(QUEUE, "arn") }) }),
    region,
    topics: notified({ topicArn: str({ required: true, ref: named(TOPIC, "arn") }) }),
  },
  rules: [
    {
      name: "topic-lets-s3-publish",
      then: {
        property: "topics[].topicArn",
        every: {
          any: [
            {
              property: ".",
              companion: {
                type: "aws:sns/topicPolicy:TopicPolicy",
                property: "arn",
                where: lettingS3,
              },
            },
            { property: ".", companion: { type: TOPIC, property: "arn", where: lettingS3 } },
          ],
        },
      },
      message:
        "InvalidArgument: `topics[].topicArn`: unable to validate the following destination configurations; the topic's policy must let s3.amazonaws.com publish",
      source: EVENTS,
      at: "apply",
    },
    {
      name: "queue-lets-s3-send",
      then: {
        property: "queues[].queueArn->url",
        every: {
          any: [
            {
              property: ".",
              companion: {
                type: "aws:sqs/queuePolicy:QueuePolicy",
                property: "queueUrl",
                where: lettingS3,
              },
            },
            { property: ".", companion: { type: QUEUE, property: "url", where: lettingS3 } },
          ],
        },
      },
      message:
        "InvalidArgument: `queues[].queueArn`: unable to validate the following destination configurations; the queue's policy must let s3.amazonaws.com send",
      source: EVENTS,
      at: "apply",
    },
  ],
};

/** Notifications. */
export const notificationModels: readonly ResourceModel[] = [notification];
