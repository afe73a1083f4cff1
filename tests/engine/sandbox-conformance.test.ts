/**
 * Every modelled type through its whole life, over the providers' own protocol. Inputs are made up
 * from the model; a model that contradicts itself fails here.
 */
import { packages } from "../../sandbox/packages";
import type { PackageModel, PropertyModel, ResourceModel } from "../../sandbox/model";
import {
  Bench,
  unreadyOf,
  urnOf,
  type Connection,
  type Known,
  type Wire,
} from "../unit/sandbox/support/client";
import { sampled } from "../support/sample";
import { Generator } from "../unit/sandbox/support/generate";
import { kubeconfig } from "../unit/sandbox/support/kubeconfig";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const config: Readonly<Record<string, Wire>> = {
  aws: { region: "eu-west-1", defaultTags: JSON.stringify({ tags: { owner: "tests" } }) },
  gcp: {
    project: "gitlab-tests",
    region: "europe-west1",
    zone: "europe-west1-b",
    defaultLabels: JSON.stringify({ owner: "tests" }),
  },
  "azure-native": {
    subscriptionId: "22222222-3333-4444-8555-666666666666",
    tenantId: "33333333-4444-4555-8666-777777777777",
    location: "westeurope",
  },
  kubernetes: { kubeconfig: kubeconfig() },
};
/** Where an object lives: another place would part it from those that it refers to. */
const PLACES = new Set(["project", "region", "zone"]);

interface Subject {
  readonly bench: Bench;
  readonly provider: Connection;
  readonly generator: Generator;
  readonly model: ResourceModel;
  readonly urn: string;
}

const types = packages.flatMap((item) =>
  item.resources.map((model) => [model.token, item, model] as const),
);

/** A type in a sandbox of its own, with its least and most inputs. */
interface Prepared extends Subject {
  readonly least: Wire;
  readonly most: Wire;
}

async function prepare(item: PackageModel, model: ResourceModel): Promise<Prepared> {
  const bench = await Bench.start([item]);
  try {
    const args = config[item.package] ?? {};
    const provider = await bench.connect(item.package, args);
    const generator = new Generator(bench, provider, item.resources, args, item);
    const [least, most] = [await generator.minimal(model), await generator.maximal(model)];
    return { bench, provider, generator, model, least, most, urn: urnOf(model.token, "subject") };
  } catch (error) {
    bench.stop();
    throw error;
  }
}

/** Takes away what a test made, so that the next one starts with the same sandbox. */
function clear({ bench, urn }: Subject): void {
  bench.sandbox.world.ledger.forget(urn);
}

/** What is known at preview must come true; what comes true must have been foretold or unknown. */
function expectForetold(planned: unknown, real: unknown, path: string): void {
  if (plain(planned) === UNKNOWN) return;
  if (Array.isArray(planned) && Array.isArray(real) && planned.length === real.length) {
    planned.forEach((value, at) => expectForetold(value, real[at], `${path}[${at}]`));
  } else if (isRecord(planned) && isRecord(real)) {
    for (const key of new Set([...Object.keys(planned), ...Object.keys(real)])) {
      expectForetold(planned[key], real[key], `${path}.${key}`);
    }
  } else {
    expect({ path, value: real }).toEqual({ path, value: planned });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Plans and makes an object, and holds the plan against it. */
async function create({ provider, urn }: Subject, news: Wire): Promise<Known> {
  const { inputs, failures } = await provider.check(urn, news);
  expect(failures).toEqual([]);
  const planned = await provider.create(urn, inputs, true);
  expect(planned.id).toBe("");
  const made = await standing({ urn, id: "", inputs, outputs: {} }, provider.create(urn, inputs));
  expect(made.id).not.toBe("");
  expectForetold(planned.outputs, made.outputs, "created");
  return made;
}

/** No change in the program: nothing may differ. */
async function expectSame({ provider, urn }: Subject, known: Known, news: Wire): Promise<Wire> {
  const { inputs } = await provider.check(urn, news, known.inputs, "another seed");
  const again = await provider.diff(known, inputs);
  expect(again).toMatchObject({ changes: "none", detailed: {}, hasDetailed: true });
  return inputs;
}

/** And none in the cloud. */
async function expectStill(subject: Subject, known: Known, news: Wire): Promise<void> {
  const { provider } = subject;
  const inputs = await expectSame(subject, known, news);
  const read = await provider.read(known);
  expect(read?.outputs).toEqual(known.outputs);
  const refreshed = await provider.diff({ ...known, ...read }, inputs);
  expect(refreshed.detailed).toEqual({});
}

/** Changes an object where it can be changed, else says that it can't; the object after it, known as it was for no change. */
async function change(subject: Subject, known: Known, name: string, news: Wire): Promise<Known> {
  const { provider, urn, model } = subject;
  const { inputs } = await provider.check(urn, news, known.inputs);
  const diff = await provider.diff(known, inputs);
  if (diff.changes === "none") return known;
  expect(Object.keys(diff.detailed).some((path) => root(path) === name)).toBe(true);
  const replaces = Object.entries(diff.detailed).filter(([, kind]) => kind.endsWith("-replace"));
  expect([...diff.replaces].sort()).toEqual(
    [...new Set(replaces.map(([path]) => root(path)))].sort(),
  );
  const property = model.properties[name];
  if (model.immutable === true || property?.replace === true) {
    expect(diff.replaces).toContain(name);
  }
  if (replaces.length > 0) {
    await expect(provider.update(known, inputs)).rejects.toThrow(/can't be changed in place/);
    return known;
  }
  const planned = await provider.update(known, inputs, true);
  const updated = await standing({ ...known, inputs }, provider.update(known, inputs));
  expectForetold(planned.outputs, updated.outputs, `updated ${name}`);
  await expectSame(subject, updated, news);
  return updated;
}

/** An object that was made or changed; one that is not ready stands all the same, as the engine sees it. */
function standing(known: Known, asked: Promise<Known>): Promise<Known> {
  return asked.catch((error: unknown) => {
    const unready = unreadyOf(error);
    if (unready === undefined) throw error;
    const outputs = unready.getProperties()?.toJavaScript() ?? {};
    return { ...known, id: unready.getId(), outputs };
  });
}

function root(path: string): string {
  return /^\w+/.exec(path)?.[0] ?? path;
}

/** Properties that can be given, or the sample of them, with the values that the generator knows for them. */
async function settable({
  generator,
  model,
}: Subject): Promise<[string, PropertyModel, unknown[]][]> {
  const found: [string, PropertyModel, unknown[]][] = [];
  for (const [name, property] of Object.entries(model.properties)) {
    if (property.computed === true || PLACES.has(name)) continue;
    if (!sampled(`${model.token} ${name}`, undefined, 6)) continue;
    found.push([name, property, await generator.candidates(property, `${model.token} ${name}`)]);
  }
  return found;
}

describe.each(types)("%s", (_, item, model) => {
  let subject: Prepared | undefined;
  const prepared = (): Prepared => {
    if (subject === undefined) throw new Error(`${model.token} could not be prepared`);
    return subject;
  };
  beforeAll(async () => {
    subject = await prepare(item, model);
  });
  afterEach(() => subject && clear(subject));
  afterAll(() => subject?.bench.stop());

  test("least inputs: planned, made, unchanged, read, deleted by hand", async () => {
    const subject = prepared();
    const inputs = subject.least;
    const made = await create(subject, inputs);
    await expectStill(subject, made, inputs);
    // What exists in the state alone can't be deleted by hand.
    if (model.local === true) return;
    subject.bench.sandbox.drift({ kind: "delete", id: made.id, type: model.token });
    expect(await subject.provider.read(made)).toBeUndefined();
  });

  test("most inputs: planned, made, unchanged; every property changed where it can be", async () => {
    const subject = prepared();
    const inputs = subject.most;
    let known = await create(subject, inputs);
    await expectStill(subject, known, inputs);
    let now = inputs;
    for (const [name, , values] of await settable(subject)) {
      const next = values
        .map((value) => ({ ...now, [name]: value }) as Wire)
        .find((news) => {
          if (JSON.stringify(news[name]) === JSON.stringify(now[name])) return false;
          return subject.generator.faults(model, news, known.outputs).list.length === 0;
        });
      if (next === undefined) continue;
      const after = await change(subject, known, name, next);
      if (after !== known) [known, now] = [after, next];
    }
    // Every property as it was changed, all at once.
    await expectStill(subject, known, now);
  });

  test("drift of inputs, tags and outputs is found, and of nothing else", async () => {
    const subject = prepared();
    const { provider, bench } = subject;
    const inputs = subject.most;
    const made = await create(subject, inputs);
    const at = { id: made.id, type: model.token };
    const held = bench.sandbox.world.ledger
      .all()
      .find(({ id, urn }) => id === made.id && urn === subject.urn);
    const before = held?.outputs;
    for (const [name, property, values] of model.local === true ? [] : await settable(subject)) {
      if (property.writeOnly === true || property.optionalComputed === true) continue;
      const old = made.outputs[name];
      const value = values.find((other) => JSON.stringify(other) !== JSON.stringify(old));
      if (value === undefined || old === undefined) continue;
      bench.sandbox.drift({ kind: "set", ...at, property: name, value: value as never });
      const read = await provider.read(made);
      const diff = await provider.diff({ ...made, ...read }, made.inputs);
      const paths = [...new Set(Object.keys(diff.detailed).map(root))];
      const expected = name === "tags" && model.tags === true ? ["tags", "tagsAll"] : [name];
      // A different spelling of the same meaning is no drift.
      if (paths.length > 0) expect(paths).toEqual(expected);
      if (held) held.outputs = before as typeof held.outputs;
    }
    if (model.tags === true) {
      bench.sandbox.drift({ kind: "tag", ...at, key: "by", value: "hand" });
      const read = await provider.read(made);
      const { detailed } = await provider.diff({ ...made, ...read }, made.inputs);
      expect(detailed).toEqual({ "tags.by": "delete", "tagsAll.by": "delete" });
    }
    if (model.labels === true) {
      bench.sandbox.drift({ kind: "tag", ...at, key: "by", value: "hand" });
      const foreign = await provider.read(made);
      expect((await provider.diff({ ...made, ...foreign }, made.inputs)).detailed).toEqual({});
      bench.sandbox.drift({ kind: "tag", ...at, key: "owner", value: "hand" });
      const read = await provider.read(made);
      const { detailed } = await provider.diff({ ...made, ...read }, made.inputs);
      expect(detailed).toEqual({
        "pulumiLabels.owner": "update",
        "effectiveLabels.owner": "update",
      });
    }
  });

  test("it is deleted, once whatever protects it is lifted", async () => {
    const subject = prepared();
    const { provider, generator, bench } = subject;
    const inputs = subject.least;
    let known = await create(subject, inputs);
    const held = () =>
      bench.sandbox.objects({ type: model.token }).some(({ id }) => id === known.id);
    try {
      await provider.delete(known);
    } catch (error) {
      const rules = (model.deleteRefusedWhile ?? []).map(({ message }) => message);
      expect(rules.some((rule) => String(error).includes(rule))).toBe(true);
      expect(held()).toBe(true);
      for await (const lifted of generator.lifting(model, inputs)) {
        const { inputs: checked } = await provider.check(subject.urn, lifted, known.inputs);
        known = await provider.update(known, checked);
        const gone = await provider.delete(known).then(
          () => true,
          () => false,
        );
        if (gone) break;
      }
    }
    expect(held()).toBe(false);
  });

  test("an unknown property and a wrong type are refused by name", async () => {
    const subject = prepared();
    const { provider, urn } = subject;
    const { failures } = await provider.check(urn, { noSuchProperty: 1 });
    expect(failures).toContainEqual({
      property: "noSuchProperty",
      reason: expect.stringContaining('has no property "noSuchProperty"') as string,
    });
    for (const [name, property] of Object.entries(model.properties)) {
      const wrong = await provider.check(urn, { [name]: property.type === "list" ? {} : [] });
      if (property.type === "any" || property.type === "json") continue;
      expect(wrong.failures.map((failure) => failure.property)).toContain(name);
    }
  });
});

/** A value without its secret wrapper. */
function plain(value: unknown): unknown {
  return isRecord(value) && "4dabf18193072939515e22adb298388d" in value && "value" in value
    ? value["value"]
    : value;
}
