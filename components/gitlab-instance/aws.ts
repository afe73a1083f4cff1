import type * as pulumi from "@pulumi/pulumi";
import { AwsNodeFiles } from "../node-files/aws";
import type { NodeFile } from "../node-files/contract";
import { Component } from "../shared/component";
import { derived } from "../shared/documents";
import { fixedName } from "../shared/names";
import { nodePolicy, type ServiceRole } from "./aws-access";
import type { AwsGitLabInstanceArgs } from "./aws-args";
import { AwsNodeGroup } from "./aws-group";
import type { GitLabInstance, NodeFacts, NodeRole } from "./contract";
import { renderNodeFiles } from "./render/node-files";

export type { AwsGitLabInstanceArgs } from "./aws-args";

/**
 * The Gitaly lease: renewed every 5 s, given up 20 s after the last renewal that got through, lapsed for others after
 * 45 s. The 25 s between the last two are the time to stop Gitaly, however hard.
 */
const lease = { durationSeconds: 45, renewSeconds: 5, stopAfterSeconds: 20 } as const;

/**
 * GitLab CE in containers on EC2, from user data alone: what runs is what was launched, and every change is a new
 * launch template version and an instance refresh.
 */
export class AwsGitLabInstance extends Component implements GitLabInstance {
  readonly url: string;
  readonly registryUrl: string;
  readonly sshHost: string;
  readonly ready: pulumi.Resource[];
  /** Auto Scaling group of the nodes that run Rails. */
  readonly applicationGroup: string;
  /** Auto Scaling group of the node that writes Git data; the same with `single`. */
  readonly gitalyGroup: string;
  private readonly args: AwsGitLabInstanceArgs;

  constructor(name: string, args: AwsGitLabInstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { edition, version } = args.release;
    super(
      "gitlabInstance",
      "AwsGitLabInstance",
      name,
      {
        topology: args.topology,
        version,
        edition,
        gitData: args.git.kind,
        objectData: args.objects.kind,
      },
      opts,
    );
    this.args = args;
    this.url = `https://${args.hosts.web}`;
    this.registryUrl = `https://${args.hosts.registry}`;
    this.sshHost = args.hosts.ssh;
    const group = (role: string) => fixedName({ maxLength: 255 }, args.site.prefix, role);
    const single = args.topology === "single";
    this.applicationGroup = group(single ? "single" : "application");
    this.gitalyGroup = group(single ? "single" : "gitaly");

    const groups = single
      ? [this.nodes(name, "single", this.applicationGroup)]
      : [
          this.nodes(name, "application", this.applicationGroup),
          this.nodes(name, "gitaly", this.gitalyGroup),
        ];
    this.ready = groups.map((nodes) => nodes.group);
    this.registerOutputs({ url: this.url, sshHost: this.sshHost });
  }

  /** The files of a machine of this instance; the backup machine's too, which is not one of its groups. */
  files(role: NodeRole): pulumi.Output<NodeFile[]> {
    return derived<NodeFacts, NodeFile[]>(this.facts(role), (facts) => renderNodeFiles(facts));
  }

  private nodes(name: string, role: ServiceRole, groupName: string): AwsNodeGroup {
    const { args } = this;
    const { store } = args;
    const identity = role === "gitaly" ? args.identities.gitaly : args.identities.application;
    const files = new AwsNodeFiles(
      `${name}-${role}-files`,
      {
        bucket: args.filesBucket,
        keyArn: args.keyArn,
        region: args.region,
        environment: args.site.environment,
        role,
        files: this.files(role),
        logGroup: store.logs.name,
        alertTopicArn: args.alertTopicArn,
      },
      { parent: this },
    );
    const access = { role, args, bundleArns: files.objectArns, groupName };
    const policy = nodePolicy(`${name}-${role}-policy`, access, { parent: this });
    const { web, registry, ssh, gitaly, internalApi } = args.targetGroupArns;
    const targets: Record<ServiceRole, pulumi.Input<string>[]> = {
      application: [web, registry, ssh, ...(internalApi === undefined ? [] : [internalApi])],
      gitaly: [gitaly],
      single: [web, registry, ssh, gitaly],
    };
    const writesGit = role !== "application";
    return new AwsNodeGroup(
      `${name}-${role}`,
      {
        role,
        groupName,
        machine: role === "gitaly" ? args.gitaly : args.application,
        count: role === "application" ? args.application.count : 1,
        imageId: args.imageId,
        identity,
        files,
        keyArn: args.keyArn,
        subnetIds:
          writesGit && args.git.kind === "ebs"
            ? [args.git.subnetId]
            : args.network.privateSubnetIds,
        securityGroupId:
          role === "gitaly" ? args.securityGroupIds.gitaly : args.securityGroupIds.application,
        targetGroupArns: targets[role],
        tags: args.machineTags,
        ready: [
          ...args.ready,
          ...args.network.ready,
          ...args.data.ready,
          ...store.ready,
          ...files.ready,
          policy,
        ],
      },
      { parent: this },
    );
  }

  /** Node facts, of which some wait for what AWS makes. */
  private facts(role: NodeRole): object {
    const { args } = this;
    const { store } = args;
    const { data, git, objects, smtp } = args;
    return {
      role,
      environment: args.site.environment,
      region: args.region,
      release: args.release,
      image: {
        repository: store.imagesUrl,
        upstream: `docker.io/gitlab/gitlab-${args.release.edition}`,
      },
      hosts: args.hosts,
      internal: args.internal,
      coordinationTable: store.table.name,
      secrets: {
        gitlab: store.gitlabSecret.arn,
        databasePassword: data.postgres.password.id,
        redisToken: data.redis.token.id,
        initialRootPassword: store.rootPassword.arn,
        ...(store.smtpPassword === undefined ? {} : { smtpPassword: store.smtpPassword.arn }),
      },
      postgres: {
        host: data.postgres.host,
        port: data.postgres.port,
        database: data.postgres.database,
        username: data.postgres.username,
        sslMode: data.postgres.sslMode,
        major: data.postgres.major,
      },
      redis: {
        host: data.redis.host,
        port: data.redis.port,
        clientCommand: data.redis.clientCommand,
      },
      gitStorage:
        git.kind === "efs"
          ? { kind: git.kind, fileSystemId: git.fileSystemId, accessPointId: git.accessPointId }
          : { kind: git.kind, volumeId: git.volumeId },
      objects:
        objects.kind === "s3"
          ? { kind: objects.kind, buckets: objects.buckets }
          : {
              kind: objects.kind,
              fileSystemId: objects.fileSystemId,
              accessPointId: objects.accessPointId,
            },
      ...(smtp === undefined
        ? {}
        : {
            smtp: {
              host: smtp.host,
              port: smtp.port,
              username: smtp.username,
              domain: smtp.domain,
              from: smtp.from,
            },
          }),
      // The public load balancer stands in the public subnets, the internal one and the machines in the private.
      trustedCidrs: [...args.network.publicCidrs, ...args.network.privateCidrs],
      applicationGroup: this.applicationGroup,
      lease,
      runners: args.runners.map((runner) => ({
        name: runner.name,
        tags: runner.tags,
        runUntagged: runner.runUntagged,
        tokenSecretArn: runner.token.id,
      })),
      logGroup: store.logs.name,
      alertTopicArn: args.alertTopicArn,
      pumaWorkers: args.application.pumaWorkers,
      sidekiqConcurrency: args.application.sidekiqConcurrency,
    };
  }
}
