import type { NodeFile } from "../node-files/contract";
import type { RunnerRelease } from "./args";
import type { FleetSettings } from "./contract";

/** All that a runner manager knows at boot, in plain data and with no secret. */
export interface ManagerFacts {
  readonly environment: string;
  readonly region: string;
  readonly gitlabUrl: string;
  readonly fleet: FleetSettings;
  readonly release: RunnerRelease;
  /** Auto Scaling group of the workers. */
  readonly workerGroup: string;
  readonly cacheBucket: string;
  readonly tokenSecretArn: string;
  readonly logGroup: string;
  readonly alertTopicArn: string;
}

/** Everything on a manager's disk beside what its image has. */
export function runnerFiles(facts: ManagerFacts): NodeFile[] {
  void facts;
  return [];
}
