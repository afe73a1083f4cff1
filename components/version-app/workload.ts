import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { batch, core } from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import {
  drainingSeconds,
  release,
  releaseLabels,
  serviceSelector,
  webLabels,
  type AuthProxy,
  type DatabasePlace,
  type VersionApp,
} from "./contract";
import { fingerprint } from "./export-job";
import { appPod, spread } from "./pods";
import { surge } from "./quota";

/**
 * What makes an object Helm's: without it `helm upgrade --install` refuses to take over what is already there
 * (https://helm.sh/docs/faq/changes_since_helm2/#resources-can-be-imported-into-a-release-or-adopted,
 * https://github.com/helm/helm/pull/7649).
 */
export const helmOwnership = {
  labels: { "app.kubernetes.io/managed-by": "Helm", heritage: "Helm" },
  annotations: {
    "meta.helm.sh/release-name": release.name,
    "meta.helm.sh/release-namespace": release.namespace,
  },
} as const;

/**
 * Seconds between the order to stop and the signal to the app. GKE hears of the order when the app would, and then takes
 * the pod out of the load balancer, which ends what is under way in `drainingSeconds`: until then the app has to answer
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/container-native-load-balancing#graceful-shutdown).
 */
export const stopAfterSeconds = drainingSeconds + 15;

/** Seconds for the app's last requests, and the Auth Proxy's end, after that. */
const endSeconds = 45;

/** Arguments of VersionWorkload. */
export interface VersionWorkloadArgs {
  readonly app: VersionApp;
  readonly proxy: AuthProxy;
  readonly database: DatabasePlace;
  /** Zones of the nodes. */
  readonly zones: number;
  /** What pods read when they start, as a hash: another one rolls them. */
  readonly checksum: pulumi.Input<string>;
  /** Names of the secrets to pull the app's image with. */
  readonly pullSecrets: readonly string[];
  /** What GKE is to know of the Service. */
  readonly serviceAnnotations: Readonly<Record<string, string>>;
  /** Secrets, database, policies, accounts. */
  readonly baseReady: readonly pulumi.Resource[];
  /** Nodes to run on. */
  readonly nodesReady: readonly pulumi.Resource[];
  /** The export that comes before a migration. */
  readonly exported: readonly pulumi.Resource[];
}

/**
 * The app's pods, for as long as Pulumi rolls them out: migration, Deployment, Service and autoscaler, as Auto DevOps'
 * chart would make and name them, and marked as its own. Taken out of the program they stay where they are, and the first
 * deployment of Auto DevOps takes them over.
 */
export class VersionWorkload extends Component {
  /** The Service, with pods behind it. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: VersionWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    const { app } = args;
    super(
      "versionApp",
      "VersionWorkload",
      name,
      { image: app.image, minReplicas: app.replicas.min, maxReplicas: app.replicas.max },
      opts,
    );
    const own = { parent: this, retainOnDelete: true };
    const before = [...args.baseReady, ...args.nodesReady, ...args.exported];
    const metadata = (objectName: string, labels: Readonly<Record<string, string>>) => ({
      name: objectName,
      namespace: release.namespace,
      labels: { ...labels, ...helmOwnership.labels },
      annotations: { ...helmOwnership.annotations },
    });

    const pod = webPod(args);
    const template = {
      ...pod,
      metadata: {
        ...pod.metadata,
        annotations: { "checksum/application-secrets": args.checksum },
      },
    };
    const migration = this.migration(name, args, { ...own, dependsOn: before });
    const deployment = new Deployment(
      `${name}-deployment`,
      {
        metadata: metadata(release.name, webLabels),
        spec: {
          replicas: app.replicas.min,
          revisionHistoryLimit: 3,
          minReadySeconds: 10,
          progressDeadlineSeconds: 900,
          // Never fewer than before: what is new is ready first.
          strategy: {
            type: "RollingUpdate",
            rollingUpdate: { maxUnavailable: 0, maxSurge: surge(app) },
          },
          selector: { matchLabels: { ...webLabels } },
          template,
        },
      },
      {
        ...own,
        dependsOn: [...before, migration],
        // The autoscaler's, once it is there.
        ignoreChanges: ["spec.replicas"],
        customTimeouts: { create: "20m", update: "20m" },
      },
    );
    const service = new Service(
      `${name}-service`,
      {
        metadata: {
          ...metadata(release.service, releaseLabels),
          annotations: { ...helmOwnership.annotations, ...args.serviceAnnotations },
        },
        spec: {
          type: "ClusterIP",
          selector: { ...serviceSelector },
          ports: [
            {
              name: release.portName,
              port: release.port,
              targetPort: release.port,
              protocol: "TCP",
            },
          ],
        },
      },
      { ...own, dependsOn: [deployment] },
    );
    const autoscaler = new HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      { metadata: metadata(release.service, releaseLabels), spec: autoscaling(app) },
      { ...own, dependsOn: [deployment] },
    );
    this.ready = [service, autoscaler];
    this.registerOutputs({});
  }

  /**
   * One Job for each image and each way to run it, by name: a Job's pods can't be changed. Finished ones stay, one for
   * each release that Pulumi rolls out: Kubernetes clearing the last one away (`ttlSecondsAfterFinished`) would look like
   * drift, and run it again. So does one that failed, since it is retained like the rest: a new image or `migrateAttempt`
   * makes the next.
   */
  private migration(
    name: string,
    args: VersionWorkloadArgs,
    opts: pulumi.CustomResourceOptions,
  ): Job {
    const { app } = args;
    const spec = migrationJob(args);
    return new Job(
      `${name}-migration`,
      {
        metadata: {
          name: `${release.name}-migrate-${fingerprint(spec, app.migrateAttempt ?? 1)}`,
          namespace: release.namespace,
          labels: { ...releaseLabels, ...helmOwnership.labels },
          annotations: { ...helmOwnership.annotations },
        },
        spec,
      },
      { ...opts, customTimeouts: { create: `${app.migrateMinutes + 5}m` } },
    );
  }
}

/** What the app's pods are made of, all of it plain. */
export type PodArgs = Pick<
  VersionWorkloadArgs,
  "app" | "proxy" | "database" | "zones" | "pullSecrets"
>;

/** A migration of the database: one pod of the app's image, with its own Auth Proxy. */
export function migrationJob(args: PodArgs) {
  const { app } = args;
  const { container, spec } = appPod(args);
  return {
    // Rails takes a lock for it and goes on where it was: once more does no harm.
    backoffLimit: 2,
    activeDeadlineSeconds: app.migrateMinutes * 60,
    template: {
      metadata: { labels: { ...releaseLabels } },
      spec: {
        ...spec,
        restartPolicy: "Never",
        terminationGracePeriodSeconds: endSeconds,
        containers: [
          { ...container, name: release.container, command: ["/bin/sh", "-c", app.migrateCommand] },
        ],
      },
    },
  } satisfies batch.v1.JobSpec;
}

/**
 * A pod that serves. Its probes say what Auto DevOps' chart can say too, for all else Kubernetes' own times hold
 * (10 seconds, three failures).
 */
export function webPod(args: PodArgs) {
  const { app } = args;
  const { container, spec } = appPod(args);
  const headers = [
    { name: "Host", value: app.host },
    // Rails answers with a redirect else, where it insists on TLS.
    { name: "X-Forwarded-Proto", value: "https" },
  ];
  const http = (path: string) => ({
    httpGet: { path, port: release.port, scheme: "HTTP", httpHeaders: headers },
  });
  // Never the database: it would take down every pod for the time that it is away.
  const alive =
    app.livenessPath === undefined ? { tcpSocket: { port: release.port } } : http(app.livenessPath);
  return {
    metadata: { labels: { ...webLabels } },
    spec: {
      ...spec,
      terminationGracePeriodSeconds: stopAfterSeconds + endSeconds,
      topologySpreadConstraints: spread(args.zones, webLabels),
      containers: [
        {
          ...container,
          name: release.container,
          ports: [{ name: release.portName, containerPort: release.port, protocol: "TCP" }],
          // By HTTP: the chart can't say a connection here. Five minutes for a boot.
          startupProbe: {
            ...http(app.livenessPath ?? app.readinessPath),
            initialDelaySeconds: 0,
            timeoutSeconds: 5,
            periodSeconds: 5,
            failureThreshold: 60,
          },
          livenessProbe: { ...alive, initialDelaySeconds: 0, timeoutSeconds: 10 },
          readinessProbe: { ...http(app.readinessPath), initialDelaySeconds: 0, timeoutSeconds: 5 },
          lifecycle: { preStop: { sleep: { seconds: stopAfterSeconds } } },
        },
      ],
    },
  } satisfies core.v1.PodTemplateSpec;
}

/**
 * Up at once, down slowly: a pod too many costs less than one too few. Of the app's container alone, since the Auth Proxy
 * beside it hardly works
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#container-resource-metrics).
 */
export function autoscaling({ cpuPercent, replicas }: VersionApp) {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: release.name },
    minReplicas: replicas.min,
    maxReplicas: replicas.max,
    metrics: [
      {
        type: "ContainerResource",
        containerResource: {
          name: "cpu",
          container: release.container,
          target: { type: "Utilization", averageUtilization: cpuPercent },
        },
      },
    ],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: "Max",
        policies: [
          { type: "Percent", value: 100, periodSeconds: 60 },
          { type: "Pods", value: 3, periodSeconds: 60 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 600,
        policies: [{ type: "Pods", value: 1, periodSeconds: 120 }],
      },
    },
  };
}
