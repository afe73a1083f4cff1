import { RolePolicy } from "@pulumi/aws/iam";
import { Secret } from "@pulumi/aws/secretsmanager";
import type * as pulumi from "@pulumi/pulumi";
import { AwsMachineIdentity } from "../identity/aws";
import { AwsNodeFiles } from "../node-files/aws";
import type { NodeFile } from "../node-files/contract";
import { AwsBucket, bucketName } from "../object-storage/aws";
import { madeArn } from "../shared/aws";
import { Component } from "../shared/component";
import { derived } from "../shared/documents";
import { fixedName } from "../shared/names";
import { shownPolicyJson } from "../shared/policy-json";
import type { SecretReference } from "../shared/secret";
import type { AwsRunnerFleetArgs } from "./args";
import { managerAlarm } from "./aws-alarm";
import { awsManagerFiles, type AwsManagerFacts } from "./aws-files";
import { AwsRunnerManager, AwsRunnerWorkers } from "./aws-groups";
import { managerRights } from "./aws-rights";
import type { RunnerFleet } from "./contract";
import { managerRole } from "./files";

export type { AwsRunnerFleetArgs, RunnerRelease } from "./args";

/** What of the manager's facts waits for resources. */
type FleetFacts = Pick<
  AwsManagerFacts,
  "cacheBucket" | "tokenSecretArn" | "logGroup" | "alertTopicArn"
>;

/**
 * A runner manager and the Spot workers that it starts.
 *
 * The token is issued by a running GitLab, so it is no argument: the instance makes it at boot and puts it into the
 * secret that this component owns; the manager waits for it.
 */
export class AwsRunnerFleet extends Component implements RunnerFleet {
  readonly name: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  readonly token: SecretReference;
  /** Auto Scaling group of the workers. */
  readonly group: pulumi.Output<string>;
  /** Auto Scaling group of the manager. */
  readonly managerGroup: pulumi.Output<string>;

  constructor(name: string, args: AwsRunnerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet, site } = args;
    super(
      "runnerFleet",
      "AwsRunnerFleet",
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
    const named = (part: string) =>
      fixedName({ maxLength: 255 }, site.prefix, "runners", fleet.name, part);

    const token = new Secret(
      `${name}-token`,
      {
        name: fixedName(
          { maxLength: 512, allowed: /[a-z0-9/-]/ },
          site.prefix,
          "runner-token",
          fleet.name,
        ),
        description: `Token of runner fleet ${fleet.name}; the instance makes it`,
        kmsKeyId: args.keyArn,
        // Nothing is lost with it: the instance writes it again at its next boot.
        recoveryWindowInDays: 0,
      },
      within,
    );
    const tokenArn = madeArn("secret", token.arn);
    const cache = new AwsBucket(
      `${name}-cache`,
      {
        site,
        bucket: bucketName(site, args.accountId, `runner-cache-${fleet.name}`),
        holdsData: false,
        encryption: { keyArn: args.keyArn },
        versioned: false,
        expireDays: args.cacheDays ?? 14,
      },
      within,
    );
    const workerGroup = named("workers");
    const workers = new AwsRunnerWorkers(
      `${name}-workers`,
      { fleet: args, groupName: workerGroup, ready: args.ready ?? [] },
      within,
    );

    const identity = new AwsMachineIdentity(
      `${name}-identity`,
      {
        site,
        accountId: args.accountId,
        region: args.region,
        machine: managerRole(fleet),
        description: `Manager of runner fleet ${fleet.name}`,
      },
      within,
    );
    const files = new AwsNodeFiles(
      `${name}-files`,
      {
        bucket: args.filesBucket,
        keyArn: args.filesKeyArn,
        region: args.region,
        environment: site.environment,
        role: managerRole(fleet),
        files: derived<FleetFacts, NodeFile[]>(
          {
            cacheBucket: cache.bucketName,
            tokenSecretArn: tokenArn,
            logGroup: args.logGroup.name,
            alertTopicArn: args.alertTopicArn,
          },
          (known) =>
            awsManagerFiles({
              ...known,
              environment: site.environment,
              region: args.region,
              gitlabUrl: args.gitlabUrl,
              fleet,
              release: args.release,
              workerGroup,
            }),
        ),
        logGroup: args.logGroup.name,
        alertTopicArn: args.alertTopicArn,
      },
      within,
    );
    const rightsName = `${name}-rights`;
    const rights = new RolePolicy(
      rightsName,
      {
        role: identity.roleName,
        policy: shownPolicyJson(
          rightsName,
          managerRights({
            fleet: args,
            workerGroup,
            cacheBucketArn: cache.arn,
            tokenArn,
            bundleArns: files.objectArns,
          }),
          within,
        ),
      },
      within,
    );
    const manager = new AwsRunnerManager(
      `${name}-manager`,
      {
        fleet: args,
        groupName: named("manager"),
        identity,
        userData: files.userData,
        ready: [...(args.ready ?? []), ...files.ready, ...cache.ready, rights, workers],
      },
      within,
    );

    managerAlarm(`${name}-manager-down`, args, within);

    this.name = fleet.name;
    this.tags = fleet.tags;
    this.runUntagged = fleet.runUntagged;
    this.token = { store: "aws-secrets-manager", id: tokenArn };
    this.group = workers.groupName;
    this.managerGroup = manager.groupName;
    this.registerOutputs({ group: this.group, managerGroup: this.managerGroup });
  }
}
