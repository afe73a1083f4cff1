import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { planted, UpkeepMachine, versions, type Environment } from "./upkeep-machine";
import { sampleOf } from "../../support/sample";

const state = "srv/gitlab-state";
let machine: UpkeepMachine;
const start = (environment: Environment): UpkeepMachine =>
  (machine = new UpkeepMachine(environment));
afterEach(() => machine.remove());

/** Where the first call stands that matches, among all calls; -1 where there is none. */
const at = (pattern: RegExp): number => machine.calls.findIndex((call) => pattern.test(call));
const failedVersions = (): string[] => machine.list(`${state}/upkeep/failed`);
const alarms = (): string[] =>
  [...new Set(machine.metrics)].filter((name) => name.endsWith("_failure"));

/** What holds after every run, whatever happened in it. */
function expectSafe(): void {
  expect(machine.get("hold")).toBe("yes");
  expect(machine.get("auto-backups")).toBe("");
  expect(machine.has("etc/gitlab/skip-auto-backup")).toBe(false);
  expect(machine.has(`${state}/upkeep/attempt`)).toBe(false);
  // No installation without a backup that was proved before it.
  const install = at(/^apt-get .* install .*\.deb/);
  if (install >= 0) expect(machine.landed.length).toBeGreaterThanOrEqual(2);
  // What runs, or would if somebody made the machine anew, is on record and on the disk.
  const installed = machine.read(`${state}/packages/installed`);
  if (machine.get("status") === "installed") expect(installed).toBe(machine.get("version"));
  // Nothing of the backup stays, and no secret in what people read.
  expect(machine.list(`${state}/backups`)).toEqual([]);
  expect(machine.has("run/gitlab-node/aws-credentials")).toBe(false);
  expect(machine.get("leaks")).toBe("");
  const shown = machine.log + machine.get("calls") + machine.read(`${state}/upkeep/status`);
  for (const secret of planted) expect(shown).not.toContain(secret);
}

describe.each<Environment>(["dev", "ops"])("%s", (environment) => {
  const { installed, next, later } = versions[environment];

  test("a good night: each step after the one that gates it, both uploads proved, the new version on record", async () => {
    start(environment);
    const { code } = await machine.run();
    expect(code).toBe(0);
    const upload =
      environment === "dev" ? /s3api put-object --bucket/ : /^curl .*Content-Range: bytes 0-/;
    const order = [
      at(/^apt-mark hold/),
      at(/^apt-get .* update/),
      at(/^df .*avail/),
      at(/^apt-get .* download/),
      at(/^gitlab-backup create/),
      at(upload),
      at(/^recovery/),
      at(/^apt-mark unhold/),
      at(/^apt-get .* install .*\.deb/),
      at(/^ready/),
      at(/^gitlab-rake db:migrate:status/),
      at(/^gitlab-rake gitlab:doctor:secrets/),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(machine.landed.map((key) => key.replace(/\/.*_gitlab/, "/_gitlab"))).toEqual([
      "secrets/_gitlab_secrets.tar",
      "archives/_gitlab_backup.tar",
    ]);
    expect(machine.get("version")).toBe(next);
    expect(alarms()).toEqual([]);
    expect(machine.read(`${state}/upkeep/status`)).toMatch(/ upgraded \S+ to \S+$/);
    expect(Number(machine.read(`${state}/upkeep/upgrade-ok`))).toBeGreaterThan(1_700_000_000);
    expect(machine.list(`${state}/packages`).filter((name) => name.endsWith(".deb"))).toHaveLength(
      2,
    );
    expectSafe();
  });

  test("a night with nothing newer is quiet, and makes its backup all the same", async () => {
    start(environment).offers(installed);
    expect((await machine.run()).code).toBe(0);
    expect(machine.landed).toHaveLength(2);
    expect(at(/unhold/)).toBe(-1);
    expect(alarms()).toEqual([]);
    expect(machine.has(`${state}/upkeep/upgrade-ok`)).toBe(true);
    expectSafe();
  });

  /** Every command of a run and what its failing for good must lead to. */
  const upload: readonly [string, string, "backup" | "install"][] =
    environment === "dev"
      ? [
          ["uploading the secrets", "^aws s3api put-object --bucket secrets", "backup"],
          ["uploading the archive", "^aws s3api put-object --bucket archives", "backup"],
          ["listing the secrets", "^aws s3api list-objects-v2 --bucket secrets", "backup"],
          ["listing the archive", "^aws s3api list-objects-v2 --bucket archives", "backup"],
          ["fetching the AWS CLI", "^curl .*awscli.amazonaws.com", "backup"],
          ["checking its signature", "^gpgv", "backup"],
          ["unpacking it", "^unzip", "backup"],
          ["asking for the identity's token", "^curl .*169.254.169.254.*vault", "backup"],
          ["reading the credentials", "^curl .*/secrets/backup-credentials", "backup"],
        ]
      : [
          ["asking for the identity's token", "^curl .*service-accounts/default/token", "backup"],
          ["beginning an upload", "^curl .*uploadType=resumable", "backup"],
          ["sending the bytes", "^curl .*Content-Range: bytes", "backup"],
        ];
  const common: readonly [string, string, "backup" | "install" | "no-upgrade", number?][] = [
    ["looking at the mounts", "^findmnt", "backup"],
    ["refreshing the list", "^apt-get .* update", "no-upgrade"],
    ["reading the list", "^apt-cache madison", "no-upgrade"],
    ["comparing versions", "^dpkg --compare-versions", "no-upgrade", 2],
    ["asking for the package's size", "^apt-cache show", "no-upgrade"],
    ["looking at the disks", "^df", "backup"],
    ["asking for the database's size", "^sql .*pg_database_size", "backup"],
    ["fetching the package", "^apt-get .* download", "no-upgrade"],
    ["looking into the package", "^dpkg-deb", "no-upgrade"],
    ["making the archive", "^gitlab-backup", "backup"],
    ["asking for the schema", "^sql .*schema_migrations", "no-upgrade"],
    ["lifting the hold", "^apt-mark unhold", "install"],
    ["installing", `^apt-get .* install .*${next.replace(/[+.]/g, ".")}`, "install"],
    ["asking for pending migrations", "^gitlab-rake db:migrate:status", "install"],
  ];
  // What is the same program on both is failed on one of them in turn; each destination's own commands on its own.
  const steps: readonly [string, string, "backup" | "install" | "no-upgrade", number?][] = [
    ...common.filter((_step, index) => (index % 2 === 0) === (environment === "dev")),
    ...upload,
  ];
  test.each(sampleOf(steps))(
    "%s fails: heard, safe, and the next run comes right",
    async (_what, pattern, part, code = 1) => {
      start(environment).fault(pattern, "fail", 1_000_000, code);
      expect((await machine.run()).code).not.toBe(0);
      expect(machine.get("hits")).not.toBe("");
      // The token is what metrics go by, too: then the exit code and the status are what is left to hear.
      const mute = /token/.test(pattern) && environment === "ops";
      const event =
        part === "backup" && !/findmnt/.test(pattern) ? "backup_failure" : "upgrade_failure";
      if (!mute) expect(alarms()).toContain(event);
      if (!/findmnt/.test(pattern))
        expect(machine.read(`${state}/upkeep/status`)).toContain(" failed: ");
      expect(machine.get("version")).toBe(installed);
      expect(machine.get("services")).toBe("up");
      expect(machine.has(`${state}/upkeep/upgrade-ok`)).toBe(false);
      if (part === "backup") expect(at(/apt-mark unhold|install .*deb/)).toBe(-1);
      else expect(machine.landed).toHaveLength(2);
      if (!/findmnt/.test(pattern)) expectSafe();
      // Only what was installed counts as tried.
      expect(failedVersions()).toEqual(part === "install" ? [next] : []);

      machine.mend();
      const wanted = part === "install" ? later : next;
      machine.offers(installed, next, later === wanted ? later : next);
      expect((await machine.run()).code).toBe(0);
      expect(machine.get("version")).toBe(wanted);
      expectSafe();
    },
  );
});

// The programs are the same on both: from here on each case is on one of them.
const { installed, next, later } = versions.ops;

test("the hold that cannot be set again is alarmed, and no reason to take a good version away", async () => {
  start("ops").fault("^apt-mark (hold|showhold)");
  expect((await machine.run()).code).toBe(1);
  expect(alarms()).toEqual(["upgrade_failure"]);
  // It could not be proved before the installation either: so there was none.
  expect(machine.get("version")).toBe(installed);
  expect(machine.landed).toHaveLength(2);
});

test.each([
  ["its own checks refuse it", { [`outcome-${next}`]: "preinst" }],
  ["its configuration breaks before any migration", { [`outcome-${next}`]: "half" }],
  ["it never becomes ready, and has migrated nothing", { [`broken-${next}`]: "x" }],
])("a version: %s: back on the old one, ready, and never tried again", async (_how, world) => {
  start("ops").set(world);
  expect((await machine.run()).code).toBe(1);
  expect(machine.get("version")).toBe(installed);
  expect([machine.get("status"), machine.get("services")]).toEqual(["installed", "up"]);
  expect(alarms()).toEqual(["upgrade_failure"]);
  expect(machine.read(`${state}/upkeep/status`)).toContain("is ready");
  expect(failedVersions()).toEqual([next]);
  expectSafe();

  const before = machine.calls.length;
  expect((await machine.run()).code).toBe(0);
  expect(machine.calls.slice(before).filter((call) => /unhold|install .*deb/.test(call))).toEqual(
    [],
  );
  expect(machine.landed).toHaveLength(4);
  expect(machine.read(`${state}/upkeep/status`)).toContain(
    `held on ${installed}: ${next} has failed`,
  );
  expect(machine.has(`${state}/upkeep/upgrade-ok`)).toBe(false);
  expectSafe();
});

test("a version that has migrated the database and then fails stays, is brought up, and is alarmed", async () => {
  start("ops").set({ [`outcome-${next}`]: "migrated" });
  expect((await machine.run()).code).toBe(1);
  expect(machine.get("version")).toBe(next);
  expect(at(/^dpkg --remove/)).toBe(-1);
  expect(machine.get("services")).toBe("up");
  expect(alarms()).toEqual(["upgrade_failure"]);
  expect(machine.read(`${state}/upkeep/status`)).toContain("the way back is a restore");
  expectSafe();
  machine.offers(next, later);
  expect((await machine.run()).code).toBe(0);
  expect(machine.get("version")).toBe(later);
});

test("without the old package on the disk there is no way back, and GitLab is brought up as it is", async () => {
  start("ops").set({ [`outcome-${next}`]: "half" });
  machine.offers(next);
  execFileSync("bash", ["-c", `rm -f '${machine.root}/${state}/packages/'*.deb*`]);
  expect((await machine.run()).code).toBe(1);
  expect([machine.get("version"), machine.get("services")]).toEqual([next, "up"]);
  expect(alarms()).toEqual(["upgrade_failure"]);
  expectSafe();
});

test.each([
  ["while the archive is made", "^gitlab-backup", "cut" as const],
  ["before the installation", "^apt-mark unhold", "kill" as const],
  ["in the middle of the installation", "^apt-get .* install .*deb", "kill" as const],
  ["while it waits for readiness", "^ready", "kill" as const],
])(
  "power fails %s: the next run brings it to an end and makes its backup",
  async (_when, pattern, how) => {
    start("ops").fault(pattern, how, 1);
    expect((await machine.run()).code).toBe(137);
    machine.mend();
    machine.reboot();
    if (machine.get("status") === "installed") machine.set({ services: "up" });
    await machine.run();
    expect([machine.get("status"), machine.get("services")]).toEqual(["installed", "up"]);
    expect(machine.landed.length).toBeGreaterThanOrEqual(2);
    if (how === "kill") {
      // Nobody knows what it did: heard, and never again.
      expect(failedVersions()).toEqual([next]);
      expect(machine.get("version")).toBe(installed);
      expect(alarms()).toEqual(["upgrade_failure"]);
    } else {
      expect(machine.get("version")).toBe(next);
    }
    expectSafe();
  },
);

test("a power failure with the database migrated leaves the new version, configured and ready", async () => {
  start("ops").set({ [`migrates-${next}`]: "x" });
  machine.fault("^apt-get .* install .*deb", "kill", 1);
  expect((await machine.run()).code).toBe(137);
  // A machine made anew in this moment must not put the old version on a database of the new one.
  expect(machine.read(`${state}/packages/installed`)).toBe(next);
  machine.mend();
  machine.reboot();
  await machine.run();
  expect([machine.get("version"), machine.get("status"), machine.get("services")]).toEqual([
    next,
    "installed",
    "up",
  ]);
  expect(alarms()).toEqual(["upgrade_failure"]);
  expectSafe();
});

test("migrations that the configuration has left out are a failed version", async () => {
  start("ops").set({ "pending-migration": "  down    20260303000000  Left out" });
  expect((await machine.run()).code).toBe(1);
  expect(machine.get("version")).toBe(installed);
  expect(machine.read(`${state}/upkeep/status`)).toContain("migrations are pending");
  expectSafe();
});

test("values that cannot be decrypted are alarmed, and no reason to take the version away", async () => {
  start("dev").set({ undecryptable: "2" });
  expect((await machine.run()).code).toBe(1);
  expect(machine.get("version")).toBe(versions.dev.next);
  expect(alarms()).toEqual(["upgrade_failure"]);
  expect(machine.read(`${state}/upkeep/status`)).toContain("Group failures: 2");
  expectSafe();
});

test("too little room for the backup: no backup, no upgrade, and both are said", async () => {
  start("ops").set({ "state-free": "1000" });
  expect((await machine.run()).code).toBe(1);
  expect(alarms()).toEqual(["backup_failure"]);
  expect(at(/gitlab-backup|download|unhold/)).toBe(-1);
  expectSafe();
});

test("too little room for the package alone: the backup is made", async () => {
  start("ops").set({ "root-free": "1000" });
  expect((await machine.run()).code).toBe(1);
  expect(alarms()).toEqual(["upgrade_failure"]);
  expect(machine.landed).toHaveLength(2);
  expect(machine.get("version")).toBe(installed);
  expectSafe();
});

test("a lock that another program holds is waited for, then said, and nothing is touched", async () => {
  start("ops");
  await machine.run("upkeep-apply");
  const lock = join(machine.root, "run/gitlab-node/lock-machine");
  execFileSync("bash", ["-c", `(exec flock '${lock}' sleep 5) >/dev/null 2>&1 &`]);
  // Until it has the lock.
  execFileSync("bash", ["-c", `while flock -n '${lock}' true; do :; done`]);
  expect((await machine.run()).code).toBe(1);
  expect(alarms()).toEqual(["upgrade_failure"]);
  expect(at(/gitlab-backup|apt-get/)).toBe(-1);
});

test("a unit that systemd ends is heard, holds the package and starts GitLab", async () => {
  start("ops").set({ hold: "no", services: "down" });
  await machine.run("upgrade-end", [], { SERVICE_RESULT: "timeout" });
  expect([machine.get("hold"), machine.get("services")]).toEqual(["yes", "up"]);
  expect(alarms()).toEqual(["upgrade_failure"]);
});
