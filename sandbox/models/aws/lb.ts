/** Elastic Load Balancing: load balancers and target groups. Listeners are in lb-listener.ts. */
import type { ResourceModel } from "../../model";
import { loadBalancer } from "./lb-balancer";
import { listeners } from "./lb-listener";
import { targetGroup } from "./lb-target-group";

/** Load balancers, the groups of targets behind them, and what they listen to. */
export const models: readonly ResourceModel[] = [loadBalancer, targetGroup, ...listeners];
