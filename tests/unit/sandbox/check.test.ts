import { Bench, UNKNOWN, secret, urnOf, type Connection, type Wire } from "./support/client";
import { BOX, HOST, NETWORK, PICK, fixture } from "./support/fixture";

let bench: Bench;
let provider: Connection;

beforeAll(async () => {
  bench = await Bench.start([fixture]);
  provider = await bench.dial("test", { region: "eu-west-1" });
});
afterAll(() => bench.stop());

const host = (news: Wire, olds?: Wire) =>
  provider.check(urnOf(HOST, "web"), { networkId: "net-1", ...news }, olds);
const failures = async (news: Wire) =>
  Object.fromEntries((await host(news)).failures.map(({ property, reason }) => [property, reason]));

test("a type that is not modelled is refused by name, with the nearest known one", async () => {
  const call = provider.check(urnOf("test:net/netwrk:Network", "x"), {});
  await expect(call).rejects.toThrow(
    'does not know the resource type test:net/netwrk:Network; did you mean "test:net/network:Network"?',
  );
});

test("a property that is not modelled is refused at any depth, with the nearest known one", async () => {
  expect(await failures({ sise: 3, disk: { sizeGib: 1 }, ports: [{ port: 1, prt: 2 }] })).toEqual({
    sise: 'test:net/host:Host has no property "sise"; did you mean "size"?',
    "disk.sizeGib": 'disk has no property "sizeGib"; did you mean "sizeGiB"?',
    "disk.sizeGiB": "is required (a whole number), but not given",
    "ports[0].prt": 'ports[0] has no property "prt"; did you mean "port"?',
  });
});

test("all failures are reported at once, each at its path", async () => {
  const found = await failures({
    networkId: null,
    size: 12,
    kind: 7,
    arn: "x",
    ports: [{ port: 0 }, {}],
    tags: { "a b": 1 },
    iops: 3,
    uniqueId: "mine",
    policy: "{",
  });
  expect(found).toEqual({
    networkId: "is required (a string), but not given",
    size: "must be at most 9, found 12",
    kind: "must be a string, found 7",
    arn: expect.stringContaining('has no property "arn"') as string,
    "ports[0].port": "must be at least 1, found 0",
    "ports[1].port": "is required (a whole number), but not given",
    'tags["a b"]': "must be a string, found 1",
    iops: "needs disk to be given too",
    uniqueId: "is set by the cloud alone and can't be given",
    policy: 'must be a JSON document, found "{"',
  });
});

test("a value outside an enumeration is refused with the list of what is allowed", async () => {
  const { failures: found } = await provider.check(urnOf(NETWORK, "n"), {
    cidr: "10.0.0.0/8",
    zone: "eest",
  });
  expect(found).toEqual([
    {
      property: "zone",
      reason: 'must be one of "east", "west", found "eest"; did you mean "east"?',
    },
  ]);
});

test.each(["10.0.0.1/8", "10.0.0.0", "10.0.0.0/33", "300.0.0.0/8", "::1/64", "x"])(
  "%s is no range in CIDR form",
  async (cidr) => {
    const { failures: found } = await provider.check(urnOf(NETWORK, "n"), { cidr });
    expect(found[0]).toMatchObject({ property: "cidr" });
  },
);

test("a value that does not match its pattern is refused with the pattern", async () => {
  expect(await failures({ name: "Web" })).toEqual({ name: 'must match [a-z0-9-]+, found "Web"' });
});

test("two properties that conflict are reported once", async () => {
  const { failures: found } = await host({ name: "a", namePrefix: "b" });
  expect(found).toHaveLength(1);
  expect(found[0]?.reason).toMatch(/conflicts with/);
});

test("a default does not count against what it conflicts with", async () => {
  const { inputs, failures: found } = await host({ other: "x" });
  expect(found).toEqual([]);
  expect(inputs).not.toHaveProperty("one");
});

test("groups of which exactly or at least one must be given are each reported once", async () => {
  const pick = async (news: Wire) =>
    (await provider.check(urnOf(PICK, "p"), news)).failures.map(({ reason }) => reason);
  expect(await pick({ a: "1", c: "1" })).toEqual([]);
  expect(await pick({})).toEqual([
    "exactly one of a, b must be given, none is given",
    "at least one of c, d must be given, none is given",
  ]);
  expect(await pick({ a: "1", b: "2", c: "1", d: "2" })).toEqual([
    "exactly one of a, b must be given, given: a, b",
  ]);
});

test("a property that the model leaves out on purpose is refused with the reason", async () => {
  const { failures: found } = await provider.check(urnOf(PICK, "p"), { a: "1", c: "1", old: true });
  expect(found[0]?.reason).toBe('test:misc/pick:Pick has no property "old": deprecated; use a');
});

test("a text is measured in bytes where the cloud does", async () => {
  const { failures: found } = await provider.check(urnOf(PICK, "p"), { a: "1", d: "ééé" });
  expect(found[0]?.reason).toBe("takes at most 4 bytes, found 6");
});

test("a rule over several properties is reported with its message and page", async () => {
  expect(await failures({ size: 8, one: "x" })).toEqual({
    disk: "a host of size 8 or more needs a disk (https://example.com/docs)",
  });
});

test("a rule that an unknown decides is left to the apply", async () => {
  expect((await host({ size: UNKNOWN, one: "x" })).failures).toEqual([]);
});

test("an unknown passes for any type and for a required property", async () => {
  const news = { networkId: UNKNOWN, size: UNKNOWN, ports: UNKNOWN, one: UNKNOWN };
  expect((await host(news)).failures).toEqual([]);
});

test("the message about a wrong secret does not show it", async () => {
  const { failures: found } = await host({ password: secret("hunter"), one: secret(42) });
  expect(found.map(({ reason }) => reason)).toEqual([
    "needs at least 8 characters, found 6",
    "must be a string, found [secret]",
  ]);
});

test("secrets come back wrapped: those that came so, and those that the model calls secret", async () => {
  const { inputs } = await host({
    one: secret("x"),
    password: "longenough",
    steps: ["a", secret("b")],
  });
  expect(inputs).toMatchObject({
    one: secret("x"),
    password: secret("longenough"),
    steps: ["a", secret("b")],
  });
});

test("defaults are put in at every depth and those at the top are listed in __defaults", async () => {
  const { inputs } = await host({ one: "x", disk: { sizeGiB: 3 } });
  expect(inputs).toMatchObject({
    size: 2,
    disk: { sizeGiB: 3, encrypted: false },
    __defaults: ["name", "size"],
  });
});

test("the provider's region and merged default tags stand among the inputs", async () => {
  const tagged = await bench.dial("test", {
    region: "us-east-1",
    defaultTags: JSON.stringify({ tags: { owner: "ops", stage: "test" } }),
  });
  const { inputs } = await tagged.check(urnOf(NETWORK, "n"), {
    cidr: "10.0.0.0/8",
    tags: { stage: "prod" },
  });
  expect(inputs).toMatchObject({ region: "us-east-1", tagsAll: { owner: "ops", stage: "prod" } });
  const unknown = await tagged.check(urnOf(NETWORK, "n"), {
    cidr: "10.0.0.0/8",
    tags: { stage: UNKNOWN },
  });
  expect(unknown.inputs["tagsAll"]).toBe(UNKNOWN);
});

test("a secret tag is secret in the merged tags too", async () => {
  const { inputs } = await provider.check(urnOf(NETWORK, "n"), {
    cidr: "10.0.0.0/8",
    tags: { plain: "a", hidden: secret("b") },
  });
  expect(inputs["tagsAll"]).toEqual({ plain: "a", hidden: secret("b") });
});

describe("names", () => {
  test("an auto-name follows from the seed, and is kept for the object's life", async () => {
    const first = await host({ one: "x" });
    const again = await host({ one: "x" });
    expect(first.inputs["name"]).toMatch(/^web-[0-9a-f]{7}$/);
    expect(again.inputs["name"]).toBe(first.inputs["name"]);
    const other = await provider.check(
      urnOf(HOST, "web"),
      { networkId: "n", one: "x" },
      {},
      "other",
    );
    expect(other.inputs["name"]).not.toBe(first.inputs["name"]);
    const later = await provider.check(
      urnOf(HOST, "web"),
      { networkId: "n", one: "x" },
      first.inputs,
      "other",
    );
    expect(later.inputs["name"]).toBe(first.inputs["name"]);
  });

  test("a name that was given and is taken away is replaced by an auto-name", async () => {
    const given = await host({ one: "x", name: "mine" });
    expect(given.inputs["__defaults"]).toEqual(["size"]);
    const { inputs } = await host({ one: "x" }, given.inputs);
    expect(inputs["name"]).toMatch(/^web-/);
  });

  test("a prefix is no reason for an auto-name", async () => {
    expect((await host({ one: "x", namePrefix: "p-" })).inputs).not.toHaveProperty("name");
  });

  test("an auto-name that is too long is refused", async () => {
    const { failures: found } = await provider.check(urnOf(HOST, "a-very-long-logical-name"), {
      networkId: "n",
      one: "x",
    });
    expect(found[0]?.reason).toMatch(/has 32 characters, at most 20 are allowed/);
  });

  test("a name is never made up where none is to be", async () => {
    const { failures: found } = await provider.check(urnOf(BOX, "b"), {});
    expect(found.map(({ property }) => property)).toEqual(["name"]);
  });
});

test("inputs that come back from Read pass through Check unchanged", async () => {
  const network = await provider.make(urnOf(NETWORK, "back"), {
    cidr: "10.0.0.0/8",
    tags: { a: "b" },
  });
  const read = await provider.read(network);
  const { inputs, failures: found } = await provider.check(
    network.urn,
    read?.inputs ?? {},
    network.inputs,
  );
  expect(found).toEqual([]);
  expect(inputs["tagsAll"]).toEqual({ a: "b" });
});
