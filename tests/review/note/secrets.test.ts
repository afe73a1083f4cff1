/** Secrets planted in what the engine says, and looked for in what a merge request is told. */
import { fc } from "../../support/properties";
import { isDeepStrictEqual } from "node:util";
import type { Facts, Operation, ResourceFact, Values } from "../../../engine/facts";
import { PlantedSecrets } from "../../../engine/planted";
import { Mask } from "../../../review/mask/mask";
import { fullNote, renderNote } from "../../../review/note/render";
import { recordOf } from "../../../review/run/record";
import { nasty } from "./arbitraries";
import { readNote } from "./reader";
import { links, urn } from "./records";

const planted = new PlantedSecrets();
/** The mask knows it: a setting that is secret. */
const known = planted.marker("known");
/** Nobody knows it but by the name or the form that it stands in. */
const unknown = planted.marker("unknown");

const json = (value: unknown): string => JSON.stringify(value);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Values with a secret in them, as they stand in a plan. */
const secretValue = fc.tuple(nasty, nasty, fc.nat(12)).map(([before, after, form]): unknown => {
  const around = `${before} ${known} ${after}`;
  const script = `#!/bin/bash\necho ${around}\n`.repeat(3);
  const forms: readonly unknown[] = [
    known,
    around,
    script,
    base64(script),
    json({ user: "gitlab", note: around }),
    json(json({ list: [around] })),
    [before, { deep: [around] }],
    `https://host/?q=${encodeURIComponent(known)}`,
    { password: unknown, name: before },
    `password = "${unknown}"`,
    `postgres://gitlab:${unknown}@db.example:5432/gitlab`,
    `-----BEGIN PRIVATE KEY-----\n${base64(unknown.repeat(6))}\n-----END PRIVATE KEY-----\n`,
    { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: unknown },
  ];
  return forms[form];
});

const inputs = fc.dictionary(
  fc.oneof(nasty, fc.constantFrom("userData", "script", "tags")),
  secretValue,
  {
    maxKeys: 3,
  },
);

const resource = fc
  .record({
    name: nasty,
    type: fc.constantFrom("aws:rds/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"),
    operation: fc.constantFrom<Operation>("create", "update", "replace", "delete"),
    old: inputs,
    new: inputs,
  })
  .map(({ name, type, operation, ...sides }): ResourceFact => {
    const side = (values: Values) => ({
      id: "id",
      inputs: values,
      outputs: values,
      protect: false,
    });
    return {
      urn: urn("aws", type, name),
      type,
      name,
      custom: true,
      operation,
      changes: [...new Set([...Object.keys(sides.old), ...Object.keys(sides.new)])]
        .filter((key) => !isDeepStrictEqual(sides.old[key], sides.new[key]))
        .map((path) => ({ path: `["${path.replace(/["\\]/g, "\\$&")}"]`, kind: "update" })),
      ...(operation === "create" ? {} : { old: side(sides.old) }),
      ...(operation === "delete" ? {} : { new: side(sides.new) }),
      protectionLifted: false,
      failed: false,
      done: false,
    };
  });

test("no secret that stands in a plan stands in the note, in part, or in the note in full", () => {
  const mask = new Mask({ secrets: [known] });
  fc.assert(
    fc.property(fc.array(resource, { minLength: 1, maxLength: 5 }), nasty, (resources, words) => {
      const facts: Facts = { resources, policies: [], diagnostics: [] };
      const records = [
        recordOf({
          stack: "aws",
          entry: { summary: "an environment", production: true },
          mode: "cloud",
          preview: {
            facts,
            errors: [mask.text(`${words} ${known} ${words}`)],
            policies: [],
            rules: 1,
            seconds: 1,
          },
          drift: { facts, errors: [] },
          mask,
        }),
      ];
      for (const body of [renderNote({ records, links }).body, fullNote({ records, links })]) {
        expect(planted.search(body, "note")).toEqual([]);
        expect(readNote(body).faults).toEqual([]);
      }
    }),
    { numRuns: 80 },
  );
});

test("a secret would be found in a note if it stood there", () => {
  expect(planted.search(`- a: \`${known}\`\n`, "note")).toHaveLength(1);
  expect(planted.search(`+ ${base64(unknown)}\n`, "note")).not.toEqual([]);
});
