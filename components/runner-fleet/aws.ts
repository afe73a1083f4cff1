import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { SecretReference } from "../shared/secret";
import type { AwsRunnerFleetArgs } from "./args";
import type { RunnerFleet } from "./contract";

export type { AwsRunnerFleetArgs, RunnerRelease } from "./args";

/** A runner manager and the Spot workers that it starts. */
export class AwsRunnerFleet extends Component implements RunnerFleet {
  readonly name: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  readonly token: SecretReference;
  readonly group: pulumi.Output<string>;
  /** Auto Scaling group of the manager. */
  readonly managerGroup: pulumi.Output<string>;

  constructor(name: string, args: AwsRunnerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "runnerFleet",
      "AwsRunnerFleet",
      name,
      {
        fleet: args.fleet.name,
        maxWorkers: args.fleet.maxWorkers,
        privileged: args.fleet.privileged,
        version: args.release.version,
      },
      opts,
    );
    this.name = args.fleet.name;
    this.tags = args.fleet.tags;
    this.runUntagged = args.fleet.runUntagged;
    this.token = { store: "aws-secrets-manager", id: pulumi.output("") };
    this.group = pulumi.output("");
    this.managerGroup = pulumi.output("");
    this.registerOutputs({});
  }
}
