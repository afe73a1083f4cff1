import type * as pulumi from "@pulumi/pulumi";
import type { GcpMachineIdentity } from "../identity/gcp";
import type { GcpManagedData } from "../managed-data/gcp";
import type { GcpNetworkFacts } from "../network/gcp";
import type { GcsBuckets } from "../object-storage/contract";
import type { RunnerFleet } from "../runner-fleet/contract";
import type { Site } from "../shared/site";
import type { MachineAccessRole } from "./gcp-access";
import type { GcpInstanceDisks } from "./gcp-disks";
import type { GcpInstanceStore } from "./gcp-store";
import type { BackupDestination, PackageMachineFacts } from "./package/contract";

/** The machine, in plain data. */
export interface GcpMachine {
  /** x86_64, not shared-core: `n2-standard-8`. Another type stops and starts the machine. */
  readonly type: string;
  /** `projects/<project>/global/images/<image>` of Ubuntu, by exact name: another one makes a new machine. */
  readonly image: string;
  /** Ubuntu release of the image. */
  readonly ubuntu: PackageMachineFacts["ubuntu"];
  /** Nothing of value is on it. */
  readonly bootDiskGiB: number;
  /** Kind of the boot disk: newer machine series take no persistent disks. */
  readonly bootDiskType: "pd-balanced" | "hyperdisk-balanced";
}

/** Arguments of GcpGitLabInstance. */
export interface GcpGitLabInstanceArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  readonly region: string;
  /** Zone of machine and disks. */
  readonly zone: string;
  readonly machine: GcpMachine;
  readonly identity: GcpMachineIdentity;
  readonly network: GcpNetworkFacts<"machine">;
  readonly disks: GcpInstanceDisks;
  readonly store: GcpInstanceStore;
  readonly data: GcpManagedData;
  /** Buckets by object type, which the machine's own identity may use. */
  readonly buckets: pulumi.Input<GcsBuckets>;
  readonly backup: pulumi.Input<BackupDestination>;
  readonly hosts: PackageMachineFacts["hosts"];
  /** Zone of Cloud DNS that holds the host names, and its project. */
  readonly dnsZone: { readonly name: string; readonly project: string };
  /** Whom Let's Encrypt writes to; left out where certificate and key are in the store. */
  readonly letsEncryptContact?: string;
  readonly smtp?: PackageMachineFacts["smtp"];
  readonly monitoringCidrs: readonly string[];
  /** Port of the host's own sshd. */
  readonly hostSshPort: number;
  readonly upgrade: PackageMachineFacts["upgrade"];
  /** ops' role: what GitLab is set up with at boot. */
  readonly role: Pick<PackageMachineFacts, "adminEmails" | "mirrors" | "slack">;
  /** Fleets that the machine issues tokens for. */
  readonly runners: readonly (Pick<RunnerFleet, "name" | "tags" | "runUntagged"> & {
    /** Name of the secret that the token goes to. */
    readonly tokenSecret: string;
  })[];
  /** Who may get onto the machine. */
  readonly access: readonly MachineAccessRole[];
  /** What the machine's boot needs beyond network, data, disks and secrets: rights on buckets, firewall rules. */
  readonly ready: readonly pulumi.Resource[];
}
