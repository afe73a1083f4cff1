import {
  Bench,
  UNKNOWN,
  secret,
  urnOf,
  type Connection,
  type Known,
  type Wire,
} from "./support/client";
import { BOX, HOST, ITEM, NETWORK, fixture } from "./support/fixture";

let bench: Bench;
let provider: Connection;
let network: Known;

beforeEach(async () => {
  bench = await Bench.start([fixture]);
  provider = await bench.dial("test", { region: "eu-west-1" });
  network = await provider.make(urnOf(NETWORK, "net"), { cidr: "10.0.0.0/16", tags: { a: "1" } });
});
afterEach(() => bench.stop());

const makeHost = (news: Wire = {}, name = "web") =>
  provider.make(urnOf(HOST, name), { networkId: network.id, ...news });
/** Checks new inputs against an object and says what differs. */
const change = async (known: Known, news: Wire) => {
  const { inputs } = await provider.check(known.urn, news, known.inputs);
  return { inputs, diff: await provider.diff(known, inputs) };
};

describe("Create", () => {
  test("ids and ARNs have their true form, with the instance's region and account", () => {
    expect(network.id).toMatch(/^net-[0-9a-f]{17}$/);
    expect(network.outputs["arn"]).toBe(`arn:aws:net:eu-west-1:123456789012:network/${network.id}`);
  });

  test("a preview knows what is given and nothing that the cloud makes", async () => {
    const { inputs } = await provider.check(urnOf(HOST, "web"), {
      networkId: UNKNOWN,
      ports: [{ port: 1 }],
    });
    const planned = await provider.create(urnOf(HOST, "web"), inputs, true);
    expect(planned.id).toBe("");
    expect(planned.outputs).toMatchObject({
      region: "eu-west-1",
      size: 2,
      networkId: UNKNOWN,
      networkCidr: UNKNOWN,
      endpoint: UNKNOWN,
      kind: UNKNOWN,
      ports: [{ port: 1, ruleId: UNKNOWN }],
    });
    expect(bench.sandbox.objects({ type: HOST })).toEqual([]);
  });

  test("a computed value can come from the object that a property refers to", async () => {
    expect((await makeHost()).outputs["networkCidr"]).toBe("10.0.0.0/16");
  });

  test("a value made of a secret is secret", async () => {
    const made = await makeHost({ name: "web-1", password: "correct-horse" });
    expect(made.outputs["endpoint"]).toEqual(secret("host://web-1:correct-horse@eu-west-1"));
    expect(made.outputs["password"]).toEqual(secret("correct-horse"));
  });

  test("a reference to nothing is refused by name, property and place", async () => {
    const call = provider.make(urnOf(HOST, "lost"), { networkId: "net-0" });
    await expect(call).rejects.toThrow(
      'networkId refers to "net-0", but there is no test:net/network:Network with this id in account 123456789012, region eu-west-1',
    );
    expect(bench.sandbox.objects({ type: HOST })).toEqual([]);
  });

  test("a reference to an object of another region is refused and says where it is", async () => {
    const other = await bench.dial("test", { region: "us-east-1" });
    const call = other.make(urnOf(HOST, "far"), { networkId: network.id });
    await expect(call).rejects.toThrow(/one exists in account 123456789012, region eu-west-1/);
  });

  test("a reference to what lies outside the stack is let through where the model allows it", async () => {
    await provider.make(urnOf(ITEM, "i"), { box: "public-box", key: "k" });
    await expect(provider.make(urnOf(ITEM, "j"), { box: "secret-box", key: "k" })).rejects.toThrow(
      /refers to "secret-box"/,
    );
  });

  test("a name that is taken is refused: a create whose answer was lost is not doubled", async () => {
    bench.sandbox.fault({ rpc: "Create", urn: "::web$", kind: "lost" });
    await expect(makeHost({ name: "fixed" })).rejects.toMatchObject({ code: 14 });
    await expect(makeHost({ name: "fixed" })).rejects.toThrow(/AlreadyExists.*name "fixed"/);
    expect(bench.sandbox.objects({ type: HOST })).toHaveLength(1);
  });

  test("a name is unique in its scope only", async () => {
    const abroad = await bench.dial("test", {
      region: "eu-west-1",
      assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::222222222222:role/deploy" }]),
    });
    const theirs = await abroad.make(urnOf(NETWORK, "net2"), { cidr: "10.0.0.0/16" });
    expect(theirs.outputs["arn"]).toContain(":222222222222:");
    await makeHost({ name: "same" });
    await abroad.make(urnOf(HOST, "same"), { networkId: theirs.id, name: "same" });
    await provider.make(urnOf(BOX, "a"), { name: "global" });
    await expect(abroad.make(urnOf(BOX, "b"), { name: "global" })).rejects.toThrow(/AlreadyExists/);
  });

  test("a rule that only the cloud knows is refused at apply", async () => {
    const west = await provider.make(urnOf(NETWORK, "w"), { cidr: "10.9.0.0/16", zone: "west" });
    const call = provider.make(urnOf(HOST, "h"), { networkId: west.id });
    await expect(call).rejects.toThrow("only hosts of size 1 in west");
    await provider.make(urnOf(HOST, "h"), { networkId: west.id, size: 1 });
  });

  test("an unknown never reaches an object", async () => {
    const { inputs } = await provider.check(urnOf(HOST, "h"), {
      networkId: network.id,
      size: UNKNOWN,
    });
    await expect(provider.create(urnOf(HOST, "h"), inputs)).rejects.toThrow(/still unknown/);
  });

  test("the same seed makes the same ids; a second object under a URN has others", async () => {
    const twin = await Bench.start([fixture]);
    const other = await twin.dial("test", { region: "eu-west-1" });
    const again = await other.make(urnOf(NETWORK, "net"), { cidr: "10.0.0.0/16" });
    expect(again.id).toBe(network.id);
    const second = await other.make(urnOf(NETWORK, "net"), { cidr: "10.1.0.0/16" });
    expect(second.id).not.toBe(network.id);
    twin.stop();
  });
});

describe("Diff", () => {
  test("nothing changed is no difference, and detailedDiff is there all the same", async () => {
    const made = await makeHost({ tags: { a: "b" }, disk: { sizeGiB: 3 }, ports: [{ port: 1 }] });
    const { diff } = await change(made, {
      networkId: network.id,
      tags: { a: "b" },
      disk: { sizeGiB: 3 },
      ports: [{ port: 1 }],
    });
    expect(diff).toMatchObject({ changes: "none", detailed: {}, hasDetailed: true });
  });

  test("every kind of change has its path and kind", async () => {
    const made = await makeHost({
      tags: { a: "1", b: "2" },
      disk: { sizeGiB: 3 },
      steps: ["x", "y"],
    });
    const { diff } = await change(made, {
      networkId: network.id,
      size: 3,
      tags: { b: "3", "c.d": "4" },
      disk: { sizeGiB: 4, encrypted: true },
      steps: ["x"],
      password: "longenough",
    });
    expect(diff.detailed).toEqual({
      size: "update",
      "tags.a": "delete",
      "tags.b": "update",
      'tags["c.d"]': "add",
      "tagsAll.a": "delete",
      "tagsAll.b": "update",
      'tagsAll["c.d"]': "add",
      "disk.sizeGiB": "update",
      "disk.encrypted": "update-replace",
      "steps[1]": "delete",
      password: "add",
    });
    expect(diff.replaces).toEqual(["disk"]);
  });

  test("a replacement deletes first where the name was given by hand, and not where it was made up", async () => {
    const named = await makeHost({ name: "fixed" });
    const auto = await makeHost({}, "auto");
    const other = { networkId: "net-other" };
    expect((await change(named, { ...other, name: "fixed" })).diff).toMatchObject({
      detailed: { networkId: "update-replace" },
      deleteBeforeReplace: true,
    });
    expect((await change(auto, other)).diff.deleteBeforeReplace).toBe(false);
    expect(
      (await change(named, { networkId: network.id, name: "fixed", size: 3 })).diff
        .deleteBeforeReplace,
    ).toBe(false);
  });

  test("a type that can't be changed is replaced by any change, deleting first where the model says so", async () => {
    const made = await provider.make(urnOf(BOX, "b"), { name: "box" });
    expect((await change(made, { name: "box", size: 1 })).diff).toMatchObject({
      detailed: { size: "add-replace" },
      deleteBeforeReplace: true,
    });
  });

  test("what the cloud filled in is no difference when it is not given, and is one when it differs", async () => {
    const made = await makeHost();
    expect(made.outputs["kind"]).toBe("plain");
    expect((await change(made, { networkId: network.id, kind: "plain" })).diff.changes).toBe(
      "none",
    );
    expect((await change(made, { networkId: network.id, kind: "odd" })).diff.detailed).toEqual({
      kind: "update-replace",
    });
  });

  test("a set is compared without order, a list with it", async () => {
    const made = await makeHost({ ports: [{ port: 1 }, { port: 2 }], steps: ["a", "b"] });
    const same = { networkId: network.id, ports: [{ port: 2 }, { port: 1 }], steps: ["a", "b"] };
    expect((await change(made, same)).diff.changes).toBe("none");
    expect((await change(made, { ...same, steps: ["b", "a"] })).diff.detailed).toEqual({
      "steps[0]": "update",
      "steps[1]": "update",
    });
    expect(
      (await change(made, { ...same, ports: [{ port: 2 }, { port: 3 }] })).diff.detailed,
    ).toEqual({
      "ports[0]": "delete",
      "ports[1]": "add",
    });
  });

  test("JSON is compared by meaning", async () => {
    const made = await makeHost({ policy: '{"a":1,"Action":"x"}' });
    const same = await change(made, {
      networkId: network.id,
      policy: '{ "Action": ["x"], "a": 1 }',
    });
    expect(same.diff.changes).toBe("none");
    const other = await change(made, { networkId: network.id, policy: '{"a":2,"Action":"x"}' });
    expect(other.diff.detailed).toEqual({ policy: "update" });
  });

  test("a changed secret is seen", async () => {
    const made = await makeHost({ password: secret("first-password") });
    const { diff } = await change(made, {
      networkId: network.id,
      password: secret("second-password"),
    });
    expect(diff.detailed).toEqual({ password: "update" });
  });

  test("an unknown counts as a change", async () => {
    const made = await makeHost();
    expect((await change(made, { networkId: UNKNOWN })).diff.detailed).toEqual({
      networkId: "update-replace",
    });
  });

  test("ignored changes do not count, at any depth", async () => {
    const made = await makeHost({ tags: { a: "1" }, disk: { sizeGiB: 1 }, ports: [{ port: 1 }] });
    const { inputs } = await change(made, {
      networkId: network.id,
      tags: { a: "2" },
      disk: { sizeGiB: 2 },
      ports: [{ port: 1 }, { port: 2 }],
      size: 3,
    });
    const diff = await provider.diff(made, inputs, ["tags", "tagsAll", "disk.sizeGiB", "ports[*]"]);
    expect(diff.detailed).toEqual({ size: "update" });
  });
});

describe("Update", () => {
  test("a preview gives the old outputs; only what changes with the inputs is unknown", async () => {
    const made = await makeHost({ ports: [{ port: 1 }] });
    const { inputs } = await change(made, {
      networkId: network.id,
      ports: [{ port: 1 }, { port: 2 }],
      size: 3,
    });
    const planned = await provider.update(made, inputs, true);
    expect(planned.outputs).toEqual({
      ...made.outputs,
      size: 3,
      version: UNKNOWN,
      ports: [(made.outputs["ports"] as Wire[])[0], { port: 2, ruleId: UNKNOWN }],
    });
  });

  test("an update keeps what the cloud made, and counts what it counts", async () => {
    const made = await makeHost({ ports: [{ port: 1 }] });
    const bigger = await change(made, { networkId: network.id, ports: [{ port: 1 }], size: 3 });
    const updated = await provider.update(made, bigger.inputs);
    expect(updated.outputs).toEqual({ ...made.outputs, size: 3, version: 2 });
    const tagged = await change(updated, {
      networkId: network.id,
      ports: [{ port: 1 }],
      size: 3,
      tags: { x: "y" },
    });
    expect((await provider.update(updated, tagged.inputs)).outputs["version"]).toBe(2);
  });

  test("a change that needs a new object is refused in place", async () => {
    const made = await makeHost();
    const { inputs } = await change(made, { networkId: network.id, kind: "odd" });
    await expect(provider.update(made, inputs)).rejects.toThrow(/kind can't be changed in place/);
  });

  test("an object that is gone can't be updated", async () => {
    const made = await makeHost();
    bench.sandbox.drift({ kind: "delete", id: made.id, type: HOST });
    const { inputs } = await change(made, { networkId: network.id, size: 3 });
    await expect(provider.update(made, inputs)).rejects.toThrow(/does not exist/);
  });
});

describe("Read", () => {
  test("outputs come back as they are; inputs are what was set and nothing that the cloud filled in", async () => {
    const made = await makeHost({ disk: { sizeGiB: 3 }, ports: [{ port: 2 }, { port: 1 }] });
    const read = await provider.read(made);
    expect(read?.outputs).toEqual(made.outputs);
    expect(read?.inputs).toEqual(made.inputs);
  });

  test("a drifted input, an added tag and a property that was never set are found as differences", async () => {
    const made = await makeHost({ tags: { a: "1" }, disk: { sizeGiB: 3 } });
    const drift = { id: made.id, type: HOST };
    bench.sandbox.drift({ kind: "set", ...drift, property: "size", value: 5 });
    bench.sandbox.drift({ kind: "tag", ...drift, key: "by", value: "hand" });
    bench.sandbox.drift({ kind: "set", ...drift, property: "steps", value: ["oops"] });
    const read = await provider.read(made);
    // A refresh asks what would bring the program's inputs back.
    const diff = await provider.diff({ ...made, ...read }, made.inputs);
    expect(diff.detailed).toEqual({
      size: "update",
      "tags.by": "delete",
      "tagsAll.by": "delete",
      steps: "delete",
    });
  });

  test("an output that drifted alone changes no input", async () => {
    const made = await makeHost();
    bench.sandbox.drift({
      kind: "output",
      id: made.id,
      type: HOST,
      property: "uniqueId",
      value: "other",
    });
    const read = await provider.read(made);
    expect(read?.outputs["uniqueId"]).toBe("other");
    expect(read?.inputs).toEqual(made.inputs);
    expect((await provider.diff({ ...made, ...read }, made.inputs)).changes).toBe("none");
  });

  test("what the cloud never shows is echoed from the last known inputs", async () => {
    const made = await makeHost({ password: secret("first-password") });
    expect((await provider.read(made))?.inputs["password"]).toEqual(secret("first-password"));
  });

  test("an import, which knows no inputs, gives all that can be set", async () => {
    const made = await makeHost({ disk: { sizeGiB: 3 } });
    const read = await provider.read({ ...made, inputs: {}, outputs: {} });
    expect(read?.inputs).toMatchObject({
      networkId: network.id,
      kind: "plain",
      size: 2,
      disk: { sizeGiB: 3 },
    });
    expect(read?.inputs).not.toHaveProperty("endpoint");
  });

  test("an object that does not exist has no id", async () => {
    const made = await makeHost();
    bench.sandbox.drift({ kind: "delete", id: made.id, type: HOST });
    expect(await provider.read(made)).toBeUndefined();
  });
});

describe("Delete", () => {
  test("what is in use is refused, naming who uses it", async () => {
    const made = await makeHost();
    await expect(provider.delete(network)).rejects.toThrow(
      `DependencyViolation: test:net/network:Network ${network.id} is in use by test:net/host:Host ${made.id}`,
    );
    await provider.delete(made);
    await provider.delete(network);
    expect(bench.sandbox.leftOver()).toEqual([]);
  });

  test("what is protected is refused until the protection is lifted", async () => {
    const made = await makeHost({ protection: true });
    await expect(provider.delete(made)).rejects.toThrow("protection is on");
    const { inputs } = await change(made, { networkId: network.id, protection: false });
    await provider.delete(await provider.update(made, inputs));
  });

  test("a container is refused while there is something in it, unless it may be emptied", async () => {
    const full = await provider.make(urnOf(BOX, "full"), { name: "full" });
    await provider.make(urnOf(ITEM, "i"), { box: "full", key: "k" });
    await expect(provider.delete(full)).rejects.toThrow(/is not empty.*forceDestroy/);
    const forced = await provider.make(urnOf(BOX, "forced"), {
      name: "forced",
      forceDestroy: true,
    });
    await provider.make(urnOf(ITEM, "j"), { box: "forced", key: "k" });
    await provider.delete(forced);
    expect(bench.sandbox.leftOver().map(({ id }) => id)).toEqual([network.id, "full", "full/k"]);
  });

  test("deleting what is gone already is no error", async () => {
    const made = await makeHost();
    await provider.delete(made);
    await provider.delete(made);
  });
});
