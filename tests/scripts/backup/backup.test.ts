import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testWith } from "../../support/tools";
import { backupMachine, planted, runBackup, version, type Setup } from "./machine";
import { sampleOf } from "../../support/sample";

let setup: Setup;
beforeEach(async () => {
  setup = await backupMachine();
});
afterEach(() => setup.world.close());

const archives = () => setup.s3.landed.filter(({ bucket }) => bucket === "archives");
const secrets = () => setup.s3.landed.filter(({ bucket }) => bucket === "secrets");
const last = () => setup.world.table.items.get("backup/last");
/** Makes the machine send files in parts of so many bytes. */
function inParts(bytes: number): void {
  const path = setup.machine.path("/etc/gitlab-node/backup.env");
  writeFileSync(
    path,
    `${readFileSync(path, "utf8")}SINGLE_PUT_BYTES='1000'\nPART_BYTES='${bytes}'\n`,
  );
}
/** A failed night: heard, nothing claimed, nothing left on the machine, the machine ended, the lock given back. */
function expectFailure(reason: RegExp): void {
  const { world, machine, s3 } = setup;
  expect(world.alarms("BackupFailure")).toHaveLength(1);
  expect(world.messages.map(({ message }) => message)).toEqual([expect.stringMatching(reason)]);
  expect(world.alarms("BackupSuccess")).toEqual([]);
  expect(last()).toBeUndefined();
  expect(world.history.at(-1)).toMatchObject({ what: "shutdown", detail: "-P now" });
  expect([...machine.docker.containers.keys()]).toEqual([]);
  expect(machine.has("/var/lib/gitlab-backup/backups")).toBe(false);
  expect(machine.has("/run/gitlab-node/backup-secrets.tar")).toBe(false);
  expect([...s3.open.keys()]).toEqual([]);
  expect(world.table.items.has("lock/backup")).toBe(false);
}

test("a good night: secrets land before the archive, both proved, recorded, measured, and the machine ends", async () => {
  await runBackup(setup);
  const { world, machine } = setup;
  expect(world.alarms("BackupFailure")).toEqual([]);
  expect(setup.s3.landed.map(({ bucket }) => bucket)).toEqual(["secrets", "archives"]);
  const [archive] = archives();
  expect(archive?.key).toMatch(/^gitlab\/\d+_\d{4}_\d\d_\d\d_19\.2\.2_gitlab_backup\.tar$/);
  expect(secrets()[0]?.key).toBe(archive?.key.replace("_gitlab_backup", "_gitlab_secrets"));
  expect(last()).toMatchObject({
    version: { S: version },
    versionId: { S: archive?.versionId },
    bytes: { S: String(archive?.body.length) },
  });
  expect(world.alarms()).toEqual(
    expect.arrayContaining(["BackupSuccess", "BackupBytes", "BackupDuration"]),
  );
  expect(world.history.at(-1)).toMatchObject({ what: "shutdown", detail: "-P now" });
  expect(machine.has("/var/lib/gitlab-backup/backups")).toBe(false);
});

test("the secrets' archive holds the keys and the configuration, and no secret is shown anywhere", async () => {
  await runBackup(setup);
  const file = join(setup.world.scratch, "secrets.tar");
  writeFileSync(file, secrets()[0]?.body ?? "");
  const names = execFileSync("tar", ["-tf", file], { encoding: "utf8" });
  for (const name of [
    "gitlab-secrets.json",
    "ssh_host_ed25519_key",
    "gitlab-console.rb",
    "node.env",
  ])
    expect(names).toContain(name);
  const shown = setup.world.leaks([planted]).filter((where) => !where.includes("secrets.tar"));
  expect(shown).toEqual([]);
});

test("with objects in S3 the archive leaves them out; with shared directories it takes them, copying first", async () => {
  await runBackup(setup);
  expect(setup.settings[0]).toEqual([
    "CRON=1",
    expect.stringMatching(/^BACKUP=/),
    "SKIP=uploads,builds,artifacts,pages,lfs,terraform_state,registry,packages,ci_secure_files,external_diffs,remote",
  ]);
  await setup.world.close();
  setup = await backupMachine("efs");
  await runBackup(setup);
  expect(setup.settings[0]?.slice(2)).toEqual(["SKIP=remote", "STRATEGY=copy"]);
});

test("a large archive goes up in parts, and is proved by the checksum made from theirs", async () => {
  inParts(3000);
  setup.archive.bytes = 20_000;
  await runBackup(setup);
  expect(setup.world.alarms("BackupFailure")).toEqual([]);
  const [archive] = archives();
  const parts = setup.world.calls.filter(({ args }) => args[1] === "upload-part");
  expect(parts.filter(({ args }) => args.includes(archive?.key ?? ""))).toHaveLength(
    Math.ceil((archive?.body.length ?? 0) / 3000),
  );
  expect(last()).toMatchObject({ checksum: { S: expect.stringMatching(/=-\d+$/) as unknown } });
  expect([...setup.s3.open.keys()]).toEqual([]);
});

test("a part that is lost or changed on its way is sent again", async () => {
  inParts(3000);
  setup.archive.bytes = 20_000;
  setup.world.fault({ command: "aws", args: /upload-part/, after: 2, times: 2, how: "lost" });
  setup.s3.corrupt = 1;
  await runBackup(setup);
  expect(setup.world.alarms("BackupFailure")).toEqual([]);
  expect(last()).toBeDefined();
});

test("an upload in parts that cannot be finished is aborted", async () => {
  inParts(3000);
  setup.archive.bytes = 20_000;
  setup.world.fault({ command: "aws", args: /upload-part/, after: 6, times: Infinity, code: 254 });
  await runBackup(setup);
  expectFailure(/exit code 254/);
});

describe("no proof, no success", () => {
  test.each(
    sampleOf<[string, RegExp, () => void]>([
      ["an answer without a version", /has no version/, () => (setup.s3.versioned = false)],
      ["another checksum in the answer", /checksum AAAA/, () => (setup.s3.answerChecksum = "AAAA")],
      ["another size in the list", /is listed with \d+ bytes/, () => (setup.s3.listedShort = 1)],
      ["an object changed on every way up", /exit code 254/, () => (setup.s3.corrupt = 100)],
      ["an archive without a database", /no db\//, () => (setup.archive.without = ["db"])],
      [
        "an archive without repositories",
        /no repositories\//,
        () => (setup.archive.without = ["repositories"]),
      ],
      ["an archive of another version", /not made by/, () => (setup.archive.version = "19.3.1")],
      [
        "an archive that says nothing of its version",
        /no backup_information.yml/,
        () => (setup.archive.without = ["backup_information.yml"]),
      ],
    ]),
  )("%s is refused", async (_what, reason, spoil) => {
    spoil();
    await runBackup(setup);
    expectFailure(reason);
  });
});

/** Every command that a backup calls, with the calls that fail: all of them, for good. */
const steps: readonly [string, { readonly command: string; readonly args?: RegExp }][] = [
  ["reading the version record", { command: "aws", args: /get-item .*"version"/ }],
  ["looking at the scratch volume", { command: "blkid" }],
  ["making its file system", { command: "mkfs.ext4" }],
  ["mounting it", { command: "mount" }],
  ["signing in to the registry", { command: "docker", args: /^login/ }],
  ["pulling the image", { command: "docker", args: /^pull/ }],
  ["starting the container", { command: "docker", args: /^run/ }],
  ["making the archive", { command: "docker", args: /gitlab-backup create/ }],
  ["uploading the secrets", { command: "aws", args: /put-object --bucket secrets/ }],
  ["uploading the archive", { command: "aws", args: /put-object --bucket archives/ }],
  ["listing the secrets", { command: "aws", args: /list-objects-v2 --bucket secrets/ }],
  ["listing the archive", { command: "aws", args: /list-objects-v2 --bucket archives/ }],
  ["recording the backup", { command: "aws", args: /update-item .*backup\/last/ }],
];

test.each(sampleOf(steps))(
  "%s fails: loud, nothing claimed, the machine ends, and the next machine makes its backup",
  async (_what, fault) => {
    const injected = setup.world.fault({ ...fault, times: Infinity, code: 254 });
    await runBackup(setup);
    expect(injected.hits()).toBeGreaterThan(0);
    expectFailure(/backup-run: .*(exit code|cannot|could not)/);
    injected.end();
    await runBackup(setup);
    expect(setup.world.alarms("BackupSuccess")).toEqual(["BackupSuccess"]);
    expect(last()).toMatchObject({ version: { S: version } });
  },
);

test("a secret that is missing on the machine ends the night before anything is uploaded", async () => {
  writeFileSync(setup.machine.path("/run/gitlab-secrets/gitlab-secrets.json"), "");
  await runBackup(setup);
  expectFailure(/gitlab-secrets.json is not/);
  expect(setup.s3.landed).toEqual([]);
});

test("a scratch volume that never appears is said so, and no file system is made", async () => {
  execFileSync("rm", [setup.machine.path("/dev/sdf")]);
  await runBackup(setup);
  expectFailure(/sdf is not there/);
  expect(setup.world.messages[0]?.message).toContain("/dev/sdf is not there");
});

test("waits for an upgrade to end, and makes no archive of another version than the recorded one", async () => {
  const env = setup.machine.path("/etc/gitlab-node/backup.env");
  writeFileSync(env, `${readFileSync(env, "utf8")}VERSION_WAIT_SECONDS='300'\n`);
  setup.world.table.items.set("version", {
    id: { S: "version" },
    deployed: { S: "19.1.4" },
    gitaly: { S: version },
  });
  await runBackup(setup);
  expectFailure(/the record says 19.1.4/);
  expect(setup.settings).toEqual([]);
  expect(setup.world.clock.now).toBeGreaterThanOrEqual(1300);
  expect(setup.world.messages[0]?.message).toContain("the record says 19.1.4");
});

test("a second machine that finds the lock held makes no backup, says so and ends", async () => {
  setup.world.table.items.set("lock/backup", {
    id: { S: "lock/backup" },
    holder: { S: "another" },
    renewals: { N: "1" },
  });
  // The other one is alive: its count goes up each time that somebody looks.
  const held = setup.world.aws["dynamodb get-item"];
  if (held === undefined) throw new Error("no get-item");
  setup.world.aws["dynamodb get-item"] = {
    ...held,
    run: (one, world, machine, context) => {
      const item = world.table.items.get("lock/backup");
      if (item !== undefined && one("key").includes("lock/backup"))
        world.table.items.set("lock/backup", {
          ...item,
          renewals: { N: String(Math.round(world.clock.now)) },
        });
      return held.run(one, world, machine, context);
    },
  };
  await runBackup(setup);
  expect(setup.world.alarms("BackupFailure")).toHaveLength(1);
  expect(setup.settings).toEqual([]);
  expect(setup.s3.landed).toEqual([]);
  expect(setup.world.history.at(-1)).toMatchObject({ what: "shutdown" });
});

test("a backup that never ends is ended by its unit, loudly, and with it the machine", async () => {
  const unit = setup.machine.path("/etc/systemd/system/gitlab-backup.service");
  const text = readFileSync(unit, "utf8");
  expect(text).toContain("RuntimeMaxSec=39600\n");
  writeFileSync(unit, text.replace("39600", "600"));
  setup.machine.systemd.limits = true;
  setup.world.fault({ command: "docker", args: /gitlab-backup create/, how: "hang" });
  await runBackup(setup);
  expect(setup.world.history.map(({ what }) => what)).toContain("runtime-limit");
  expect(setup.world.messages.at(-1)?.message).toContain("ended from outside: timeout");
  expect(setup.world.alarms("BackupSuccess")).toEqual([]);
  expect([...setup.machine.docker.containers.keys()]).toEqual([]);
  expect(setup.world.history.at(-1)).toMatchObject({ what: "shutdown", detail: "-P now" });
});

test("alerts that do not get through keep neither the failure nor the machine's end", async () => {
  setup.world.fault({ command: "aws", args: /sns publish|put-metric-data/, times: Infinity });
  setup.archive.code = 1;
  await runBackup(setup);
  expect(last()).toBeUndefined();
  expect(setup.world.history.at(-1)).toMatchObject({ what: "shutdown" });
});

testWith(
  "shellcheck",
  "the backup's scripts have nothing that shellcheck warns of",
  (shellcheck) => {
    const folder = join(__dirname, "../../../components/backup-schedule/templates");
    const scripts = readdirSync(folder)
      .filter((name) => name.endsWith(".sh"))
      .map((name) => join(folder, name));
    expect(scripts.length).toBeGreaterThan(3);
    execFileSync(shellcheck, ["-x", ...scripts]);
  },
);
