import { RandomPassword } from "@pulumi/random";
import * as pulumi from "@pulumi/pulumi";
import { AzureMachineIdentity, AzureRights } from "../identity/azure";
import { AzureStoredSecret } from "../keys/azure";
import { azureId } from "../shared/azure";
import type { NodeFile } from "../node-files/contract";
import { Component } from "../shared/component";
import { derived } from "../shared/documents";
import { fixedName } from "../shared/names";
import type { SecretReference } from "../shared/secret";
import { azureManagerAlarms } from "./azure-alarms";
import type { AzureRunnerFleetArgs } from "./azure-args";
import { azureManagerFiles, type AzureManagerFacts } from "./azure-files";
import { AzureRunnerManager } from "./azure-manager";
import { AzureManagerRights } from "./azure-rights";
import { AzureRunnerWorkers } from "./azure-workers";
import type { RunnerFleet } from "./contract";
import { managerRole } from "./files";
import { sshKeyPair } from "./ssh-key";

export type { AzureRunnerFleetArgs } from "./azure-args";

/**
 * A runner manager on Azure and the Spot workers that it starts.
 *
 * The token is issued by a running GitLab, so it is no argument: GitLab's machine puts it into the secret that this
 * component owns; the manager waits for it. The key that opens workers is made here, and its private half is a secret
 * of the manager's alone.
 */
export class AzureRunnerFleet extends Component implements RunnerFleet {
  readonly name: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  readonly token: SecretReference;
  /** The token's secret, by its name in the vault. */
  readonly tokenSecretName: string;
  /** Scale set of the workers. */
  readonly group: pulumi.Output<string>;
  /** What GitLab's machine needs before it issues the token. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AzureRunnerFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const { fleet, place, site, vault } = args;
    super(
      "runnerFleet",
      "AzureRunnerFleet",
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
    const role = managerRole(fleet);
    const scaleSet = fixedName({ maxLength: 64 }, site.prefix, "runners", fleet.name);
    const machineName = fixedName({ maxLength: 64 }, site.prefix, role);
    const machineId = azureId(place, `Microsoft.Compute/virtualMachines/${machineName}`);

    const identity = new AzureMachineIdentity(
      `${name}-identity`,
      { site, place, machine: role },
      within,
    );
    const reader = { manager: identity.principalId };
    const seed = new RandomPassword(
      `${name}-worker-key-seed`,
      { length: 64, special: false },
      within,
    );
    const keys = pulumi.secret(seed.result).apply(sshKeyPair);
    const token = new AzureStoredSecret(
      `${name}-token`,
      {
        site,
        vault,
        secretName: `runner-token-${fleet.name}`,
        readers: reader,
        writers: { issuer: args.issuer },
      },
      within,
    );
    const workerKey = new AzureStoredSecret(
      `${name}-worker-key`,
      {
        site,
        vault,
        secretName: `runner-worker-key-${fleet.name}`,
        value: keys.privateKey,
        readers: reader,
      },
      within,
    );
    const cacheKey = new AzureStoredSecret(
      `${name}-cache-key`,
      {
        site,
        vault,
        secretName: `runner-cache-key-${fleet.name}`,
        value: args.cache.key,
        contentType: "application/json",
        readers: reader,
      },
      within,
    );
    const workers = new AzureRunnerWorkers(
      `${name}-workers`,
      {
        fleet: args,
        scaleSetName: scaleSet,
        // Public by its nature, and needed to be read in the plan.
        publicKey: pulumi.unsecret(keys.publicKey),
      },
      within,
    );
    const rights = new AzureManagerRights(
      `${name}-rights`,
      {
        site,
        place,
        fleet: fleet.name,
        principalId: identity.principalId,
        scaleSetId: workers.scaleSetId,
        subnetId: args.subnetId,
      },
      within,
    );
    const files = derived<
      Pick<AzureManagerFacts, "cacheBucket" | "identityClientId">,
      readonly NodeFile[]
    >({ cacheBucket: args.cache.bucket, identityClientId: identity.clientId }, (known) =>
      azureManagerFiles({
        ...known,
        environment: site.environment,
        gitlabUrl: args.gitlabUrl,
        fleet,
        release: args.release,
        subscriptionId: place.subscriptionId,
        resourceGroup: place.groupName,
        location: place.location,
        scaleSet,
        vaultUrl: vault.url,
        machineId,
        secrets: {
          token: token.secretName,
          workerKey: workerKey.secretName,
          cacheKey: cacheKey.secretName,
        },
      }),
    );
    const manager = new AzureRunnerManager(
      `${name}-manager`,
      {
        fleet: args,
        identity,
        machineName,
        files,
        ready: [
          ...(args.ready ?? []),
          ...args.cache.ready,
          ...token.ready,
          ...workerKey.ready,
          ...cacheKey.ready,
          ...rights.ready,
        ],
      },
      within,
    );
    new AzureRights(
      `${name}-metrics`,
      {
        site,
        subscriptionId: place.subscriptionId,
        principalId: identity.principalId,
        principalType: "ServicePrincipal",
        on: { publish: { role: "monitoringMetricsPublisher", scope: manager.machineId } },
      },
      within,
    );
    // By the id and not the machine's output: the alarms stay as they are when another machine takes the place.
    azureManagerAlarms(`${name}-manager`, args, machineId, {
      ...within,
      dependsOn: manager.ready,
    });

    this.name = fleet.name;
    this.tags = fleet.tags;
    this.runUntagged = fleet.runUntagged;
    this.token = token.reference;
    this.tokenSecretName = token.secretName;
    this.group = workers.scaleSetName;
    this.ready = token.ready;
    this.registerOutputs({ group: this.group });
  }
}
