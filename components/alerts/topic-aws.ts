import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** Who is told. */
export interface AlertSubscription {
  /** An `email` has to be confirmed by its reader before anything arrives; an `https` endpoint confirms itself. */
  readonly protocol: "email" | "https";
  readonly endpoint: string;
}

/** Arguments of AwsAlertTopic. */
export interface AwsAlertTopicArgs {
  readonly site: Site;
  /** Twelve digits. */
  readonly accountId: string;
  /** Key in the topic's region; its policy must have the use `alarms`. */
  readonly keyArn: pulumi.Input<string>;
  /** At least one: an alarm that nobody hears is none. */
  readonly subscriptions: readonly AlertSubscription[];
}

/**
 * Where alarms go: one topic a region. Apart from the alarms, since the machines report to it from their first boot,
 * before there is anything to watch. They publish by their own roles (`sns:Publish` on the topic, `kms:GenerateDataKey`
 * and `kms:Decrypt` on the key), AWS services by the topic's policy.
 */
export class AwsAlertTopic extends Component {
  readonly arn: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsAlertTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerts", "AwsAlertTopic", name, { subscriptions: args.subscriptions.length }, opts);
    this.arn = pulumi.output("");
    this.ready = [];
    this.registerOutputs({});
  }
}
