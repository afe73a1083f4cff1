/** EC2 Auto Scaling: groups, hooks, schedules. Scaling policies are in autoscaling-policy.ts. */
import type { ResourceModel } from "../../model";
import { group } from "./autoscaling-group";
import { groupName, lifecycleHook } from "./autoscaling-hook";
import { policy } from "./autoscaling-policy";
import { arnOf, int, out, region, registry, str } from "./common";
import { SCALING_API } from "./pages";

/** Unix cron of five fields: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html */
const recurrence = "(\\S+ ){4}\\S+";

const schedule: ResourceModel = {
  token: "aws:autoscaling/schedule:Schedule",
  source: registry("autoscaling/schedule"),
  schema: "aws_autoscaling_schedule",
  id: "{scheduledActionName}",
  properties: {
    region,
    autoscalingGroupName: groupName({ replace: true }),
    desiredCapacity: int({ optionalComputed: true, value: { json: 0 }, min: -1 }),
    endTime: str({ optionalComputed: true, value: "", format: "rfc3339" }),
    maxSize: int({ optionalComputed: true, value: { json: 0 }, min: -1 }),
    minSize: int({ optionalComputed: true, value: { json: 0 }, min: -1 }),
    recurrence: str({
      optionalComputed: true,
      value: "",
      format: "cron",
      pattern: recurrence,
      example: "0 2 * * *",
    }),
    scheduledActionName: str({ required: true, replace: true, minLength: 1, maxLength: 255 }),
    startTime: str({ optionalComputed: true, value: "", format: "rfc3339" }),
    timeZone: str({
      optionalComputed: true,
      value: "",
      pattern: "UTC|[A-Za-z_]+/[A-Za-z0-9_+/-]+",
    }),
    arn: out(
      arnOf(
        "autoscaling",
        "scheduledUpdateGroupAction:{uuid}:autoScalingGroupName/{autoscalingGroupName}:scheduledActionName/{scheduledActionName}",
      ),
    ),
  },
  unique: [
    {
      properties: ["scheduledActionName", "autoscalingGroupName"],
      scope: "region",
      source: `${SCALING_API}API_PutScheduledUpdateGroupAction.html`,
    },
  ],
  rules: [
    {
      name: "a schedule recurs or has a start",
      then: {
        any: [
          { property: "recurrence", present: true },
          { property: "startTime", present: true },
        ],
      },
      message: "ValidationError: a schedule needs a recurrence or a startTime",
      source: `${SCALING_API}API_PutScheduledUpdateGroupAction.html`,
      at: "apply",
    },
    {
      name: "a schedule sets a size",
      then: {
        any: ["desiredCapacity", "minSize", "maxSize"].map((property) => ({
          property,
          present: true,
        })),
      },
      message:
        "ValidationError: at least one of desiredCapacity, minSize and maxSize must be given",
      source: `${SCALING_API}API_PutScheduledUpdateGroupAction.html`,
      at: "apply",
    },
  ],
};

/** Groups of instances and what changes their size. */
export const models: readonly ResourceModel[] = [group, lifecycleHook, schedule, policy];
