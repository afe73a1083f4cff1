import { fc } from "../../support/properties";
import { comfortable, hard, least } from "../../../review/note/budget";
import { visible } from "../../../review/note/markdown";
import { firstLine, marker, runOf } from "../../../review/note/marker";
import { fullNote, renderNote, tickedIn } from "../../../review/note/render";
import type { Change, PreviewRecord } from "../../../review/record";
import { anyRecord, nasty } from "./arbitraries";
import { characters, readNote } from "./reader";
import { change, danger, diff, digest, links, record } from "./records";

const lost = (records: readonly PreviewRecord[]): Change[] =>
  records.flatMap(({ changes }) =>
    changes.filter(
      ({ stateful, operation }) => stateful && ["replace", "delete"].includes(operation),
    ),
  );

/** A name as a note shows it. */
const shown = (name: string): string =>
  name === "" ? "(empty)" : /^ +$/.test(name) ? "\u2420".repeat(name.length) : visible(name);

const anyRecords = fc.array(anyRecord, { maxLength: 4 });

describe("any records", () => {
  test("make a valid note within its limit that names every loss of data", () => {
    fc.assert(
      fc.property(
        anyRecords,
        fc.option(fc.integer({ min: least, max: 40_000 }), { nil: undefined }),
        nasty,
        (records, limit, project) => {
          const { body } = renderNote({ records, links, run: 7, project, limit });
          const { faults, tables, spans, own } = readNote(body);
          expect(faults).toEqual([]);
          expect(characters(body)).toBeLessThanOrEqual(limit ?? comfortable);
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(limit ?? comfortable);
          expect([firstLine(body), runOf(body)]).toEqual([marker(project), 7]);
          for (const table of tables) {
            expect(table).toHaveLength(records.length + 1);
            expect(table.map((row) => row.length)).toEqual(table.map(() => 7));
          }
          const named = new Set([...spans, ...own.split("\n")]);
          for (const { name } of lost(records)) expect(named).toContain(shown(name));
          expect(tickedIn(body)).toEqual([]);
        },
      ),
      { numRuns: 80 },
    );
  });

  test("make a valid full note that leaves nothing out", () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const body = fullNote({ records, links });
        expect(readNote(body).faults).toEqual([]);
        expect(body).not.toContain("Folded away");
      }),
      { numRuns: 30 },
    );
  });
});

describe("nothing to say", () => {
  const quiet = ["aws", "dev", "ops", "version"].map((stack) => record(stack));

  test("is said in one line", () => {
    expect(renderNote({ records: quiet, links, run: 12 }).body).toBe(
      `${marker("gitlab")}\n<!-- run=12 -->\n\nNo changes in \`aws\`, \`dev\`, \`ops\` and \`version\`. ([pipeline](${links.pipeline}))\n`,
    );
    expect(renderNote({ records: [], links: {} }).body).toContain("No environment was previewed.");
  });

  const aside = { stack: "aws", rule: "r", urn: "u", mandatory: false, message: "m" };
  test.each<[string, Partial<PreviewRecord>]>([
    ["a failed preview", { status: "failed" }],
    ["an error", { errors: ["e"] }],
    ["a change", { changes: [change("aws", "t", "n", {})] }],
    ["changes that were only counted", { counts: { ...record("aws").counts, update: 1 } }],
    ["a broken policy", { policies: { rules: 1, results: [{ ...aside, state: "failed" }] } }],
    ["drift", { drift: { status: "looked", errors: [], changes: [change("aws", "t", "n", {})] } }],
    ["drift that could not be seen", { drift: { status: "failed", errors: ["e"], changes: [] } }],
  ])("is not said over %s", (_, more) => {
    const { body } = renderNote({ records: [...quiet.slice(1), record("aws", more)], links });
    expect(readNote(body).tables).toHaveLength(1);
  });

  test("is said over exemptions that stand as they stood", () => {
    const results = [{ ...aside, state: "exempted" as const }];
    const { body } = renderNote({
      records: [record("aws", { policies: { rules: 1, results } })],
      links,
    });
    expect(body).toContain("No changes in `aws`.");
  });
});

describe("size", () => {
  const script = (word: string) => `a line of a boot script that somebody ${word}\n`.repeat(60);
  const many = (stack: string, count: number, operation: Change["operation"]): Change[] =>
    Array.from({ length: count }, (_, index) =>
      change(stack, "aws:ec2/thing:Thing", `thing-${index}`, {
        components: ["network", `part-${index % 20}`],
        operation,
        properties: [
          diff("userData", operation === "create" ? undefined : script("wrote"), script("mends")),
        ],
      }),
    );
  const database = change("aws", "aws:rds/instance:Instance", "data-postgres", {
    operation: "delete",
    stateful: true,
  });
  const huge = [
    record("dev", { changes: many("dev", 400, "create") }),
    record("aws", { changes: [...many("aws", 400, "update"), database] }),
  ];

  test("of a plan of 3 MB is brought under the limit, with the losses kept", () => {
    expect(JSON.stringify(huge).length).toBeGreaterThan(3_000_000);
    const begun = process.cpuUsage();
    const { body, folded } = renderNote({ records: huge, links });
    expect(process.cpuUsage(begun).user).toBeLessThan(10_000_000);
    expect(characters(body)).toBeLessThanOrEqual(comfortable);
    const { faults, spans } = readNote(body);
    expect(faults).toEqual([]);
    expect(spans).toContain("data-postgres");
    expect(folded[0]).toMatch(/^values of what is created or deleted/);
    expect(body).toContain(`Folded away for want of room: ${folded.join("; ")}.`);
    expect(body).toContain(`](${links.fullNote})`);
  });

  test("folds what matters least first, and never what can hurt", () => {
    const folded = [60_000, 30_000, 9_000].map((limit) => {
      const note = renderNote({ records: huge, links, limit });
      expect(characters(note.body)).toBeLessThanOrEqual(limit);
      expect(readNote(note.body).faults).toEqual([]);
      expect(note.body).toContain(
        "- `aws` · `data-postgres` (`aws:rds/instance:Instance`): is deleted",
      );
      return note.folded;
    });
    const [some = [], more = [], most = []] = folded;
    expect(more.slice(0, some.length - 1)).toEqual(some.slice(0, -1));
    expect(most.length).toBeGreaterThan(some.length);
  });

  test("of a note that has room folds nothing", () => {
    const { body, folded } = renderNote({
      records: [record("aws", { changes: [database] })],
      links,
    });
    expect(folded).toEqual([]);
    expect(body).not.toContain("Folded away");
  });

  /** Of each something else is said. */
  const losses = (count: number, length: number): PreviewRecord => {
    const changes = Array.from({ length: count }, (_, index) =>
      change("aws", "aws:s3/bucket:Bucket", `${"b".repeat(length)}-${index}`, {
        operation: index % 2 === 0 ? "delete" : "replace",
        stateful: true,
      }),
    );
    const dangers = changes.map((one, index) =>
      danger(index % 2 === 0 ? "stateful-deleted" : "stateful-replaced", one, `lost: ${index}`),
    );
    return record("aws", { changes, dangers });
  };

  test("says once what is to be said of many, and names each", () => {
    const buckets = ["a", "b", "c"].map((name) =>
      change("aws", "aws:s3/bucket:Bucket", name, { operation: "delete", stateful: true }),
    );
    const { body } = renderNote({ records: [record("aws", { changes: buckets })], links });
    expect(body).toContain("- `aws` · `a`, `b` and `c` (`aws:s3/bucket:Bucket`), each: is deleted");
  });

  test("goes past what is comfortable for the names of what is lost", () => {
    const big = losses(2000, 80);
    const { body } = renderNote({ records: [big], links });
    expect(characters(body)).toBeGreaterThan(comfortable);
    expect(characters(body)).toBeLessThanOrEqual(hard);
    const named = new Set([...body.matchAll(/^- `aws` · `([^`]+)`/gm)].map(([, name]) => name));
    expect(named).toEqual(new Set(lost([big]).map(({ name }) => name)));
  });

  test("drops sentences before names, and says how many names have no room", () => {
    const limit = 40_000;
    const names = renderNote({ records: [losses(300, 100)], links, limit });
    expect(names.folded).toContain("what is said of each danger");
    expect(new Set(readNote(names.body).spans).size).toBeGreaterThanOrEqual(300);
    expect(characters(names.body)).toBeLessThanOrEqual(limit);

    const some = renderNote({ records: [losses(500, 100)], links, limit });
    expect(characters(some.body)).toBeLessThanOrEqual(limit);
    expect(readNote(some.body).faults).toEqual([]);
    const left = [...some.body.matchAll(/\*\*([\d,]+) more have no room here/g)].reduce(
      (sum, [, count = ""]) => sum + Number(count.replaceAll(",", "")),
      0,
    );
    const named = some.body.match(/^- `aws` · `b+-\d+`$/gm) ?? [];
    expect(named.length + left).toBe(500);
    // Room is used up: not one more would have fitted.
    expect(Buffer.byteLength(some.body)).toBeGreaterThan(limit - 150);
  });

  test("may not be asked for below what every note says", () => {
    expect(() => renderNote({ records: [], links, limit: least - 1 })).toThrow(RangeError);
    expect(() => renderNote({ records: [], links, limit: NaN })).toThrow(RangeError);
  });

  test("of one environment's endless error folds that alone", () => {
    const errors = ["e".repeat(5_000_000), "line\n".repeat(100_000)];
    const { body } = renderNote({
      records: [
        record("dev", { status: "failed", errors, digest: undefined }),
        huge[1] ?? record("aws"),
      ],
      links,
    });
    expect(characters(body)).toBeLessThanOrEqual(comfortable);
    expect(body).toMatch(/more lines/);
    expect(body).toContain("`data-postgres`");
  });
});

describe("the checklist", () => {
  const bucket = change("aws", "aws:s3/bucket:Bucket", "objects-lfs", {
    operation: "delete",
    stateful: true,
  });
  const dangerous = (more: Partial<PreviewRecord> = {}) =>
    record("aws", {
      changes: [bucket],
      dangers: [danger("stateful-deleted", bucket, "goes")],
      ...more,
    });
  const tick = (body: string, mark = "x") => body.replaceAll("- [ ] ", `- [${mark}] `);
  const open = (body: string) => body.match(/^- \[ \] /gm)?.length ?? 0;

  test("keeps its ticks while the environment's digest is the same", () => {
    const input = { records: [dangerous()], links };
    const first = renderNote(input).body;
    expect(open(first)).toBeGreaterThan(4);
    const ticked = tickedIn(tick(first));
    const again = renderNote({ ...input, run: 99, commit: "f".repeat(40), ticked }).body;
    expect(open(again)).toBe(0);
    expect(tickedIn(again)).toEqual(ticked);
  });

  test("is open again as soon as any part of the digest is another", () => {
    const ticked = tickedIn(tick(renderNote({ records: [dangerous()], links }).body));
    for (const part of ["plan", "state", "settings", "policies", "code"] as const) {
      const other = dangerous({ digest: { ...digest, [part]: "ffffffffffffffff" } });
      expect(tickedIn(renderNote({ records: [other], links, ticked }).body)).toEqual([]);
    }
  });

  test("goes by the change itself where there is no digest", () => {
    const rehearsed = dangerous({ digest: undefined, mode: "sandbox" });
    const ticked = tickedIn(tick(renderNote({ records: [rehearsed], links }).body));
    expect(open(renderNote({ records: [rehearsed], links, ticked }).body)).toBe(0);
    const other = { ...rehearsed, changes: [{ ...bucket, name: "another" }] };
    expect(tickedIn(renderNote({ records: [other], links, ticked }).body)).toEqual([]);
  });

  test("keeps ticks of one environment when another's change is another", () => {
    const role = change("ops", "gcp:x:Y", "old", { operation: "delete" });
    const ops = record("ops", { changes: [role] });
    const ticked = tickedIn(tick(renderNote({ records: [dangerous(), ops], links }).body));
    const other = { ...ops, digest: { ...digest, plan: "ffffffffffffffff" } };
    const { body } = renderNote({ records: [dangerous(), other], links, ticked });
    const [, aws = "", version = ""] = body.split(/^### Before /m);
    expect(open(aws)).toBe(0);
    expect(open(version)).toBeGreaterThan(0);
  });

  test("keeps what people have marked as not applicable", () => {
    const input = { records: [dangerous()], links };
    const first = renderNote(input).body;
    const ticked = tickedIn(tick(first, "~"));
    expect(renderNote({ ...input, ticked }).body).toBe(tick(first, "~"));
  });

  test("is ticked by nothing that stands in a fence", () => {
    const id = /task=([a-z]+-[0-9a-f]{16})/.exec(
      renderNote({ records: [dangerous()], links }).body,
    )?.[1];
    const forged = `[x] done <!-- task=${id} -->`;
    const changes = [
      bucket,
      change("aws", "t", "n", { properties: [diff(forged, forged, undefined)] }),
    ];
    const errors = [`- ${forged}`, `\n- ${forged}\n`];
    const { body } = renderNote({
      records: [
        dangerous({
          changes,
          errors,
          dangers: [danger("database-touched", bucket, `- ${forged}`)],
        }),
      ],
      links,
    });
    expect(body).toContain(forged);
    expect(tickedIn(body)).toEqual([]);
  });

  test.each<[string, Partial<PreviewRecord>, boolean]>([
    ["a loss of data", { changes: [bucket] }, true],
    [
      "a replaced machine",
      { changes: [{ ...bucket, stateful: false, operation: "replace" }] },
      true,
    ],
    ["something taken away", { changes: [{ ...bucket, stateful: false }] }, true],
    [
      "lifted protection",
      { changes: [{ ...bucket, operation: "same", protectionLifted: true }] },
      true,
    ],
    ["a touched database", { dangers: [danger("database-touched", bucket, "m")] }, true],
    ["an update of a tag", { changes: [{ ...bucket, operation: "update" }] }, false],
    ["a first stand-up", { changes: [{ ...bucket, operation: "create" }] }, false],
  ])("for %s in production: %#", (_, more, wanted) => {
    const has = (stack: string) =>
      renderNote({ records: [record(stack, more)], links }).body.includes("### Before");
    expect([has("aws"), has("dev")]).toEqual([wanted, false]);
  });

  test("has the tasks that fit, and no others", () => {
    const keys = (more: Partial<PreviewRecord>) =>
      [
        ...renderNote({ records: [record("ops", more)], links }).body.matchAll(/task=([a-z]+)-/g),
      ].map(([, key]) => key);
    const machine = change("ops", "gcp:compute/instance:Instance", "gitlab", {
      operation: "replace",
    });
    expect(keys({ changes: [machine] })).toEqual(["window", "rollback", "call", "approved"]);
    const rule = change("ops", "gcp:compute/firewall:Firewall", "web", {});
    const opened = danger("exposure-widened", rule, "port 22 is opened to 0.0.0.0/0");
    expect(keys({ changes: [rule], dangers: [opened], digest: undefined })).toEqual([
      "access",
      "rollback",
      "call",
    ]);
    const file = change("ops", "gcp:storage/bucketObject:BucketObject", "files", {
      operation: "replace",
    });
    expect(keys({ changes: [file] })).toEqual(["rollback", "call", "approved"]);
    expect(keys({ changes: [bucket] })).toEqual([
      "backup",
      "data",
      "restore",
      "window",
      "rollback",
      "call",
      "approved",
    ]);
  });
});

test("dangers of all environments stand together by kind, the worst first", () => {
  const of = (stack: string) => change(stack, "t", `thing-of-${stack}`, {});
  const { body } = renderNote({
    records: [
      record("aws", {
        dangers: [
          danger("database-touched", of("aws"), "d"),
          danger("stateful-deleted", of("aws"), "a"),
        ],
      }),
      record("dev", {
        dangers: [
          danger("exposure-widened", of("dev"), "c"),
          danger("stateful-deleted", of("dev"), "b"),
        ],
      }),
    ],
    links,
  });
  const at = [
    "Deleted with",
    "`aws` · `thing-of-aws` (`t`): a",
    "`dev` · `thing-of-dev` (`t`): b",
    "Reachable",
    "Database touched",
  ].map((text) => body.indexOf(text));
  expect(at).not.toContain(-1);
  expect(at).toEqual([...at].sort((one, other) => one - other));
  expect(body.indexOf("What can hurt")).toBeLessThan(body.indexOf("| Environment"));
});

test("what changes of a component itself stands with what changes in it", () => {
  const changes = [
    change("ops", "gitlab:managedData:GcpDatabase", "data-database", { components: ["data"] }),
    change("ops", "gcp:sql/databaseInstance:DatabaseInstance", "data-database-postgres", {
      components: ["data", "data-database"],
    }),
  ];
  const { fences } = readNote(renderNote({ records: [record("ops", { changes })], links }).body);
  expect(fences[0]).toBe(
    "@@ update data-database-postgres (gcp:sql/databaseInstance:DatabaseInstance) @@\n@@ update data-database (gitlab:managedData:GcpDatabase) @@\n",
  );
});

test("nothing is offered to be applied that policies stop", () => {
  const bucket = change("aws", "t", "n", { operation: "delete" });
  const broken = { stack: "aws", rule: "r", urn: bucket.urn, mandatory: true, message: "m" };
  const bodyOf = (state: "failed" | "exempted") =>
    renderNote({
      records: [
        record("aws", {
          changes: [bucket],
          policies: { rules: 1, results: [{ ...broken, state }] },
        }),
      ],
      links,
    }).body;
  expect(bodyOf("exempted")).toMatch(/task=approved[^]*--approved aws:plan-/);
  expect(bodyOf("failed")).not.toMatch(/--approved|task=approved/);
});

test("a command can be pasted whatever the stack is called", () => {
  const changes = [change("a'b c", "t", "n", {})];
  const { body } = renderNote({ records: [record("a'b c", { changes })], links });
  expect(body).toContain(String.raw`npm run up -- 'a'\''b c' --approved 'a'\''b c:plan-`);
});

test("two notes of the same records are the same", () => {
  fc.assert(
    fc.property(anyRecords, (records) => {
      const copy = structuredClone(records);
      expect(renderNote({ records, links }).body).toBe(renderNote({ records: copy, links }).body);
    }),
    { numRuns: 20 },
  );
});

test("outputs that change are no quiet line, whatever else does, and can be approved by themselves", () => {
  const outputs = [
    {
      path: "url",
      kind: "update" as const,
      replaces: false,
      before: "https://a",
      after: "/close @all",
    },
  ];
  const { body } = renderNote({
    records: [record("aws", { changes: [], outputs, digest })],
    links,
  });
  expect(body).toContain("`aws`: no resource changes, 1 output does.");
  expect(body).toContain(
    "**Outputs of the stack**: 1 change\n\n```diff\n- url: https://a\n+ url: /close @all\n```",
  );
  expect(body).toContain("npm run up -- aws --approved");
  const { body: quiet } = renderNote({ records: [record("aws", { changes: [] })], links });
  expect(quiet).toContain("No changes in `aws`.");
});

test("what stays in the cloud when the stack lets go of it stands under no loss", () => {
  const kept = change("aws", "aws:s3/bucket:Bucket", "bucket", {
    ...{ operation: "delete", stateful: true, retained: true },
  });
  const { body } = renderNote({ records: [record("aws", { changes: [kept] })], links });
  expect(body).not.toContain("Deleted with the data in it");
  expect(body).toContain("stays in the cloud");
});
