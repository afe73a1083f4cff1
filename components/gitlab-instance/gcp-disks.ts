import { Disk } from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import type { DiskFacts } from "./package/contract";

/** Kinds of disk that hold data. Hyperdisk is the only one that newer machine series take. */
export type GcpDiskType = "pd-ssd" | "pd-balanced" | "hyperdisk-balanced";

/** Arguments of GcpInstanceDisks. */
export interface GcpInstanceDisksArgs {
  readonly site: Site;
  readonly zone: string;
  readonly type: GcpDiskType;
  /** Git data. A disk can grow and never shrink: Compute Engine refuses it, the provider would make a new one. */
  readonly repositoriesGiB: number;
  /** Everything else that the package keeps. */
  readonly stateGiB: number;
}

/** The two disks of an instance, by what they hold. */
export const diskPurposes = ["repositories", "state"] as const;
export type DiskPurpose = (typeof diskPurposes)[number];

/**
 * The disks with all that is worth keeping: they outlive every machine that they are attached to. A disk that is
 * destroyed leaves a snapshot behind.
 */
export class GcpInstanceDisks extends Component {
  readonly ids: Readonly<Record<DiskPurpose, pulumi.Output<string>>>;
  readonly names: Readonly<Record<DiskPurpose, pulumi.Output<string>>>;
  readonly zone: string;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpInstanceDisksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gitlabInstance", "GcpInstanceDisks", name, { type: args.type, zone: args.zone }, opts);
    const { site } = args;
    // No description: another one would make another disk.
    const disk = (purpose: DiskPurpose, size: number) =>
      new Disk(
        `${name}-${purpose}`,
        {
          name: fixedName({ maxLength: 63 }, site.prefix, purpose),
          zone: args.zone,
          type: args.type,
          size,
          // In one that may be lost, snapshots would be the only thing left over.
          createSnapshotBeforeDestroy: site.protection,
          createSnapshotBeforeDestroyPrefix: fixedName({ maxLength: 40 }, site.prefix, purpose),
        },
        stateful(site, { parent: this }),
      );
    const disks = {
      repositories: disk("repositories", args.repositoriesGiB),
      state: disk("state", args.stateGiB),
    };
    this.ids = { repositories: disks.repositories.id, state: disks.state.id };
    this.names = { repositories: disks.repositories.name, state: disks.state.name };
    this.zone = args.zone;
    this.ready = [disks.repositories, disks.state];
    this.registerOutputs({});
  }
}

/**
 * A disk as the machine sees it: the link that Google's guest agent makes of the name it is attached under
 * (https://cloud.google.com/compute/docs/disks/disk-symlinks).
 */
export function diskFacts(purpose: DiskPurpose): DiskFacts {
  return {
    device: `/dev/disk/by-id/google-${purpose}`,
    label: purpose === "repositories" ? "gitlab-repos" : "gitlab-state",
    mountPoint: `/srv/gitlab-${purpose}`,
  };
}
