import { digestOf } from "../support/gitlab-image";
import type { Machine } from "../support/machine";
import { SiteWorld } from "../support/site";

const version = "19.2.2";
let site: SiteWorld;
let first: Machine;
let second: Machine;

function gitaly(name: string): Machine {
  const machine = site.machine(name, "gitaly", version);
  machine.docker.images.add(
    `111122223333.dkr.ecr.eu-central-1.amazonaws.com/gitlab-aws/gitlab-ce@${[...site.world.registry][0] ?? ""}`,
  );
  site.giveSecrets(machine);
  return machine;
}

const writing = (machine: Machine): boolean =>
  [...machine.docker.containers.values()].some(({ running, name }) => running && name === "gitlab");

/** Seconds from one event to another, on the virtual clock. */
const seconds = (from: number, what: string, machine: Machine): number => {
  const event = site.world.history.find(
    (one) => one.what === what && one.machine === machine.name && one.at >= from,
  );
  return (event?.at ?? Infinity) - from;
};

beforeEach(async () => {
  site = await SiteWorld.create([version]);
  site.world.registry.add(digestOf(version));
  site.record({
    deployed: version,
    regular: version,
    post: version,
    settled: version,
    gitaly: version,
  });
  first = gitaly("first");
  second = gitaly("second");
  void first.systemd.start("gitlab-lease");
  await site.world.until("the first node writes", () => writing(first));
});

afterEach(async () => {
  expect(site.overlaps()).toEqual([]);
  await site.world.close();
});

/** The second node waits for the lease, and has seen that the first holds it. */
async function secondWaits(): Promise<void> {
  void second.systemd.start("gitlab-lease");
  await site.world.until("the second node waits", () => second.log.includes("is held by"));
}

test("a second Gitaly node starts nothing for as long as the first renews", async () => {
  await secondWaits();
  const begun = site.world.clock.now;
  await site.world.until("three minutes", () => site.world.clock.now > begun + 180);
  expect(writing(first)).toBe(true);
  expect(writing(second)).toBe(false);
});

test("a holder that is cut off stops Gitaly in time, and only then does the successor write", async () => {
  await secondWaits();
  const cut = site.world.clock.now;
  first.network = false;
  await site.world.until("the successor writes", () => writing(second));
  expect(seconds(cut, "git-writer-down", first)).toBeLessThanOrEqual(20 + 15);
  expect(seconds(cut, "git-writer-up", second)).toBeGreaterThan(40);
  expect(first.mounts.size).toBe(0);
});

test("a holder that is cut off and comes back does not write again while the successor does", async () => {
  await secondWaits();
  first.network = false;
  await site.world.until("the successor writes", () => writing(second));
  first.network = true;
  const back = site.world.clock.now;
  await site.world.until("two minutes", () => site.world.clock.now > back + 120);
  expect(writing(first)).toBe(false);
  expect(writing(second)).toBe(true);
  await site.world.until("the alarm", () =>
    site.world.messages.some(({ subject }) => subject.includes("LeaseLost")),
  );
});

test.each(["SIGSTOP", "SIGKILL"] as const)(
  "a heartbeat that gets %s takes Gitaly with it before the lease lapses",
  async (signal) => {
    await secondWaits();
    // The renewals end for good: the unit must not simply come back and go on.
    site.world.fault({
      command: "aws",
      args: /dynamodb (put|update)-item .*lease\/gitaly/,
      machine: "first",
      times: Infinity,
      code: 255,
    });
    const at = site.world.clock.now;
    first.killUnit("gitlab-lease.service", signal);
    await site.world.until("the successor writes", () => writing(second));
    expect(seconds(at, "git-writer-down", first)).toBeLessThanOrEqual(20 + 15);
  },
);

test("a node that loses its power is followed only after the whole duration", async () => {
  await secondWaits();
  const off = site.world.clock.now;
  first.kill();
  await site.world.until("the successor writes", () => writing(second));
  expect(seconds(off, "git-writer-up", second)).toBeGreaterThan(40);
});

test("a clean stop gives the lease back only when Gitaly is down, and the successor need not wait", async () => {
  await secondWaits();
  const stop = site.world.clock.now;
  await first.systemd.stop("gitlab-lease");
  await site.world.until("the successor writes", () => writing(second));
  expect(seconds(stop, "git-writer-up", second)).toBeLessThan(20);
});

test("renewals that fail for a short while change nothing", async () => {
  await secondWaits();
  const faults = site.world.fault({
    command: "aws",
    args: /update-item .*lease\/gitaly/,
    machine: "first",
    times: 2,
    code: 255,
  });
  await site.world.until("they have failed", () => faults.hits() === 2);
  const begun = site.world.clock.now;
  await site.world.until("a minute", () => site.world.clock.now > begun + 60);
  expect(writing(first)).toBe(true);
});

test("a renewal whose answer is lost is not taken for somebody else's lease", async () => {
  const faults = site.world.fault({
    command: "aws",
    args: /update-item .*lease\/gitaly/,
    how: "lost",
    times: 2,
    code: 255,
  });
  await site.world.until("they were lost", () => faults.hits() === 2);
  const begun = site.world.clock.now;
  await site.world.until("a minute", () => site.world.clock.now > begun + 60);
  expect(writing(first)).toBe(true);
});

test("renewals that hang end as those that fail", async () => {
  await secondWaits();
  const at = site.world.clock.now;
  site.world.fault({
    command: "aws",
    args: /dynamodb .*lease\/gitaly/,
    machine: "first",
    times: Infinity,
    how: "hang",
  });
  await site.world.until("the successor writes", () => writing(second));
  expect(seconds(at, "git-writer-down", first)).toBeLessThanOrEqual(20 + 15);
});

test("a holder that finds another one in its lease stops at once", async () => {
  site.world.table.items.set("lease/gitaly", {
    id: { S: "lease/gitaly" },
    holder: { S: "somebody" },
    renewals: { N: "7" },
  });
  const at = site.world.clock.now;
  await site.world.until("Gitaly is down", () => !writing(first));
  expect(seconds(at, "git-writer-down", first)).toBeLessThan(10);
  await site.world.until("the alarm", () =>
    site.world.messages.some(({ subject }) => subject.includes("LeaseLost")),
  );
});

test("a machine whose Docker does not answer restarts rather than trust that Gitaly is down", async () => {
  await secondWaits();
  first.network = false;
  first.docker.responsive = false;
  await site.world.until("the successor writes", () => writing(second));
  expect(site.when("reboot", "first")).toBeLessThan(site.when("git-writer-up", "second"));
});

test("a machine that cannot let go of the Git data restarts", async () => {
  await secondWaits();
  site.world.fault({ command: "umount", machine: "first", times: Infinity, code: 32 });
  first.network = false;
  await site.world.until("the successor writes", () => writing(second));
  expect(site.when("reboot", "first")).toBeLessThan(site.when("git-writer-up", "second"));
});
