/**
 * The `version` environment: the version app on Google Kubernetes Engine, with Cloud SQL and Memorystore beside it.
 * This file is its bill of materials; what each part is stands in components/, what can be set in ./settings.ts.
 */
import { Provider } from "@pulumi/gcp/provider";
import * as pulumi from "@pulumi/pulumi";
import { GcpAlertChannels } from "../../components/alerts/gcp";
import { GcpAppAlerts } from "../../components/alerts/gcp-app";
import { GcpSqlExports } from "../../components/backup-schedule/gcp-sql-export";
import { clusterResolver, GkeCluster, nodeRoles } from "../../components/cluster/gcp";
import { kubernetesProvider } from "../../components/cluster/provider";
import { GcpWebEdge } from "../../components/edge/gcp";
import { GcpMachineIdentity, machineAccountId } from "../../components/identity/gcp";
import { GcpWorkloadIdentity } from "../../components/identity/gcp-workload";
import { GcpPeople } from "../../components/identity/gcp-people";
import { cachePort } from "../../components/managed-data/gcp";
import { appInstanceName, GcpAppData } from "../../components/managed-data/gcp-app";
import { GcpNetwork } from "../../components/network/gcp";
import { googleApisRange, GcpPrivateAccess } from "../../components/network/gcp-private-access";
import { GcpApis } from "../../components/shared/gcp-apis";
import { autoDevOpsVariables } from "../../components/version-app/auto-devops";
import { VersionAppBase } from "../../components/version-app/base";
import { names, release } from "../../components/version-app/contract";
import { DatabaseExports, exportJob } from "../../components/version-app/export-job";
import { serviceAnnotations, VersionIngress } from "../../components/version-app/ingress";
import { VersionAppNamespace } from "../../components/version-app/namespace";
import {
  autoscaling,
  migrationJob,
  VersionWorkload,
  webPod,
} from "../../components/version-app/workload";
import type { EnvironmentRehearsal } from "../../engine/environment";
import { labelled } from "../shared/gcp-labels";
import { labelledObjects } from "../shared/kubernetes-labels";
import { appOf, databaseOf, exportOf, operators, proxyOf, watchers } from "./parts";
import { parseVersionSettings, secretSettings } from "./settings";
import { readSignIn, type SignIn } from "./sign-in";

export { parseVersionSettings as parse } from "./settings";

/** The project's own keys that are secret. */
export const secrets = secretSettings.map(({ key }) => key);

/** What the rehearsal does with this environment. */
export const rehearsal: EnvironmentRehearsal = {
  day2: [
    {
      name: "the app 4.12.0 to 4.13.0",
      set: {
        "app.image":
          "registry.gitlab.com/gitlab-services/version-gitlab-com/main:4.13.0@sha256:6f0d2a9b7c41e85f3d20b6a9c8e7f5d4132b0a9f8e7d6c5b4a3f2e1d0c9b8a76",
      },
    },
    {
      name: "node pool of at most 3 to 4 nodes a zone, and database tier db-custom-2-7680 to db-custom-4-15360",
      set: { "cluster.pool.maxPerZone": 4, "database.tier": "db-custom-4-15360" },
    },
  ],
  unprotect: { set: { protection: false } },
};

/** APIs that the environment uses, by their short names. */
const services = [
  "cloudresourcemanager",
  "compute",
  "container",
  "dns",
  "iam",
  "iamcredentials",
  "logging",
  "monitoring",
  "redis",
  "servicenetworking",
  "sqladmin",
  "storage",
];

/** Declares the environment; resolves to the stack's outputs. */
export async function program(): Promise<Record<string, unknown>> {
  const settings = parseVersionSettings(pulumi.runtime.allConfig());
  return declare(settings, await readSignIn(settings.signIn.application));
}

function declare(
  settings: ReturnType<typeof parseVersionSettings>,
  signIn: SignIn,
): Record<string, unknown> {
  const config = new pulumi.Config("gitlab");
  const { project, region, zones } = settings;
  const site = {
    prefix: "gitlab-version",
    environment: "version",
    protection: settings.protection,
    runbooks: settings.runbooks,
  };
  const labels = { environment: "version", owner: settings.owner, stack: pulumi.getStack() };

  // Two providers, so that all else waits for the APIs: whatever uses the second depends on what that one depends on.
  const setup = new Provider("setup", { project, region });
  const apis = new GcpApis("apis", { project, services }, { provider: setup });
  const main = new Provider(
    "main",
    { project, region, defaultLabels: labels },
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
        nodes: {
          cidr: settings.network.nodesCidr,
          secondary: {
            pods: settings.network.podsCidr,
            services: settings.network.clusterServicesCidr,
          },
        },
      },
      servicesCidr: settings.network.servicesCidr,
      flowSampling: settings.network.flowSampling,
    },
    as("network"),
  );
  const googleApis = new GcpPrivateAccess(
    "google-apis",
    { networkId: network.networkId },
    as("network"),
  );
  const nodes = new GcpMachineIdentity(
    "node-identity",
    {
      site,
      project,
      machine: "nodes",
      description: "The machines of the cluster",
      projectRoles: nodeRoles,
    },
    as("cluster"),
  );
  const { type, ...pool } = settings.cluster.pool;
  const cluster = new GkeCluster(
    "cluster",
    {
      site,
      project,
      region,
      zones,
      networkId: network.networkId,
      subnetId: network.subnetIds.nodes,
      podsRange: "pods",
      servicesRange: "services",
      identity: nodes,
      channel: settings.cluster.channel,
      maintenance: settings.cluster.maintenance,
      pools: [{ name: "app", machineType: type, ...pool }],
      // The pipeline of the app comes in with one.
      kubernetesTokens: true,
      people: operators(settings.access),
      labels: { ...labels, component: "cluster" },
      ready: [...network.ready, ...googleApis.ready],
    },
    as("cluster"),
  );
  const kubernetes = kubernetesProvider("kubernetes", cluster);
  const inside = (component: string): pulumi.ComponentResourceOptions => ({
    provider: kubernetes,
    transformations: [labelledObjects(component, labels)],
  });

  const account = new GcpWorkloadIdentity(
    "app-account",
    {
      site,
      project,
      machine: "app",
      description: "The pods of the version app",
      workloadPool: cluster.workloadPool,
      namespace: release.namespace,
      serviceAccount: names.appAccount,
      clusterReady: cluster.ready,
    },
    as("app"),
  );
  const instance = appInstanceName(site, settings.database);
  const bucket = new GcpSqlExports(
    "exports",
    {
      site,
      project,
      databaseRegion: region,
      location: settings.backup.region,
      instance,
      policy: settings.backup,
      exporter: {
        workloadPool: cluster.workloadPool,
        namespace: release.namespace,
        serviceAccount: names.exporterAccount,
      },
      clusterReady: cluster.ready,
    },
    as("backup"),
  );

  const app = appOf(settings);
  const proxy = proxyOf(settings);
  const namespace = new VersionAppNamespace(
    "namespace",
    {
      site,
      app,
      proxy,
      accounts: { app: account.email, exporter: bucket.exporterEmail },
      network: {
        nodeCidr: settings.network.nodesCidr,
        servicesCidr: settings.network.servicesCidr,
        googleApisCidr: googleApisRange,
        resolver: clusterResolver,
        cachePort,
        signInAddresses: [signIn.address],
      },
    },
    inside("app"),
  );
  const databaseExport = exportOf(settings, { instance, bucket: bucket.bucketName });
  const gate = new DatabaseExports(
    "export",
    {
      export: databaseExport,
      namespaceReady: namespace.ready,
      nodesReady: cluster.ready,
      bucketReady: bucket.exporterReady,
    },
    inside("backup"),
  );
  const data = new GcpAppData(
    "data",
    {
      site,
      project,
      region,
      zones: [settings.database.zone, settings.database.standbyZone],
      cacheZones: [settings.zones[0], settings.zones[1]],
      backupRegion: settings.backup.region,
      networkId: network.networkId,
      networkSelfLink: network.networkSelfLink,
      servicesRange: network.servicesRange,
      servicesReady: network.servicesReady,
      before: gate.exported,
      email: account.email,
      database: databaseOf(settings),
      cache: { ...settings.cache, evictionPolicy: "allkeys-lru" },
    },
    as("data"),
  );
  bucket.allow(data.serviceAccount);

  const database = {
    connectionNames: data.connectionNames,
    databaseName: data.databaseName,
    username: `${machineAccountId(site, "app")}@${project}.iam`,
  };
  const base = new VersionAppBase(
    "app",
    {
      app,
      cache: data.redis,
      signIn,
      secretKeyBase: config.requireSecret("secretKeyBase"),
      registry:
        settings.app.registry === undefined
          ? undefined
          : {
              server: settings.app.registry.host,
              username: settings.app.registry.username,
              password: config.requireSecret("registryToken"),
            },
      namespaceReady: namespace.ready,
      databaseReady: [...data.ready, ...account.ready],
    },
    inside("app"),
  );
  const pod = { app, proxy, database, zones: zones.length, pullSecrets: base.pullSecrets };
  const workload =
    settings.app.deployment === "pulumi"
      ? new VersionWorkload(
          "workload",
          {
            ...pod,
            checksum: base.checksum,
            serviceAnnotations,
            baseReady: [...namespace.ready, ...base.ready],
            nodesReady: cluster.ready,
            exported: gate.exported,
          },
          inside("app"),
        )
      : undefined;

  new GcpPeople("people", { project, groups: watchers(settings.access) }, as("access"));

  const edge = new GcpWebEdge(
    "edge",
    {
      site,
      host: settings.domain,
      dnsZone: {
        name: settings.dnsZone.name,
        project: settings.dnsZone.project ?? project,
      },
      armor: settings.armor,
    },
    as("edge"),
  );
  const channels = new GcpAlertChannels(
    "alert-channels",
    { site, emails: settings.alerts.emails },
    as("alerts"),
  );
  new VersionIngress(
    "ingress",
    {
      namespace: namespace.namespaceName,
      edge,
      healthPath: app.readinessPath,
      serviceStands: workload !== undefined,
      ready: [...namespace.ready, ...(workload?.ready ?? [])],
    },
    inside("edge"),
  );
  new GcpAppAlerts(
    "alerts",
    {
      site,
      project,
      channels: channels.names,
      webHost: edge.host,
      webPath: app.readinessPath,
      data: {
        database: {
          id: `${project}:${data.instances.primary}`,
          maxStorageGiB: settings.database.maxStorageGiB,
          maxConnections: settings.database.maxConnections,
          replicaIds: data.instances.replicas.map((replica) => `${project}:${replica}`),
        },
        cache: { id: data.cacheInstance, evicts: true },
      },
      databaseInstance: data.instances.primary,
      cluster: {
        name: cluster.name,
        location: cluster.location,
        namespace: release.namespace,
        deployment: release.name,
        autoscaler: release.service,
        jobs: { exports: names.exporter, migrations: `${release.name}-migrate` },
        leastPods: 2,
      },
      more: [bucket.ageRule],
    },
    as("alerts"),
  );

  return {
    url: edge.url,
    /** The load balancer's address. */
    address: edge.address,
    cluster: cluster.name,
    /** For people: it fetches a token of their own, and holds none. */
    kubeconfig: cluster.kubeconfig,
    databaseInstance: data.instances.primary,
    databaseReplicas: data.instances.replicas,
    exportBucket: bucket.bucketName,
    /** CI/CD variables of the app's project, as GitLab's API takes them; a secret. */
    autoDevOps: autoDevOpsVariables({
      chart: {
        pod: webPod(pod),
        autoscaling: autoscaling(app),
        exportJob: exportJob(databaseExport, "change", "fail"),
        migrationJob: migrationJob(pod),
      },
      endpoint: cluster.endpoint,
      deployerToken: namespace.deployerToken,
      host: settings.domain,
      longestMinutes: Math.max(databaseExport.deadlineMinutes, app.migrateMinutes) + 5,
    }),
  };
}
