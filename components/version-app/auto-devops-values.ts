import { stringify } from "yaml";
import { readChartPod, type ChartProbe } from "./auto-devops-pod";
import { names, release } from "./contract";
import { serviceAnnotations } from "./ingress";

/** What the chart is to make, in plain data: the same that Pulumi's own workload is made of. */
export interface ChartFacts {
  /** Template of the pods that serve. */
  readonly pod: object;
  /** Spec of the autoscaler. */
  readonly autoscaling: {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: readonly object[];
  };
  /** Spec of the Job that exports the database. */
  readonly exportJob: object;
  /** Spec of the Job that migrates it; its container is the app's. */
  readonly migrationJob: object;
}

/** The image that the pipeline deploys, as the chart's own template has it. */
const pipelineImage = '{{ template "imagename" . }}';

/** The registry's secret that the pipeline makes, where there is one; a name that is not there hurts no pull. */
const pipelinePullSecret =
  "{{ with .Values.image.secrets }}{{ (index . 0).name }}{{ else }}none{{ end }}";

/**
 * Values for GitLab's auto-deploy chart, as YAML: its pods, Service and autoscaler are then those of Pulumi's workload,
 * and what Pulumi owns for good (ingress, disruption budget, policies) the chart leaves alone.
 *
 * The chart's own migration Job is not used: it has no account, no Auth Proxy and no security context, so that a
 * namespace with the level `restricted` refuses its pods. Export and migration are hooks of Helm among the chart's
 * `customResources` instead: before anything is rolled out they run one after the other, and if one fails nothing is.
 *
 * Sources: https://docs.gitlab.com/topics/autodevops/customize/#customize-helm-chart-values,
 * https://gitlab.com/gitlab-org/cluster-integration/auto-deploy-image (assets/auto-deploy-app),
 * https://helm.sh/docs/topics/charts_hooks/
 * @throws if the pod has something that the chart can't say, or a Job a text that Helm would take for a template
 */
export function chartValues(facts: ChartFacts): string {
  const { spec } = readChartPod(facts.pod);
  const [container] = spec.containers;
  const [, ...secrets] = container.envFrom;
  const pulls = spec.imagePullSecrets;
  const values = {
    image: pulls.length === 0 ? undefined : { secrets: pulls },
    serviceAccount: { name: spec.serviceAccountName, createNew: false },
    application: { command: container.command, args: container.args },
    securityContext: spec.securityContext,
    containerSecurityContext: container.securityContext,
    initContainers: spec.initContainers,
    topologySpreadConstraints: spec.topologySpreadConstraints,
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds,
    lifecycle: container.lifecycle,
    resources: container.resources,
    extraEnvFrom: secrets,
    extraEnv: container.env,
    extraVolumes: spec.volumes,
    extraVolumeMounts: container.volumeMounts,
    livenessProbe: probeValues(container.livenessProbe),
    readinessProbe: probeValues(container.readinessProbe),
    startupProbe:
      container.startupProbe === undefined
        ? { enabled: false }
        : {
            ...probeValues(container.startupProbe),
            failureThreshold: container.startupProbe.failureThreshold,
            periodSeconds: container.startupProbe.periodSeconds,
          },
    service: {
      enabled: true,
      name: release.portName,
      type: "ClusterIP",
      externalPort: release.port,
      internalPort: release.port,
      annotations: serviceAnnotations,
    },
    hpa: {
      enabled: true,
      minReplicas: facts.autoscaling.minReplicas,
      maxReplicas: facts.autoscaling.maxReplicas,
      metrics: facts.autoscaling.metrics,
    },
    ingress: { enabled: false },
    networkPolicy: { enabled: false },
    podDisruptionBudget: { enabled: false },
    postgresql: { managed: false },
    customResources: [
      hook(`${names.exporter}-deploy`, -10, escaped(facts.exportJob)),
      hook(`${release.name}-migrate-deploy`, -5, migration(facts.migrationJob, pulls.length > 0)),
    ],
  };
  // Helm reads YAML 1.1, in which yes and on are no texts; long lines stay whole.
  return stringify(values, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

function probeValues(probe: ChartProbe): Readonly<Record<string, unknown>> {
  const common = {
    enabled: true,
    initialDelaySeconds: probe.initialDelaySeconds,
    timeoutSeconds: probe.timeoutSeconds,
  };
  return probe.httpGet === undefined
    ? { ...common, probeType: "tcpSocket", port: probe.tcpSocket?.port ?? release.port }
    : { ...common, probeType: "httpGet", ...probe.httpGet };
}

/** A Job that Helm runs before an installation or upgrade, and keeps until the next one. */
function hook(name: string, weight: number, spec: object): object {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      namespace: release.namespace,
      annotations: {
        "helm.sh/hook": "pre-install,pre-upgrade",
        "helm.sh/hook-weight": String(weight),
        "helm.sh/hook-delete-policy": "before-hook-creation",
      },
    },
    spec,
  };
}

/** @throws if Helm would take a text for a template: the chart renders these objects as one */
function escaped<T extends object>(spec: T): T {
  if (JSON.stringify(spec).includes("{{")) {
    throw new Error("a Job has {{ in it, which Helm takes for a template");
  }
  return spec;
}

interface JobSpec {
  readonly template: {
    readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
    readonly spec: {
      readonly containers: readonly { readonly name: string }[];
      readonly imagePullSecrets?: readonly object[];
    };
  };
}

/** The migration with the image that the pipeline deploys, pulled as its pods are. */
function migration(job: object, ownPullSecret: boolean): object {
  const spec = escaped(job) as JobSpec;
  const pod = spec.template.spec;
  if (!pod.containers.some(({ name }) => name === release.container)) {
    throw new Error(`the migration has no container ${release.container}`);
  }
  return {
    ...spec,
    template: {
      ...spec.template,
      spec: {
        ...pod,
        ...(ownPullSecret ? {} : { imagePullSecrets: [{ name: pipelinePullSecret }] }),
        containers: pod.containers.map((one) =>
          one.name === release.container ? { ...one, image: pipelineImage } : one,
        ),
      },
    },
  };
}
