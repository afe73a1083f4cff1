/** A property's change in lines: what changes is seen, whatever form it has. */
import { gzipSync } from "node:zlib";
import { fc } from "../../support/properties";
import { diffLines } from "../../../review/text/diff-lines";
import type { Masked } from "../../../review/record";

const update = (before: Masked, after: Masked, width = 80, maxLines = 40): string[] =>
  diffLines({ path: "p", kind: "update", replaces: false, before, after }, { width, maxLines });

test("a short value stands before and after", () => {
  expect(update("n2-standard-8", "n2-standard-16")).toEqual([
    "- n2-standard-8",
    "+ n2-standard-16",
  ]);
  expect(update(1, true)).toEqual(["- 1", "+ true"]);
});

test("a long text shows the lines that change, with some round them", () => {
  const text = Array.from({ length: 40 }, (_, at) => `line ${at}`).join("\n");
  expect(update(text, text.replace("line 20", "other"))).toEqual([
    "  … line 19:",
    "  line 18",
    "  line 19",
    "- line 20",
    "+ other",
    "  line 21",
    "  line 22",
  ]);
});

test("packed boot data are shown as the text in them", () => {
  const pack = (text: string): string => gzipSync(text).toString("base64");
  expect(update(pack("hash-1\nsame\n"), pack("hash-2\nsame\n"))).toEqual([
    "- hash-1",
    "+ hash-2",
    "  same",
  ]);
});

test("a JSON document is laid out, and its keys' order is no difference", () => {
  expect(update('{"b":1,"a":[1]}', '{"a":[1],"b":1}')).toEqual([
    "  (differs only in how it is written)",
  ]);
  expect(update('{"a":1,"b":1}', '{"b":2,"a":1}')).toContain('+   "b": 2');
});

test("of a list the items that come and go are shown", () => {
  expect(update(["a", "b", "c"], ["a", "c", "d"])).toEqual([
    "  (1 item unchanged)",
    "- b",
    "  (1 item unchanged)",
    "+ d",
  ]);
});

test("long lines are shown from where they differ", () => {
  const same = "x".repeat(200);
  const [before, after] = update(`${same}1`, `${same}2`, 40);
  expect(before).toMatch(/^- …x+1$/);
  expect(after).toMatch(/^\+ …x+2$/);
});

test("what differs where it is hidden says so", () => {
  expect(update("[secret]", "[secret]")).toEqual(["- [secret]", "+ [secret]"]);
  expect(update("a\n[hidden]", "a\n[hidden]")).toEqual(["  (differs only in what is hidden)"]);
});

test("whatever changes, lines keep to width, number and signs", () => {
  const value = fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 3 })) as fc.Arbitrary<Masked>;
  fc.assert(
    fc.property(
      value,
      value,
      fc.integer({ min: 4, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (before, after, width, maxLines) => {
        const lines = update(before, after, width, maxLines);
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.length).toBeLessThanOrEqual(maxLines);
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(width);
          expect(line).toMatch(/^[-+ ] /);
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        }
      },
    ),
    { numRuns: 100 },
  );
});
