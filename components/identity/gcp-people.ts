import { IAMMember } from "@pulumi/gcp/projects";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";

/** A group of people, by its role in the organisation, and what it may look at in the project. */
export interface GcpPeopleGroup {
  /** What the organisation calls it: `production`, `support`. */
  readonly name: string;
  /** Google group, by its email. */
  readonly group: string;
  /** `logs` includes `metrics`, which are alerts and dashboards. */
  readonly sees: "metrics" | "logs";
}

/** Arguments of GcpPeople. */
export interface GcpPeopleArgs {
  /** Id of the project. */
  readonly project: string;
  readonly groups: readonly GcpPeopleGroup[];
}

/**
 * Roles that only read, by what they show (https://cloud.google.com/monitoring/access-control,
 * https://cloud.google.com/logging/docs/access-control).
 */
const roles: Readonly<Record<GcpPeopleGroup["sees"], readonly string[]>> = {
  metrics: ["roles/monitoring.viewer"],
  logs: ["roles/monitoring.viewer", "roles/logging.viewer"],
};

/** People who look at a project's metrics and logs, always as a group: people come and go. */
export class GcpPeople extends Component {
  constructor(name: string, args: GcpPeopleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("identity", "GcpPeople", name, { groups: args.groups.length }, opts);
    for (const { name: role, group, sees } of args.groups) {
      for (const right of roles[sees]) {
        new IAMMember(
          `${name}-${role}-${right.replace("roles/", "").replace(".", "-")}`,
          { project: args.project, role: right, member: `group:${group}` },
          { parent: this },
        );
      }
    }
    this.registerOutputs({});
  }
}
