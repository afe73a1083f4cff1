import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PreviewRecord } from "../../../review/record";
import { PreviewStore, readRecords, StoreError } from "../../../review/store";

const record: PreviewRecord = {
  format: 1,
  stack: "ops",
  summary: "GitLab",
  production: true,
  mode: "cloud",
  base: undefined,
  status: "previewed",
  errors: [],
  counts: { create: 0, update: 1, replace: 0, delete: 0, same: 3 },
  changes: [
    {
      urn: "urn:pulumi:ops::gitlab::gcp:sql/databaseInstance:DatabaseInstance::db",
      type: "gcp:sql/databaseInstance:DatabaseInstance",
      name: "db",
      components: ["data"],
      operation: "update",
      stateful: true,
      protectionLifted: false,
      properties: [
        { path: "settings", kind: "update", replaces: false, before: { tiers: ["a", 1, null] } },
      ],
    },
  ],
  outputs: [{ path: "url", kind: "update", replaces: false, before: "a", after: "b" }],
  dangers: [{ kind: "database-touched", urn: "u", type: "t", name: "db", message: "restarts" }],
  policies: { rules: 3, results: [] },
  drift: { status: "looked", errors: [], changes: [] },
  digest: {
    plan: "0123456789abcdef",
    state: "0123456789abcdef",
    settings: "0123456789abcdef",
    policies: "0123456789abcdef",
    code: "0123456789abcdef",
  },
  seconds: 1.5,
  commit: "0123456789abcdef0123456789abcdef01234567",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-test-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("what was written is read back, by stack, without what an earlier run left there", () => {
  const store = new PreviewStore(folder);
  for (const stack of ["version", "ops"]) {
    store.begin(stack);
    store.event(stack, { sequence: 1, timestamp: 2 });
    store.event(stack, { sequence: 2, timestamp: 2 });
    store.write({ ...record, stack });
  }
  store.widget("terraform.json", "{}");
  expect(readRecords(folder).map(({ stack }) => stack)).toEqual(["ops", "version"]);
  expect(readRecords(folder)[0]).toEqual(JSON.parse(JSON.stringify(record)));
  expect(readFileSync(join(folder, "ops", "events.jsonl"), "utf8").split("\n")).toHaveLength(3);
  store.begin("ops");
  expect(readRecords(folder).map(({ stack }) => stack)).toEqual(["version"]);
});

/** Puts a file where a stack's record is looked for. */
function put(stack: string, content: unknown): void {
  mkdirSync(join(folder, stack), { recursive: true });
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(join(folder, stack, "preview.json"), text);
}

test.each<[string, unknown, RegExp]>([
  ["text that is no JSON", "{", /preview\.json is not valid JSON/],
  ["a record of another structure", { ...record, format: 2 }, /format: /],
  ["a field that nobody wrote", { ...record, extra: 1 }, /extra/],
  ["a record of another stack", { ...record, stack: "aws" }, /is the record of aws/],
  ["a name that leads out of the folder", { ...record, stack: "../ops" }, /stack: /],
  ["a hash that is none", { ...record, digest: { ...record.digest, plan: "x" } }, /digest\.plan/],
])("%s is refused by the file's name", (_, content, said) => {
  put("ops", content);
  expect(() => readRecords(folder)).toThrow(StoreError);
  expect(() => readRecords(folder)).toThrow(said);
});

test("a folder that does not exist is an error, one without previews is empty", () => {
  expect(() => readRecords(join(folder, "none"))).toThrow(/does not exist/);
  expect(readRecords(folder)).toEqual([]);
});

test("no stack's name leads out of the folder", () => {
  expect(() => {
    new PreviewStore(folder).begin("../other");
  }).toThrow();
});
