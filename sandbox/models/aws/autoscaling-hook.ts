/** EC2 Auto Scaling: lifecycle hooks. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnPattern,
  GROUP,
  int,
  named,
  oneOf,
  region,
  registry,
  roleArn,
  str,
  TOPIC,
} from "./common";
import { SCALING_API } from "./pages";

/** When a hook is called. */
export const transition = (more: Partial<PropertyModel> = {}): PropertyModel =>
  oneOf(["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"], more);

/** Length and letters of a hook's name. */
export const hookName = { maxLength: 255, pattern: "[A-Za-z0-9\\-_\\/]+" };

/** Seconds that a hook may wait: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html */
export const timeout = { min: 30, max: 7200 };

/** SNS topic, SQS queue or Lambda function. */
export const notificationTarget = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({
    ref: [
      named(TOPIC, "arn"),
      named("aws:sqs/queue:Queue", "arn"),
      named("aws:lambda/function:Function", "arn", arnPattern("lambda", "function:.+")),
    ],
    ...more,
  });

/** Hooks and schedules go with their group; they do not hold it. */
export const groupName = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ required: true, ref: named(GROUP, "name"), ...more });

/** A wait before an instance comes or goes. */
export const lifecycleHook: ResourceModel = {
  token: "aws:autoscaling/lifecycleHook:LifecycleHook",
  source: registry("autoscaling/lifecyclehook"),
  schema: "aws_autoscaling_lifecycle_hook",
  id: "{name}",
  name: { property: "name", auto: true, maxLength: 255 },
  properties: {
    region,
    autoscalingGroupName: groupName(),
    defaultResult: oneOf(["CONTINUE", "ABANDON"], { optionalComputed: true, value: "ABANDON" }),
    heartbeatTimeout: int(timeout),
    lifecycleTransition: transition({ required: true }),
    name: str({
      optionalComputed: true,
      replace: true,
      ...hookName,
    }),
    notificationMetadata: str({ minLength: 1, maxLength: 1023 }),
    notificationTargetArn: notificationTarget(),
    roleArn: roleArn(),
  },
  unique: [
    {
      properties: ["name", "autoscalingGroupName"],
      scope: "region",
      source: `${SCALING_API}API_PutLifecycleHook.html`,
    },
  ],
};
