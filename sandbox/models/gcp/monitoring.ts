/** Cloud Monitoring. */
import type { ResourceModel } from "../../model";
import { alertPolicy } from "./monitoring-alert";
import { channel } from "./monitoring-channel";
import { metricDescriptor } from "./monitoring-metric";
import { uptimeCheck } from "./monitoring-uptime";

export const models: readonly ResourceModel[] = [
  alertPolicy,
  channel,
  uptimeCheck,
  metricDescriptor,
];
