import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../shared/secret";

/** One period of the autoscaler: the last whose periods match wins (GitLab Runner: docker_autoscaler, autoscaler policy). */
export interface ScalePeriod {
  /** Five-field cron expressions with `*`, for example `* 8-18 * * mon-fri`. */
  readonly periods: readonly string[];
  readonly timezone: string;
  /** Jobs that may start at once on idle machines (jobs, not machines). */
  readonly idleCount: number;
  /** How long an idle machine is kept, as Go writes it: `20m0s`. */
  readonly idleTime: string;
}

/** One fleet: a manager and its workers, in the domain's words. */
export interface FleetSettings {
  readonly name: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  /** Machine types the Spot group may take, most wanted first. At least two. */
  readonly workerTypes: readonly string[];
  readonly managerType: string;
  readonly maxWorkers: number;
  readonly jobsPerWorker: number;
  /** Jobs after which a worker is thrown away. */
  readonly maxUses: number;
  readonly workerDiskGiB: number;
  /** Docker's privileged mode: any job can then take over its worker. @default false */
  readonly privileged: boolean;
  readonly defaultImage: string;
  readonly periods: readonly ScalePeriod[];
}

/** What RunnerFleet offers, whichever cloud is behind it. */
export interface RunnerFleet {
  readonly name: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  /** Where the instance puts the runner's token, and the manager waits for it. */
  readonly token: SecretReference;
  readonly group: pulumi.Output<string>;
}
