import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkout, makeScratch } from "../../../engine/isolation";
import type { SchemaViolation } from "../../../engine/published-schema";
import { StackProgram } from "../../../engine/stack-program";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const scratch = makeScratch();
// A stack's process checks objects before, or without, any environment being loaded.
const program = new StackProgram({
  project: join(checkout, "tests", "engine", "project"),
  stack: "none",
  projectName: "gitlab",
  scratch,
});

afterAll(async () => {
  await program.close();
  rmSync(scratch.root, { recursive: true });
});

function object(version: string, kind: string, fields: Record<string, unknown>) {
  const apiVersion = version.replace(/^core\//, "");
  return {
    urn: `urn:pulumi:version::gitlab::kubernetes:${version}:${kind}::it`,
    type: `kubernetes:${version}:${kind}`,
    inputs: { apiVersion, kind, metadata: { name: "it", labels: { app: "it" } }, ...fields },
  };
}

/** A Deployment with a template that fits, over which the given parts of a container and a pod are laid. */
function deployment(container: Record<string, unknown>, pod: Record<string, unknown> = {}) {
  const containers = [{ name: "web", image: "registry.example.com/web@sha256:0", ...container }];
  return object("apps/v1", "Deployment", {
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "it" } },
      template: { metadata: { labels: { app: "it" } }, spec: { containers, ...pod } },
    },
  });
}

async function said(...objects: ReturnType<typeof object>[]): Promise<Record<string, string>> {
  const found: SchemaViolation[] = await program.schemaViolations(objects);
  return Object.fromEntries(found.map(({ path, message }) => [path, message]));
}

test("objects that fit their schema break nothing, of every group and of GKE's own kinds", async () => {
  expect(
    await said(
      deployment(
        { resources: { limits: { cpu: 1, memory: "512Mi" } } },
        { restartPolicy: "Always" },
      ),
      object("core/v1", "Service", { spec: { ports: [{ port: 80, targetPort: "http" }] } }),
      object("core/v1", "ConfigMap", { data: { key: "value" } }),
      object("rbac.authorization.k8s.io/v1", "Role", {
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
      }),
      object("networking.k8s.io/v1", "NetworkPolicy", { spec: { podSelector: {} } }),
      object("cloud.google.com/v1", "BackendConfig", { spec: { securityPolicy: { name: "it" } } }),
      object("networking.gke.io/v1beta1", "FrontendConfig", { spec: { sslPolicy: "it" } }),
    ),
  ).toEqual({});
});

test("a field that the schema does not know is refused at any depth, with the nearest known one", async () => {
  const pod = "spec.template.spec";
  expect(
    await said(
      deployment(
        {
          livenesProbe: {},
          env: [{ name: "A", valueFrom: { secretKeyRef: { key: "a", file: "b" } } }],
        },
        { volumes: [{ name: "tmp", emptyDir: { size: "1Gi" } }] },
      ),
    ),
  ).toEqual({
    [`${pod}.containers[0].livenesProbe`]:
      'there is no such field in apps/v1 Deployment; did you mean "livenessProbe"?',
    [`${pod}.containers[0].env[0].valueFrom.secretKeyRef.file`]: expect.stringContaining(
      "there is no such field",
    ) as unknown,
    [`${pod}.volumes[0].emptyDir.size`]: expect.stringContaining(
      "there is no such field",
    ) as unknown,
  });
});

test("an unknown field of a custom kind is refused too", async () => {
  const config = object("cloud.google.com/v1", "BackendConfig", { spec: { healthcheck: {} } });
  expect(await said(config)).toEqual({
    "spec.healthcheck": expect.stringContaining('did you mean "healthCheck"?') as unknown,
  });
});

test("wrong types, missing fields, values outside an enumeration and wrong forms are named by path", async () => {
  expect(
    await said(
      deployment(
        {
          name: undefined,
          ports: [{ containerPort: "http" }],
          env: [{ name: "PORT", value: 5000 }],
          resources: { requests: { cpu: "1x" } },
        },
        { restartPolicy: "always" },
      ),
      object("core/v1", "Secret", { data: { "a.key": "not base64!" } }),
    ),
  ).toEqual({
    "spec.template.spec.containers[0]": '"name" is required',
    "spec.template.spec.containers[0].ports[0].containerPort": "must be integer",
    "spec.template.spec.containers[0].env[0].value": "must be string",
    "spec.template.spec.containers[0].resources.requests.cpu": expect.stringContaining(
      "quantity",
    ) as unknown,
    "spec.template.spec.restartPolicy": "must be one of Always, Never, OnFailure",
    'data["a.key"]': "must be in the form byte",
  });
});

test("an unknown or a secret value is passed over at its place, and nothing else with it", async () => {
  expect(
    await said(
      deployment({ ports: [{ containerPort: unknown }, { containerPort: "http" }], args: unknown }),
      object("core/v1", "Secret", { data: "[secret]", typ: "Opaque" }),
      object("core/v1", "Service", { spec: unknown }),
    ),
  ).toEqual({
    "spec.template.spec.containers[0].ports[1].containerPort": "must be integer",
    typ: expect.stringContaining('did you mean "type"?') as unknown,
  });
});

test("a kind that nobody publishes a schema for is refused by its name", async () => {
  expect(await said(object("example.com/v1", "Widget", { spec: {} }))).toEqual({
    "": "no schema is published for example.com/v1 Widget, so nothing can be said of it",
  });
});
