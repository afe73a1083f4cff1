/** What a pod's containers are made of: image, environment, ports, probes, resources, security. */
import type { PropertyModel } from "../../model";
import {
  block,
  blocks,
  bool,
  configMapRef,
  dnsLabel,
  int,
  list,
  map,
  oneOf,
  quantity,
  required,
  secretRef,
  str,
} from "./common";
import {
  INSIDE_VOLUME,
  NO_WINDOWS,
  PORT_NAME,
  appArmorProfile,
  dataKey,
  linuxId,
  port,
  portNumber,
  protocol,
  seLinuxOptions,
  seccompProfile,
} from "./pod-fields";

/**
 * Amounts of resources, by their names; those of others have a domain (`nvidia.com/gpu`).
 * https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
const amounts = (): PropertyModel =>
  map({
    keys: str({
      pattern: "cpu|memory|ephemeral-storage|hugepages-\\d+[KMG]i|[a-z0-9.-]+\\.[a-z]+/[\\w.-]+",
      example: "memory",
    }),
    items: quantity(),
  });

const exec: PropertyModel = block({ command: list(str()) });
const httpGet: PropertyModel = block(
  {
    host: str(),
    httpHeaders: blocks({ name: str(required), value: str(required) }),
    path: str(),
    port: port(required),
    scheme: oneOf(["HTTP", "HTTPS"]),
  },
  { omits: "protocol is newer than the schema that plans are held against" },
);
const tcpSocket: PropertyModel = block({ host: str(), port: port(required) });

const HANDLERS = ["exec", "grpc", "httpGet", "tcpSocket"];

/** A probe: one way to ask, and how often. A liveness or startup probe succeeds by one answer. */
const probe = (kind: "liveness" | "readiness" | "startup"): PropertyModel =>
  block(
    {
      exec: { ...exec, exactlyOneOf: HANDLERS },
      failureThreshold: int({ min: 1 }),
      grpc: block(
        { port: portNumber(required), service: str() },
        { omits: "mode is newer than the schema that plans are held against" },
      ),
      httpGet,
      initialDelaySeconds: int({ min: 0 }),
      periodSeconds: int({ min: 1 }),
      successThreshold: int({ min: 1, ...(kind === "readiness" ? {} : { max: 1 }) }),
      tcpSocket,
      ...(kind === "readiness" ? {} : { terminationGracePeriodSeconds: int({ min: 1 }) }),
      timeoutSeconds: int({ min: 1 }),
    },
    kind === "readiness"
      ? { omits: "terminationGracePeriodSeconds must not be set for readinessProbes" }
      : {},
  );

const ACTIONS = ["exec", "httpGet", "sleep", "tcpSocket"];
const handler: PropertyModel = block({
  exec: { ...exec, exactlyOneOf: ACTIONS },
  httpGet,
  sleep: block({ seconds: int({ required: true, min: 0 }) }),
  tcpSocket,
});

const env: PropertyModel = blocks({
  // https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
  name: str({ required: true, pattern: "[ -<>-~]+", example: "NAME" }),
  value: str({ conflicts: ["valueFrom"] }),
  valueFrom: block(
    {
      configMapKeyRef: block(
        { key: dataKey(required), name: configMapRef({ unless: "optional" }), optional: bool() },
        { exactlyOneOf: ["fieldRef", "resourceFieldRef", "secretKeyRef"] },
      ),
      fieldRef: block({
        apiVersion: oneOf(["v1"]),
        fieldPath: str({
          required: true,
          pattern:
            "metadata\\.(name|namespace|uid|(labels|annotations)\\['[^']+'\\])|spec\\.(nodeName|serviceAccountName)|status\\.(hostIPs?|podIPs?)",
          example: "metadata.name",
        }),
      }),
      resourceFieldRef: block({
        containerName: dnsLabel(),
        divisor: quantity(),
        resource: oneOf(
          ["cpu", "memory", "ephemeral-storage"].flatMap((name) => [
            `limits.${name}`,
            `requests.${name}`,
          ]),
          required,
        ),
      }),
      secretKeyRef: block({
        key: dataKey(required),
        name: secretRef({ unless: "optional" }),
        optional: bool(),
      }),
    },
    { omits: "fileKeyRef is behind a feature gate" },
  ),
});

const envFrom: PropertyModel = blocks({
  configMapRef: block(
    { name: configMapRef({ unless: "optional" }), optional: bool() },
    { exactlyOneOf: ["secretRef"] },
  ),
  prefix: str({ pattern: "[ -<>-~]*" }),
  secretRef: block({ name: secretRef({ unless: "optional" }), optional: bool() }),
});

const securityContext: PropertyModel = block(
  {
    allowPrivilegeEscalation: bool(),
    appArmorProfile,
    capabilities: block({ add: list(str()), drop: list(str()) }),
    privileged: bool(),
    procMount: oneOf(["Default", "Unmasked"]),
    readOnlyRootFilesystem: bool(),
    runAsGroup: linuxId(),
    runAsNonRoot: bool(),
    runAsUser: linuxId(),
    seLinuxOptions,
    seccompProfile,
  },
  { omits: NO_WINDOWS },
);

const common: Readonly<Record<string, PropertyModel>> = {
  args: list(str()),
  command: list(str()),
  env,
  envFrom,
  // The schema lets it be left out for the sake of higher-level tools; the API server does not.
  image: str({ pattern: "\\S+", example: "registry.example.com/app:1" }),
  imagePullPolicy: oneOf(["Always", "IfNotPresent", "Never"]),
  lifecycle: block(
    { postStart: handler, preStop: handler },
    { omits: "stopSignal asks for the pod's os.name, which is left out" },
  ),
  livenessProbe: probe("liveness"),
  name: dnsLabel(required),
  ports: blocks({
    containerPort: portNumber(required),
    hostIP: str(),
    hostPort: int({ min: 0, max: 65535 }),
    name: str({ pattern: PORT_NAME, example: "web" }),
    protocol: protocol(),
  }),
  readinessProbe: probe("readiness"),
  resizePolicy: blocks({
    resourceName: oneOf(["cpu", "memory"], required),
    restartPolicy: oneOf(["NotRequired", "RestartContainer"], required),
  }),
  resources: block({
    claims: blocks({ name: str(required), request: str() }),
    limits: amounts(),
    requests: amounts(),
  }),
  securityContext,
  startupProbe: probe("startup"),
  stdin: bool(),
  stdinOnce: bool(),
  terminationMessagePath: str({ pattern: "/.*" }),
  terminationMessagePolicy: oneOf(["FallbackToLogsOnError", "File"]),
  tty: bool(),
  volumeMounts: list(
    block(
      {
        mountPath: str({ required: true, pattern: "[^:]+", example: "/tmp" }),
        mountPropagation: oneOf(["Bidirectional", "HostToContainer", "None"]),
        name: dnsLabel(required),
        readOnly: bool(),
        recursiveReadOnly: oneOf(["Disabled", "Enabled", "IfPossible"]),
        subPath: str({ pattern: INSIDE_VOLUME, example: "file" }),
        subPathExpr: str({ pattern: INSIDE_VOLUME, example: "file", conflicts: ["subPath"] }),
      },
      { omits: "bindMountOptions is newer than the schema that plans are held against" },
    ),
  ),
  workingDir: str(),
};

const omits =
  "restartPolicy is for init containers, its rules and volumeDevices are not used by anything that is modelled";

/** The containers of a pod. */
export const containers = (): PropertyModel =>
  list(block(common, { omits }), { required: true, minItems: 1 });

/**
 * Init containers: they end before the others start, unless they are native sidecars (`restartPolicy: Always`).
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export const initContainers = (): PropertyModel =>
  list(block({ ...common, restartPolicy: oneOf(["Always"]) }, { omits }));
