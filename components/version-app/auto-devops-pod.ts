import { z } from "zod";
import { release } from "./contract";

/**
 * What of a pod GitLab's auto-deploy chart can say, and nothing else: it has a value for each of these, and none for the
 * rest (https://gitlab.com/gitlab-org/cluster-integration/auto-deploy-image, assets/auto-deploy-app/README.md and
 * templates/deployment.yaml, read at v2.113.0).
 */
const anything = z.record(z.string(), z.unknown());
const list = z.array(anything);

/** A value that the chart writes without quotes: YAML must not take it for something else. */
const unquoted = z
  .string()
  .regex(/^[A-Za-z/][\w./-]*$/, "a text that YAML takes for one without quotes")
  .refine((text) => !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text), "a word that YAML reads");

const httpGet = z.strictObject({
  path: unquoted,
  port: z.number(),
  scheme: z.enum(["HTTP", "HTTPS"]).default("HTTP"),
  httpHeaders: z.array(z.strictObject({ name: unquoted, value: unquoted })).default([]),
});
const seconds = {
  initialDelaySeconds: z.number().default(0),
  timeoutSeconds: z.number().default(1),
};
/** Of these the chart says no period and no number of failures: Kubernetes' own hold. */
const probe = z.strictObject({
  ...seconds,
  httpGet: httpGet.optional(),
  tcpSocket: z.strictObject({ port: z.number() }).optional(),
  periodSeconds: z.literal(10).optional(),
  failureThreshold: z.literal(3).optional(),
});
/** Of a start by TCP the chart has a slip: it writes a probe without a way to probe. */
const startupProbe = z.strictObject({
  ...seconds,
  httpGet,
  periodSeconds: z.number().default(10),
  failureThreshold: z.number().default(3),
});

const secretRef = z.strictObject({
  secretRef: z.strictObject({ name: z.string(), optional: z.boolean().optional() }),
});

const container = z.strictObject({
  // Helm takes pods over by the names of their containers: another name would be a second container.
  name: z.literal(release.container),
  /** The pipeline's own takes its place. */
  image: z.string(),
  imagePullPolicy: z.literal("IfNotPresent").optional(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  // The first is the one that the pipeline makes of its own variables.
  envFrom: z.tuple(
    [
      z.strictObject({
        secretRef: z.strictObject({
          name: z.literal(release.secret),
          optional: z.boolean().optional(),
        }),
      }),
    ],
    secretRef,
  ),
  env: list.default([]),
  lifecycle: anything.optional(),
  ports: z.tuple([
    z.strictObject({
      name: z.literal(release.portName),
      containerPort: z.literal(release.port),
      protocol: z.literal("TCP").optional(),
    }),
  ]),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: startupProbe.optional(),
  securityContext: anything,
  resources: anything,
  volumeMounts: list.default([]),
});

/** A pod template that the chart can make too. */
export const chartPod = z.strictObject({
  metadata: z.strictObject({
    labels: z.strictObject({
      app: z.literal(release.name),
      release: z.literal(release.name),
      tier: z.literal("web"),
      track: z.literal("stable"),
    }),
    /** The chart has its own: of the pipeline's variables. */
    annotations: anything.optional(),
  }),
  spec: z.strictObject({
    serviceAccountName: z.string(),
    /** The chart can't say it; the account itself does. */
    automountServiceAccountToken: z.literal(false).optional(),
    /** The chart can't say it: Auto DevOps' pods have variables of the namespace's Services besides. */
    enableServiceLinks: z.literal(false).optional(),
    securityContext: anything,
    imagePullSecrets: z.array(z.strictObject({ name: z.string() })).default([]),
    initContainers: list.default([]),
    topologySpreadConstraints: list.default([]),
    terminationGracePeriodSeconds: z.number(),
    volumes: list.default([]),
    containers: z.tuple([container]),
  }),
});

/** A pod template in plain data, as the chart can make it too. */
export type ChartPod = z.infer<typeof chartPod>;

/** The way to probe, and the times that every probe of the chart has. */
export type ChartProbe = Pick<
  z.infer<typeof probe>,
  keyof typeof seconds | "httpGet" | "tcpSocket"
>;

/**
 * @param pod a pod template, without outputs
 * @throws if there is something in it that the chart can't say, with the place and what is allowed
 */
export function readChartPod(pod: object): ChartPod {
  const read = chartPod.safeParse(pod);
  if (read.success) return read.data;
  throw new Error(`Auto DevOps' chart can't make this pod:\n${z.prettifyError(read.error)}`);
}
