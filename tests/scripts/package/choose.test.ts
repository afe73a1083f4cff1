import { UpkeepMachine, type Environment } from "./upkeep-machine";

const state = "srv/gitlab-state";
let machine: UpkeepMachine;
afterEach(() => machine.remove());

/** One look for the next version. */
async function choose(
  environment: Environment,
  installed: string,
  offered: readonly string[],
  world: Readonly<Record<string, string>> = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<{
  readonly target: string;
  readonly held: string;
  readonly code: number;
  readonly alarms: string;
}> {
  machine = new UpkeepMachine(environment);
  machine.set({ version: installed, ...world });
  machine.offers(...offered);
  for (const [name, value] of Object.entries(settings)) machine.env(name, value);
  const { code } = await machine.run("upgrade-choose");
  const read = (path: string): string => (machine.has(path) ? machine.read(path) : "");
  return {
    code,
    target: read(`${state}/upkeep/target`),
    held: read(`${state}/upkeep/held`),
    alarms: read("run/gitlab-node/upkeep-failures"),
  };
}

test.each<[string, string, readonly string[], string]>([
  ["a patch", "19.2.0-ee.0", ["19.2.0-ee.0", "19.2.4-ee.0", "19.2.10-ee.0"], "19.2.10-ee.0"],
  ["the next minor", "19.2.4-ee.0", ["19.2.4-ee.0", "19.3.1-ee.0"], "19.3.1-ee.0"],
  [
    "no further than the next stop, in its newest patch",
    "19.1.0-ee.0",
    ["19.2.0-ee.0", "19.2.9-ee.0", "19.3.0-ee.0"],
    "19.2.9-ee.0",
  ],
  [
    "from a stop to the next one",
    "19.2.9-ee.0",
    ["19.3.0-ee.0", "19.5.2-ee.0", "19.6.0-ee.0"],
    "19.5.2-ee.0",
  ],
  [
    "over the last stop into the next major, which the settings name",
    "18.11.3-ee.0",
    ["18.11.3-ee.0", "19.2.1-ee.0", "19.5.0-ee.0"],
    "19.2.1-ee.0",
  ],
  [
    "not into a major that the settings do not name",
    "19.11.0-ee.0",
    ["19.11.0-ee.0", "20.0.1-ee.0"],
    "",
  ],
  [
    "its patches at the end of the major",
    "19.11.0-ee.0",
    ["19.11.2-ee.0", "20.0.1-ee.0"],
    "19.11.2-ee.0",
  ],
  [
    "no release candidate, no other edition",
    "19.2.0-ee.0",
    ["19.2.1-rc42.ee.0", "19.2.1-ce.0"],
    "",
  ],
  ["nothing older", "19.2.4-ee.0", ["19.2.3-ee.0"], ""],
])("the release channel: %s", async (_what, installed, offered, target) => {
  const chosen = await choose("ops", installed, [...offered, installed], { postgres: "170004" });
  expect(chosen).toEqual({ code: 0, target, held: "", alarms: "" });
});

test("unfinished background migrations keep a minor back, and no patch; it is no alarm, and no good run either", async () => {
  const offered = ["19.1.0-ee.0", "19.1.6-ee.0", "19.2.3-ee.0"];
  const chosen = await choose("ops", "19.1.0-ee.0", offered, { pending: "3" });
  expect(chosen).toEqual({
    code: 0,
    target: "19.1.6-ee.0",
    held: "held on 19.1: 3 background migrations have not finished",
    alarms: "",
  });
});

test("a server that the version does not take is alarmed, and keeps it back", async () => {
  const offered = ["18.11.3-ee.0", "18.11.5-ee.0", "19.2.1-ee.0"];
  const chosen = await choose("ops", "18.11.3-ee.0", offered, { postgres: "160009" });
  expect(chosen.target).toBe("18.11.5-ee.0");
  expect(chosen.alarms).toMatch(/19\.2\.1-ee\.0 takes PostgreSQL 17 to 17, and the server is 16/);
});

test("a major whose PostgreSQL nobody has written down is not installed", async () => {
  const chosen = await choose("ops", "19.11.0-ee.0", ["20.2.0-ee.0"], {}, { UPGRADE_MAJOR: "20" });
  expect(chosen.target).toBe("");
  expect(chosen.alarms).toMatch(/nobody has written down which PostgreSQL GitLab 20 takes/);
});

test("settings that name an older major than the installed one are refused", async () => {
  const chosen = await choose("ops", "19.2.0-ee.0", ["19.2.1-ee.0"], {}, { UPGRADE_MAJOR: "18" });
  expect(chosen.code).toBe(1);
  expect(chosen.alarms).toMatch(/upgrade\.major says 18/);
});

test("a version that has failed is not taken again, nor an older one in its place; a newer one is", async () => {
  const offered = ["19.1.0-ee.0", "19.1.5-ee.0", "19.2.3-ee.0"];
  await choose("ops", "19.1.0-ee.0", offered);
  const again = async (): Promise<string> => {
    await machine.run("upgrade-choose");
    return machine.has(`${state}/upkeep/target`) ? machine.read(`${state}/upkeep/target`) : "";
  };
  await machine.run("upgrade-settle");
  expect(await again()).toBe("19.2.3-ee.0");
  machine.mark("19.2.3-ee.0");
  expect(await again()).toBe("");
  machine.offers(...offered, "19.2.4-ee.0");
  expect(await again()).toBe("19.2.4-ee.0");
});

test("the nightly channel: its newest build, whatever migrates in the background", async () => {
  const builds = [1, 2, 10].map((number) => `19.3.0+rnightly.${number}.abcdef01-0`);
  const chosen = await choose("dev", builds[0] ?? "", builds, { pending: "5" });
  expect(chosen).toEqual({ code: 0, target: builds[2], held: "", alarms: "" });
});

test("a nightly build beyond a stop that was missed is for a person", async () => {
  const chosen = await choose("dev", "19.1.0+rnightly.1.abcdef01-0", [
    "19.3.0+rnightly.9.abcdef01-0",
  ]);
  expect(chosen.code).toBe(1);
  expect(chosen.alarms).toMatch(/19\.2 must be installed on the way/);
});

test("a channel that is empty, or has another repository's packages alone, is an alarm and not a quiet night", async () => {
  const chosen = await choose("ops", "19.2.0-ee.0", []);
  expect([chosen.code, chosen.alarms]).toEqual([1, expect.stringMatching(/offers no version/)]);
});
