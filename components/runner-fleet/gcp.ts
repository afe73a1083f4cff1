import type * as pulumi from "@pulumi/pulumi";
import { GcsRunnerCache } from "../object-storage/gcs";
import { Component } from "../shared/component";
import { GcpStoredSecret } from "../shared/gcp-secret";
import { fixedName } from "../shared/names";
import type { SecretReference } from "../shared/secret";
import type { RunnerFleet } from "./contract";
import { managerRole } from "./files";
import { gcpManagerAlarm } from "./gcp-alarm";
import type { GcpRunnerFleetArgs } from "./gcp-args";
import { gcpManagerFiles } from "./gcp-files";
import { GcpRunnerManager } from "./gcp-manager";
import { GcpManagerRights } from "./gcp-rights";
import { GcpRunnerWorkers } from "./gcp-workers";

export type { GcpBootDisk, GcpRunnerFleetArgs } from "./gcp-args";

/**
 * A runner manager on Compute Engine and the Spot workers that it starts.
 *
 * The token is issued by a running GitLab, so it is no argument: GitLab's machine puts it into the secret that this
 * component owns; the manager waits for it.
 */
export class GcpRunnerFleet extends Component implements RunnerFleet {
  readonly name: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  readonly token: SecretReference;
  /** The token's secret, by its name in the project. */
  readonly tokenSecretName: string;
  /** Managed instance group of the workers. */
  readonly group: pulumi.Output<string>;
  /** What GitLab's machine needs before it issues the token. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpRunnerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet, identity, project, site, zone } = args;
    super(
      "runnerFleet",
      "GcpRunnerFleet",
      name,
      {
        fleet: fleet.name,
        maxWorkers: fleet.maxWorkers,
        privileged: fleet.privileged,
        version: args.release.version,
      },
      opts,
    );
    const within = { parent: this };
    // A group gives its machines names of its own and five characters; Compute Engine's names have 63 at most.
    const workerGroup = fixedName({ maxLength: 58 }, site.prefix, "runners", fleet.name, "workers");

    const token = new GcpStoredSecret(
      `${name}-token`,
      {
        site,
        purpose: `runner-token-${fleet.name}`,
        // GitLab's machine looks whether it is there, and issues it once.
        readers: { manager: identity.member, issuer: args.issuer },
        writers: { issuer: args.issuer },
      },
      within,
    );
    const cache = new GcsRunnerCache(
      `${name}-cache`,
      {
        site,
        project,
        location: args.cacheLocation,
        fleet: fleet.name,
        access: { kind: "identity", email: identity.email },
        days: args.cacheDays,
        labels: args.labels,
      },
      within,
    );
    const rights = new GcpManagerRights(
      `${name}-rights`,
      {
        project,
        zone,
        prefix: `${site.prefix}-runners-${fleet.name}`,
        member: identity.member,
        workerPrefix: workerGroup,
      },
      within,
    );
    const workers = new GcpRunnerWorkers(
      `${name}-workers`,
      { fleet: args, groupName: workerGroup },
      within,
    );
    const manager = new GcpRunnerManager(
      `${name}-manager`,
      {
        fleet: args,
        machineName: fixedName({ maxLength: 63 }, site.prefix, managerRole(fleet)),
        files: cache.bucket.apply((cacheBucket) =>
          gcpManagerFiles({
            environment: site.environment,
            gitlabUrl: args.gitlabUrl,
            fleet,
            release: args.release,
            project,
            zone,
            group: workerGroup,
            cacheBucket,
            tokenSecret: token.secretName,
          }),
        ),
        ready: [
          ...(args.ready ?? []),
          ...token.ready,
          ...cache.ready,
          ...rights.ready,
          ...workers.ready,
        ],
      },
      within,
    );
    gcpManagerAlarm(`${name}-manager-down`, args, manager.instanceId, within);

    this.name = fleet.name;
    this.tags = fleet.tags;
    this.runUntagged = fleet.runUntagged;
    this.token = token.reference;
    this.tokenSecretName = token.secretName;
    this.group = workers.groupName;
    this.ready = token.ready;
    this.registerOutputs({ group: this.group });
  }
}
