import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { grantPermissions, type GcpCondition } from "../shared/gcp-role";

/**
 * What the fleeting plugin does with the group of workers. Compute Engine has no access policy on a managed instance
 * group, so this half is of the project's groups; the other fleets' are all that it could reach beside its own.
 *
 * The list is that of GitLab's own infrastructure toolkit
 * (https://gitlab.com/gitlab-org/ci-cd/runner-tools/grit, modules/google/fleeting) and of the plugin
 * (https://gitlab.com/gitlab-org/fleeting/plugins/googlecloud#required-permissions).
 */
export const groupPermissions: readonly string[] = [
  "compute.instanceGroupManagers.get",
  "compute.instanceGroupManagers.list",
  "compute.instanceGroupManagers.update",
];

/** What it does with single workers: their addresses, and a new SSH key in their metadata. */
export const workerPermissions: readonly string[] = [
  "compute.instances.get",
  "compute.instances.setMetadata",
];

/** Arguments of GcpManagerRights. */
export interface GcpManagerRightsArgs {
  readonly project: string;
  readonly zone: string;
  /** First part of the roles' ids and titles. */
  readonly prefix: string;
  /** `serviceAccount:…` of the manager. */
  readonly member: pulumi.Input<string>;
  /** First part of all workers' names; nobody else's begins so. */
  readonly workerPrefix: string;
}

/** All that a manager may do in the project beside its own token, cache and metrics. */
export class GcpManagerRights extends Component {
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpManagerRightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runnerFleet", "GcpManagerRights", name, { workers: args.workerPrefix }, opts);
    const own = { parent: this };
    const give = (part: string, permissions: readonly string[], condition?: GcpCondition) =>
      grantPermissions(
        `${name}-${part}`,
        {
          project: args.project,
          prefix: args.prefix,
          part,
          description: "What a runner manager does with its workers",
          permissions,
          member: args.member,
          condition,
        },
        own,
      );
    this.ready = [
      give("group", groupPermissions),
      // The names of others' machines do not begin so: on GitLab's own the manager can set nothing
      // (https://cloud.google.com/iam/docs/conditions-attribute-reference#resource-name).
      give("workers", workerPermissions, {
        title: "own workers only",
        expression: `resource.name.startsWith("projects/${args.project}/zones/${args.zone}/instances/${args.workerPrefix}-")`,
      }),
    ];
    this.registerOutputs({});
  }
}
