/**
 * docs/examples: the notes of five typical changes. They are rendered from committed records at each test run; the
 * records are made anew by the engine in a full run, and by `npm run accept`.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../engine/isolation";
import { renderNote } from "../../review/note/render";
import type { PreviewRecord } from "../../review/record";
import { PreviewStore, readRecords } from "../../review/store";
import { exampleFolder, noteExamples, previewExample, settled } from "../support/note-examples";
import { FULL_TESTS } from "../support/sample";
import { acceptVariable } from "./golden";

const docs = join(checkout, "docs", "examples");
const accepting = process.env[acceptVariable] === "1";
const full = accepting || process.env[FULL_TESTS] === "1";

const links = {
  pipeline: "https://gitlab.example.com/infrastructure/gitlab-environments/-/pipelines/4711",
  artifacts:
    "https://gitlab.example.com/infrastructure/gitlab-environments/-/jobs/52341/artifacts/browse/preview/",
};

function note(records: readonly PreviewRecord[]): string {
  return renderNote({ records, links, run: 4711, commit: "1a2b3c4d".repeat(5) }).body;
}

/** Holds a committed page against what it should be, or writes it. */
function expectPage(file: string, actual: string): void {
  if (accepting) {
    mkdirSync(docs, { recursive: true });
    writeFileSync(join(docs, file), actual);
  }
  expect(readFileSync(join(docs, file), "utf8")).toBe(actual);
}

describe.each(noteExamples)("$title", (example) => {
  if (full) {
    it("is previewed as the committed records have it", async () => {
      const records = await previewExample(example);
      const folder = exampleFolder(example);
      if (accepting) {
        rmSync(folder, { recursive: true, force: true });
        const store = new PreviewStore(folder);
        for (const record of records) {
          store.begin(record.stack);
          store.write(record);
        }
      }
      const sorted = [...records].sort((one, other) => (one.stack < other.stack ? -1 : 1));
      expect(settled(readRecords(folder))).toEqual(settled(JSON.parse(JSON.stringify(sorted))));
    }, 600_000);
  }

  it("gets the note that docs/examples shows", () => {
    expectPage(`${example.name}.md`, note(readRecords(exampleFolder(example))));
  });
});

it("docs/examples lists every example and nothing else", () => {
  const index = [
    "# Notes on merge requests: examples",
    "",
    "What [the note](../merge-requests.md) says of five typical changes. They are previews by the real engine in the sandbox, on top of the committed settings, shown as they would be against a real backend; only the digests are made up. `npm run accept` makes them anew, and a test holds them against what the engine says.",
    "",
    ...noteExamples.map(({ name, title, about }) => `- [${title}](${name}.md). ${about}`),
    "",
  ].join("\n");
  expectPage("README.md", index);
  expect(readdirSync(docs).sort()).toEqual(
    ["README.md", ...noteExamples.map(({ name }) => `${name}.md`)].sort(),
  );
});
