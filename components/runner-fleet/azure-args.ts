import type * as pulumi from "@pulumi/pulumi";
import type { AzureVaultFacts } from "../keys/azure";
import type { AzurePlace } from "../shared/azure";
import type { Site } from "../shared/site";
import type { RunnerRelease } from "./args";
import type { FleetSettings } from "./contract";

/** Arguments of AzureRunnerFleet. */
export interface AzureRunnerFleetArgs {
  readonly site: Site;
  /**
   * A Uniform scale set has one machine size: the first of `workerTypes` is taken. `privileged` is what building images
   * with Docker in Docker needs; a job can then take over its worker, which holds no identity and dies after
   * `maxUses` jobs. Rootless BuildKit or Buildah do without
   * (https://docs.gitlab.com/ci/docker/using_docker_build/).
   */
  readonly fleet: FleetSettings;
  readonly release: RunnerRelease;
  readonly place: AzurePlace;
  /** `https://…`: where jobs are fetched from, and where workers clone from. */
  readonly gitlabUrl: string;
  /** Subnet of manager and workers, with a way out (NAT gateway) and a security group. */
  readonly subnetId: pulumi.Input<string>;
  /** Canonical's `ubuntu-24_04-lts`, `server`, by version: `24.04.202510010`. Another one replaces the manager. */
  readonly imageVersion: string;
  /** Administrator of the manager, whom people come as through Bastion: name and public key. */
  readonly admin: { readonly username: string; readonly sshKey: string };
  readonly vault: AzureVaultFacts;
  /** Object id of the machine that runs GitLab and issues the token. */
  readonly issuer: pulumi.Input<string>;
  /** Bucket in GCS, and the JSON key that opens it and no other: a GcsRunnerCache by key. */
  readonly cache: {
    readonly bucket: pulumi.Input<string>;
    readonly key: pulumi.Input<string>;
    readonly ready: readonly pulumi.Resource[];
  };
  /** Tags of scale set and machines beside the provider's. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Action group of the manager's alarms. */
  readonly actionGroupId: pulumi.Input<string>;
  /** What a manager's boot needs and no argument here names: security groups, NAT. */
  readonly ready?: readonly pulumi.Resource[];
}

/** The image of managers and workers. */
export function ubuntuImage(version: string) {
  return { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version };
}

/** What managers and workers alike are guarded by (https://learn.microsoft.com/azure/virtual-machines/trusted-launch). */
export const trustedLaunch = {
  securityType: "TrustedLaunch",
  uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
  encryptionAtHost: true,
};
