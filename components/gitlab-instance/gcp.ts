import * as compute from "@pulumi/gcp/compute";
import { RecordSet } from "@pulumi/gcp/dns";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { derived, shownText } from "../shared/documents";
import { fixedName } from "../shared/names";
import type { GitLabInstance } from "./contract";
import { GcpMachineAccess } from "./gcp-access";
import type { GcpGitLabInstanceArgs } from "./gcp-args";
import { diskFacts, diskPurposes } from "./gcp-disks";
import type { PackageMachineFacts } from "./package/contract";
import { machineBundle, machineFiles, metadataKey, renderCloudInit } from "./package";

export { GcpMachineAccess, type MachineAccessRole } from "./gcp-access";
export type { GcpGitLabInstanceArgs, GcpMachine } from "./gcp-args";
export { GcpInstanceDisks, type GcpDiskType, type GcpInstanceDisksArgs } from "./gcp-disks";
export { GcpInstanceStore, type GcpInstanceStoreArgs } from "./gcp-store";

/**
 * GitLab from the Linux package on one Compute Engine machine, its database and cache elsewhere.
 *
 * The machine holds nothing: another image or boot disk makes a new one on the same data disks, address and names, the
 * old one deleted first, since a disk is written by one machine at a time. All other changes reach it while it runs:
 * its files lie in its metadata, which its loader watches; only another machine type stops and starts it.
 */
export class GcpGitLabInstance extends Component implements GitLabInstance {
  readonly url: string;
  readonly registryUrl: string;
  readonly sshHost: string;
  /** The static address. */
  readonly address: pulumi.Output<string>;
  /** Name of the machine, as runbooks and gcloud use it. */
  readonly machineName: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpGitLabInstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "gitlabInstance",
      "GcpGitLabInstance",
      name,
      { edition: "ee", channel: "gitlab-ee", machineType: args.machine.type, zone: args.zone },
      opts,
    );
    const own = { parent: this };
    const { hosts, machine, site } = args;
    this.url = `https://${hosts.web}`;
    this.registryUrl = `https://${hosts.registry}`;
    this.sshHost = hosts.ssh;

    const address = new compute.Address(
      `${name}-address`,
      {
        // In DNS records, allow lists and people's known_hosts: it stays with the environment.
        name: fixedName({ maxLength: 63 }, site.prefix, "address"),
        region: args.region,
        addressType: "EXTERNAL",
        networkTier: "PREMIUM",
      },
      own,
    );
    const records = [...new Set(Object.values(hosts))].map(
      (host) =>
        new RecordSet(
          `${name}-${host}`,
          {
            project: args.dnsZone.project,
            managedZone: args.dnsZone.name,
            name: `${host}.`,
            type: "A",
            ttl: 300,
            rrdatas: [address.address],
          },
          own,
        ),
    );
    const files = derived<PackageMachineFacts, string>(this.facts(args), (facts) =>
      machineBundle("gcp", machineFiles(facts)),
    );
    const vmName = `${name}-machine`;
    const vm = new compute.Instance(
      vmName,
      {
        name: fixedName({ maxLength: 63 }, site.prefix),
        zone: args.zone,
        machineType: machine.type,
        // Of the machine, nothing is kept: protected are its disks.
        deletionProtection: false,
        allowStoppingForUpdate: true,
        desiredStatus: "RUNNING",
        bootDisk: {
          autoDelete: true,
          deviceName: "boot",
          initializeParams: {
            image: machine.image,
            size: machine.bootDiskGiB,
            type: machine.bootDiskType,
          },
        },
        attachedDisks: diskPurposes.map((purpose) => ({
          source: args.disks.ids[purpose],
          deviceName: purpose,
          mode: "READ_WRITE",
        })),
        networkInterfaces: [
          {
            subnetwork: args.network.subnetIds.machine,
            nicType: "GVNIC",
            accessConfigs: [{ natIp: address.address, networkTier: "PREMIUM" }],
          },
        ],
        serviceAccount: {
          email: args.identity.email,
          // What it may do is said by IAM alone; scopes would only be a second, coarser list
          // (https://cloud.google.com/compute/docs/access/service-accounts#scopes_best_practice).
          scopes: ["https://www.googleapis.com/auth/cloud-platform"],
        },
        shieldedInstanceConfig: {
          enableSecureBoot: true,
          enableVtpm: true,
          enableIntegrityMonitoring: true,
        },
        scheduling: {
          automaticRestart: true,
          onHostMaintenance: "MIGRATE",
          provisioningModel: "STANDARD",
          preemptible: false,
        },
        metadata: {
          "enable-oslogin": "TRUE",
          "block-project-ssh-keys": "TRUE",
          "serial-port-enable": "FALSE",
          "user-data": renderCloudInit("gcp"),
          [metadataKey]: shownText(vmName, ["metadata", metadataKey], files, own),
        },
      },
      {
        ...own,
        deleteBeforeReplace: true,
        customTimeouts: { create: "20m", update: "20m", delete: "20m" },
        dependsOn: [
          ...args.ready,
          ...args.network.ready,
          ...args.identity.ready,
          ...args.disks.ready,
          ...args.store.ready,
          ...args.data.ready,
          ...records,
        ],
      },
    );
    new GcpMachineAccess(
      `${name}-access`,
      {
        project: args.project,
        zone: args.zone,
        machine: vm.name,
        accountName: args.identity.accountName,
        sshPort: args.hostSshPort,
        roles: args.access,
      },
      own,
    );
    this.address = address.address;
    this.machineName = vm.name;
    this.ready = [vm];
    this.registerOutputs({ url: this.url, sshHost: this.sshHost, address: this.address });
  }

  /** Machine facts, of which some wait for what Google Cloud makes. */
  private facts(args: GcpGitLabInstanceArgs): object {
    const { data, store } = args;
    const { tlsNames } = store;
    if ((tlsNames === undefined) === (args.letsEncryptContact === undefined)) {
      throw new Error("want a contact for Let's Encrypt, or a certificate and its key");
    }
    return {
      environment: args.site.environment,
      cloud: { kind: "gcp" as const, project: args.project, zone: args.zone },
      edition: "ee" as const,
      channel: "gitlab-ee" as const,
      ubuntu: args.machine.ubuntu,
      hosts: args.hosts,
      tls:
        tlsNames === undefined
          ? { kind: "lets-encrypt" as const, contact: args.letsEncryptContact ?? "" }
          : { kind: "given" as const, ...tlsNames },
      repositories: diskFacts("repositories"),
      state: diskFacts("state"),
      secrets: { ...store.names, ...data.secretNames },
      postgres: {
        kind: "external" as const,
        host: data.postgres.host,
        port: data.postgres.port,
        database: data.postgres.database,
        username: data.postgres.username,
        major: data.postgres.major,
        serverCa: data.postgres.serverCa,
      },
      redis: {
        kind: "external" as const,
        host: data.redis.host,
        port: data.redis.port,
        serverCa: data.redis.serverCa,
        clientCommand: data.redis.clientCommand,
      },
      objects: {
        project: args.project,
        buckets: args.buckets,
        access: "identity" as const,
      },
      ...(args.smtp === undefined ? {} : { smtp: args.smtp }),
      monitoringCidrs: args.monitoringCidrs,
      hostSshPort: args.hostSshPort,
      upgrade: args.upgrade,
      backup: args.backup,
      oauthApplications: [],
      ...args.role,
      runners: args.runners,
    };
  }
}
