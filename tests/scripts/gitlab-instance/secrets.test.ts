import { writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { digestOf } from "../support/gitlab-image";
import type { Machine } from "../support/machine";
import { facts, planted, SiteWorld } from "../support/site";

const [old, next] = ["19.2.2", "19.3.1"];
const bundle = facts("application", old).secrets.gitlab;
let site: SiteWorld;

/** A machine whose release is there already. */
function node(name: string, version: string): Machine {
  const machine = site.machine(name, "application", version);
  machine.docker.images.add(
    `${facts("application", version).image.repository}@${digestOf(version)}`,
  );
  return machine;
}

/** A file of the newest stored set. */
function stored(file: string): string {
  const value = site.world.secrets.get(bundle)?.at(-1) ?? "";
  return execFileSync("tar", ["-xzOf", "-", `./${file}`], {
    input: Buffer.from(value, "base64"),
  }).toString();
}

type Secrets = Record<string, Record<string, unknown>>;
const keys = (): Secrets => JSON.parse(stored("gitlab-secrets.json")) as Secrets;
const ensure = (machine: Machine) => machine.run("/opt/gitlab-node/secrets", ["ensure"]);

beforeEach(async () => {
  site = await SiteWorld.create([old, next]);
});
afterEach(async () => {
  expect(site.gitlab.violations).toEqual([]);
  await site.world.close();
});

test("two first nodes make one set, and both have it", async () => {
  const [first, second] = [node("first", old), node("second", old)];
  const ended = await Promise.all([ensure(first), ensure(second)]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(site.world.secrets.get(bundle)).toHaveLength(1);
  for (const file of ["gitlab-secrets.json", "container/gitaly-token", "ssh_host_ed25519_key"])
    expect(first.read(`/run/gitlab-secrets/${file}`)).toBe(
      second.read(`/run/gitlab-secrets/${file}`),
    );
  expect(stored("completed-for")).toBe(`${old}\n`);
  expect(site.world.table.items.size).toBe(0);
});

test("a new version adds its keys and changes none, and old nodes can still be replaced", async () => {
  await ensure(node("first", old));
  const before = keys();
  site.gitlab.added.set("gitlab_rails.orbit_secret", "made-up-orbit");
  expect((await ensure(node("second", next))).code).toBe(0);
  const after = keys();
  expect(after["gitlab_rails"]?.["orbit_secret"]).toBe("made-up-orbit");
  for (const [section, values] of Object.entries(before))
    expect(after[section]).toMatchObject(values);
  expect(stored("completed-for")).toBe(`${old}\n${next}\n`);
  const versions = site.world.secrets.get(bundle)?.length;
  expect((await ensure(node("third", old))).code).toBe(0);
  expect(site.world.secrets.get(bundle)).toHaveLength(versions ?? 0);
});

test("a set in which GitLab would change a key is not stored", async () => {
  await ensure(node("first", old));
  site.gitlab.tamper = (secrets) => {
    (secrets["gitlab_rails"] ?? {})["db_key_base"] = "another";
  };
  const { code, log } = await ensure(node("second", next));
  expect(code).not.toBe(0);
  expect(log).toContain("gitlab_rails.db_key_base");
  expect(site.world.secrets.get(bundle)).toHaveLength(1);
  expect(site.world.alarms("BootFailure").length).toBeGreaterThan(0);
});

test.each(["db_key_base", "active_record_encryption_primary_key"])(
  "a node does not go on while %s is missing",
  async (key) => {
    site.gitlab.tamper = (secrets) => {
      delete secrets["gitlab_rails"]?.[key];
    };
    const machine = node("first", old);
    const { code, log } = await ensure(machine);
    expect(code).not.toBe(0);
    expect(log).toContain(`gitlab_rails.${key}`);
    expect(site.world.secrets.get(bundle)).toHaveLength(0);
    expect(machine.has("/run/gitlab-secrets/gitlab-secrets.json")).toBe(false);
  },
);

test("a key that vanished from the stored set keeps the node from starting", async () => {
  await ensure(node("first", old));
  // Somebody has written the secret by hand, and lost a key on the way.
  const machine = node("second", old);
  const folder = machine.path("/by-hand");
  execFileSync("mkdir", ["-p", folder]);
  execFileSync("tar", ["-xzf", "-", "-C", folder], {
    input: Buffer.from(site.world.secrets.get(bundle)?.at(-1) ?? "", "base64"),
  });
  const secrets = keys();
  delete secrets["gitlab_shell"];
  writeFileSync(`${folder}/gitlab-secrets.json`, JSON.stringify(secrets, null, 2));
  site.world.secrets
    .get(bundle)
    ?.push(execFileSync("tar", ["-czf", "-", "-C", folder, "."]).toString("base64"));
  execFileSync("rm", ["-rf", folder]);
  const { code, log } = await ensure(machine);
  expect(code).not.toBe(0);
  expect(log).toContain("gitlab_shell.secret_token");
  expect(machine.has("/run/gitlab-secrets/gitlab-secrets.json")).toBe(false);
});

test("a maker that dies under the lock is followed by the next one", async () => {
  const [first, second] = [node("first", old), node("second", old)];
  site.world.fault({ command: "docker", machine: "first", args: /generate-secrets/, how: "hang" });
  void ensure(first);
  await site.world.until("the first one makes", () => site.world.table.items.has("lock/secrets"));
  const waiting = ensure(second);
  first.kill();
  expect((await waiting).code).toBe(0);
  expect(site.world.secrets.get(bundle)).toHaveLength(1);
});

test("one whose answer was lost on the way is stored once more, not made anew", async () => {
  site.world.fault({ command: "aws", args: /put-secret-value/, how: "lost", code: 255 });
  expect((await ensure(node("first", old))).code).toBe(0);
  expect(site.world.secrets.get(bundle)).toHaveLength(1);
});

test("no secret stands on a command line, in a log or on a disk", async () => {
  await ensure(node("first", old));
  const values = Object.values(keys()).flatMap((section) =>
    Object.values(section).flatMap((value) =>
      typeof value === "string" ? [value.split("\n")[1] ?? value] : [],
    ),
  );
  expect(values.length).toBeGreaterThan(8);
  expect(
    site.world.leaks([
      ...values,
      stored("gitaly-token"),
      ...Object.values(planted),
      "imds-session-token",
    ]),
  ).toEqual([]);
});

test.each([
  [
    "the certificates cannot be fetched",
    { command: "curl", args: /truststore/, times: Infinity, code: 6 },
  ],
  ["a secret cannot be read", { command: "aws", args: /secret:redis/, times: Infinity, code: 254 }],
  [
    "the shared set cannot be read",
    { command: "aws", args: /get-secret-value .*secret:gitlab/, times: Infinity, code: 254 },
  ],
  [
    "the shared set cannot be stored",
    { command: "aws", args: /put-secret-value/, times: Infinity, code: 254 },
  ],
  [
    "GitLab cannot make secrets",
    { command: "docker", args: /generate-secrets/, times: Infinity, code: 1 },
  ],
  [
    "the table cannot be written",
    { command: "aws", args: /dynamodb put-item/, times: Infinity, code: 254 },
  ],
])("ends loudly when %s, and a second run comes right", async (_name, fault) => {
  const machine = node("first", old);
  const broken = site.world.fault(fault);
  const { code } = await ensure(machine);
  expect(code).not.toBe(0);
  expect(broken.hits()).toBeGreaterThan(0);
  expect(site.world.alarms("BootFailure").length).toBeGreaterThan(0);
  expect(machine.has("/run/gitlab-secrets/gitlab-secrets.json")).toBe(false);
  broken.end();
  expect((await ensure(machine)).code).toBe(0);
});
