import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { standingArn, type AwsPlace } from "../shared/aws";
import { Component } from "../shared/component";
import { policyDocument, type PolicyDocument } from "../shared/iam";
import type { Site } from "../shared/site";

/** Who is told. */
export interface AlertSubscription {
  /** An `email` has to be confirmed by its reader before anything arrives, an `https` endpoint by its own answer. */
  readonly protocol: "email" | "https";
  readonly endpoint: string;
}

/** Arguments of AwsAlertTopic. */
export interface AwsAlertTopicArgs extends AwsPlace {
  readonly site: Site;
  /** Key in the topic's region; its policy must have the use `alarms`. */
  readonly keyArn: pulumi.Input<string>;
  /** At least one: an alarm that nobody hears is none. */
  readonly subscriptions: readonly AlertSubscription[];
}

/**
 * Policy of the alert topic: alarms and RDS events of this account may publish, nobody without TLS
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html). The account's machines publish by their
 * own roles, which need no statement here.
 */
export function topicPolicy(topicArn: string, accountId: string): PolicyDocument {
  return policyDocument(
    {
      Sid: "Alarms",
      Effect: "Allow",
      Principal: { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"] },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  );
}

/**
 * Where alarms go: one topic a region. Apart from the alarms, since the machines report to it from their first boot,
 * before there is anything to watch. They publish by their own roles (`sns:Publish` on the topic, `kms:GenerateDataKey`
 * and `kms:Decrypt` on the key), AWS services by the topic's policy.
 */
export class AwsAlertTopic extends Component {
  readonly arn: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if nobody is told, or somebody twice */
  constructor(name: string, args: AwsAlertTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerts", "AwsAlertTopic", name, { subscriptions: args.subscriptions.length }, opts);
    const endpoints = args.subscriptions.map(({ endpoint }) => endpoint);
    if (endpoints.length === 0) throw new Error("subscriptions: found none, allowed: at least one");
    if (new Set(endpoints).size !== endpoints.length) {
      throw new Error("subscriptions: an endpoint is there twice");
    }
    const own = { parent: this };
    const topic = new sns.Topic(
      `${name}-topic`,
      {
        displayName: `${args.site.prefix} alerts`,
        kmsMasterKeyId: args.keyArn,
        tags: { Name: `${args.site.prefix}-alerts` },
      },
      own,
    );
    this.arn = standingArn("topic", args, topic.name);
    const policy = new sns.TopicPolicy(
      `${name}-policy`,
      {
        arn: this.arn,
        policy: pulumi.jsonStringify(this.arn.apply((arn) => topicPolicy(arn, args.accountId))),
      },
      own,
    );
    const subscriptions = args.subscriptions.map(
      ({ protocol, endpoint }) =>
        new sns.TopicSubscription(
          `${name}-${endpoint}`,
          { topic: this.arn, protocol, endpoint },
          own,
        ),
    );
    this.ready = [topic, policy, ...subscriptions];
    this.registerOutputs({ arn: this.arn });
  }
}
