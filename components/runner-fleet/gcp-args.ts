import type * as pulumi from "@pulumi/pulumi";
import type { GcpMachineIdentity } from "../identity/gcp";
import type { Site } from "../shared/site";
import type { RunnerRelease } from "./args";
import type { FleetSettings } from "./contract";

/** Kind of a boot disk: newer machine series take Hyperdisk alone (https://cloud.google.com/compute/docs/disks). */
export type GcpBootDisk = "pd-balanced" | "hyperdisk-balanced";

/** Arguments of GcpRunnerFleet. */
export interface GcpRunnerFleetArgs {
  readonly site: Site;
  /** A managed instance group has one machine type: the first of `workerTypes` is taken. */
  readonly fleet: FleetSettings;
  readonly release: RunnerRelease;
  /** Id of the project. */
  readonly project: string;
  /** Zone of manager and workers: the fleeting plugin takes single-zone groups alone. */
  readonly zone: string;
  /** `https://…`: where jobs are fetched from, and where workers clone from. */
  readonly gitlabUrl: string;
  /** Subnet of manager and workers, with a way out (Cloud NAT). */
  readonly subnetId: pulumi.Input<string>;
  /** `projects/<project>/global/images/<image>` of Ubuntu, x86_64, by exact name. */
  readonly image: string;
  /** @default pd-balanced */
  readonly managerDisk?: GcpBootDisk;
  /** @default pd-balanced */
  readonly workerDisk?: GcpBootDisk;
  /**
   * Account of the manager, which the firewall knows it by: no other machine's. It may write metrics and sign for
   * itself (`signsForItself`); all else it is given here.
   */
  readonly identity: GcpMachineIdentity;
  /** Network tag of workers: they have no account that the firewall could know them by. */
  readonly workerTag: string;
  /** `serviceAccount:…` of the machine that runs GitLab and issues the token. */
  readonly issuer: pulumi.Input<string>;
  /** Location of the cache bucket: the region of `zone`. */
  readonly cacheLocation: string;
  /** Days after which a cached file is deleted. @default 14 */
  readonly cacheDays?: number;
  /** Labels of the machines: a provider's default labels do not reach those of a group. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Notification channels of the manager's alarm. */
  readonly channels: pulumi.Input<pulumi.Input<string>[]>;
  /** What a manager's boot needs and no argument here names: firewall rules, NAT. */
  readonly ready?: readonly pulumi.Resource[];
}
