import type { LedgerObject } from "../../../sandbox/control";
import type { ResourceModel } from "../../../sandbox/model";
import type { Facts, ResourceFact } from "../../../engine/facts";
import {
  type DriftCandidate,
  driftCandidates,
  falseDrift,
  findDrift,
  injectDrift,
  isRestored,
} from "../../../engine/rehearsal-drift";
import { behind, stackState } from "../../../engine/rehearsal-state";

const type = "aws:x/thing:Thing";

const model: ResourceModel = {
  token: type,
  source: "https://example.com",
  schema: "aws_thing",
  id: "{hex:8}",
  tags: true,
  name: { property: "name", auto: true },
  rules: [
    {
      name: "storage grows",
      when: { property: "^size", present: true },
      then: { property: "size", atLeastProperty: "^size" },
      message: "grows",
      source: "https://example.com",
    },
  ],
  properties: {
    name: { type: "string" },
    engine: { type: "string", replace: true },
    size: { type: "integer" },
    password: { type: "string", secret: true },
    vpcId: { type: "string", ref: { type: "aws:ec2/vpc:Vpc" } },
    window: { type: "string", pattern: "[a-z]+" },
    days: { type: "integer", min: 1, max: 35 },
    ignored: { type: "integer" },
    endpoint: { type: "string", computed: true },
    arn: { type: "string", computed: true },
  },
};

const inputs = {
  name: "a",
  engine: "e",
  size: 5,
  password: "p",
  vpcId: "v",
  window: "w",
  days: 7,
  ignored: 1,
};
const outputs = { ...inputs, endpoint: "a.example.com", arn: "arn:aws:x" };

function urn(name: string): string {
  return `urn:pulumi:s::p::${type}::${name}`;
}

function fact(name: string, changes: Partial<ResourceFact> = {}): ResourceFact {
  const state = { id: name, inputs, outputs, protect: false };
  return {
    ...{
      urn: urn(name),
      type,
      name,
      custom: true,
      operation: "same",
      changes: [],
      done: true,
      failed: false,
    },
    ...{ old: state, new: state, protectionLifted: false },
    ...changes,
  };
}

function factsOf(...resources: ResourceFact[]): Facts {
  return { resources, policies: [], diagnostics: [] };
}

function object(name: string): LedgerObject {
  return { urn: urn(name), type, id: name, inputs, outputs };
}

const names = ["data", "needed", "free", "other", "last"];
const candidates = driftCandidates({
  facts: factsOf(...names.map((name) => fact(name))),
  objects: names.map(object),
  state: stackState.parse({
    deployment: {
      resources: names.map((name) => ({
        urn: urn(name),
        protect: name === "data",
        ignoreChanges: ["ignored"],
        dependencies: name === "free" ? [urn("needed")] : [],
      })),
    },
  }),
  model: (token) => (token === type ? model : undefined),
});

function find(kind: DriftCandidate["kind"]): DriftCandidate {
  const [first] = candidates[kind];
  if (first === undefined) throw new Error(kind);
  return first;
}

test("only an input is changed that an up sets back in place: no name, replacement, secret, reference, pattern or ruled one", () => {
  const stateful = candidates["changed input of a stateful resource"];
  expect(stateful.map(({ order }) => order)).toEqual([
    { kind: "set", id: "data", type, property: "days", value: 6 },
  ]);
});

test("what is protected is stateful, the rest is not", () => {
  const stateless = candidates["changed input of a stateless resource"].map((one) => one.urn);
  expect(new Set(stateless)).toEqual(new Set(["needed", "free", "other", "last"].map(urn)));
});

test("only an object on which nothing depends, and which holds no data, is deleted", () => {
  expect(candidates["object deleted by hand"].map((one) => one.urn)).toEqual(
    ["free", "last", "other"].map(urn),
  );
});

test("an output that changes alone is computed and names nothing", () => {
  expect(new Set(candidates["output changed alone"].map(({ property }) => property))).toEqual(
    new Set(["endpoint"]),
  );
});

test("five kinds go to five resources, past values that the cloud does not take", async () => {
  const refused = find("added tag").urn;
  const injected = await injectDrift(candidates, ({ kind, urn: own }) =>
    Promise.resolve(!(kind === "added tag" && own === refused)),
  );
  expect(injected).toHaveLength(5);
  expect(new Set(injected.map((one) => one.urn)).size).toBe(5);
});

test("a drift is found only where the preview names its property", () => {
  const input = find("changed input of a stateful resource");
  const updated = (path: string) =>
    factsOf(fact("data", { operation: "update", changes: [{ path, kind: "update" }] }));
  expect(findDrift(input, updated("days"))).toBe("data: days");
  expect(findDrift(input, updated("size"))).toBeUndefined();
  expect(findDrift(input, factsOf(fact("data")))).toBeUndefined();
  expect(findDrift(input, factsOf())).toBeUndefined();
});

test("an added tag is found under either map and either spelling", () => {
  const tag = { ...find("added tag"), urn: urn("free") };
  for (const path of ["tags.ChangedByHand", 'tags["ChangedByHand"]', "tagsAll.ChangedByHand"]) {
    expect(
      findDrift(
        tag,
        factsOf(fact("free", { operation: "update", changes: [{ path, kind: "add" }] })),
      ),
    ).toBeDefined();
  }
  const other = [{ path: "tags.Name", kind: "add" }];
  expect(
    findDrift(tag, factsOf(fact("free", { operation: "update", changes: other }))),
  ).toBeUndefined();
});

test("where the provider passes over labels of others, one of the program's own is changed and found", () => {
  const labels = { component: "a", resource: "b" };
  const labelled = fact("free", {
    new: { id: "free", inputs: { ...inputs, labels }, outputs, protect: false },
  });
  const [tag] = driftCandidates({
    facts: factsOf(labelled),
    objects: [object("free")],
    state: stackState.parse({ deployment: { resources: [{ urn: urn("free") }] } }),
    model: () => ({ ...model, tags: undefined, labels: true }),
  })["added tag"];
  expect(tag?.order).toMatchObject({ kind: "tag", key: "component" });
  for (const path of ["labels.component", 'effectiveLabels["component"]']) {
    const changes = [{ path, kind: "update" }];
    expect(
      tag === undefined
        ? undefined
        : findDrift(tag, factsOf(fact("free", { operation: "update", changes }))),
    ).toBeDefined();
  }
});

test("a deleted object is found as a delete, a moved output by its two values", () => {
  const gone = { ...find("object deleted by hand"), urn: urn("free") };
  expect(findDrift(gone, factsOf(fact("free", { operation: "delete" })))).toBeDefined();
  expect(findDrift(gone, factsOf(fact("free")))).toBeUndefined();
  const moved = { ...find("output changed alone"), urn: urn("free") };
  const state = { id: "free", inputs, outputs: { ...outputs, endpoint: "b" }, protect: false };
  expect(findDrift(moved, factsOf(fact("free", { new: state })))).toBeDefined();
  expect(findDrift(moved, factsOf(fact("free")))).toBeUndefined();
});

test("a change that nobody made is a false drift", () => {
  const invented = fact("other", {
    operation: "update",
    changes: [{ path: "days", kind: "update" }],
  });
  expect(
    falseDrift([find("changed input of a stateful resource")], factsOf(fact("data"), invented)),
  ).toEqual([`${urn("other")}: update days`]);
});

test("a repair counts where the inputs are as before; only what was made again may have another auto-name", () => {
  const before = object("free");
  const renamed = { ...before, inputs: { ...inputs, name: "b" } };
  const changed = { ...before, inputs: { ...inputs, days: 6 } };
  const gone = find("object deleted by hand");
  const tagged = find("added tag");
  expect(isRestored(tagged, before, object("free"), model)).toBe(true);
  expect(isRestored(tagged, before, renamed, model)).toBe(false);
  expect(isRestored(gone, before, renamed, model)).toBe(true);
  expect(isRestored(gone, before, renamed, { ...model, name: { property: "name" } })).toBe(false);
  expect(isRestored(gone, before, changed, model)).toBe(false);
  expect(isRestored(gone, before, undefined, model)).toBe(false);
});

test("what a destroy cannot come to stands behind the protected resources that it names, however far", () => {
  const resources = [
    { urn: "key" },
    { urn: "alias", dependencies: ["key"] },
    { urn: "database", parent: "component", propertyDependencies: { kmsKeyId: ["alias"] } },
    { urn: "component" },
    { urn: "other" },
  ];
  const state = stackState.parse({ deployment: { resources } });
  expect([...behind(["database"], state)].sort()).toEqual(["alias", "component", "key"]);
  expect(behind([], state).size).toBe(0);
});
