import type * as pulumi from "@pulumi/pulumi";
import type { AzureMachineIdentity } from "../identity/azure";
import type { AzureVaultFacts } from "../keys/azure";
import type { AzureNetworkFacts } from "../network/azure";
import type { AzureSiteAddress } from "../network/azure";
import type { GcsBuckets } from "../object-storage/contract";
import type { AzurePlace } from "../shared/azure";
import type { Site } from "../shared/site";
import type { AzureInstanceDisks } from "./azure-disks";
import type { AzureInstanceStore } from "./azure-store";
import type {
  BackupDestination,
  MachineRunner,
  PackageMachineFacts,
  UpgradeFacts,
} from "./package/contract";

/** The machine itself. */
export interface AzureMachine {
  /** Size, as `Standard_D8s_v5`: with Premium SSD, and a SCSI controller. */
  readonly size: string;
  /** Version of Canonical's image of Ubuntu 24.04, never `latest`: another one replaces the machine. */
  readonly imageVersion: string;
  readonly osDiskGiB: number;
  readonly adminUsername: string;
  /** OpenSSH public key. */
  readonly adminSshKey: string;
}

/** Arguments of AzureGitLabInstance. */
export interface AzureGitLabInstanceArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  /** `1`, `2` or `3`. */
  readonly zone: string;
  readonly machine: AzureMachine;
  readonly hosts: PackageMachineFacts["hosts"];
  /** Whom Let's Encrypt writes to; left out where a certificate is given. */
  readonly letsEncryptContact?: string;
  readonly identity: AzureMachineIdentity;
  readonly network: AzureNetworkFacts<"machine">;
  readonly address: AzureSiteAddress;
  readonly disks: AzureInstanceDisks;
  readonly vault: AzureVaultFacts;
  readonly store: AzureInstanceStore;
  /** Project and buckets in GCS; the key is in the store. */
  readonly objects: { readonly project: string; readonly buckets: pulumi.Input<GcsBuckets> };
  readonly smtp?: PackageMachineFacts["smtp"];
  readonly monitoringCidrs: readonly string[];
  readonly hostSshPort: number;
  readonly upgrade: UpgradeFacts;
  readonly backup: pulumi.Input<BackupDestination>;
  readonly oauthApplications: PackageMachineFacts["oauthApplications"];
  readonly mirrors: PackageMachineFacts["mirrors"];
  readonly runners: readonly MachineRunner[];
  /** What the machine needs before it boots and no argument names. */
  readonly ready: readonly pulumi.Resource[];
}
