import type * as pulumi from "@pulumi/pulumi";
import type { ObjectType } from "../object-storage/contract";

/** A GitLab release. */
export interface GitLabRelease {
  readonly edition: "ce" | "ee";
  /** `MAJOR.MINOR.PATCH`. */
  readonly version: string;
  /** `sha256:` and 64 hexadecimal digits: the container image, whatever its tag says. */
  readonly digest: string;
}

/** What GitLabInstance offers, whichever cloud is behind it. */
export interface GitLabInstance {
  /** `https://…`, as people type it. */
  readonly url: string;
  readonly registryUrl: string;
  /** Host name for Git over SSH. */
  readonly sshHost: string;
  readonly ready: pulumi.Resource[];
}

/** What a machine is: a stateless application node, the Gitaly node, all in one, or a one-shot backup machine. */
export type NodeRole = "application" | "gitaly" | "single" | "backup";

/** A runner fleet that the instance issues a token for at boot, into the secret store. */
export interface RunnerRegistration {
  /** Name of the fleet; the runner's description in GitLab is made from it and identifies it. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  readonly tokenSecretArn: string;
}

/**
 * All that a machine of the AWS environment knows at boot, in plain data and with no secret: what the renderers
 * turn into `gitlab.rb`, the boot scripts' environment and the unit files.
 */
export interface NodeFacts {
  readonly role: NodeRole;
  readonly environment: string;
  readonly region: string;
  readonly release: GitLabRelease;
  readonly image: {
    /** Private copy: `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
    readonly repository: string;
    /** Where the copy is made from, once, by digest: `docker.io/gitlab/gitlab-ce`. */
    readonly upstream: string;
  };
  readonly hosts: {
    /** Host of `external_url`; TLS ends at the load balancer. */
    readonly web: string;
    readonly registry: string;
    readonly ssh: string;
  };
  readonly internal: {
    /** Private DNS name of Gitaly's load balancer; on Gitaly's own node it points to itself. */
    readonly gitalyHost: string;
    readonly gitalyPort: 8075;
    /** Where Gitaly calls the application: `http://…:8080`, not the public address. */
    readonly apiUrl: string;
  };
  /** DynamoDB table with the Gitaly lease, the locks, the version record and the nodes' presence. Key: `id` (string). */
  readonly coordinationTable: string;
  readonly secrets: {
    /** GitLab's own secrets, SSH host keys and Gitaly token; the machines fill it. */
    readonly gitlab: string;
    readonly databasePassword: string;
    readonly redisToken: string;
    readonly initialRootPassword: string;
    readonly smtpPassword?: string;
  };
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly username: string;
    readonly sslMode: "verify-full" | "verify-ca";
    readonly major: number;
  };
  readonly redis: { readonly host: string; readonly port: number; readonly clientCommand: boolean };
  readonly gitStorage:
    | { readonly kind: "efs"; readonly fileSystemId: string; readonly accessPointId: string }
    | { readonly kind: "ebs"; readonly volumeId: string };
  readonly objects:
    | { readonly kind: "s3"; readonly buckets: Readonly<Record<ObjectType, string>> }
    | { readonly kind: "efs"; readonly fileSystemId: string; readonly accessPointId: string };
  readonly smtp?: {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly domain: string;
    readonly from: string;
  };
  /** Addresses that may read health and metrics pages, and whose X-Forwarded-For is believed. */
  readonly trustedCidrs: readonly string[];
  /** Name of the application nodes' Auto Scaling group, to see whether an old node is left. */
  readonly applicationGroup: string;
  /** The Gitaly lease, in seconds. */
  readonly lease: {
    readonly durationSeconds: number;
    readonly renewSeconds: number;
    readonly stopAfterSeconds: number;
  };
  readonly runners: readonly RunnerRegistration[];
  readonly logGroup: string;
  /** SNS topic that boot scripts report failures to. */
  readonly alertTopicArn: string;
  /** Puma worker processes; null leaves GitLab's own choice. */
  readonly pumaWorkers: number | null;
  /** Sidekiq concurrency; null leaves GitLab's own choice. */
  readonly sidekiqConcurrency: number | null;
}
