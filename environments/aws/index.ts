/**
 * The `aws` environment: GitLab CE in which no single component may bring the platform down.
 * This file is its bill of materials; what each part is stands in components/, what can be set in ./settings.ts.
 */
import * as pulumi from "@pulumi/pulumi";
import { AwsAlerts } from "../../components/alerts/aws";
import { AwsEdge } from "../../components/edge/aws";
import { AwsGitLabInstance } from "../../components/gitlab-instance/aws";
import { AwsInstanceStore } from "../../components/gitlab-instance/aws-store";
import { AwsManagedData } from "../../components/managed-data/aws";
import type { EnvironmentRehearsal } from "../../engine/environment";
import { alertTopics } from "./alert-topics";
import { backupSchedule } from "./backups";
import { awsContext } from "./context";
import { awsFoundation } from "./foundation";
import { gitPlace, objectPlace } from "./places";
import { runnerFleets } from "./runners";
import { parseAwsSettings, secretSettings } from "./settings";
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
  const context = awsContext(settings);
  const { account, as, config, global, hosts, machineTags, site } = context;
  const { topology } = settings;
  const foundation = awsFoundation(context);
  const { alertKey, groups, identities, keyArn, network, nodeFilesBucket } = foundation;

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

  const { topic, globalTopic, subscriptions } = alertTopics(context, foundation);
  const store = new AwsInstanceStore(
    "gitlab-store",
    {
      ...account,
      keyArn,
      initialRootPassword: config.requireSecret("initialRootPassword"),
      ...(settings.smtp === undefined
        ? {}
        : { smtpPassword: config.requireSecret("smtpPassword") }),
    },
    as("instance"),
  );
  const fleets = runnerFleets(context, foundation, { store, topic });
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
  const backups = backupSchedule(context, foundation, {
    data,
    git,
    instance,
    objects,
    store,
    subscriptions,
    topic,
  });

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
    imageRepository: store.imagesUrl,
    coordinationTable: store.table.name,
    backupArchiveBucket: backups.archiveBucket,
    backupSecretsBucket: backups.secretsBucket,
    alertTopicArn: topic.arn,
  };
}
