import { DiskResourcePolicyAttachment, ResourcePolicy } from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";

/** Arguments of GcpDiskSnapshots. */
export interface GcpDiskSnapshotsArgs {
  readonly site: Site;
  readonly region: string;
  /** Zone of the disks. */
  readonly zone: string;
  /** Disks by what they hold: names. */
  readonly disks: Readonly<Record<string, pulumi.Input<string>>>;
  /** Region that the snapshots are kept in: another one, so that they outlive the disks' own. */
  readonly storageRegion: string;
  /** Full hour, UTC, 0 to 23. */
  readonly hour: number;
  /** Days that a snapshot is kept. */
  readonly retentionDays: number;
  /** Labels of every snapshot. Changing them makes a new schedule. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A daily snapshot of each disk, kept in another region
 * (https://cloud.google.com/compute/docs/disks/scheduled-snapshots). Each disk's is taken for itself and while GitLab
 * writes: it is as after a power cut, which file systems recover from. It is the fast way back, and the package
 * backup, consistent in itself, the sure one.
 */
export class GcpDiskSnapshots extends Component {
  /** Name of the schedule. */
  readonly policyName: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpDiskSnapshotsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "backupSchedule",
      "GcpDiskSnapshots",
      name,
      { retentionDays: args.retentionDays, storageRegion: args.storageRegion },
      opts,
    );
    const own = { parent: this };
    const policy = new ResourcePolicy(
      `${name}-daily`,
      {
        region: args.region,
        snapshotSchedulePolicy: {
          schedule: {
            dailySchedule: {
              daysInCycle: 1,
              startTime: `${String(args.hour).padStart(2, "0")}:00`,
            },
          },
          retentionPolicy: {
            maxRetentionDays: args.retentionDays,
            // A disk that is lost takes no snapshot with it.
            onSourceDiskDelete: "KEEP_AUTO_SNAPSHOTS",
          },
          snapshotProperties: {
            storageLocations: args.storageRegion,
            guestFlush: false,
            labels: { ...args.labels },
          },
        },
      },
      own,
    );
    const attachments = Object.entries(args.disks).map(
      ([purpose, disk]) =>
        new DiskResourcePolicyAttachment(
          `${name}-${fixedName({ maxLength: 40 }, purpose)}`,
          // A disk takes one schedule: the old attachment has to go before the new one comes.
          { name: policy.name, disk, zone: args.zone },
          { ...own, deleteBeforeReplace: true },
        ),
    );
    this.policyName = policy.name;
    this.ready = attachments;
    this.registerOutputs({ policyName: this.policyName });
  }
}
