import type * as pulumi from "@pulumi/pulumi";

/**
 * Names that the workload has whoever rolls it out: those of GitLab's auto-deploy chart for the release `production`
 * (https://gitlab.com/gitlab-org/cluster-integration/auto-deploy-image, assets/auto-deploy-app/templates), so that Auto
 * DevOps finds what Pulumi made.
 */
export const release = {
  /** CI/CD variable KUBE_NAMESPACE of Auto DevOps. */
  namespace: "version-production",
  /** Environment slug, Helm release, and the chart's Deployment. */
  name: "production",
  /** The chart's `fullname`: Service and autoscaler. */
  service: "production-auto-deploy",
  /** The chart's own name, which its container has. */
  container: "auto-deploy-app",
  /** `service.internalPort` and `service.externalPort` of the chart. */
  port: 5000,
  portName: "web",
  /** What the pipeline makes of `K8S_SECRET_*` variables, anew at each deployment: never Pulumi's. */
  secret: "production-secret",
} as const;

/** Labels of every pod of the release: those that serve, and those that migrate. */
export const releaseLabels = { app: release.name, release: release.name } as const;

/** Labels of the pods that serve, by which the chart's Deployment selects: it can never be changed. */
export const webLabels = { ...releaseLabels, tier: "web", track: "stable" } as const;

/** Selector of the chart's Service. */
export const serviceSelector = { app: release.name, tier: "web", track: "stable" } as const;

/** Names of what Pulumi always owns in the namespace. */
export const names = {
  /** Runs the app and the Auth Proxy: the account that may log in to the database. */
  appAccount: "app",
  exporterAccount: "exporter",
  deployerAccount: "deployer",
  deployerToken: "deployer-token",
  pullSecret: "registry-pull",
  /** Container of the Auth Proxy. */
  proxy: "auth-proxy",
  /** What the app is told. Not the name that the pipeline has for its own, which takes away what is there. */
  secret: "production-app",
  /** CronJob: `kubectl create job --from=cronjob/database-export`. */
  exporter: "database-export",
  /** ConfigMap with the authorities of Memorystore. */
  cacheAuthorities: "redis-ca",
} as const;

/** Port of the database at each proxy; replicas have the next ones, in their order. */
export const databasePort = 5432;

/** Port of Cloud SQL's side of the proxy (https://cloud.google.com/sql/docs/postgres/sql-proxy#how-works). */
export const cloudSqlPort = 3307;

/** Where authorities of Memorystore are in every container of the app. */
export const cacheAuthoritiesFile = "/etc/redis-ca/ca.crt";

/**
 * Seconds in which the load balancer lets a leaving pod finish what it has begun: `connectionDraining` of the
 * BackendConfig.
 */
export const drainingSeconds = 60;

/** What the app calls its settings. None of them is published: check them against the app that is deployed. */
export interface EnvironmentNames {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** File with the authorities of Memorystore, PEM. */
  readonly redisCaFile: string;
  readonly secretKeyBase: string;
  /** Address of the GitLab that people sign in with. */
  readonly signInSite: string;
  readonly signInClientId: string;
  readonly signInClientSecret: string;
}

/** What one container asks for; its limits of memory and storage are the same, so that nodes never run short. */
export interface ContainerSize {
  /** Thousandths of a CPU that it is sure of. */
  readonly cpuMillis: number;
  /** Thousandths of a CPU that it may use where the node has them. */
  readonly cpuLimitMillis: number;
  readonly memoryMiB: number;
  /** Of the node's disk: logs, and the directories that it writes. */
  readonly storageMiB: number;
}

/** The app, in plain data. */
export interface VersionApp {
  /** By digest (`…@sha256:…`), or by a tag. */
  readonly image: string;
  /** Numeric user and group that the image can run as: not root. */
  readonly userId: number;
  /** Run with `/bin/sh -c` before a rollout, in the same image: `bundle exec rails db:migrate`. */
  readonly migrateCommand: string;
  /** Minutes after which a migration is ended. */
  readonly migrateMinutes: number;
  /**
   * Another number runs the migration of the same image once more, after one that failed for a reason of its own.
   * @default 1
   */
  readonly migrateAttempt?: number;
  /** Settings that are no secrets: `RAILS_ENV`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentNames: EnvironmentNames;
  /**
   * Connections of the app's database.yml that only read, the first to the first replica, then on in turn. Rails takes
   * `<NAME>_DATABASE_URL` for connection `<name>`
   * (https://guides.rubyonrails.org/configuring.html#configuring-a-database).
   */
  readonly readConnections: readonly string[];
  /** Directories that the app writes, each its own; all else of its file system is read-only. */
  readonly writablePaths: readonly string[];
  /**
   * Answers as long as the process does, whatever the database does.
   * @default a TCP connection
   */
  readonly livenessPath?: string;
  /** Answers 200 while the app can serve; the load balancer asks for it too. */
  readonly readinessPath: string;
  /** Host name that the app is asked by: Rails refuses others. */
  readonly host: string;
  readonly size: ContainerSize;
  /** Pods: never fewer than three, so that two are left when a zone goes. */
  readonly replicas: { readonly min: number; readonly max: number };
  /** Part of the CPU it asks for that the app uses on average when the autoscaler is content, in percent. */
  readonly cpuPercent: number;
}

/** The Auth Proxy, in plain data. */
export interface AuthProxy {
  /** `gcr.io/cloud-sql-connectors/cloud-sql-proxy`, by digest. */
  readonly image: string;
  readonly size: ContainerSize;
}

/** How the proxies reach the database: plain, since pods are made of it. */
export interface DatabasePlace {
  readonly connectionNames: {
    /** `project:region:instance`. */
    readonly primary: string;
    readonly replicas: readonly string[];
  };
  readonly databaseName: string;
  /** The app's account as PostgreSQL has it: its e-mail address without `.gserviceaccount.com`. */
  readonly username: string;
}

/** Export of the database to a bucket, in plain data. */
export interface DatabaseExport {
  /** `gcr.io/google.com/cloudsdktool/google-cloud-cli`, a slim one, by digest. */
  readonly image: string;
  readonly project: string;
  /** Cloud SQL instance that is exported: the primary. */
  readonly instance: string;
  readonly databaseName: string;
  /** Name of the bucket; objects are `<instance>/<UTC time>-<reason>.sql.gz`. */
  readonly bucket: string;
  /** When besides, as cron has it, UTC. */
  readonly schedule: string;
  /** Minutes after which an export is ended. */
  readonly deadlineMinutes: number;
  /** Whether one is made before each change of app or database. @default true, in the environment's settings */
  readonly beforeChange: boolean;
  /**
   * Everything whose change wants an export before it, as text: the app's image, the database's settings. An export
   * that was made is not made again as long as this stays as it is.
   */
  readonly changes: readonly string[];
}

/** Ranges that pods may reach or be reached from. */
export interface PodNetwork {
  /** Range of the nodes' subnet: GKE's metadata server answers there. */
  readonly nodeCidr: string;
  /** Range of private services access: Cloud SQL and Memorystore. */
  readonly servicesCidr: string;
  /** Range of Google's APIs: `googleApisRange` of the network. */
  readonly googleApisCidr: string;
  /** IPv4 address that pods ask for names: the cluster's. */
  readonly resolver: string;
  readonly cachePort: number;
  /** IPv4 addresses of the GitLab that people sign in with, reached on 443. */
  readonly signInAddresses: readonly pulumi.Input<string>[];
  /** What else the app may reach. @default nothing */
  readonly also?: readonly { readonly cidr: string; readonly port: number }[];
}

/** The cache, as the app uses it. */
export interface CachePlace {
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly authString: pulumi.Input<string>;
  /** Authorities that sign the server's certificate, PEM. */
  readonly serverCa: pulumi.Input<string>;
}

/** Sign-in with a GitLab. */
export interface SignIn {
  /** `https://dev.gitlab.org`. */
  readonly site: pulumi.Input<string>;
  readonly clientId: pulumi.Input<string>;
  readonly clientSecret: pulumi.Input<string>;
}

/** Account of a container registry. */
export interface RegistryLogin {
  /** Host name: `registry.gitlab.com`. */
  readonly server: string;
  readonly username: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
}
