/** Records as an enemy would leave them: names and values with everything that Markdown, HTML and GitLab act on. */
import { fc } from "../../support/properties";
import {
  dangerKinds,
  type Change,
  type Masked,
  type PreviewRecord,
  type PropertyDiff,
} from "../../../review/record";
import { countsOf, digest, urn } from "./records";

const signs = [
  "`",
  "``",
  "```",
  "````",
  "~~~",
  "|",
  "\\",
  "\\|",
  "<details>",
  "</details>",
  "<summary>",
  "<!--",
  "-->",
  "<b>",
  "<script>x</script>",
  "\n",
  "\r\n",
  "\n\n",
  "\r",
  "\t",
  "\u0000",
  "\u001b[31m",
  "\u202e",
  "\u2028",
  "\u200b",
  "\ud800",
  " ",
  "    ",
  "/close",
  "\n/approve\n",
  "@all",
  "@root",
  "#1",
  "!2",
  "~bug",
  "%3",
  "&4",
  "$5",
  "$",
  "^",
  "[x](y)",
  "![i](https://evil.example/u)",
  "- [x] done",
  "<!-- task=backup-0123456789abcdef -->",
  "| a | b |\n|--|--|",
  ">>>",
  "> [!note]",
  "# h",
  "---",
  "===",
  "***",
  "_",
  "*",
  "%{project_path}",
  "{+ x +}",
  "[- y -]",
  ":smile:",
  "https://evil.example/x",
  "www.evil.example",
  "::include{file=/etc/passwd}",
  "[[_TOC_]]",
  "&amp;",
  "&#64;all",
  "🙂",
  "👩‍👩‍👧",
  "ä",
  "漢字",
  "deadbeef1",
  "word",
  "1.",
  "+",
  "- ",
  "@@",
];

/** A short text of such. */
export const nasty = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...signs), { maxLength: 8 }).map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/) },
);

/** Some values are long, of many lines or JSON documents. */
const text = fc.oneof(
  { weight: 6, arbitrary: nasty },
  {
    weight: 1,
    arbitrary: fc.tuple(nasty, fc.nat(400)).map(([line, times]) => `${line}\n`.repeat(times)),
  },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(nasty, nasty, { maxKeys: 4 })
      .map((document) => JSON.stringify(document)),
  },
);

const { value } = fc.letrec<{ value: Masked }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    text,
    fc.constantFrom(null, true, 0, -1.5, "[secret]", "[hidden]", "[known after up]"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(nasty, tie("value"), { maxKeys: 3 }),
  ),
}));

const property: fc.Arbitrary<PropertyDiff> = fc
  .record({
    path: nasty,
    kind: fc.constantFrom("add", "update", "delete"),
    replaces: fc.boolean(),
    before: value,
    after: value,
  })
  .map(({ before, after, ...rest }) => ({
    ...rest,
    ...(rest.kind === "add" ? {} : { before }),
    ...(rest.kind === "delete" ? {} : { after }),
  }));

function changeOf(stack: string, property_ = property): fc.Arbitrary<Change> {
  return fc
    .record({
      name: nasty,
      type: fc.oneof(
        fc.constantFrom("aws:rds/instance:Instance", "gcp:sql/databaseInstance:DatabaseInstance"),
        nasty,
      ),
      components: fc.array(nasty, { maxLength: 3 }),
      operation: fc.constantFrom("create", "update", "replace", "delete", "import", "same"),
      stateful: fc.boolean(),
      protectionLifted: fc.boolean(),
      properties: fc.array(property_, { maxLength: 4 }),
    })
    .map((change) => ({
      ...change,
      urn: urn(stack, change.type, change.name),
    }));
}

const finding = (stack: string) =>
  fc.record({
    stack: fc.constant(stack),
    rule: nasty,
    urn: nasty.map((name) => urn(stack, "aws:s3/bucket:Bucket", name)),
    state: fc.constantFrom("failed" as const, "exempted" as const, "undecided" as const),
    mandatory: fc.boolean(),
    message: nasty,
  });

/** One environment's record. */
export const anyRecord: fc.Arbitrary<PreviewRecord> = fc
  .oneof(fc.constantFrom("aws", "dev", "ops"), nasty)
  .chain((stack) =>
    fc
      .record({
        production: fc.boolean(),
        mode: fc.constantFrom("cloud" as const, "sandbox" as const),
        base: fc.option(nasty, { nil: undefined }),
        failed: fc.boolean(),
        errors: fc.array(text, { maxLength: 2 }),
        changes: fc.array(changeOf(stack), { maxLength: 10 }),
        outputs: fc.option(fc.array(property, { minLength: 1, maxLength: 3 }), { nil: undefined }),
        kinds: fc.array(fc.tuple(fc.constantFrom(...dangerKinds), fc.nat(), nasty), {
          maxLength: 4,
        }),
        results: fc.array(finding(stack), { maxLength: 4 }),
        drift: fc.option(
          fc.record({
            status: fc.constantFrom("looked" as const, "failed" as const),
            errors: fc.array(text, { maxLength: 2 }),
            changes: fc.array(changeOf(stack), { maxLength: 3 }),
          }),
          { nil: undefined },
        ),
        approved: fc.boolean(),
      })
      .map(({ failed, kinds, results, approved, changes, ...rest }) => ({
        ...rest,
        format: 1 as const,
        stack,
        summary: "an environment",
        status: failed ? ("failed" as const) : ("previewed" as const),
        counts: countsOf(changes),
        changes,
        // The dangers of some changes are there, of others not.
        dangers: kinds.flatMap(([kind, at, message]) => {
          const of = changes[at % Math.max(1, changes.length)];
          return of === undefined
            ? []
            : [{ kind, urn: of.urn, type: of.type, name: of.name, message }];
        }),
        policies: { rules: 61, results },
        ...(approved && !failed ? { digest } : {}),
        seconds: 1,
        commit: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
      })),
  );
