/** The version app as its components declare it, with settings that are right, for tests to change one thing in. */
import { declared, ofType, type Declared } from "./kubernetes-mocks";
import { VersionAppBase } from "../../components/version-app/base";
import type { DatabaseExport, VersionApp } from "../../components/version-app/contract";
import { DatabaseExports } from "../../components/version-app/export-job";
import { VersionAppNamespace } from "../../components/version-app/namespace";
import { VersionWorkload } from "../../components/version-app/workload";

export const app: VersionApp = {
  image: `registry.example.com/version@sha256:${"a".repeat(64)}`,
  userId: 1000,
  migrateCommand: "bundle exec rails db:migrate",
  migrateMinutes: 30,
  environment: { RAILS_ENV: "production" },
  environmentNames: {
    databaseUrl: "DATABASE_URL",
    redisUrl: "REDIS_URL",
    redisCaFile: "REDIS_CA_FILE",
    secretKeyBase: "SECRET_KEY_BASE",
    signInSite: "OAUTH_SITE",
    signInClientId: "OAUTH_ID",
    signInClientSecret: "OAUTH_SECRET",
  },
  readConnections: [],
  writablePaths: ["/tmp", "/app/tmp"],
  readinessPath: "/",
  host: "version.example.com",
  size: { cpuMillis: 500, cpuLimitMillis: 2000, memoryMiB: 1024, storageMiB: 1024 },
  replicas: { min: 3, max: 9 },
  cpuPercent: 60,
};

export const proxy = {
  image: `gcr.io/proxy@sha256:${"b".repeat(64)}`,
  size: { cpuMillis: 50, cpuLimitMillis: 500, memoryMiB: 128, storageMiB: 64 },
};

export const exports: DatabaseExport = {
  image: `gcr.io/cloud-cli@sha256:${"c".repeat(64)}`,
  project: "a-project",
  instance: "an-instance",
  databaseName: "version",
  bucket: "a-bucket",
  schedule: "0 2 * * *",
  deadlineMinutes: 60,
  beforeChange: true,
  changes: ["an image", "a tier"],
};

/** Secrets that the app is given; none may stand anywhere but in a Secret. */
export const planted = {
  authString: "planted-auth/string",
  clientSecret: "planted-client-secret",
  secretKeyBase: "planted-secret-key-base",
  password: "planted-registry-password",
};

/** What is different from the settings above. */
export interface Changes {
  readonly app?: Partial<VersionApp>;
  readonly exports?: Partial<DatabaseExport>;
  readonly planted?: Partial<typeof planted>;
}

export const zones = 3;
export const network = {
  nodeCidr: "10.60.0.0/22",
  servicesCidr: "10.61.0.0/20",
  googleApisCidr: "199.36.153.8/30",
  resolver: "169.254.169.254",
  cachePort: 6378,
  signInAddresses: ["203.0.113.7"],
};

/** Everything that the components declare. */
export async function declaredApp(changes: Changes = {}) {
  const given = { ...app, ...changes.app };
  const secrets = { ...planted, ...changes.planted };
  const database = {
    connectionNames: {
      primary: "a-project:us-east1:primary",
      replicas: ["a-project:us-east1:one", "a-project:us-east1:two"],
    },
    databaseName: "version",
    username: "version-app@a-project.iam",
  };
  return declared((opts) => {
    const namespace = new VersionAppNamespace(
      "namespace",
      {
        site: {
          prefix: "gitlab-version",
          environment: "version",
          protection: true,
          runbooks: "https://example.com/runbooks",
        },
        app: given,
        proxy,
        accounts: { app: "app@a-project.iam", exporter: "exporter@a-project.iam" },
        network,
      },
      opts,
    );
    const common = { namespaceReady: namespace.ready, nodesReady: [] };
    const gate = new DatabaseExports(
      "exports",
      { ...common, export: { ...exports, ...changes.exports }, bucketReady: [] },
      opts,
    );
    const base = new VersionAppBase(
      "base",
      {
        namespaceReady: namespace.ready,
        app: given,
        cache: {
          host: "10.61.0.9",
          port: 6378,
          authString: secrets.authString,
          serverCa: "-----BEGIN CERTIFICATE-----",
        },
        signIn: {
          site: "https://dev.example.com",
          clientId: "a-client",
          clientSecret: secrets.clientSecret,
        },
        secretKeyBase: secrets.secretKeyBase,
        registry: {
          server: "registry.example.com",
          username: "puller",
          password: secrets.password,
        },
        databaseReady: [],
      },
      opts,
    );
    const workload = new VersionWorkload(
      "workload",
      {
        app: given,
        proxy,
        database,
        zones,
        checksum: base.checksum,
        pullSecrets: base.pullSecrets,
        serviceAnnotations: { "cloud.google.com/neg": '{"ingress":true}' },
        baseReady: [...namespace.ready, ...base.ready],
        nodesReady: [],
        exported: gate.exported,
      },
      opts,
    );
    return { namespace, gate, base, workload };
  });
}

/** Parts of a container that tests look at. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly {
    readonly secretRef?: { readonly name: string; readonly optional?: boolean };
  }[];
  readonly ports?: readonly { readonly containerPort: number; readonly protocol: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources: Readonly<
    Record<"requests" | "limits", Readonly<Record<"cpu" | "memory" | "ephemeral-storage", string>>>
  >;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly startupProbe?: Readonly<Record<string, unknown>>;
  readonly livenessProbe?: Readonly<Record<string, unknown>>;
  readonly readinessProbe?: Readonly<Record<string, unknown>>;
  readonly lifecycle?: unknown;
}

/** Parts of a pod that tests look at. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: object };
  readonly spec: {
    readonly restartPolicy?: string;
    readonly serviceAccountName: string;
    readonly automountServiceAccountToken: boolean;
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly terminationGracePeriodSeconds?: number;
    readonly topologySpreadConstraints?: readonly {
      readonly topologyKey: string;
      readonly maxSkew: number;
      readonly minDomains?: number;
      readonly whenUnsatisfiable: string;
      readonly nodeTaintsPolicy: string;
      readonly matchLabelKeys: readonly string[];
      readonly labelSelector: { readonly matchLabels: Record<string, string> };
    }[];
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
    readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  };
}

interface Templated {
  readonly template?: PodTemplate;
  readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
}

/** The pod template of a Deployment, Job or CronJob. */
export function podOf({ inputs, name }: Declared): PodTemplate {
  const spec = inputs["spec"] as Templated;
  const template = spec.template ?? spec.jobTemplate?.spec.template;
  if (template === undefined) throw new Error(`${name} makes no pods`);
  return template;
}

/** Those that make pods. */
export const makers = (resources: readonly Declared[]): Declared[] =>
  ["apps/v1:Deployment", "batch/v1:Job", "batch/v1:CronJob"].flatMap((kind) => [
    ...ofType(resources, `kubernetes:${kind}`),
  ]);

/** The one of its kind with this name in Kubernetes. */
export function object(resources: readonly Declared[], kind: string, name: string | RegExp) {
  const found = ofType(resources, `kubernetes:${kind}`).filter(({ inputs }) => {
    const given = (inputs["metadata"] as { name: string }).name;
    return typeof name === "string" ? given === name : name.test(given);
  });
  const [first, ...others] = found;
  if (first === undefined || others.length > 0) throw new Error(`${kind} ${String(name)}`);
  return first;
}

/** Its `spec`, as the test knows it. */
export const specOf = <T>({ inputs }: Declared): T => inputs["spec"] as T;

/** Whether labels have all that a selector wants. */
export const selects = (
  wanted: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(wanted).every(([key, value]) => labels[key] === value);
