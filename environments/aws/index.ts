/**
 * The `aws` environment: GitLab CE in which no single component may bring the platform down.
 * This file is its bill of materials; what each part is stands in components/, what can be set in ./settings.ts.
 */
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { AwsAlerts, AwsAlertTopic } from "../../components/alerts/aws";
import {
  AwsBackupSchedule,
  backupBucketNames,
  backupFiles,
} from "../../components/backup-schedule/aws";
import { AwsEdge } from "../../components/edge/aws";
import { AwsGitLabInstance } from "../../components/gitlab-instance/aws";
import { AwsInstanceStore } from "../../components/gitlab-instance/aws-store";
import { AwsMachineIdentity } from "../../components/identity/aws";
import { AwsDataKey } from "../../components/keys/aws";
import { AwsManagedData } from "../../components/managed-data/aws";
import { AwsNetwork, AwsSecurityGroups } from "../../components/network/aws";
import { AwsNodeFiles } from "../../components/node-files/aws";
import { AwsBucket, bucketName } from "../../components/object-storage/aws";
import { AwsRunnerFleet } from "../../components/runner-fleet/aws";
import type { EnvironmentRehearsal } from "../../engine/environment";
import { tagged } from "../shared/tags";
import { flows, parties } from "./flows";
import { gitPlace, objectPlace } from "./places";
import { hostNames, parseAwsSettings, secretSettings } from "./settings";
import { databaseMemoryGiB } from "./sizes";

export { parseAwsSettings as parse } from "./settings";

/** The project's own keys that are secret. */
export const secrets = secretSettings.map(({ key }) => key);

/** What the rehearsal does with this environment. */
export const rehearsal: EnvironmentRehearsal = {
  day2: [
    {
      name: "GitLab 19.2.2 to 19.3.1",
      set: {
        "release.version": "19.3.1",
        // gitlab/gitlab-ce:19.3.1-ce.0
        "release.digest": "sha256:f63df4c43029fe91db370609c0b40a1e3585cebd06e3e9637d93a9a3030eb86e",
        "release.upgradeFrom": "19.2.2",
      },
    },
  ],
  unprotect: { set: { protection: false } },
};

/** Declares the environment; resolves to the stack's outputs. */
export function program(): Promise<Record<string, unknown>> {
  return Promise.resolve().then(declare);
}

function declare(): Record<string, unknown> {
  const settings = parseAwsSettings(pulumi.runtime.allConfig());
  const config = new pulumi.Config("gitlab");
  const { accountId, backupAccount, region, topology } = settings;
  const hosts = hostNames(settings);
  const site = {
    prefix: "gitlab-aws",
    environment: "aws",
    protection: settings.protection,
    runbooks: settings.runbooks,
  };
  const tags = { Environment: "aws", Owner: settings.owner, Stack: pulumi.getStack() };

  // One provider an account and region; each names the account that it may touch, so that other credentials are refused.
  const provider = (name: string, where: string, account: string, roleArn?: string) =>
    new Provider(name, {
      region: where,
      allowedAccountIds: [account],
      defaultTags: { tags },
      ...(roleArn === undefined ? {} : { assumeRoles: [{ roleArn }] }),
    });
  const main = provider("main", region, accountId);
  const backupProvider = provider(
    "backup-account",
    region,
    backupAccount.accountId,
    backupAccount.roleArn,
  );
  const { copyRegion } = settings.backup;
  const copy =
    copyRegion === undefined
      ? undefined
      : {
          region: copyRegion,
          provider: provider(
            "backup-copy",
            copyRegion,
            backupAccount.accountId,
            backupAccount.roleArn,
          ),
        };
  // Route 53 reports its health checks in us-east-1 only.
  const global = region === "us-east-1" ? main : provider("us-east-1", "us-east-1", accountId);
  const as = (component: string, using: Provider = main): pulumi.ComponentResourceOptions => ({
    provider: using,
    transformations: [tagged(component)],
  });
  const machineTags = (component: string) => ({ ...tags, Component: component });

  const account = { site, accountId, region };
  const dataKey = new AwsDataKey(
    "data-key",
    {
      ...account,
      purpose: "data",
      uses: ["autoScaling", "logs"],
      copyingAccountIds: [backupAccount.accountId],
    },
    as("keys"),
  );
  const alertKey = new AwsDataKey(
    "alert-key",
    { ...account, purpose: "alerts", uses: ["alarms"] },
    as("keys"),
  );
  const keyArn = dataKey.arn;

  const network = new AwsNetwork(
    "network",
    {
      ...account,
      ...settings.network,
      zones: settings.network.zones ?? ["a", "b", "c"].map((letter) => `${region}${letter}`),
      keyArn,
    },
    as("network"),
  );
  const groups = new AwsSecurityGroups(
    "firewall",
    { site, vpcId: network.vpcId, parties, flows: flows(settings) },
    as("network"),
  );
  const identities = {
    application: new AwsMachineIdentity(
      "application-identity",
      { site, machine: "application", description: "Machines that run GitLab's Rails" },
      as("instance"),
    ),
    gitaly: new AwsMachineIdentity(
      "gitaly-identity",
      { site, machine: "gitaly", description: "The machine that runs Gitaly" },
      as("instance"),
    ),
    backup: new AwsMachineIdentity(
      "backup-identity",
      { site, machine: "backup", description: "The one-shot machine that makes GitLab's backups" },
      as("backup"),
    ),
  };

  const data = new AwsManagedData(
    "data",
    {
      ...account,
      zones: network.zones,
      isolatedSubnetIds: [...network.isolatedSubnetIds],
      databaseSecurityGroupId: groups.ids.database,
      cacheSecurityGroupId: groups.ids.cache,
      keyArn,
      database: settings.database,
      cache: settings.cache,
      databasePassword: config.requireSecret("databasePassword"),
      redisToken: config.requireSecret("redisToken"),
    },
    as("data"),
  );
  const place = {
    ...account,
    settings,
    network,
    keyArn,
    filesGroupId: groups.ids.files,
    identities,
  };
  const git = gitPlace(place, as("git-data"));
  const objects = objectPlace(place, as("object-data"));

  const edge = new AwsEdge(
    "edge",
    {
      ...account,
      topology,
      vpcId: network.vpcId,
      publicSubnetIds: [...network.publicSubnetIds],
      privateSubnetIds: [...network.privateSubnetIds],
      webHost: hosts.domain,
      registryHost: hosts.registryDomain,
      sshHost: hosts.sshDomain,
      publicZoneId: settings.hostedZoneId,
      internalZoneId: network.internalZoneId,
      internalDomain: network.internalDomain,
      securityGroupIds: {
        web: groups.ids["web-balancer"],
        ssh: groups.ids["ssh-balancer"],
        internal: groups.ids["internal-balancer"],
      },
    },
    as("edge"),
  );

  const topicArgs = {
    ...account,
    keyArn: alertKey.arn,
    subscriptions: settings.alerts.emails.map((endpoint) => ({
      protocol: "email" as const,
      endpoint,
    })),
  };
  const topic = new AwsAlertTopic("alert-topic", topicArgs, as("alerts"));
  const globalTopic = global === main ? topic : globalAlertTopic(topicArgs, as("alerts", global));
  const nodeFilesBucket = new AwsBucket(
    "node-files",
    {
      site,
      bucket: bucketName(site, accountId, "node-files"),
      holdsData: false,
      encryption: { keyArn },
    },
    as("instance"),
  );

  const store = new AwsInstanceStore(
    "gitlab-store",
    {
      site,
      keyArn,
      initialRootPassword: config.requireSecret("initialRootPassword"),
      ...(settings.smtp === undefined
        ? {}
        : { smtpPassword: config.requireSecret("smtpPassword") }),
    },
    as("instance"),
  );
  const fleets = settings.runners.map(
    (fleet) =>
      new AwsRunnerFleet(
        `runners-${fleet.name}`,
        {
          ...account,
          fleet,
          release: settings.runnerRelease,
          gitlabUrl: `https://${hosts.domain}`,
          vpcId: network.vpcId,
          privateSubnetIds: [...network.privateSubnetIds],
          managerSecurityGroupId: groups.ids["runner-manager"],
          workerSecurityGroupId: groups.ids["runner-worker"],
          imageId: settings.images.worker ?? settings.images.node,
          keyArn,
          filesBucket: nodeFilesBucket.bucketName,
          filesKeyArn: keyArn,
          logGroup: { name: store.logs.name, arn: store.logs.arn },
          alertTopicArn: topic.arn,
          alertKeyArn: alertKey.arn,
          machineTags: machineTags("runners"),
          ready: [...network.ready, ...groups.ready, ...nodeFilesBucket.ready],
        },
        as("runners"),
      ),
  );

  const instance = new AwsGitLabInstance(
    "gitlab",
    {
      ...account,
      release: {
        edition: "ce",
        version: settings.release.version,
        digest: settings.release.digest,
      },
      topology,
      application: settings.application,
      gitaly: settings.gitaly,
      imageId: settings.images.node,
      identities,
      network,
      securityGroupIds: { application: groups.ids.application, gitaly: groups.ids.gitaly },
      store,
      keyArn,
      alertKeyArn: alertKey.arn,
      filesBucket: nodeFilesBucket.bucketName,
      hosts: { web: hosts.domain, registry: hosts.registryDomain, ssh: hosts.sshDomain },
      internal: edge.internal,
      targetGroupArns: edge.targetGroupArns,
      data,
      git: git.place,
      objects: objects.place,
      runners: fleets,
      ...(settings.smtp === undefined ? {} : { smtp: { ...settings.smtp, domain: hosts.domain } }),
      alertTopicArn: topic.arn,
      machineTags: machineTags("instance"),
      ready: [
        ...groups.ready,
        ...edge.ready,
        ...git.ready,
        ...objects.ready,
        ...topic.ready,
        ...nodeFilesBucket.ready,
      ],
    },
    as("instance"),
  );

  const bucketNames = backupBucketNames(site, backupAccount.accountId);
  const backupNodeFiles = new AwsNodeFiles(
    "backup-files",
    {
      bucket: nodeFilesBucket.bucketName,
      keyArn,
      region,
      environment: site.environment,
      role: "backup",
      files: instance.files("backup").apply((files) => [
        ...files,
        ...backupFiles({
          backupAccountId: backupAccount.accountId,
          archiveBucket: bucketNames.archives,
          secretsBucket: bucketNames.secrets,
          objectData: settings.objectData,
        }),
      ]),
      logGroup: store.logs.name,
      alertTopicArn: topic.arn,
    },
    as("backup"),
  );
  const backups = new AwsBackupSchedule(
    "backup",
    {
      ...account,
      policy: settings.backup,
      backupAccountId: backupAccount.accountId,
      backupProvider,
      ...(copy === undefined ? {} : { copy }),
      identity: identities.backup,
      release: {
        edition: "ce",
        version: settings.release.version,
        digest: settings.release.digest,
      },
      imageId: settings.images.node,
      instanceType: settings.backup.type,
      scratchGiB: settings.backup.scratchGiB,
      subnetId: network.privateSubnetIds[0] ?? "",
      securityGroupIds: [groups.ids.backup],
      nodeFiles: backupNodeFiles,
      nodeFilesKeyArn: keyArn,
      keyArn,
      secretArns: [
        store.gitlabSecret.arn,
        data.postgres.password.id,
        data.redis.token.id,
        // Rails reads it even where nothing is sent.
        ...(store.smtpPassword === undefined ? [] : [store.smtpPassword.arn]),
      ],
      coordinationTableArn: store.table.arn,
      imageRepositoryArn: store.images.arn,
      logGroupArn: store.logs.arn,
      alertTopicArn: topic.arn,
      alertKeyArn: alertKey.arn,
      ...objects.backup,
      recoverySources: [data.databaseArn, ...git.recoverySources, ...objects.recoverySources],
      subscriptions: topicArgs.subscriptions,
      machineTags: machineTags("backup"),
      ready: [...network.ready, ...groups.ready, ...data.ready, ...nodeFilesBucket.ready],
    },
    as("backup"),
  );

  new AwsAlerts(
    "alerts",
    {
      site,
      topicArn: topic.arn,
      global: { provider: global, topicArn: globalTopic.arn },
      webHost: hosts.domain,
      topology,
      loadBalancerSuffixes: edge.loadBalancerSuffixes,
      targetGroupSuffixes: edge.targetGroupSuffixes,
      certificateArn: edge.certificateArn,
      database: {
        identifier: data.databaseIdentifier,
        maxStorageGiB: settings.database.maxStorageGiB,
        maxConnections: data.maxConnections,
        memoryGiB: databaseMemoryGiB(settings.database.instanceClass),
      },
      cache: { replicationGroupId: data.replicationGroupId, clusterIds: data.cacheClusterIds },
      fileSystems: { ...git.fileSystems, ...objects.fileSystems },
      nodeRoles: topology === "single" ? ["single", "backup"] : ["application", "gitaly", "backup"],
    },
    as("alerts"),
  );

  return {
    url: instance.url,
    registryUrl: instance.registryUrl,
    sshHost: instance.sshHost,
    version: settings.release.version,
    databaseHost: data.postgres.host,
    redisHost: data.redis.host,
    gitlabSecretArn: store.gitlabSecret.arn,
    imageRepository: store.images.repositoryUrl,
    coordinationTable: store.table.name,
    backupArchiveBucket: backups.archiveBucket,
    backupSecretsBucket: backups.secretsBucket,
    alertTopicArn: topic.arn,
  };
}

/** The same topic in us-east-1, with a key there: topics and alarms must be in one region. */
function globalAlertTopic(
  args: ConstructorParameters<typeof AwsAlertTopic>[1] & { readonly accountId: string },
  opts: pulumi.ComponentResourceOptions,
): AwsAlertTopic {
  const key = new AwsDataKey(
    "global-alert-key",
    {
      site: args.site,
      accountId: args.accountId,
      region: "us-east-1",
      purpose: "global-alerts",
      uses: ["alarms"],
    },
    opts,
  );
  return new AwsAlertTopic("global-alert-topic", { ...args, keyArn: key.arn }, opts);
}
