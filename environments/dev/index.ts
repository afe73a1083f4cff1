/**
 * The `dev` environment: GitLab CE from the nightly builds on one Azure machine, where packages and images are built.
 * This file is its bill of materials; what each part is stands in components/, what can be set in ./settings.ts.
 */
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { Provider as GcpProvider } from "@pulumi/gcp/provider";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import * as pulumi from "@pulumi/pulumi";
import { AzureAlerts, AzureAlertTargets } from "../../components/alerts/azure";
import { AzureDiskBackups } from "../../components/backup-schedule/azure-disks";
import { PackageBackupS3 } from "../../components/backup-schedule/package-s3";
import {
  AzureGitLabInstance,
  AzureInstanceDisks,
  AzureInstanceStore,
} from "../../components/gitlab-instance/azure";
import { AzureMachineIdentity, AzurePeople, AzureRights } from "../../components/identity/azure";
import { AzureVault } from "../../components/keys/azure";
import { AzureBastion, AzureNetwork, AzureSiteAddress } from "../../components/network/azure";
import { GcsObjects, GcsRunnerCache } from "../../components/object-storage/gcs";
import { AzureRunnerFleet } from "../../components/runner-fleet/azure";
import { AzureGroup } from "../../components/shared/azure";
import { GcpApis } from "../../components/shared/gcp-apis";
import type { EnvironmentRehearsal } from "../../engine/environment";
import { azureTagged } from "../shared/azure-tags";
import { labelled } from "../shared/gcp-labels";
import { packageHosts, packageMadeUp, packageSecrets } from "../shared/package-settings";
import { tagged } from "../shared/tags";
import { flows, services } from "./flows";
import { parseDevSettings } from "./settings";

export { parseDevSettings as parse } from "./settings";

/** The project's own keys that are secret. */
export const secrets = packageSecrets.map(({ key }) => key);

/** What the rehearsal does with this environment. */
export const rehearsal: EnvironmentRehearsal = {
  day2: [
    {
      name: "the hour of the upgrade, and a new image of the machine",
      set: { "upgrade.cron": "30 2 * * *", "machine.imageVersion": "24.04.202510010" },
    },
  ],
  unprotect: { set: { protection: false } },
  madeUp: packageMadeUp,
};

/** Google's APIs that the buckets and their keys need, by their short names. */
const googleApis = ["iam", "storage"];

/** Declares the environment; resolves to the stack's outputs. */
export function program(): Promise<Record<string, unknown>> {
  return Promise.resolve().then(declare);
}

function declare(): Record<string, unknown> {
  const settings = parseDevSettings(pulumi.runtime.allConfig());
  const config = new pulumi.Config("gitlab");
  const { subscriptionId, tenantId, location, zone } = settings.azure;
  const hosts = packageHosts(settings);
  const site = {
    prefix: "gitlab-dev",
    environment: "dev",
    protection: settings.protection,
    runbooks: settings.runbooks,
  };
  const stack = pulumi.getStack();
  const tags = { Environment: "dev", Owner: settings.owner, Stack: stack };
  const labels = { environment: "dev", owner: settings.owner, stack };

  // One provider an account, each naming the account that it may touch.
  const azure = new AzureProvider("azure", { subscriptionId, tenantId });
  const random = new RandomProvider("random", {});
  const aws = new AwsProvider("backup-account", {
    region: settings.backup.region,
    allowedAccountIds: [settings.backup.accountId],
    assumeRoles: [{ roleArn: settings.backup.roleArn }],
    defaultTags: { tags },
  });
  // Two of them, so that all else waits for the APIs.
  const google = { project: settings.gcp.project };
  const apis = new GcpApis(
    "google-apis",
    { ...google, services: googleApis },
    { provider: new GcpProvider("google-setup", google) },
  );
  const gcp = new GcpProvider(
    "google",
    { ...google, defaultLabels: labels },
    { dependsOn: apis.ready },
  );
  const as = (component: string): pulumi.ComponentResourceOptions => ({
    providers: [azure, aws, gcp, random],
    transformations: [azureTagged(component, tags), tagged(component), labelled(component, labels)],
  });

  const group = new AzureGroup("group", { site, subscriptionId, location }, as("group"));
  const snapshotGroup = new AzureGroup(
    "snapshot-group",
    { site, subscriptionId, location, purpose: "snapshots" },
    as("backup"),
  );
  const { place } = group;

  const network = new AzureNetwork(
    "network",
    {
      site,
      place,
      zone,
      cidr: settings.network.cidr,
      subnets: {
        machine: settings.network.machineCidr,
        runners: settings.network.runnersCidr,
        bastion: settings.network.bastionCidr,
      },
      services,
      flows: flows(settings),
    },
    as("network"),
  );
  const address = new AzureSiteAddress(
    "site",
    {
      site,
      place,
      hosts: [...new Set(Object.values(hosts))],
      zone: { name: settings.dns.zone, resourceGroup: settings.dns.resourceGroup },
    },
    as("network"),
  );
  const bastion = new AzureBastion(
    "bastion",
    { site, place, subnetId: network.subnetIds.bastion, ready: network.ready },
    as("network"),
  );

  const targets = new AzureAlertTargets(
    "alert-targets",
    { site, place, emails: settings.alerts.emails },
    as("alerts"),
  );
  const vault = new AzureVault(
    "vault",
    {
      site,
      place,
      tenantId,
      name: settings.vault.name,
      softDeleteDays: settings.vault.softDeleteDays,
      subnetIds: [network.subnetIds.machine, network.subnetIds.runners],
      readerCidrs: settings.vault.readerCidrs,
      workspaceId: targets.workspaceId,
    },
    as("vault"),
  );
  const identity = new AzureMachineIdentity(
    "gitlab-identity",
    { site, place, machine: "machine" },
    as("instance"),
  );
  // On the group, not the machine: the right is there before the first boot, and stays when another machine comes.
  const metrics = new AzureRights(
    "gitlab-metrics",
    {
      site,
      subscriptionId,
      principalId: identity.principalId,
      principalType: "ServicePrincipal",
      on: { publish: { role: "monitoringMetricsPublisher", scope: group.id } },
    },
    as("instance"),
  );

  const objects = new GcsObjects(
    "objects",
    {
      site,
      ...google,
      location: settings.gcp.location,
      access: { kind: "key", accountId: "gitlab-dev-objects" },
      labels,
    },
    as("objects"),
  );
  const backups = new PackageBackupS3(
    "backup",
    {
      site,
      policy: settings.backup,
      region: settings.backup.region,
      backupAccountId: settings.backup.accountId,
      sourceCidrs: [pulumi.interpolate`${network.outboundAddress}/32`],
      subscriptions: settings.alerts.emails.map((endpoint) => ({ protocol: "email", endpoint })),
    },
    as("backup"),
  );
  const store = new AzureInstanceStore(
    "gitlab-store",
    {
      site,
      vault,
      machine: identity.principalId,
      initialRootPassword: config.requireSecret("initialRootPassword"),
      objectStorageKey: objects.key ?? "",
      backupCredentials: backups.credentials,
      smtpPassword: settings.smtp === undefined ? undefined : config.requireSecret("smtpPassword"),
      tls:
        settings.tls.certificate === "given"
          ? {
              certificate: config.requireSecret("tlsCertificate"),
              key: config.requireSecret("tlsKey"),
            }
          : undefined,
      oauthApplications: settings.oauthApplications.map(({ name }) => name),
    },
    as("instance"),
  );
  const disks = new AzureInstanceDisks(
    "gitlab-disks",
    {
      site,
      place,
      zone,
      kind: settings.disks.kind,
      sizesGiB: { repositories: settings.disks.repositoriesGiB, state: settings.disks.stateGiB },
    },
    as("instance"),
  );

  const fleets = settings.runners.map((fleet) => {
    const cache = new GcsRunnerCache(
      `runners-${fleet.name}-cache`,
      {
        site,
        ...google,
        location: settings.gcp.location,
        fleet: fleet.name,
        access: { kind: "key", accountId: `gl-dev-cache-${fleet.name}`.slice(0, 30) },
        labels,
      },
      as("runners"),
    );
    return new AzureRunnerFleet(
      `runners-${fleet.name}`,
      {
        site,
        fleet,
        release: settings.runnerRelease,
        place,
        gitlabUrl: `https://${hosts.web}`,
        subnetId: network.subnetIds.runners,
        imageVersion: settings.machine.imageVersion,
        admin: { username: settings.machine.adminUsername, sshKey: settings.machine.adminSshKey },
        vault,
        issuer: identity.principalId,
        cache: { bucket: cache.bucket, key: cache.key ?? "", ready: cache.ready },
        tags: { ...tags, Component: "runners" },
        actionGroupId: targets.actionGroupId,
        ready: network.ready,
      },
      as("runners"),
    );
  });

  const instance = new AzureGitLabInstance(
    "gitlab",
    {
      site,
      place,
      zone,
      machine: settings.machine,
      hosts,
      letsEncryptContact: settings.tls.certificate === "given" ? undefined : settings.tls.contact,
      identity,
      network,
      address,
      disks,
      vault,
      store,
      objects: { ...google, buckets: objects.buckets },
      smtp: settings.smtp === undefined ? undefined : { ...settings.smtp, domain: settings.domain },
      monitoringCidrs: settings.monitoringCidrs,
      hostSshPort: settings.hostSshPort,
      upgrade: {
        ...settings.upgrade,
        // The nightly channel knows no majors.
        major: null,
        firstVersion: settings.upgrade.firstVersion ?? null,
      },
      backup: backups.destination,
      oauthApplications: settings.oauthApplications,
      mirrors: [],
      runners: fleets.map(({ name, tags: runnerTags, runUntagged, tokenSecretName }) => ({
        name,
        tags: runnerTags,
        runUntagged,
        tokenSecret: tokenSecretName,
      })),
      ready: [
        ...vault.ready,
        ...metrics.ready,
        ...objects.ready,
        ...backups.ready,
        ...fleets.flatMap(({ ready }) => ready),
      ],
    },
    as("instance"),
  );
  const snapshots = new AzureDiskBackups(
    "snapshots",
    {
      site,
      place,
      snapshots: snapshotGroup,
      disks: disks.disks,
      retentionDays: settings.backup.snapshotDays,
      time: settings.backup.snapshotTime,
      after: instance.ready,
    },
    as("backup"),
  );
  new AzurePeople(
    "people",
    {
      site,
      subscriptionId,
      groups: settings.access,
      scopes: {
        group: group.id,
        machine: instance.machineId,
        interface: instance.interfaceId,
        bastion: bastion.bastionId,
      },
    },
    { ...as("access"), dependsOn: instance.ready },
  );
  new AzureAlerts(
    "alerts",
    {
      site,
      place,
      targets,
      webHost: hosts.web,
      machineId: instance.machineId,
      machine: instance.ready,
      maxBackupAgeHours: settings.backup.maxAgeHours,
    },
    as("alerts"),
  );

  const clients = Object.entries(store.oauthClients);
  return {
    /** Where people go. */
    url: instance.url,
    registryUrl: instance.registryUrl,
    sshHost: instance.sshHost,
    /** The static address that all of it has. */
    address: address.address,
    /** For `az network bastion ssh`. */
    resourceGroup: place.groupName,
    machineId: instance.machineId,
    bastion: bastion.bastionName,
    vaultUrl: vault.url,
    backupArchiveBucket: backups.archiveBucket,
    backupSecretsBucket: backups.secretsBucket,
    snapshotVault: snapshots.vaultName,
    /** What applications sign their users in with, by the application's name: `version` reads its own from here. */
    oauthClientIds: Object.fromEntries(clients.map(([name, { id }]) => [name, id])),
    oauthClientSecrets: pulumi.secret(
      Object.fromEntries(clients.map(([name, { secret }]) => [name, secret])),
    ),
  };
}
