/** What single machines and scale sets say alike: the system, its disks, its image and its security. */
import type { PropertyModel, Rule } from "../../model";
import {
  block,
  blocks,
  bool,
  DISK,
  foreign,
  held,
  attached,
  IDENTITY,
  identityIds,
  int,
  LEARN,
  num,
  oneOf,
  partial,
  rule,
  str,
} from "./common";

export const VMS = "https://learn.microsoft.com/rest/api/compute/virtual-machines/create-or-update";
export const CUSTOM_DATA = `${LEARN}virtual-machines/custom-data`;
export const TRUSTED = `${LEARN}virtual-machines/trusted-launch`;
export const SPOT = `${LEARN}virtual-machines/spot-vms`;

/** A size such as `Standard_D4s_v5`: https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions */
export const size = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({
    pattern: "(Standard|Basic)_[A-Z]{1,3}\\d+(-\\d+)?[a-z]*(_[A-Za-z0-9]+)*(_v\\d+)?",
    example: "Standard_D4s_v5",
    ...more,
  });

/** Names that Azure keeps for itself, by its documentation of `adminUsername`. */
const RESERVED =
  "administrator|admin|user|user1|test|user2|test1|user3|admin1|1|123|a|actuser|adm|admin2|aspnet|backup|console|david|guest|john|owner|root|server|sql|support|support_388945a0|sys|test2|test3|user4|user5";

export const diskTypes = [
  "Standard_LRS",
  "Premium_LRS",
  "StandardSSD_LRS",
  "UltraSSD_LRS",
  "Premium_ZRS",
  "StandardSSD_ZRS",
  "PremiumV2_LRS",
];

const encryptionSet = foreign("Microsoft.Compute/diskEncryptionSets");
export const createOption = oneOf(["FromImage", "Empty", "Attach", "Copy", "Restore"], {
  required: true,
});
export const caching = oneOf(["None", "ReadOnly", "ReadWrite"]);
export const deleteOption = oneOf(["Delete", "Detach"]);

const diskSecurity = block({
  diskEncryptionSet: encryptionSet,
  securityEncryptionType: oneOf(["VMGuestStateOnly", "DiskWithVMGuestState", "NonPersistedTPM"]),
});
/** A managed disk; a machine's own may be one that exists, with its id. */
export const managedDisk = (withId: boolean): PropertyModel =>
  block({
    diskEncryptionSet: encryptionSet,
    ...(withId ? { id: str({ ref: attached(DISK) }) } : {}),
    securityProfile: diskSecurity,
    storageAccountType: oneOf(diskTypes),
  });

/** One image, pinned by version. */
export const imageReference = block({
  communityGalleryImageId: str({ pattern: "/CommunityGalleries/.+" }),
  id: str({ pattern: "/subscriptions/.+/(images|galleries)/.+" }),
  offer: str({ example: "ubuntu-24_04-lts" }),
  publisher: str({ example: "Canonical" }),
  sharedGalleryImageId: str({ pattern: "/SharedGalleries/.+" }),
  sku: str({ example: "server" }),
  version: str({ pattern: "latest|\\d+\\.\\d+\\.\\d+", example: "24.04.202510010" }),
});

/** The OS disk's keys that a machine and a scale set share. */
export const osDisk = {
  caching,
  createOption,
  deleteOption,
  diffDiskSettings: block({
    option: oneOf(["Local"]),
    placement: oneOf(["CacheDisk", "ResourceDisk", "NvmeDisk"]),
  }),
  diskSizeGB: int({ min: 1, max: 4095 }),
  name: str({ pattern: "[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}" }),
  osType: oneOf(["Windows", "Linux"]),
  writeAcceleratorEnabled: bool(),
} as const;

export const WINDOWS =
  "Windows, certificates of the classic kind and unmanaged disks are not modelled";

const linuxConfiguration = block({
  disablePasswordAuthentication: bool(),
  enableVMAgentPlatformUpdates: bool(),
  patchSettings: block({
    assessmentMode: oneOf(["ImageDefault", "AutomaticByPlatform"]),
    automaticByPlatformSettings: block({
      bypassPlatformSafetyChecksOnUserSchedule: bool(),
      rebootSetting: oneOf(["Unknown", "IfRequired", "Never", "Always"]),
    }),
    patchMode: oneOf(["ImageDefault", "AutomaticByPlatform"]),
  }),
  provisionVMAgent: bool(),
  ssh: block({
    publicKeys: blocks({
      // https://learn.microsoft.com/azure/virtual-machines/linux/mac-create-ssh-keys#supported-ssh-key-formats
      keyData: str({
        pattern: "(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]{60,}={0,2}( .*)?\\s*",
        example:
          "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl tests",
      }),
      path: str({ pattern: "/home/[^/]+/\\.ssh/authorized_keys" }),
    }),
  }),
});

/** The system. `host` is the property with the host's name, or the beginning of it. */
export const osProfile = (host: "computerName" | "computerNamePrefix"): PropertyModel =>
  block(
    {
      adminPassword: str({ writeOnly: true, minLength: 6, maxLength: 72 }),
      adminUsername: str({ pattern: `(?!(${RESERVED})$)[a-z_][a-z0-9_-]{0,63}`, example: "host" }),
      allowExtensionOperations: bool(),
      [host]: str({
        // Letters, digits and hyphens; 64 on Linux, 58 before the suffix of a scale set.
        pattern:
          host === "computerName"
            ? "(?!\\d+$)[A-Za-z0-9][A-Za-z0-9.-]{0,62}[A-Za-z0-9]"
            : "[A-Za-z0-9][A-Za-z0-9-]{0,57}",
        example: "gitlab",
      }),
      customData: str({ writeOnly: true, format: "base64", maxBytes: 65535 }),
      linuxConfiguration,
      requireGuestProvisionSignal: bool(),
    },
    { omits: WINDOWS },
  );

/** Text for the machine that can be changed while it runs: https://learn.microsoft.com/azure/virtual-machines/user-data */
export const userData = str({ format: "base64", maxLength: 65536, writeOnly: true });

export const securityProfile = block(
  {
    encryptionAtHost: bool(),
    encryptionIdentity: block({ userAssignedIdentityResourceId: str({ ref: held(IDENTITY) }) }),
    securityType: oneOf(["TrustedLaunch", "ConfidentialVM"]),
    uefiSettings: block({ secureBootEnabled: bool(), vTpmEnabled: bool() }),
  },
  { omits: "the metadata security protocol is not modelled" },
);

export const identity = block({
  type: oneOf(["SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned", "None"]),
  userAssignedIdentities: identityIds,
});

export const billingProfile = block({ maxPrice: num({ min: -1 }) });
export const priority = oneOf(["Regular", "Low", "Spot"]);
export const evictionPolicy = oneOf(["Deallocate", "Delete"]);
export const bootDiagnostics = block({
  bootDiagnostics: block({ enabled: bool(), storageUri: str({ format: "url" }) }),
});
export const capabilities = block({ hibernationEnabled: bool(), ultraSSDEnabled: bool() });
export const plan = block({
  name: str(),
  product: str(),
  promotionCode: str(),
  publisher: str(),
});
export const vmSizeProperties = block({
  vCPUsAvailable: int({ min: 1 }),
  vCPUsPerCore: int({ min: 1, max: 2 }),
});
export const minutes = str({ pattern: "PT(\\d+H)?(\\d+M)?", example: "PT15M" });
export const scheduledEvents = block({
  osImageNotificationProfile: block({ enable: bool(), notBeforeTimeout: minutes }),
  terminateNotificationProfile: block({ enable: bool(), notBeforeTimeout: minutes }),
});
export const applicationProfile = block({
  galleryApplications: partial(
    { packageReferenceId: str({ required: true, pattern: "/subscriptions/.+" }) },
    "gallery applications are not modelled",
  ),
});
/** What Azure checks of the machine's description; `at` is the path of the block that it stands in, with a dot. */
export const machineRules = (at: "" | "virtualMachineProfile."): readonly Rule[] => {
  const os = `${at}osProfile`;
  const image = `${at}storageProfile.imageReference`;
  const host = at === "" ? "computerName" : "computerNamePrefix";
  const spot = { property: `${at}priority`, in: ["Spot", "Low"] };
  return [
    rule(
      "a machine from an image has a system",
      { property: `${at}storageProfile.osDisk.createOption`, equals: "FromImage" },
      {
        all: [
          { property: image, present: true },
          { property: `${os}.adminUsername`, present: true },
          { property: `${os}.${host}`, present: true },
        ],
      },
      `InvalidParameter: \`${os}\` with adminUsername and ${host}, and \`${image}\`, are required for an osDisk that is made FromImage`,
      VMS,
    ),
    rule(
      "an image of the marketplace is named in full",
      { property: `${image}.publisher`, present: true },
      {
        all: ["offer", "sku", "version"].map((key) => ({
          property: `${image}.${key}`,
          present: true,
        })),
      },
      `InvalidParameter: \`${image}\` needs publisher, offer, sku and version`,
      VMS,
    ),
    rule(
      "an image is named in one way",
      { property: image, present: true },
      {
        any: [
          {
            all: [
              { property: `${image}.publisher`, present: true },
              ...["id", "sharedGalleryImageId", "communityGalleryImageId"].map((key) => ({
                property: `${image}.${key}`,
                present: false,
              })),
            ],
          },
          ...["id", "sharedGalleryImageId", "communityGalleryImageId"].map((key) => ({
            all: [
              { property: `${image}.${key}`, present: true },
              { property: `${image}.publisher`, present: false },
            ],
          })),
        ],
      },
      `InvalidParameter: \`${image}\` names a marketplace image, or an image by id: one of them`,
      VMS,
    ),
    rule(
      "there is a way to sign in",
      { property: os, present: true },
      {
        any: [
          { property: `${os}.adminPassword`, present: true },
          { property: `${os}.linuxConfiguration.ssh.publicKeys[].keyData`, present: true },
        ],
      },
      `InvalidParameter: \`${os}\`: an adminPassword or an SSH public key is required`,
      `${LEARN}virtual-machines/linux/create-ssh-keys-detailed`,
    ),
    rule(
      "without passwords there are keys, and no password",
      { property: `${os}.linuxConfiguration.disablePasswordAuthentication`, equals: true },
      {
        all: [
          { property: `${os}.linuxConfiguration.ssh.publicKeys[].keyData`, present: true },
          { property: `${os}.adminPassword`, present: false },
        ],
      },
      `InvalidParameter: \`${os}.linuxConfiguration\`: disablePasswordAuthentication needs ssh.publicKeys, and no adminPassword`,
      VMS,
    ),
    rule(
      "keys go to the administrator's own file",
      { property: `${os}.linuxConfiguration.ssh.publicKeys[].path`, present: true },
      {
        property: `${os}.linuxConfiguration.ssh.publicKeys[]`,
        every: { property: "path", present: true },
      },
      `InvalidParameter: \`${os}.linuxConfiguration.ssh.publicKeys\`: every key needs the path /home/<adminUsername>/.ssh/authorized_keys`,
      VMS,
    ),
    rule(
      "the guest's signal is asked for or left out",
      { property: `${os}.requireGuestProvisionSignal`, present: true },
      { property: `${os}.requireGuestProvisionSignal`, equals: true },
      `InvalidParameter: \`${os}.requireGuestProvisionSignal\` must be true or left out`,
      VMS,
    ),
    rule(
      "UEFI settings belong to a security type",
      { property: `${at}securityProfile.uefiSettings`, present: true },
      { property: `${at}securityProfile.securityType`, present: true },
      `BadRequest: \`${at}securityProfile.uefiSettings\` needs securityType TrustedLaunch or ConfidentialVM`,
      TRUSTED,
    ),
    rule(
      "a confidential machine encrypts its state",
      { property: `${at}securityProfile.securityType`, equals: "ConfidentialVM" },
      {
        property: `${at}storageProfile.osDisk.managedDisk.securityProfile.securityEncryptionType`,
        present: true,
      },
      `BadRequest: \`${at}storageProfile.osDisk.managedDisk.securityProfile.securityEncryptionType\` is required for a ConfidentialVM`,
      `${LEARN}confidential-computing/confidential-vm-overview`,
    ),
    rule(
      "only Spot machines are evicted and have a price",
      {
        any: [
          { property: `${at}evictionPolicy`, present: true },
          { property: `${at}billingProfile.maxPrice`, present: true },
        ],
      },
      spot,
      `InvalidParameter: \`${at}evictionPolicy\` and \`${at}billingProfile\` need priority Spot`,
      SPOT,
    ),
    rule(
      "a Spot price is above nothing",
      { property: `${at}billingProfile.maxPrice`, present: true },
      {
        any: [
          { property: `${at}billingProfile.maxPrice`, equals: -1 },
          { property: `${at}billingProfile.maxPrice`, atLeast: 0.00001 },
        ],
      },
      `InvalidParameter: \`${at}billingProfile.maxPrice\` must be -1 (the price of a regular machine) or more than 0.00001`,
      SPOT,
    ),
    rule(
      "burstable sizes are no Spot",
      {
        all: [spot, { property: at === "" ? "hardwareProfile.vmSize" : "sku.name", present: true }],
      },
      {
        property: at === "" ? "hardwareProfile.vmSize" : "sku.name",
        notMatches: "(Standard_B|Basic_).*",
      },
      "InvalidParameter: B-series sizes can't be Spot",
      `${SPOT}#limitations`,
    ),
    rule(
      "data disks have LUNs of their own",
      { property: `${at}storageProfile.dataDisks`, present: true },
      { property: `${at}storageProfile.dataDisks[].lun`, distinct: true },
      `InvalidParameter: \`${at}storageProfile.dataDisks\`: two have the same lun`,
      VMS,
    ),
    rule(
      "disks of the second premium kind are not cached, and no system starts from them",
      {
        any: [
          {
            property: `${at}storageProfile.dataDisks[]`,
            some: {
              property: "managedDisk.storageAccountType",
              in: ["PremiumV2_LRS", "UltraSSD_LRS"],
            },
          },
          {
            property: `${at}storageProfile.osDisk.managedDisk.storageAccountType`,
            in: ["PremiumV2_LRS", "UltraSSD_LRS"],
          },
        ],
      },
      {
        all: [
          {
            property: `${at}storageProfile.dataDisks[]`,
            every: {
              any: [
                {
                  property: "managedDisk.storageAccountType",
                  notIn: ["PremiumV2_LRS", "UltraSSD_LRS"],
                },
                { property: "managedDisk.storageAccountType", present: false },
                { property: "caching", equals: "None" },
                { property: "caching", present: false },
              ],
            },
          },
          {
            not: {
              property: `${at}storageProfile.osDisk.managedDisk.storageAccountType`,
              in: ["PremiumV2_LRS", "UltraSSD_LRS"],
            },
          },
        ],
      },
      `InvalidParameter: \`${at}storageProfile\`: PremiumV2_LRS and UltraSSD_LRS are for data disks without caching`,
      `${LEARN}virtual-machines/disks-types#premium-ssd-v2`,
    ),
    rule(
      "premium disks need a size for them",
      {
        any: [
          {
            property: `${at}storageProfile.osDisk.managedDisk.storageAccountType`,
            matches: "Premium.*",
          },
          {
            property: `${at}storageProfile.dataDisks[].managedDisk.storageAccountType`,
            matches: "Premium.*",
          },
        ],
      },
      {
        property: at === "" ? "hardwareProfile.vmSize" : "sku.name",
        // A lower-case s among the letters after the number of vCPUs, or one of the old DS and GS.
        matches: "Standard_([A-Z]{1,3}\\d+(-\\d+)?[a-z]*s[a-z]*(_.*)?|[DG]S\\d+.*)",
      },
      "InvalidParameter: premium disks need a size that supports premium storage (an s in its name)",
      `${LEARN}virtual-machines/vm-naming-conventions`,
    ),
    rule(
      "a user-assigned identity is named, and only where the type says so",
      { property: "identity", present: true },
      {
        any: [
          {
            all: [
              { property: "identity.type", matches: ".*UserAssigned" },
              { property: "identity.userAssignedIdentities", present: true },
            ],
          },
          {
            all: [
              { property: "identity.type", in: ["SystemAssigned", "None"] },
              { property: "identity.userAssignedIdentities", present: false },
            ],
          },
        ],
      },
      "InvalidParameter: `identity.userAssignedIdentities` goes with a type that has UserAssigned in it",
      `${LEARN}virtual-machines/managed-identities`,
    ),
  ];
};
