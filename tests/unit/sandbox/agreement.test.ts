/**
 * Every AWS model says what the provider says: the installed SDK in names, kinds and obligations, the
 * reference schemas in what is replaced, defaulted and excluded. A difference needs its reason in
 * the model (`deviates`, `omitted`), and a reason needs its difference.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import type { ResourceModel } from "../../../sandbox/model";
import { aws } from "../../../sandbox/models/aws";
import {
  readReference,
  ReferenceComparison,
  referenceFolder,
  type Finding,
} from "../../support/provider-schemas";
import { originDifferences, sdkDifferences } from "../../support/sdk-agreement";
import { readSdkResource } from "../../support/sdk-shapes";

const root = path.resolve(__dirname, "../../..");
const folder = path.join(root, "sandbox/models/aws");

/** Models of every file of the folder: more than the index has, if it forgot one. */
const models: ResourceModel[] = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && file !== "index.ts")
  .flatMap((file) => {
    const exports = jest.requireActual<{ models?: readonly ResourceModel[] }>(
      path.join(folder, file),
    );
    return exports.models ?? [];
  })
  .filter((model, at, all) => all.findIndex(({ token }) => token === model.token) === at)
  .sort((left, right) => left.token.localeCompare(right.token));

const lines = (findings: readonly Finding[]): string[] =>
  findings.map(({ property, problem }) => `${property}: ${problem}`);

test("the package has every model of the folder, and each once", () => {
  const tokens = aws.resources.map(({ token }) => token).sort();
  expect(tokens).toEqual([...new Set(tokens)]);
  expect(tokens).toEqual(models.map(({ token }) => token).sort());
});

test("the package's version is the installed SDK's", () => {
  const file = path.join(root, "node_modules/@pulumi/aws/package.json");
  expect(aws.version).toBe(
    (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version,
  );
});

/** Properties of the reference that provider version 7 no longer has, or has under another type. */
const removed: Readonly<Record<string, readonly string[]>> = {
  aws_eip: ["vpc"],
  aws_flow_log: ["log_group_name"],
  aws_launch_template: ["elastic_gpu_specifications", "elastic_inference_accelerator"],
};

describe("the installed SDK", () => {
  test.each(models.map((model) => [model.token, model] as const))(
    "agrees on %s",
    (token, model) => {
      expect(lines(sdkDifferences(model, readSdkResource(root, token)))).toEqual([]);
    },
  );
});

/** Types that are newer than the reference, or written for the provider's other framework. */
const notInReference = [
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

const found = referenceFolder(root);
const title = "the reference schemas";
if (found === undefined) {
  const missing = "are not there: set GITLAB_SCHEMAS or put them at ../shared/reference/schemas";
  if (process.env["CI"] === "true") {
    test(`${title} are there in CI`, () => {
      throw new Error(`${title} ${missing}`);
    });
  } else {
    process.stderr.write(`\n*** NOT CHECKED: ${title} ${missing} ***\n\n`);
    test.skip(`NOT CHECKED: ${title} ${missing}`, () => undefined);
  }
} else {
  const reference = readReference(path.join(found, "aws.jsonl"));
  const held = models.filter(({ schema }) => reference.has(schema));

  describe(title, () => {
    test("know every type but the listed ones", () => {
      const unknown = models.filter(({ schema }) => !reference.has(schema));
      expect(unknown.map(({ schema }) => schema).sort()).toEqual([...notInReference].sort());
    });

    describe.each(held.map((model) => [model.token, model] as const))("%s", (_, model) => {
      const sdk = readSdkResource(root, model.token);
      const explained = new Set(originDifferences(model, sdk).map(({ property }) => property));
      const fields = reference.get(model.schema) ?? {};
      const comparison = new ReferenceComparison(model, fields, sdk, explained);

      test("differs only where the model says why", () => {
        expect(lines(comparison.unexplained)).toEqual([]);
      });

      test("gives no reason where there is no difference", () => {
        expect(lines(comparison.needless)).toEqual([]);
      });

      test("has every property that the newer provider still has", () => {
        expect(comparison.unmatched).toEqual(removed[model.schema] ?? []);
      });
    });
  });
}
