import { ManagementLockByScope } from "@pulumi/azure-native/authorization/managementLockByScope";
import { Disk } from "@pulumi/azure-native/compute/disk";
import type * as pulumi from "@pulumi/pulumi";
import { azureId, standingId, type AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";
import type { DiskFacts } from "./package/contract";

/** What a machine keeps, by the logical unit number that it finds the disk at. */
const units = { state: 0, repositories: 1 } as const;
export type DiskPurpose = keyof typeof units;
export const diskPurposes = Object.keys(units) as DiskPurpose[];

/** Logical unit number of a disk. */
export function diskUnit(purpose: DiskPurpose): number {
  return units[purpose];
}

/**
 * A disk as the machine sees it: by its unit's number, since names like /dev/sdc change from boot to boot
 * (https://learn.microsoft.com/troubleshoot/azure/virtual-machines/linux/troubleshoot-device-names-problems). The link
 * is that of azure-vm-utils; where an image has none, the machine looks for the Linux agent's, /dev/disk/azure/scsi1.
 */
export function diskFacts(purpose: DiskPurpose): DiskFacts {
  return {
    device: `/dev/disk/azure/data/by-lun/${units[purpose]}`,
    label: purpose,
    mountPoint: `/srv/gitlab-${purpose}`,
  };
}

/** Arguments of AzureInstanceDisks. */
export interface AzureInstanceDisksArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  /** Zone of the machine. Disks of the kind `Premium_ZRS` are in all zones. */
  readonly zone: string;
  readonly kind: "Premium_LRS" | "Premium_ZRS";
  readonly sizesGiB: Readonly<Record<DiskPurpose, number>>;
}

/** Facts of one disk. */
export interface AzureDisk {
  readonly id: pulumi.Output<string>;
  readonly name: string;
}

/**
 * The two disks that hold all that an instance is. They outlive every machine: protected by Pulumi, by a lock that
 * even an owner has to take off first, and never deleted with a machine. They can grow, and never shrink.
 */
export class AzureInstanceDisks extends Component {
  readonly disks: Readonly<Record<DiskPurpose, AzureDisk>>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AzureInstanceDisksArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, place, kind } = args;
    super("gitlabInstance", "AzureInstanceDisks", name, { kind }, opts);
    const own = { parent: this };
    this.ready = [];
    const entries = diskPurposes.map((purpose) => {
      const diskName = fixedName({ maxLength: 80 }, site.prefix, purpose);
      const disk = new Disk(
        `${name}-${purpose}`,
        {
          resourceGroupName: place.resourceGroupName,
          location: place.location,
          diskName,
          sku: { name: kind },
          ...(kind === "Premium_ZRS" ? {} : { zones: [args.zone] }),
          creationData: { createOption: "Empty" },
          diskSizeGB: args.sizesGiB[purpose],
          // Nobody copies a disk out over the network: snapshots and restores stay within the subscription.
          networkAccessPolicy: "DenyAll",
          publicNetworkAccess: "Disabled",
          encryption: { type: "EncryptionAtRestWithPlatformKey" },
        },
        stateful(site, own),
      );
      this.ready.push(disk);
      if (site.protection) {
        new ManagementLockByScope(
          `${name}-${purpose}-lock`,
          {
            lockName: "holds-data",
            level: "CanNotDelete",
            scope: disk.id,
            notes: `${purpose} of GitLab ${site.environment}: lifted by the setting protection`,
          },
          own,
        );
      }
      const id = standingId(disk, azureId(place, `Microsoft.Compute/disks/${diskName}`));
      return [purpose, { id, name: diskName }] as const;
    });
    this.disks = Object.fromEntries(entries) as Record<DiskPurpose, AzureDisk>;
    this.registerOutputs({});
  }
}
