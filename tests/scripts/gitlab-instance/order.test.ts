import type { Machine } from "../support/machine";
import { planted, SiteWorld } from "../support/site";
import { sampleOf } from "../../support/sample";

const [old, next] = ["19.2.2", "19.3.1"];
let site: SiteWorld;

const boot = (machine: Machine) => machine.start("/opt/gitlab-node/boot").ended;
const up = (machine: Machine): boolean => machine.docker.containers.get("gitlab")?.running === true;
const inService = (machine: Machine): Promise<void> =>
  site.world.until(
    `${machine.name} is in service`,
    () => machine.log.includes("done: in service"),
    60_000,
  );

/** What the timers do, once, on each of these machines. */
async function upkeep(...machines: Machine[]): Promise<void> {
  for (const machine of machines) {
    await machine.run("/opt/gitlab-node/presence");
    await machine.run("/opt/gitlab-node/upkeep");
  }
}

beforeEach(async () => {
  site = await SiteWorld.create([old, next]);
});

afterEach(async () => {
  expect(site.gitlab.violations).toEqual([]);
  expect(site.overlaps()).toEqual([]);
  expect(site.world.leaks(Object.values(planted))).toEqual([]);
  await site.world.close();
});

test("a first install comes up from nothing, all machines at once, and settles", async () => {
  const machines = [
    site.machine("gitaly", "gitaly", old),
    site.machine("app-1", "application", old),
    site.machine("app-2", "application", old),
  ];
  const [gitaly, first, second] = machines as [Machine, Machine, Machine];
  const ended = machines.map(boot);
  for (const machine of machines) await inService(machine);
  expect((await Promise.all(ended)).map(({ code }) => code)).toEqual([0, 0, 0]);
  // One seeds the private copy and everybody pulls it; one installs.
  const count = (what: string) => site.world.history.filter((event) => event.what === what).length;
  expect([count("seeded"), count("install-begins"), count("generated-secrets")]).toEqual([1, 1, 1]);
  expect(site.when("git-writer-up")).toBeLessThan(site.when("install-begins"));
  await upkeep(gitaly, first, second, first);
  for (const name of ["gitaly", "deployed", "regular", "post", "settled"])
    expect([name, site.recorded(name)]).toEqual([name, old]);
  expect(site.world.alarms("BootFailure")).toEqual([]);
  expect(
    site.world.calls
      .filter(({ args }) => args.includes("CONTINUE"))
      .map(({ machine }) => machine)
      .sort(),
  ).toEqual(["app-1", "app-2"]);
  expect([...first.systemd.enabled]).toContain("gitlab-node.service");
}, 180_000);

test("a new version goes Gitaly, regular, every node, post, settled, in that order", async () => {
  site.record({ deployed: old, regular: old, post: old, settled: old, gitaly: old });
  Object.assign(site.gitlab.database, { tables: 900, users: 5, regular: old, post: old });
  site.gitlab.queued = 3;
  const oldNode = site.machine("old", "application", old);
  await boot(oldNode);
  const first = site.machine("new-1", "application", next);
  const second = site.machine("new-2", "application", next);
  void boot(first);
  void boot(second);
  await site.world.until(
    "new nodes wait for Gitaly",
    () => [first, second].every(({ log }) => log.includes("waiting for Gitaly")),
    60_000,
  );
  expect(site.when("regular-begins")).toBe(Infinity);
  const gitaly = site.machine("gitaly", "gitaly", next);
  void boot(gitaly);
  await inService(first);
  await inService(second);
  expect(site.when("git-writer-up")).toBeLessThan(site.when("regular-begins"));
  expect(site.when("container-up", "new-1")).toBeLessThan(Infinity);
  expect(site.world.history.filter(({ what }) => what === "regular-begins")).toHaveLength(1);
  expect([site.recorded("deployed"), site.recorded("post")]).toEqual([next, old]);

  // One old node is left: nothing irrevocable yet.
  await upkeep(first, second, oldNode);
  expect(site.when("post-begins")).toBe(Infinity);
  site.terminate(oldNode);
  await upkeep(first);
  expect(site.recorded("post")).toBe(next);
  expect(site.recorded("settled")).toBe(old);
  site.gitlab.database.background = 0;
  await upkeep(second);
  expect(site.recorded("settled")).toBe(next);
}, 180_000);

describe("a version that may not follow", () => {
  /** Boots an application node of that version over this record, and waits until it says what it does. */
  async function refused(version: string, record: Record<string, string>): Promise<Machine> {
    await site.world.close();
    site = await SiteWorld.create([version]);
    site.record(record);
    Object.assign(site.gitlab.database, {
      tables: 900,
      users: 5,
      regular: record["deployed"] ?? "",
      post: record["deployed"] ?? "",
    });
    const machine = site.machine("node", "application", version);
    void boot(machine);
    await site.world.until(
      "the gate refuses",
      () => machine.log.includes("UpgradeRefused"),
      60_000,
    );
    await site.world.until(
      "the alarm",
      () => site.world.messages.some(({ subject }) => subject.includes("UpgradeRefused")),
      60_000,
    );
    const begun = site.world.clock.now;
    await site.world.until("minutes pass", () => site.world.clock.now > begun + 180, 60_000);
    expect(up(machine)).toBe(false);
    expect(site.world.alarms("UpgradeRefused")).toHaveLength(1);
    return machine;
  }
  const at = (version: string) => ({
    deployed: version,
    regular: version,
    post: version,
    settled: version,
    gitaly: version,
  });

  test.each(
    sampleOf([
      ["two minors ahead", "19.4.1", at("19.2.2"), "go to 19.3 first"],
      ["past the end of a major", "19.1.0", at("18.11.4"), "go to 19.0 first"],
      ["past a required stop", "18.11.1", at("18.9.0"), "go to 18.10 first"],
      ["back", "19.2.2", at("19.3.1"), "cannot go back"],
      [
        "onto unfinished background migrations",
        "19.3.1",
        { ...at("19.2.2"), settled: "19.1.4" },
        "are not finished",
      ],
      ["onto a database of unknown version", "19.3.1", {}, "its version is not recorded"],
    ] as const),
  )("%s is refused loudly, and GitLab does not start", async (_name, version, record, reason) => {
    const machine = await refused(version, record);
    expect(machine.log).toContain(reason);
    expect(site.gitlab.database.regular).toBe((record as Record<string, string>)["deployed"] ?? "");
  });

  test("it starts by itself once the reason is gone", async () => {
    const machine = await refused("19.3.1", { ...at("19.2.2"), settled: "19.1.4" });
    site.record({ ...at("19.2.2"), gitaly: "19.3.1" });
    await inService(machine);
    expect(site.recorded("deployed")).toBe("19.3.1");
  });
});

test("the last minor of a major may be followed by the next major's first", async () => {
  await site.world.close();
  site = await SiteWorld.create(["19.0.1"]);
  site.record({
    deployed: "18.11.4",
    regular: "18.11.4",
    post: "18.11.4",
    settled: "18.11.4",
    gitaly: "19.0.1",
  });
  Object.assign(site.gitlab.database, {
    tables: 900,
    users: 5,
    regular: "18.11.4",
    post: "18.11.4",
  });
  const machine = site.machine("node", "application", "19.0.1");
  void boot(machine);
  await inService(machine);
  expect(site.recorded("deployed")).toBe("19.0.1");
});

test("a node that dies while it migrates is followed by another, which ends the work", async () => {
  site.record({ deployed: old, regular: old, post: old, settled: old, gitaly: next });
  Object.assign(site.gitlab.database, { tables: 900, users: 5, regular: old, post: old });
  const machines = [
    site.machine("app-1", "application", next),
    site.machine("app-2", "application", next),
  ];
  machines.forEach((machine) => void boot(machine));
  await site.world.until("one migrates", () => site.when("regular-begins") < Infinity, 60_000);
  const dying = machines.find(({ name }) => site.when("regular-begins", name) < Infinity);
  const other = machines.find((machine) => machine !== dying);
  if (dying === undefined || other === undefined) throw new Error("nobody migrates");
  const died = site.world.clock.now;
  site.terminate(dying);
  await inService(other);
  expect(site.recorded("deployed")).toBe(next);
  // Not before the lock has lapsed: the dead node's database session may still be at work.
  expect(site.when("regular-begins", other.name) - died).toBeGreaterThan(85);
}, 180_000);

test("a node that is cut off while it migrates stops before another one may begin", async () => {
  site.gitlab.migrateSeconds = 600;
  site.record({ deployed: old, regular: old, post: old, settled: old, gitaly: next });
  Object.assign(site.gitlab.database, { tables: 900, users: 5, regular: old, post: old });
  const first = site.machine("app-1", "application", next);
  void boot(first);
  await site.world.until("it migrates", () => site.when("regular-begins") < Infinity, 60_000);
  first.network = false;
  const second = site.machine("app-2", "application", next);
  void boot(second);
  await site.world.until(
    "the other begins",
    () => site.when("regular-begins", "app-2") < Infinity,
    60_000,
  );
  const down = site.world.history.find(
    ({ machine, what, detail }) =>
      machine === "app-1" && what === "container-down" && detail === "gitlab-migrate",
  );
  expect(down?.at ?? Infinity).toBeLessThan(site.when("regular-begins", "app-2"));
  expect(site.when("regular-done", "app-1")).toBe(Infinity);
}, 180_000);

test("an install that was cut off half-way is begun again, and never as an upgrade", async () => {
  site.record({ candidate: old, gitaly: old });
  Object.assign(site.gitlab.database, { tables: 5 });
  const machine = site.machine("node", "application", old);
  void boot(machine);
  await inService(machine);
  expect(site.gitlab.database).toMatchObject({ users: 2, regular: old });
  expect(machine.log).toContain("beginning again");
});

test("a single node does everything, in order, and its migrations end with its lease", async () => {
  const machine = site.machine("node", "single", old);
  void boot(machine);
  await inService(machine);
  await upkeep(machine, machine);
  for (const name of ["gitaly", "deployed", "regular", "post", "settled"])
    expect([name, site.recorded(name)]).toEqual([name, old]);
}, 180_000);

describe("what fails on the way", () => {
  beforeEach(() => {
    site.record({ deployed: old, regular: old, post: old, settled: old, gitaly: next });
    Object.assign(site.gitlab.database, { tables: 900, users: 5, regular: old, post: old });
  });

  test.each(
    sampleOf([
      [
        "the console cannot be configured",
        { command: "docker", args: /run -d --name gitlab-migrate/ },
      ],
      [
        "an extension cannot be made",
        { command: "docker", args: /CREATE EXTENSION IF NOT EXISTS amcheck/ },
      ],
      ["a migration fails", { command: "docker", args: /gitlab-rake db:migrate/ }],
      ["the record cannot be written", { command: "aws", args: /update-item .*"#a1":"deployed"/ }],
    ] as const),
  )("when %s, it is said, nothing starts, and the next try ends the work", async (_name, fault) => {
    const fails = site.world.fault(fault);
    const machine = site.machine("app", "application", next);
    void boot(machine);
    await site.world.until(
      "the alarm",
      () => site.world.alarms("MigrationFailure").length > 0,
      60_000,
    );
    expect([fails.hits(), up(machine), site.recorded("deployed")]).toEqual([1, false, old]);
    await inService(machine);
    expect(site.recorded("deployed")).toBe(next);
  });

  test("post-deployment migrations that fail are said, not recorded, and run again", async () => {
    const machine = site.machine("app", "application", next);
    // The first is the regular one.
    site.world.fault({ command: "docker", args: /exec gitlab gitlab-rake db:migrate/ });
    void boot(machine);
    await inService(machine);
    await upkeep(machine);
    if (site.recorded("post") !== next) await upkeep(machine);
    expect(site.world.alarms("MigrationFailure")).toHaveLength(1);
    expect(site.recorded("post")).toBe(next);
  });

  test("background migrations that failed are said once, and keep the version unsettled", async () => {
    const machine = site.machine("app", "application", next);
    void boot(machine);
    await inService(machine);
    Object.assign(site.gitlab.database, { background: 2, failed: 1 });
    site.record({ deployed: next, regular: next, post: next, settled: old, gitaly: next });
    await upkeep(machine);
    await upkeep(machine);
    expect(site.world.alarms("BackgroundMigrationFailure")).toHaveLength(1);
    expect(site.recorded("settled")).toBe(old);
  });
});
