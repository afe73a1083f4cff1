import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { disagreements } from "../../../engine/engine-errors";
import {
  changed,
  count,
  differences,
  FactReader,
  nameOf,
  stackOf,
  typeOf,
} from "../../../engine/facts";

const urn = "urn:pulumi:aws::gitlab::gitlab:a:B$aws:rds/instance:Instance::data::db".replace(
  "::db",
  "-db",
);

interface Side {
  id?: string;
  protect?: boolean;
  delete?: boolean;
  retainOnDelete?: boolean;
  outputs?: Record<string, unknown>;
}

function event(
  kind: "pre" | "done" | "failed",
  op: string,
  old?: Side,
  side?: Side,
  extra: object = {},
): EngineEvent {
  const state = (one?: Side) =>
    one === undefined
      ? null
      : { urn, type: typeOf(urn), custom: true, id: "x", inputs: {}, outputs: {}, ...one };
  const metadata = {
    op,
    urn,
    type: typeOf(urn),
    old: state(old),
    new: state(side),
    detailedDiff: null,
    ...extra,
  };
  const name = { pre: "resourcePreEvent", done: "resOutputsEvent", failed: "resOpFailedEvent" }[
    kind
  ];
  return { sequence: 1, timestamp: 1, [name]: { metadata } };
}

function facts(...events: EngineEvent[]) {
  const reader = new FactReader();
  for (const one of events) reader.add(one);
  return reader.facts();
}

test("a URN gives its stack, its own type and its name", () => {
  expect([stackOf(urn), typeOf(urn), nameOf(urn)]).toEqual([
    "aws",
    "aws:rds/instance:Instance",
    "data-db",
  ]);
});

test("a replacement's three operations count once, and what was protected is still known", () => {
  const { resources } = facts(
    event("pre", "create-replacement", { protect: true }, {}),
    event("done", "create-replacement", { protect: true }, {}),
    event("pre", "replace", { protect: true }, {}, { diffs: ["engine"] }),
    event("done", "replace", { protect: true }, {}),
    event("pre", "delete-replaced", { protect: true }),
    event("done", "delete-replaced", { protect: true }),
  );
  expect(count(resources)).toMatchObject({ replace: 1, create: 0, delete: 0 });
  expect(resources[0]?.old?.protect).toBe(true);
  expect(resources[0]?.changes).toEqual([{ path: "engine", kind: "update" }]);
});

test("what an earlier replacement left behind is a deletion of its own, which the engine does not count", () => {
  const left = { id: "old", delete: true };
  const found = facts(
    event("pre", "same", { id: "live" }, { id: "live" }),
    event("done", "same", { id: "live" }, { id: "live" }),
    event("pre", "delete-replaced", left),
    event("done", "delete-replaced", left),
  );
  expect(found.resources).toMatchObject([
    { operation: "same", old: { id: "live" } },
    { operation: "delete", leftover: true, old: { id: "old" }, done: true },
  ]);
  const counted = { ...found, summary: { same: 1 } };
  expect(disagreements(counted)).toEqual([]);
  expect(differences(counted, found)).toEqual([]);
  expect(differences(counted, facts(event("done", "same", {}, {})))).toEqual([
    expect.stringMatching(/foretold delete, the up did not reach it/),
  ]);
});

test("the deletion that ends this call's own replacement is no leftover, but one of an earlier object beside it is", () => {
  const { resources } = facts(
    event("pre", "create-replacement", { id: "live" }, {}),
    event("pre", "replace", { id: "live" }, {}),
    event("pre", "delete-replaced", { id: "live", delete: true }),
    event("pre", "delete-replaced", { id: "older", delete: true }),
  );
  expect(resources.map(({ operation, leftover, old }) => [operation, leftover, old?.id])).toEqual([
    ["replace", undefined, "live"],
    ["delete", true, "older"],
  ]);
});

test("what is deleted with something that it hangs on, and is not made again, is a deletion that the engine does not count", () => {
  const gone = facts(
    event("pre", "delete-replaced", {}),
    event("done", "delete-replaced", {}),
    event("pre", "remove-pending-replace", {}),
    event("done", "remove-pending-replace", {}),
  );
  expect(gone.resources).toMatchObject([{ operation: "delete", uncounted: true }]);
  expect(disagreements({ ...gone, summary: { same: 1 } })).toEqual([]);
});

test("a resource whose deletion an earlier up had done already is forgotten, and no operation of the engine's is unknown", () => {
  const forgotten = facts(event("done", "remove-pending-replace", {}));
  expect(forgotten.resources).toMatchObject([{ operation: "read" }]);
  for (const op of ["diff", "extend-parameterize"]) {
    expect(count(facts(event("done", op, {}, {})).resources)).toMatchObject({ read: 1 });
  }
});

test("what stays in the cloud when the stack lets go of it is known", () => {
  const { resources } = facts(event("pre", "delete", { retainOnDelete: true }));
  expect(resources[0]?.old?.retain).toBe(true);
});

test("a change of a secret alone shows by its detailed diff", () => {
  const detailedDiff = { password: { diffKind: "update", inputDiff: false } };
  const { resources } = facts(event("done", "update", {}, {}, { detailedDiff }));
  expect(resources[0]?.changes).toEqual([{ path: "password", kind: "update" }]);
});

test("a lifted protection is a fact, though the engine calls it the same", () => {
  const lifted = facts(
    event("pre", "same", { protect: true }, {}),
    event("done", "same", { protect: true }, {}),
  );
  expect(lifted.resources[0]).toMatchObject({ operation: "same", protectionLifted: true });
  expect(changed(lifted)).toEqual([]);
  expect(facts(event("done", "same", {}, { protect: true })).resources[0]?.protectionLifted).toBe(
    false,
  );
});

test("a protected resource that is refused its deletion, which the engine sends with a new side of null, is a fact", () => {
  const { resources } = facts(event("pre", "delete", { protect: true }));
  expect(resources[0]).toMatchObject({ operation: "delete", protectionLifted: false });
});

test("a debug message never becomes a fact: the SDK writes secrets into them", () => {
  const diagnosticEvent = { severity: "debug", message: "secret", color: "never" };
  expect(facts({ diagnosticEvent } as unknown as EngineEvent).diagnostics).toEqual([]);
});

test("an error that comes twice for one resource is said once", () => {
  const diagnosticEvent = {
    severity: "error",
    message: "<{%reset%}>full<{%reset%}>\n",
    urn,
    color: "never",
  };
  const one = { diagnosticEvent } as unknown as EngineEvent;
  expect(facts(one, one).diagnostics).toEqual([{ severity: "error", urn, message: "full" }]);
});

test("an operation that is not known is an error, not a missing fact", () => {
  expect(() => facts(event("done", "vanish"))).toThrow(/Unknown operation vanish/);
});

const foretold = facts(event("pre", "update", {}, {}));

test.each([
  [
    "something else was done",
    facts(event("done", "replace", {}, {})),
    /foretold update, the up did replace/,
  ],
  ["it failed", facts(event("failed", "update", {}, {})), /which failed/],
  ["it was not reached", facts(), /did not reach it/],
])("an up differs from its preview where %s", (_case, done, sentence) => {
  expect(differences(foretold, done)).toEqual([expect.stringMatching(sentence)]);
});

test("an up differs from its preview where it does what was not foretold, or lifts protection unforetold", () => {
  expect(differences(facts(), foretold)).toEqual([
    expect.stringMatching(/did not foretell the update/),
  ]);
  const same = facts(event("pre", "same", { protect: true }, { protect: true }));
  const lifted = facts(event("done", "same", { protect: true }, {}));
  expect(differences(same, lifted)).toEqual([
    expect.stringMatching(/whether protection is lifted/),
  ]);
  expect(differences(foretold, facts(event("done", "update", {}, {})))).toEqual([]);
});
