/** CloudWatch, CloudWatch Logs and EventBridge: alarms, log groups, rules and their targets. */
import type { ResourceModel } from "../../model";
import { alarmModels } from "./cloudwatch-alarms";
import { eventModels } from "./cloudwatch-events";
import { logModels } from "./cloudwatch-logs";

export const models: readonly ResourceModel[] = [...alarmModels, ...logModels, ...eventModels];
