import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { planted, UpkeepMachine, type Environment } from "./upkeep-machine";

let machine: UpkeepMachine;
const start = (environment: Environment): UpkeepMachine =>
  (machine = new UpkeepMachine(environment));
afterEach(() => machine.remove());

const failures = (): string => {
  const file = "srv/gitlab-state/upkeep/status";
  return machine.has(file) ? machine.read(file) : "";
};
const proved = (): boolean => machine.has("srv/gitlab-state/upkeep/backup-ok");

/** A backup by hand, which has the same gates. */
const backup = () => machine.run("upgrade", ["backup"]);

test("by hand: a backup alone, nothing chosen, fetched or installed", async () => {
  start("ops");
  expect((await backup()).code).toBe(0);
  expect(machine.landed).toHaveLength(2);
  expect(machine.calls.filter((call) => /^apt-get/.test(call))).toEqual([]);
  expect(machine.has("srv/gitlab-state/upkeep/upgrade-ok")).toBe(false);
});

test("the secrets' archive has what no other has: keys, settings, host keys, which package; nothing of it stays", async () => {
  start("ops");
  await backup();
  const [secrets = ""] = machine.landed;
  const names = execFileSync("tar", ["-tf", join(machine.world, "gcs", secrets)], {
    encoding: "utf8",
  });
  for (const name of [
    "etc/gitlab/gitlab-secrets.json",
    "gitlab-sshd/ssh_host_ed25519_key",
    "etc/gitlab-node/upkeep.env",
    "packages/installed",
  ])
    expect(names).toContain(name);
  expect(machine.has("run/gitlab-node/backup-secrets.tar")).toBe(false);
  for (const secret of planted) expect(machine.log).not.toContain(secret);
});

describe("no proof, no success", () => {
  test.each<[string, Environment, Record<string, string>, RegExp]>([
    ["another checksum in S3's answer", "dev", { corrupt: "x" }, /exit code 254/],
    ["no version in S3's answer", "dev", { generation: "None" }, /has no version/],
    ["another size in S3's list", "dev", { short: "1" }, /is listed with \d+ bytes/],
    [
      "AWS' archive signed by somebody else",
      "dev",
      { signer: "0000" },
      /not signed with its own key/,
    ],
    ["a CLI of another version", "dev", { "aws-cli": "2.0.0" }, /does not answer as/],
    [
      "an object changed on its way, refused by Cloud Storage",
      "ops",
      { corrupt: "x" },
      /could not be uploaded: 400/,
    ],
    [
      "an object changed on its way, and accepted",
      "ops",
      { corrupt: "x", unchecked: "x" },
      /arrived with MD5/,
    ],
    ["no generation in Cloud Storage's answer", "ops", { generation: "" }, /no generation/],
    ["another size in Cloud Storage's answer", "ops", { short: "1" }, /arrived with \d+ bytes/],
    ["an archive without a database", "ops", { "archived-parts": "repositories" }, /has no db/],
    ["an archive without repositories", "ops", { "archived-parts": "db" }, /has no repositories/],
    [
      "an archive of another version",
      "ops",
      { "archived-version": "19.0.0-ee" },
      /not made by GitLab 19.1.0-ee/,
    ],
  ])("%s", async (_what, environment, world, reason) => {
    start(environment).set(world);
    expect((await backup()).code).toBe(1);
    expect(failures()).toMatch(reason);
    expect(proved()).toBe(false);
    expect(machine.metrics).toContain("backup_failure");
    expect(machine.list("srv/gitlab-state/backups")).toEqual([]);
  });
});

test("no gitlab-secrets.json: no backup that could never be read", async () => {
  start("ops");
  execFileSync("rm", [join(machine.root, "etc/gitlab/gitlab-secrets.json")]);
  expect((await backup()).code).toBe(1);
  expect(machine.landed).toEqual([]);
});

describe("a large archive in Cloud Storage", () => {
  beforeEach(() => {
    start("ops").set({ "repository-bytes": "1200000" });
    machine.env("PART_BYTES", String(256 * 1024));
  });
  const sends = (): number => machine.calls.filter((call) => /^curl .*bytes \d/.test(call)).length;

  test("goes up in parts", async () => {
    expect((await backup()).code).toBe(0);
    expect(sends()).toBe(1 + 5);
  });

  test("goes on where the connection broke, from what has arrived", async () => {
    machine.set({
      "cloud-fault": "^PUT https://storage",
      "cloud-fault-times": "2",
      "cloud-fault-how": "lost",
    });
    expect((await backup()).code).toBe(0);
    expect(machine.get("leaks")).toBe("");
    expect(proved()).toBe(true);
  });

  test("is aborted where no byte gets through any more", async () => {
    machine.fault("^curl .*Content-Range: bytes 262144-", "fail");
    expect((await backup()).code).toBe(1);
    expect(machine.calls.some((call) => /^curl .*-X DELETE/.test(call))).toBe(true);
    expect(machine.landed).toHaveLength(1);
  });
});

test("somebody's own archive in the backup folder is left alone", async () => {
  start("ops");
  const file = join(machine.root, "srv/gitlab-state/backups/1_2026_01_01_19.0.0_gitlab_backup.tar");
  execFileSync("touch", [file]);
  machine.fault("^gitlab-backup", "cut", 1);
  await backup();
  machine.mend();
  await backup();
  expect(machine.list("srv/gitlab-state/backups")).toEqual([
    "1_2026_01_01_19.0.0_gitlab_backup.tar",
  ]);
});
