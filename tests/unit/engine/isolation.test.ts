import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  engineEnvironment,
  makeScratch,
  nodeEnvironment,
  type Scratch,
} from "../../../engine/isolation";

let scratch: Scratch;
const before = { ...process.env };

beforeEach(() => {
  Object.assign(process.env, {
    AWS_PROFILE: "planted",
    PULUMI_ACCESS_TOKEN: "planted",
    PULUMI_BACKEND_URL: "planted",
    GOOGLE_CREDENTIALS: "planted",
    KUBECONFIG: "planted",
    NODE_OPTIONS: "planted",
    SOMETHING_ELSE: "planted",
  });
  scratch = makeScratch();
});

afterEach(() => {
  scratch.remove();
  process.env = { ...before };
});

test("nothing of the user's environment is in the engine's or a program's", () => {
  const engine = engineEnvironment(scratch, { ports: { aws: 1234, gcp: 5678 }, checkpoints: true });
  for (const environment of [engine, nodeEnvironment(scratch)]) {
    expect(JSON.stringify(environment)).not.toContain("planted");
    expect(environment.PATH).toBe(scratch.path);
    expect(environment.HOME?.startsWith(scratch.root)).toBe(true);
  }
});

test("the engine gets a home, a backend and a passphrase of its own, and may fetch nothing", () => {
  expect(
    engineEnvironment(scratch, { ports: { aws: 1234, gcp: 5678 }, checkpoints: true }),
  ).toMatchObject({
    PULUMI_HOME: scratch.home,
    PULUMI_BACKEND_URL: `file://${scratch.backend}`,
    PULUMI_CONFIG_PASSPHRASE: scratch.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    GOGC: "400",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DEBUG_PROVIDERS: "aws:1234,gcp:5678",
  });
});

test("checkpoints are skipped only where no crash is tested", () => {
  const ports = {};
  expect(engineEnvironment(scratch, { ports, checkpoints: true })).not.toHaveProperty(
    "PULUMI_SKIP_CHECKPOINTS",
  );
  expect(engineEnvironment(scratch, { ports, checkpoints: false })).toHaveProperty(
    "PULUMI_SKIP_CHECKPOINTS",
    "true",
  );
});

test("the passphrase is no program's business and differs each time", () => {
  const other = makeScratch();
  expect(Object.values(nodeEnvironment(scratch))).not.toContain(scratch.passphrase);
  expect(other.passphrase).not.toBe(scratch.passphrase);
  other.remove();
});

test("the PATH holds node and nothing else", () => {
  expect(readdirSync(scratch.path)).toEqual(["node"]);
});

test("a stack of its own sees the others as they were, and nothing of what they become", () => {
  const state = join(".pulumi", "stacks", "gitlab", "dev.json");
  mkdirSync(join(scratch.backend, dirname(state)), { recursive: true });
  writeFileSync(join(scratch.backend, ".pulumi", "meta.yaml"), "version: 1\n");
  writeFileSync(join(scratch.backend, state), "as it stood");
  const own = scratch.apart("version");
  writeFileSync(join(scratch.backend, state), "later");
  expect(own.backend).not.toBe(scratch.backend);
  expect(own.backend.startsWith(scratch.root)).toBe(true);
  expect(readFileSync(join(own.backend, state), "utf8")).toBe("as it stood");
  expect(readFileSync(join(own.backend, ".pulumi", "meta.yaml"), "utf8")).toBe("version: 1\n");
});

test("removing a scratch folder leaves nothing", () => {
  scratch.remove();
  expect(existsSync(scratch.root)).toBe(false);
});
