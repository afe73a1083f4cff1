/** Managed disks. https://learn.microsoft.com/azure/virtual-machines/disks-types */
import type { Condition, ResourceModel } from "../../model";
import { diskTypes } from "./compute-fields";
import {
  arm,
  armId,
  block,
  bool,
  DISK,
  int,
  LEARN,
  list,
  location,
  oneOf,
  out,
  outJson,
  required,
  rule,
  str,
  systemData,
  tags,
  unchangeable,
  zone,
} from "./common";

const TYPES = `${LEARN}virtual-machines/disks-types`;
const CONVERT = `${LEARN}virtual-machines/disks-convert-types`;
const EXPAND = `${LEARN}virtual-machines/linux/expand-disks`;
const fast = ["UltraSSD_LRS", "PremiumV2_LRS"];
const type = (...names: string[]): Condition => ({ property: "sku.name", in: names });

const source = { property: "creationData.createOption", equals: "Empty" };
const image = block({
  communityGalleryImageId: str(),
  id: str(),
  lun: int({ min: 0 }),
  sharedGalleryImageId: str(),
});

const disk = arm({
  token: DISK,
  kind: "Microsoft.Compute/disks",
  api: "2024-03-02",
  named: { property: "diskName", pattern: "[A-Za-z0-9_-]{1,80}", maxLength: 80 },
  properties: {
    burstingEnabled: bool(),
    completionPercent: int({ min: 0, max: 100 }),
    creationData: block(
      {
        createOption: oneOf(
          [
            "Empty",
            "Attach",
            "FromImage",
            "Import",
            "Copy",
            "Restore",
            "Upload",
            "CopyStart",
            "ImportSecure",
            "UploadPreparedSecure",
            "CopyFromSanSnapshot",
          ],
          required,
        ),
        elasticSanResourceId: str(),
        galleryImageReference: image,
        imageReference: image,
        logicalSectorSize: int({ enum: [512, 4096] }),
        performancePlus: bool(),
        provisionedBandwidthCopySpeed: oneOf(["None", "Enhanced"]),
        securityDataUri: str(),
        sourceResourceId: str({ pattern: armId("Microsoft.Compute/(snapshots|disks)") }),
        sourceUri: str(),
        storageAccountId: str(),
        uploadSizeBytes: int({ min: 20972032 }),
      },
      required,
    ),
    dataAccessAuthMode: oneOf(["AzureActiveDirectory", "None"]),
    diskAccessId: str({ pattern: armId("Microsoft.Compute/diskAccesses") }),
    diskIOPSReadOnly: int({ min: 1 }),
    diskIOPSReadWrite: int({ min: 100, max: 400000 }),
    diskMBpsReadOnly: int({ min: 1 }),
    diskMBpsReadWrite: int({ min: 1, max: 10000 }),
    diskSizeGB: int({ min: 1, max: 65536 }),
    encryption: block({
      diskEncryptionSetId: str({ pattern: armId("Microsoft.Compute/diskEncryptionSets") }),
      type: oneOf([
        "EncryptionAtRestWithPlatformKey",
        "EncryptionAtRestWithCustomerKey",
        "EncryptionAtRestWithPlatformAndCustomerKeys",
      ]),
    }),
    hyperVGeneration: oneOf(["V1", "V2"]),
    location,
    maxShares: int({ min: 1, max: 15 }),
    networkAccessPolicy: oneOf(["AllowAll", "AllowPrivate", "DenyAll"]),
    optimizedForFrequentAttach: bool(),
    osType: oneOf(["Windows", "Linux"]),
    publicNetworkAccess: oneOf(["Enabled", "Disabled"]),
    securityProfile: block({
      secureVMDiskEncryptionSetId: str(),
      securityType: oneOf([
        "TrustedLaunch",
        "ConfidentialVM_VMGuestStateOnlyEncryptedWithPlatformKey",
        "ConfidentialVM_DiskEncryptedWithPlatformKey",
        "ConfidentialVM_DiskEncryptedWithCustomerKey",
        "ConfidentialVM_NonPersistedTPM",
      ]),
    }),
    sku: block({ name: oneOf(diskTypes) }),
    supportedCapabilities: block({
      acceleratedNetwork: bool(),
      architecture: oneOf(["x64", "Arm64"]),
      diskControllerTypes: str(),
    }),
    supportsHibernation: bool(),
    tags: tags(),
    tier: str({ pattern: "P(1|2|3|4|6|10|15|20|30|40|50|60|70|80)", example: "P30" }),
    zones: list(zone, { set: true, maxItems: 1 }),
    burstingEnabledTime: out(""),
    diskSizeBytes: outJson("integer", 0),
    diskState: out("Unattached"),
    lastOwnershipUpdateTime: out(""),
    managedBy: out(""),
    managedByExtended: outJson("list", []),
    propertyUpdatesInProgress: outJson("object", {}),
    provisioningState: out("Succeeded"),
    shareInfo: outJson("list", []),
    systemData,
    timeCreated: out("{now}"),
    uniqueId: out("{uuid}"),
  },
  omitted: {
    encryptionSettingsCollection: "Azure Disk Encryption inside the guest is not modelled",
    extendedLocation: "edge zones are not modelled",
    purchasePlan: "disks of marketplace images are not modelled",
  },
  rules: [
    rule(
      "an empty disk has a size",
      source,
      { property: "diskSizeGB", present: true },
      "InvalidParameter: `diskSizeGB` is required where creationData.createOption is Empty",
      TYPES,
    ),
    rule(
      "a copy has a source",
      { property: "creationData.createOption", in: ["Copy", "CopyStart", "Restore"] },
      { property: "creationData.sourceResourceId", present: true },
      "InvalidParameter: `creationData.sourceResourceId` is required for a copy",
      TYPES,
    ),
    rule(
      "a disk that is no copy has no source",
      source,
      {
        all: ["sourceResourceId", "sourceUri", "imageReference", "galleryImageReference"].map(
          (key) => ({ property: `creationData.${key}`, present: false }),
        ),
      },
      "InvalidParameter: `creationData` with createOption Empty has no source",
      TYPES,
    ),
    rule(
      "only the newest premium types go beyond 32 TiB",
      { property: "diskSizeGB", atLeast: 32768 },
      type(...fast),
      "InvalidParameter: `diskSizeGB` of this type is at most 32767",
      TYPES,
    ),
    rule(
      "only Ultra disks and Premium SSD v2 have their performance set",
      {
        any: [
          { property: "diskIOPSReadWrite", present: true },
          { property: "diskMBpsReadWrite", present: true },
          { property: "creationData.logicalSectorSize", present: true },
        ],
      },
      type(...fast),
      "InvalidParameter: `diskIOPSReadWrite`, `diskMBpsReadWrite` and `creationData.logicalSectorSize` are for UltraSSD_LRS and PremiumV2_LRS",
      TYPES,
    ),
    rule(
      "Premium SSD v2 has from 3,000 to 80,000 IOPS",
      { all: [type("PremiumV2_LRS"), { property: "diskIOPSReadWrite", present: true }] },
      { property: "diskIOPSReadWrite", atLeast: 3000, atMost: 80000 },
      "InvalidParameter: `diskIOPSReadWrite` of PremiumV2_LRS is from 3000 to 80000",
      `${TYPES}#premium-ssd-v2-performance`,
    ),
    rule(
      "Premium SSD v2 has from 125 to 2,000 MB/s",
      { all: [type("PremiumV2_LRS"), { property: "diskMBpsReadWrite", present: true }] },
      { property: "diskMBpsReadWrite", atLeast: 125, atMost: 2000 },
      "InvalidParameter: `diskMBpsReadWrite` of PremiumV2_LRS is from 125 to 2000",
      `${TYPES}#premium-ssd-v2-performance`,
    ),
    rule(
      "Ultra disks and Premium SSD v2 stand in a zone",
      type(...fast),
      { property: "zones", present: true },
      "InvalidParameter: `zones` is required for UltraSSD_LRS and PremiumV2_LRS in a region with zones",
      `${TYPES}#premium-ssd-v2-limitations`,
    ),
    rule(
      "a zone-redundant disk stands in no zone",
      type("Premium_ZRS", "StandardSSD_ZRS"),
      { property: "zones", present: false },
      "InvalidParameter: `zones` can't be given for a zone-redundant disk",
      `${LEARN}virtual-machines/disks-redundancy`,
    ),
    rule(
      "only premium disks have a tier",
      { property: "tier", present: true },
      type("Premium_LRS", "Premium_ZRS"),
      "InvalidParameter: `tier` is for Premium_LRS and Premium_ZRS",
      `${LEARN}virtual-machines/disks-change-performance`,
    ),
    rule(
      "bursting on demand needs a premium disk above 512 GiB",
      { property: "burstingEnabled", equals: true },
      { all: [type("Premium_LRS", "Premium_ZRS"), { property: "diskSizeGB", atLeast: 513 }] },
      "InvalidParameter: `burstingEnabled` needs Premium_LRS or Premium_ZRS and more than 512 GiB",
      `${LEARN}virtual-machines/disk-bursting`,
    ),
    rule(
      "private access names its access resource",
      { property: "networkAccessPolicy", equals: "AllowPrivate" },
      { property: "diskAccessId", present: true },
      "InvalidParameter: `diskAccessId` is required where networkAccessPolicy is AllowPrivate",
      `${LEARN}virtual-machines/disks-restrict-import-export-overview`,
    ),
    rule(
      "a customer's key names its set",
      { property: "encryption.type", matches: ".*Customer.*" },
      { property: "encryption.diskEncryptionSetId", present: true },
      "InvalidParameter: `encryption.diskEncryptionSetId` is required for a customer's key",
      `${LEARN}virtual-machines/disk-encryption`,
    ),
    rule(
      "only the system's disk has security settings",
      { property: "securityProfile", present: true },
      { property: "osType", present: true },
      "InvalidParameter: `securityProfile` is for disks with an operating system (osType)",
      `${LEARN}virtual-machines/trusted-launch`,
    ),
    rule(
      "a disk only grows",
      { property: "^diskSizeGB", present: true },
      { property: "diskSizeGB", atLeastProperty: "^diskSizeGB" },
      "OperationNotAllowed: `diskSizeGB`: a disk can't be made smaller",
      EXPAND,
    ),
    rule(
      "a disk of up to 4 TiB grows beyond that while nothing uses it",
      {
        all: [
          { property: "^diskSizeGB", atMost: 4096 },
          type("Premium_LRS", "StandardSSD_LRS", "Standard_LRS", "Premium_ZRS", "StandardSSD_ZRS"),
        ],
      },
      { property: "diskSizeGB", atMost: 4096 },
      "OperationNotAllowed: `diskSizeGB`: growing beyond 4 TiB needs the disk detached or its machine deallocated",
      EXPAND,
    ),
    ...unchangeable(
      ["sku.name"],
      CONVERT,
      "a disk's type changes while it is detached or its machine is deallocated",
    ),
    ...unchangeable(
      ["zones", "creationData", "hyperVGeneration", "osType", "maxShares"],
      "https://learn.microsoft.com/rest/api/compute/disks/update",
    ),
  ],
  seconds: { create: 5, update: 5, delete: 5 },
});

export const models: readonly ResourceModel[] = [disk];
