/**
 * The `ops` environment: GitLab EE on one Compute Engine machine, with Cloud SQL and Memorystore beside it.
 * This file is its bill of materials; what each part is stands in components/, what can be set in ./settings.ts.
 */
import { Provider } from "@pulumi/gcp/provider";
import * as pulumi from "@pulumi/pulumi";
import { GcpAlertChannels, GcpAlerts } from "../../components/alerts/gcp";
import { GcpDiskSnapshots } from "../../components/backup-schedule/gcp-snapshots";
import { PackageBackupGcs } from "../../components/backup-schedule/package-gcs";
import {
  GcpGitLabInstance,
  GcpInstanceDisks,
  GcpInstanceStore,
} from "../../components/gitlab-instance/gcp";
import { GcpMachineIdentity } from "../../components/identity/gcp";
import { cachePort, GcpManagedData } from "../../components/managed-data/gcp";
import { GcpFirewall, GcpNetwork, iapRange } from "../../components/network/gcp";
import { GcsObjects } from "../../components/object-storage/gcs";
import { GcpRunnerFleet } from "../../components/runner-fleet/gcp";
import { GcpApis } from "../../components/shared/gcp-apis";
import type { EnvironmentRehearsal } from "../../engine/environment";
import { labelled } from "../shared/gcp-labels";
import { packageHosts, packageMadeUp } from "../shared/package-settings";
import { takesPersistentDisks } from "../shared/gcp-fields";
import { flows } from "./flows";
import { roleTokens } from "./role";
import { parseOpsSettings, secretSettings } from "./settings";

export { parseOpsSettings as parse } from "./settings";

/** The project's own keys that are secret. */
export const secrets = secretSettings.map(({ key }) => key);

/** What the rehearsal does with this environment. */
export const rehearsal: EnvironmentRehearsal = {
  day2: [
    {
      name: "machine type n2-standard-8 to n2-standard-16, and a new image of the machine",
      set: {
        "machine.type": "n2-standard-16",
        "machine.image": "projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260918",
      },
    },
  ],
  unprotect: { set: { protection: false } },
  madeUp: packageMadeUp,
};

/** APIs that the environment uses, by their short names. */
const services = [
  "cloudresourcemanager",
  "compute",
  "dns",
  "iam",
  "iamcredentials",
  "iap",
  "logging",
  "monitoring",
  "oslogin",
  "redis",
  "secretmanager",
  "servicenetworking",
  "sqladmin",
  "storage",
];

/** Kind of boot disk that a machine type takes. */
function bootDisk(type: string): "pd-balanced" | "hyperdisk-balanced" {
  return takesPersistentDisks(type) ? "pd-balanced" : "hyperdisk-balanced";
}

/** Declares the environment; resolves to the stack's outputs. */
export function program(): Promise<Record<string, unknown>> {
  return Promise.resolve().then(declare);
}

function declare(): Record<string, unknown> {
  const settings = parseOpsSettings(pulumi.runtime.allConfig());
  const config = new pulumi.Config("gitlab");
  const { project, region, zone } = settings;
  const hosts = packageHosts(settings);
  const site = {
    prefix: "gitlab-ops",
    environment: "ops",
    protection: settings.protection,
    runbooks: settings.runbooks,
  };
  const labels = { environment: "ops", owner: settings.owner, stack: pulumi.getStack() };

  // Two providers, so that all else waits for the APIs: whatever uses the second depends on what that one depends on.
  const setup = new Provider("setup", { project, region, zone });
  const apis = new GcpApis("apis", { project, services }, { provider: setup });
  const main = new Provider(
    "main",
    { project, region, zone, defaultLabels: labels },
    { dependsOn: apis.ready },
  );
  const as = (component: string): pulumi.ComponentResourceOptions => ({
    provider: main,
    transformations: [labelled(component, labels)],
  });

  const network = new GcpNetwork(
    "network",
    {
      site,
      region,
      subnets: {
        machine: settings.network.machineCidr,
        runners: settings.network.runnersCidr,
      },
      servicesCidr: settings.network.servicesCidr,
      flowSampling: settings.network.flowSampling,
    },
    as("network"),
  );
  const identity = new GcpMachineIdentity(
    "gitlab-identity",
    {
      site,
      project,
      machine: "gitlab",
      description: "The machine that runs GitLab",
      projectRoles: ["roles/monitoring.metricWriter"],
      signsForItself: true,
    },
    as("instance"),
  );
  const managers = settings.runners.map((fleet) => ({
    fleet,
    identity: new GcpMachineIdentity(
      `runners-${fleet.name}-identity`,
      {
        site,
        project,
        machine: `runners-${fleet.name}`,
        description: `The manager of runner fleet ${fleet.name}`,
        projectRoles: ["roles/monitoring.metricWriter"],
        signsForItself: true,
      },
      as("runners"),
    ),
  }));
  const workerTag = `${site.prefix}-runner-worker`;
  const servicesRange = { kind: "ranges" as const, cidrs: [settings.network.servicesCidr] };
  const firewall = new GcpFirewall(
    "firewall",
    {
      networkId: network.networkId,
      parties: {
        gitlab: {
          kind: "machines",
          serviceAccountEmails: [identity.email],
          cidr: settings.network.machineCidr,
        },
        "runner-manager": {
          kind: "machines",
          serviceAccountEmails: managers.map(({ identity }) => identity.email),
          cidr: settings.network.runnersCidr,
        },
        "runner-worker": { kind: "tagged", tag: workerTag, cidr: settings.network.runnersCidr },
        database: servicesRange,
        cache: servicesRange,
        iap: { kind: "ranges", cidrs: [iapRange] },
      },
      flows: flows(settings, cachePort),
    },
    as("network"),
  );

  const data = new GcpManagedData(
    "data",
    {
      site,
      project,
      region,
      zones: [zone, settings.standbyZone],
      backupRegion: settings.backup.region,
      networkId: network.networkId,
      networkSelfLink: network.networkSelfLink,
      servicesRange: network.servicesRange,
      servicesReady: network.servicesReady,
      database: settings.database,
      cache: settings.cache,
      databasePassword: config.requireSecret("databasePassword"),
      readers: { machine: identity.member },
    },
    as("data"),
  );
  const objects = new GcsObjects(
    "objects",
    { site, project, location: region, access: { kind: "identity", email: identity.email } },
    as("objects"),
  );
  const disks = new GcpInstanceDisks(
    "gitlab-disks",
    { site, zone, ...settings.disks },
    as("instance"),
  );
  const snapshots = new GcpDiskSnapshots(
    "snapshots",
    {
      site,
      region,
      zone,
      disks: disks.names,
      storageRegion: settings.backup.region,
      hour: settings.backup.snapshotHour,
      retentionDays: settings.backup.snapshotDays,
      labels,
    },
    as("backup"),
  );

  const secret = (key: string) => config.getSecret(key);
  const store = new GcpInstanceStore(
    "gitlab-store",
    {
      site,
      machine: identity.member,
      initialRootPassword: config.requireSecret("initialRootPassword"),
      smtpPassword: settings.smtp === undefined ? undefined : config.requireSecret("smtpPassword"),
      license: secret("license"),
      roleTokens: roleTokens(settings, secret),
      tls:
        settings.tls.certificate === "given"
          ? {
              certificate: config.requireSecret("tlsCertificate"),
              key: config.requireSecret("tlsKey"),
            }
          : undefined,
    },
    as("instance"),
  );
  const channels = new GcpAlertChannels(
    "alert-channels",
    { site, emails: settings.alerts.emails },
    as("alerts"),
  );
  const backups = new PackageBackupGcs(
    "backup",
    {
      site,
      policy: settings.backup,
      project,
      machineRegion: region,
      location: settings.backup.region,
      writer: identity.email,
      notificationChannels: [...channels.names],
    },
    as("backup"),
  );
  const fleets = managers.map(
    (manager) =>
      new GcpRunnerFleet(
        `runners-${manager.fleet.name}`,
        {
          site,
          ...manager,
          release: settings.runnerRelease,
          project,
          zone,
          gitlabUrl: `https://${hosts.web}`,
          subnetId: network.subnetIds.runners,
          image: settings.runnerImage ?? settings.machine.image,
          managerDisk: bootDisk(manager.fleet.managerType),
          workerDisk: bootDisk(manager.fleet.workerTypes[0] ?? ""),
          workerTag,
          issuer: identity.member,
          cacheLocation: region,
          labels,
          channels: [...channels.names],
          ready: [...network.ready, ...firewall.ready],
        },
        as("runners"),
      ),
  );
  const instance = new GcpGitLabInstance(
    "gitlab",
    {
      site,
      project,
      region,
      zone,
      machine: {
        ...settings.machine,
        bootDiskType: bootDisk(settings.machine.type),
      },
      identity,
      network,
      disks,
      store,
      data,
      buckets: objects.buckets,
      backup: backups.destination,
      hosts,
      dnsZone: { name: settings.dnsZone.name, project: settings.dnsZone.project ?? project },
      letsEncryptContact: settings.tls.certificate === "given" ? undefined : settings.tls.contact,
      smtp: settings.smtp === undefined ? undefined : { ...settings.smtp, domain: settings.domain },
      monitoringCidrs: settings.monitoringCidrs,
      hostSshPort: settings.hostSshPort,
      upgrade: { ...settings.upgrade, firstVersion: settings.upgrade.firstVersion ?? null },
      role: {
        adminEmails: settings.adminEmails,
        mirrors: settings.mirrors,
        slack: settings.slack,
      },
      runners: fleets.map(({ name, tags, runUntagged, tokenSecretName }) => ({
        name,
        tags,
        runUntagged,
        tokenSecret: tokenSecretName,
      })),
      access: [{ name: "engineering-manager", group: settings.adminGroup, level: "admin" }],
      ready: [
        ...firewall.ready,
        ...objects.ready,
        ...snapshots.ready,
        ...backups.ready,
        ...fleets.flatMap(({ ready }) => ready),
      ],
    },
    as("instance"),
  );

  new GcpAlerts(
    "alerts",
    {
      site,
      project,
      channels: channels.names,
      webHost: hosts.web,
      data: {
        database: {
          id: `${project}:${data.databaseInstance}`,
          maxStorageGiB: settings.database.maxStorageGiB,
          maxConnections: settings.database.maxConnections,
        },
        cache: { id: data.cacheInstance },
      },
      maxBackupAgeHours: settings.backup.maxAgeHours,
    },
    as("alerts"),
  );

  return {
    url: instance.url,
    registryUrl: instance.registryUrl,
    sshHost: instance.sshHost,
    address: instance.address,
    machine: instance.machineName,
    databaseHost: data.postgres.host,
    redisHost: data.redis.host,
    recoverySecret: store.names.recovery,
    backupArchiveBucket: backups.archiveBucket,
    backupSecretsBucket: backups.secretsBucket,
    snapshotSchedule: snapshots.policyName,
  };
}
