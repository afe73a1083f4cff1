/**
 * What GitLab's auto-deploy chart makes of values, for the release `production` of Auto DevOps: written down from its
 * templates at v2.113.0 (https://gitlab.com/gitlab-org/cluster-integration/auto-deploy-image,
 * assets/auto-deploy-app/templates: deployment, service, hpa, custom-resources, _helpers). What Auto DevOps gives with
 * `--set` wins over any file of values (src/bin/auto-deploy, deploy).
 */
import { parse } from "yaml";

type Values = Readonly<Record<string, unknown>>;

const appName = "production";
const fullName = "production-auto-deploy";
const sharedLabels = {
  app: appName,
  chart: "auto-deploy-app-2.100.2",
  release: appName,
  heritage: "Helm",
  "app.kubernetes.io/name": appName,
  "helm.sh/chart": "auto-deploy-app-2.100.2",
  "app.kubernetes.io/managed-by": "Helm",
  "app.kubernetes.io/instance": appName,
};
const webLabels = { track: "stable", tier: "web" };

/** Objects of a release. */
export interface Release {
  readonly deployment: Values;
  readonly service: Values;
  readonly autoscaler: Values | undefined;
  readonly custom: readonly Values[];
  /** Kinds that the chart makes beside these. */
  readonly others: readonly string[];
}

const at = (values: Values, key: string): Values => (values[key] ?? {}) as Values;

/** An object without what the chart leaves out when a value is empty. */
function filled(object: Values): Values {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) =>
        value !== undefined &&
        value !== null &&
        !(typeof value === "object" && Object.keys(value).length === 0),
    ),
  );
}

function probe(values: Values, kind: string, startup = false): Values | undefined {
  const said = at(values, kind);
  const port = said["port"] ?? at(values, "service")["internalPort"];
  if (said["enabled"] !== true) return undefined;
  // Of a start by TCP the template asks for the type of the readiness probe.
  const tcp = startup ? at(values, "readinessProbe")["probeType"] : said["probeType"];
  const way =
    said["probeType"] === "httpGet"
      ? {
          httpGet: filled({
            path: said["path"],
            scheme: said["scheme"],
            port,
            httpHeaders: said["httpHeaders"],
          }),
        }
      : tcp === "tcpSocket"
        ? { tcpSocket: { port } }
        : {};
  return {
    ...way,
    initialDelaySeconds: said["initialDelaySeconds"],
    timeoutSeconds: said["timeoutSeconds"],
    ...(startup
      ? { failureThreshold: said["failureThreshold"], periodSeconds: said["periodSeconds"] }
      : {}),
  };
}

/**
 * @param text values, as YAML
 * @param pipeline what Auto DevOps sets beside them
 */
export function renderRelease(
  text: string,
  pipeline: { readonly image: string; readonly replicas: number; readonly pullSecret?: string },
): Release {
  const values = parse(text, { version: "1.1" }) as Values;
  const service = at(values, "service");
  const pulls =
    (at(values, "image")["secrets"] as readonly Values[] | undefined) ??
    (pipeline.pullSecret === undefined ? [] : [{ name: pipeline.pullSecret }]);
  const template = (node: unknown): unknown => {
    if (typeof node === "string") {
      return node
        .replace('{{ template "imagename" . }}', pipeline.image)
        .replace(
          "{{ with .Values.image.secrets }}{{ (index . 0).name }}{{ else }}none{{ end }}",
          (pulls[0]?.["name"] as string | undefined) ?? "none",
        );
    }
    if (Array.isArray(node)) return node.map(template);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, template(value)]));
  };
  const container = {
    name: "auto-deploy-app",
    image: pipeline.image,
    imagePullPolicy: "IfNotPresent",
    ...filled({
      command: at(values, "application")["command"],
      args: at(values, "application")["args"],
    }),
    envFrom: [
      { secretRef: { name: "production-secret" } },
      ...((values["extraEnvFrom"] ?? []) as readonly Values[]),
    ],
    env: [
      ...((values["extraEnv"] ?? []) as readonly Values[]),
      { name: "GITLAB_ENVIRONMENT_NAME", value: "production" },
      { name: "GITLAB_ENVIRONMENT_URL", value: "https://version.example.com" },
    ],
    ports: [{ name: service["name"], containerPort: service["internalPort"] }],
    ...filled({
      lifecycle: values["lifecycle"],
      livenessProbe: probe(values, "livenessProbe"),
      readinessProbe: probe(values, "readinessProbe"),
      startupProbe: probe(values, "startupProbe", true),
      securityContext: values["containerSecurityContext"],
      resources: values["resources"],
      volumeMounts: values["extraVolumeMounts"],
    }),
  };
  const hpa = at(values, "hpa");
  const others = ["ingress", "networkPolicy", "podDisruptionBudget"].filter(
    // The chart's default of the first is true.
    (kind) => (at(values, kind)["enabled"] ?? kind === "ingress") === true,
  );
  return {
    deployment: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: appName, labels: { ...webLabels, ...sharedLabels } },
      spec: {
        selector: { matchLabels: { app: appName, ...webLabels, release: appName } },
        replicas: pipeline.replicas,
        template: {
          metadata: { labels: { ...webLabels, ...sharedLabels } },
          spec: filled({
            serviceAccountName: at(values, "serviceAccount")["name"],
            imagePullSecrets: pulls,
            securityContext: values["securityContext"],
            initContainers: values["initContainers"],
            topologySpreadConstraints: values["topologySpreadConstraints"],
            volumes: values["extraVolumes"],
            terminationGracePeriodSeconds: values["terminationGracePeriodSeconds"],
            containers: [container],
          }),
        },
      },
    },
    service: {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: fullName,
        annotations: service["annotations"],
        labels: { track: "stable", ...sharedLabels },
      },
      spec: {
        type: service["type"],
        ports: [
          {
            port: service["externalPort"],
            targetPort: service["internalPort"],
            protocol: "TCP",
            name: service["name"],
          },
        ],
        selector: { app: appName, ...webLabels },
      },
    },
    autoscaler:
      hpa["enabled"] === true && at(values, "resources")["requests"] !== undefined
        ? {
            apiVersion: "autoscaling/v2",
            kind: "HorizontalPodAutoscaler",
            metadata: { name: fullName, labels: sharedLabels },
            spec: {
              scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: appName },
              minReplicas: hpa["minReplicas"],
              maxReplicas: hpa["maxReplicas"],
              metrics: hpa["metrics"],
            },
          }
        : undefined,
    custom: ((values["customResources"] ?? []) as readonly Values[]).map(
      (object) => template(object) as Values,
    ),
    others,
  };
}
