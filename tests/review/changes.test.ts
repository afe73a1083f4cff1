/** Facts become changes that name every property, grouped by component, with nothing secret in them. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { fc } from "../support/properties";
import { FactReader, type Facts } from "../../engine/facts";
import { changesOf, driftChangesOf, outputChangesOf } from "../../review/changes";
import { reviewed } from "../../review/shown-documents";
import { Mask } from "../../review/mask/mask";
import { parsePropertyPath, propertyPath } from "../../review/mask/property-path";

const stack = "urn:pulumi:ops::gitlab::pulumi:pulumi:Stack::gitlab-ops";
const outer = "urn:pulumi:ops::gitlab::gitlab:backup:Backup::backup";
const inner = "urn:pulumi:ops::gitlab::gitlab:backup:Backup$gitlab:store:Store::store";
const bucketType = "gcp:storage/bucket:Bucket";
const bucket = `${inner.replace("::store", "")}$${bucketType}::archives`;

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly parent: string;
  readonly old?: Record<string, unknown>;
  readonly new?: Record<string, unknown>;
  readonly detailedDiff?: Record<string, { diffKind: string; inputDiff: boolean }>;
  readonly protect?: readonly [boolean, boolean];
}

/** Events as the engine sends them: a side that is not there is null. */
function facts(...steps: readonly Step[]): Facts {
  const reader = new FactReader();
  for (const { op, urn, parent, protect = [false, false], detailedDiff = null, ...step } of steps) {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const side = (inputs: Record<string, unknown> | undefined, held: boolean): unknown =>
      inputs === undefined
        ? null
        : {
            urn,
            type,
            id: "id",
            parent,
            custom: !type.startsWith("gitlab:"),
            protect: held,
            inputs,
            outputs: inputs,
          };
    const metadata = {
      op,
      urn,
      type,
      old: side(step.old, protect[0]),
      new: side(step.new, protect[1]),
      detailedDiff,
    };
    reader.add({ resourcePreEvent: { metadata } } as unknown as EngineEvent);
  }
  return reader.facts();
}

test("outputs of a stack that stands are changes though the engine calls it the same; those of a new one are none", () => {
  const step = { op: "same", urn: stack, parent: "" };
  const mask = new Mask({ secrets: ["hunter22xyz"] });
  const moved = facts({
    ...step,
    old: { url: "https://a", gone: 1, token: "[secret]", same: [1], backupSecretsBucket: "a" },
    new: { url: "https://b/hunter22xyz", token: "[secret]", same: [1], backupSecretsBucket: "b" },
  });
  expect(outputChangesOf(moved, mask)).toEqual([
    { path: "backupSecretsBucket", kind: "update", replaces: false, before: "a", after: "b" },
    { path: "gone", kind: "delete", replaces: false, before: 1 },
    {
      path: "url",
      kind: "update",
      replaces: false,
      before: "https://a",
      after: "https://b/[secret]",
    },
  ]);
  expect(
    outputChangesOf(facts({ ...step, op: "create", new: { url: "https://a" } }), mask),
  ).toEqual([]);
});

const components: readonly Step[] = [
  { op: "same", urn: outer, parent: stack, old: {}, new: {} },
  { op: "same", urn: inner, parent: outer, old: {}, new: {} },
];
const diff = (diffKind: string, inputDiff = true) => ({ diffKind, inputDiff });
const mask = new Mask();

test("a replacement is one change, with the properties that it is for, under its components", () => {
  const sides = { old: { location: "EU", labels: { a: "b" } }, new: { location: "US" } };
  const detailedDiff = { location: diff("update-replace"), "labels.a": diff("delete") };
  const step = { urn: bucket, parent: inner, detailedDiff, ...sides };
  const changes = changesOf(
    facts(
      ...components,
      { op: "create-replacement", ...step },
      { op: "replace", ...step },
      {
        op: "delete-replaced",
        urn: bucket,
        parent: inner,
        old: sides.old,
      },
    ),
    mask,
  );
  expect(changes).toEqual([
    {
      urn: bucket,
      type: bucketType,
      name: "archives",
      components: ["backup", "store"],
      operation: "replace",
      stateful: true,
      protectionLifted: false,
      properties: [
        { path: "labels.a", kind: "delete", replaces: false, before: "b" },
        { path: "location", kind: "update", replaces: true, before: "EU", after: "US" },
      ],
    },
  ]);
});

test("a change of a secret alone is shown as one", () => {
  const sides = { old: { data: "[secret]" }, new: { data: "[secret]" } };
  const detailedDiff = { "data.key": diff("update") };
  const [change] = changesOf(
    facts({ op: "update", urn: bucket, parent: stack, detailedDiff, ...sides }),
    mask,
  );
  expect(change?.properties).toEqual([
    { path: "data.key", kind: "update", replaces: false, before: "[secret]", after: "[secret]" },
  ]);
});

test("values are masked by what stands beside them", () => {
  const env = (value: string) => ({ env: [{ name: "DB_PASSWORD", value }] });
  const detailedDiff = { "env[0].value": diff("update") };
  const changes = changesOf(
    facts({
      op: "update",
      urn: bucket,
      parent: stack,
      detailedDiff,
      old: env("hunter1"),
      new: env("hunter2"),
    }),
    mask,
  );
  expect(JSON.stringify(changes)).not.toContain("hunter");
});

test("what comes and goes shows its inputs, one by one, without the providers' notes", () => {
  const inputs = {
    b: { __defaults: [], c: 1 },
    a: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    __defaults: [],
  };
  const created = changesOf(facts({ op: "create", urn: bucket, parent: stack, new: inputs }), mask);
  expect(created[0]?.properties).toEqual([
    { path: "a", kind: "add", replaces: false, after: "[known after up]" },
    { path: "b", kind: "add", replaces: false, after: { c: 1 } },
  ]);
  const deleted = changesOf(facts({ op: "delete", urn: bucket, parent: stack, old: inputs }), mask);
  expect(deleted[0]?.properties.map(({ kind }) => kind)).toEqual(["delete", "delete"]);
});

test("lifted protection is a change, and the unchanged, the read and the refreshed are none", () => {
  const sides = { urn: bucket, parent: stack, old: { a: 1 }, new: { a: 1 } };
  expect(changesOf(facts({ op: "same", protect: [true, false], ...sides }), mask)).toMatchObject([
    { operation: "same", protectionLifted: true, properties: [] },
  ]);
  for (const op of ["same", "read", "refresh"]) {
    expect(changesOf(facts({ op, ...sides }), mask)).toEqual([]);
  }
});

test("a component's change is found in its inputs, since no provider tells it", () => {
  const step = { op: "update", urn: outer, parent: stack };
  const [change] = changesOf(
    facts({ ...step, old: { a: { b: 1, c: 2 }, d: [1] }, new: { a: { b: 1, c: 3 }, e: 1 } }),
    mask,
  );
  expect(change?.properties.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
    "update a.c",
    "delete d",
    "add e",
  ]);
  expect(change?.stateful).toBe(false);
});

test("a policy's text is shown once, at the resource that takes it, and not again as policies see it", () => {
  const shown = `${inner.replace("::store", "")}$gitlab:shared:ShownDocument::archives`;
  const inputs = { policy: { Statement: [] } };
  const found = facts(
    ...components,
    { op: "create", urn: shown, parent: inner, new: inputs },
    { op: "create", urn: bucket, parent: inner, new: { policy: JSON.stringify(inputs.policy) } },
  );
  expect(changesOf(found, mask).map(({ urn }) => urn)).toEqual([bucket]);
  // The note's table counts what its lists have.
  expect(reviewed(found).filter(({ operation }) => operation === "create")).toHaveLength(1);
});

test("labels are told once, not again with the provider's own", () => {
  const sides = { old: { labels: { a: "1" } }, new: { labels: { a: "2" } } };
  const detailedDiff = {
    "effectiveLabels.a": diff("update", false),
    "labels.a": diff("update"),
    "pulumiLabels.a": diff("update", false),
    "effectiveLabels.b": diff("update", false),
  };
  const [change] = changesOf(
    facts({ op: "update", urn: bucket, parent: stack, detailedDiff, ...sides }),
    mask,
  );
  expect(change?.properties.map(({ path }) => path)).toEqual(["effectiveLabels.b", "labels.a"]);
});

test("drift is what the cloud holds instead, and an output that moved by itself is none", () => {
  const drifted = facts(
    {
      op: "update",
      urn: bucket,
      parent: stack,
      detailedDiff: { a: diff("update") },
      old: { a: 1 },
      new: { a: 2 },
    },
    { op: "same", urn: outer, parent: stack, old: { a: 1 }, new: { a: 2 } },
  );
  expect(driftChangesOf(drifted, mask)).toMatchObject([
    { name: "archives", properties: [{ path: "a", before: 1, after: 2 }] },
  ]);
});

test("the order of events is no difference", () => {
  const steps = ["c", "a", "b"].map((name): Step => ({
    op: "create",
    urn: `urn:pulumi:ops::gitlab::${bucketType}::${name}`,
    parent: stack,
    new: {},
  }));
  const names = (list: readonly Step[]): string[] =>
    changesOf(facts(...list), mask).map(({ name }) => name);
  expect(names(steps)).toEqual(["a", "b", "c"]);
  expect(names([...steps].reverse())).toEqual(["a", "b", "c"]);
});

describe("a property path", () => {
  test.each([
    ["tags.owner", ["tags", "owner"]],
    ["rules[0].port", ["rules", 0, "port"]],
    ['["a.b"]', ["a.b"]],
    ['tags["a \\"b\\""].c', ["tags", 'a "b"', "c"]],
    ["root.array[*].field", ["root", "array", "*", "field"]],
    ["foo-bar.[1]", ["foo-bar", 1]],
    ["", []],
    ["broken[", ["broken["]],
    ["ends.", ["ends."]],
  ])("%s is read as the engine reads it", (path, steps) => {
    expect(parsePropertyPath(path)).toEqual(steps);
  });

  test("that is written is read back", () => {
    const key = fc.string({ minLength: 1 }).filter((text) => !text.includes("\\"));
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.nat()), { minLength: 1 }), (steps) => {
        expect(parsePropertyPath(propertyPath(steps))).toEqual(steps);
      }),
    );
  });
});
