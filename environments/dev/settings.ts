/**
 * Every setting of the `dev` environment, with its default and the reason for it.
 * `Pulumi.dev.yaml` holds only what differs.
 */
import { z } from "zod";
import type { StackConfig } from "../../engine/environment";
import { isPrivate, overlaps, parseCidr } from "../shared/cidr";
import { awsAccountId, awsRegion, awsRoleArn, cidr, hostname, wholeNumber } from "../shared/fields";
import {
  backupSizes,
  diskSizes,
  fleetSchema,
  packageFields,
  packageHosts,
  packageRequiredSecrets,
  packageRules,
  packageSecrets,
} from "../shared/package-settings";
import { disjoint } from "../shared/rules";
import { parseSettings, type Fields, type Refuse } from "../shared/settings";
import { vmSize } from "./sizes";

const guid = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    "a GUID in lower case, as 11111111-2222-3333-4444-555555555555",
  );

/**
 * Regions with three availability zones (https://learn.microsoft.com/azure/reliability/regions-list): addresses that
 * survive a zone, and disks that are put beside their machine, exist nowhere else.
 */
const zonalRegions = [
  "australiaeast",
  "brazilsouth",
  "canadacentral",
  "centralindia",
  "centralus",
  "eastasia",
  "eastus",
  "eastus2",
  "francecentral",
  "germanywestcentral",
  "israelcentral",
  "italynorth",
  "japaneast",
  "koreacentral",
  "mexicocentral",
  "newzealandnorth",
  "northeurope",
  "norwayeast",
  "polandcentral",
  "qatarcentral",
  "southafricanorth",
  "southcentralus",
  "southeastasia",
  "spaincentral",
  "swedencentral",
  "switzerlandnorth",
  "uaenorth",
  "uksouth",
  "westeurope",
  "westus2",
  "westus3",
] as const;

/** A name of a resource group (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
const resourceGroup = z
  .string()
  .regex(
    /^[\w().-]{0,89}[\w()-]$/,
    "a resource group's name: letters, digits, . _ - ( ), at most 90",
  );

const azure = z.strictObject({
  subscriptionId: guid,
  tenantId: guid,
  location: z.enum(zonalRegions),
  /** Zone of the machine and its disks. With `disks.kind: Premium_ZRS` it can be changed; else the disks stay where they are. */
  zone: z.enum(["1", "2", "3"]).default("1"),
});

/** The public zone that holds the host names: a zone of Azure DNS, in a resource group of its own. */
const dns = z.strictObject({ zone: hostname, resourceGroup });

const network = z
  .strictObject({
    /** Addresses of the virtual network. */
    cidr: cidr.default("10.30.0.0/20"),
    /** GitLab's machine. */
    machineCidr: cidr.default("10.30.0.0/24"),
    /** Runner managers and their Spot workers. */
    runnersCidr: cidr.default("10.30.4.0/22"),
    /** Bastion. /26 or larger: with less it can't grow (https://learn.microsoft.com/azure/bastion/configuration-settings#subnet). */
    bastionCidr: cidr.default("10.30.1.0/26"),
    /** Networks that this one will be joined to and must not overlap. */
    peers: z.array(cidr).default([]),
  })
  .prefault({});

const machine = z.strictObject({
  /** 8 vCPU and 32 GiB: GitLab's single-node baseline of 8 vCPU, 16 GB with room for builds of packages (docs.gitlab.com/install/requirements). */
  size: vmSize.default("Standard_D8s_v5"),
  /** Version of Canonical's image `ubuntu-24_04-lts`, `server`. Pinned: a new one replaces the machine, as a change of its own. */
  imageVersion: z
    .string()
    .regex(
      /^24\.04\.20\d{7}$/,
      "a version of Canonical's Ubuntu 24.04 image, as 24.04.202510010; never latest",
    ),
  osDiskGiB: wholeNumber(30, 1024).default(64),
  /** Name of the administrator that is made with the machine (Azure refuses the likes of `admin` and `root`). */
  adminUsername: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{2,30}$/, "lower-case letters, digits, _ and -, 3 to 31")
    .refine(
      (name) => !["admin", "administrator", "root", "guest", "user", "test", "sys"].includes(name),
      "a name that Azure takes, as operator",
    )
    .default("operator"),
  /** Public keys of those who may sign in through Bastion. There is no password. */
  adminSshKey: z
    .string()
    .regex(
      /^(ssh-ed25519 AAAAC3Nza[A-Za-z0-9+/]{50,80}={0,2}|ssh-rsa AAAAB3Nza[A-Za-z0-9+/]{340,}={0,2})( [\w.@+-]+)?$/,
      "one public key, ssh-ed25519 or ssh-rsa of 2048 bits or more",
    ),
});

const disks = z
  .strictObject({
    ...diskSizes,
    /** `Premium_ZRS` keeps a copy in each zone, so that the machine can be moved out of a lost one; it costs half as much again. */
    kind: z.enum(["Premium_LRS", "Premium_ZRS"]).default("Premium_LRS"),
  })
  .prefault({});

const vault = z
  .strictObject({
    /**
     * Name in all of Azure. A deleted vault holds on to its name for `softDeleteDays`: whoever stands the environment
     * up again before then gives another. @default made from the prefix and the subscription
     */
    name: z
      .string()
      .regex(
        /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/,
        "3 to 24 lower-case letters, digits and single -, from a letter on",
      )
      .optional(),
    /** Can't be changed later. */
    softDeleteDays: wholeNumber(7, 90).default(90),
    /** Public networks that people and pipelines read secrets from. Making and changing them needs none of these; taking the stack down does. */
    readerCidrs: z.array(cidr).default([]),
  })
  .prefault({});

const backup = z.strictObject({
  ...backupSizes,
  /** The AWS account that packages' backups go to; nobody who can break Azure can break them. */
  accountId: awsAccountId,
  /** Role that the deployer assumes there. */
  roleArn: awsRoleArn,
  region: awsRegion,
  /** When disks are snapshotted, in UTC: before the upgrade, whatever its time zone makes of that. */
  snapshotTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "hh:mm in UTC")
    .default("01:30"),
  /** `compliance` can't be undone by anybody before the days are over, not even by closing the bucket's account. */
  lockMode: z.enum(["governance", "compliance"]).default("governance"),
});

const gcp = z.strictObject({
  /** Project that holds the buckets. */
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "a Google Cloud project id, 6 to 30 characters"),
  /** Near the machine: every artifact and layer goes through it. */
  location: z
    .string()
    .regex(/^(EU|US|ASIA|[A-Z]+-[A-Z]+\d+)$/, "a bucket location in capitals, as EUROPE-WEST4"),
});

/** Azure's groups (object ids) by what their members may do. */
const access = z
  .strictObject({
    /** Sign in to the machine through Bastion, with the key. */
    production: z.array(guid).default([]),
    /** See alerts, metrics and logs. */
    support: z.array(guid).default([]),
  })
  .prefault({});

const fleet = fleetSchema({
  worker: vmSize,
  manager: z.string().regex(/^Standard_[A-Z]+\d+[a-z]*(_v\d+)?$/, "an Azure size, as Standard_B2s"),
  workerDefault: ["Standard_D8s_v5"],
  managerDefault: "Standard_B2s",
});

/** dev mirrors nothing: what is mirrored to it, others push. */
const common: Omit<typeof packageFields, "mirrors"> = Object.fromEntries(
  Object.entries(packageFields).filter(([key]) => key !== "mirrors"),
) as Omit<typeof packageFields, "mirrors">;

/** Object form of the schema, before the rules between settings. */
const fields = {
  ...common,
  azure,
  gcp,
  dns,
  network,
  machine,
  disks,
  vault,
  backup,
  access,
  /** dev's own work is to build packages and images. */
  runners: z
    .array(fleet)
    .default([fleet.parse({ name: "builds", tags: ["packages", "images"], privileged: true })]),
};

/** Checked settings, defaults filled in. */
export type DevSettings = Fields<typeof fields>;

/** Rules between settings. What is wrong by itself is missing here and was already said. */
function rules(settings: Partial<DevSettings>, refuse: Refuse): void {
  packageRules(settings, refuse);
  networkRules(settings, refuse);
  const { azure: place, backup: backups, disks: size, dns: names } = settings;
  if (settings.domain !== undefined && names !== undefined) {
    const hosts = packageHosts({ ...settings, domain: settings.domain });
    const keys = { web: "domain", registry: "registryDomain", ssh: "sshDomain" } as const;
    for (const [host, key] of Object.entries(keys)) {
      const name = hosts[host as keyof typeof keys];
      if (name !== names.zone && !name.endsWith(`.${names.zone}`)) {
        refuse([key], `a name in dns.zone ${names.zone}`, name);
      }
    }
  }
  if (backups !== undefined && !backups.roleArn.includes(`::${backups.accountId}:`)) {
    refuse(["backup", "roleArn"], `a role of account ${backups.accountId}`);
  }
  if (place !== undefined && place.subscriptionId === place.tenantId) {
    refuse(["azure", "subscriptionId"], "the subscription's id, which is not the tenant's");
  }
  if (size !== undefined && size.stateGiB * 2 < size.repositoriesGiB) {
    // A full backup is made on the state disk before each upgrade: bundles of all repositories, in one archive.
    refuse(["disks", "stateGiB"], `at least half of disks.repositoriesGiB ${size.repositoriesGiB}`);
  }
}

function networkRules({ network: settings }: Partial<DevSettings>, refuse: Refuse): void {
  const whole = settings === undefined ? undefined : parseCidr(settings.cidr);
  if (settings === undefined || whole === undefined) return;
  if (whole.bits < 8 || whole.bits > 24) refuse(["network", "cidr"], "a network of /8 to /24");
  if (!isPrivate(whole)) {
    refuse(["network", "cidr"], "a private network (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)");
  }
  // Docker's default bridge on every runner: a network there can't be reached from a job.
  const docker = parseCidr("172.17.0.0/16");
  if (docker !== undefined && overlaps(whole, docker)) {
    refuse(["network", "cidr"], "a network clear of Docker's bridge 172.17.0.0/16");
  }
  const subnets = (["machineCidr", "runnersCidr", "bastionCidr"] as const).map((key) => ({
    path: ["network", key],
    cidr: settings[key],
  }));
  for (const { path, cidr: text } of subnets) {
    const subnet = parseCidr(text);
    if (subnet === undefined) continue;
    if (subnet.first < whole.first || subnet.last > whole.last) {
      refuse(path, `a network within network.cidr ${settings.cidr}`);
    }
    // Azure takes five addresses of each subnet and none smaller than /29.
    if (subnet.bits > 29) refuse(path, "a network of /29 or larger");
  }
  const bastion = parseCidr(settings.bastionCidr);
  if (bastion !== undefined && bastion.bits > 26) {
    refuse(["network", "bastionCidr"], "a network of /26 or larger: Bastion takes no smaller one");
  }
  disjoint(subnets, refuse);
  settings.peers.forEach((text, index) => {
    const peer = parseCidr(text);
    if (peer !== undefined && overlaps(whole, peer)) {
      refuse(
        ["network", "peers", index],
        `a network that does not overlap network.cidr ${settings.cidr}`,
      );
    }
  });
}

/**
 * Parses the stack's configuration.
 * @throws SettingsError with every problem at once, before any resource is touched
 */
export function parseDevSettings(config: StackConfig): DevSettings {
  return parseSettings(
    {
      stack: "dev",
      fields,
      rules,
      secrets: packageSecrets,
      requiredSecrets: packageRequiredSecrets,
    },
    config,
  );
}
