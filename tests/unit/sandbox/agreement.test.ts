/**
 * Every AWS model says what the provider says: the installed SDK in names, kinds and obligations, the
 * reference schemas in what is replaced, defaulted and excluded. A difference needs its reason in
 * the model (`deviates`, `omitted`), and a reason needs its difference.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import type { PropertyModel, ResourceModel } from "../../../sandbox/model";
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

/** A model with some properties changed, or taken away. */
function changed(
  token: string,
  properties: Readonly<Record<string, Partial<PropertyModel> | undefined>>,
): ResourceModel {
  const model = models.find((one) => one.token === token);
  if (model === undefined) throw new Error(`no model of ${token}`);
  const all: Record<string, PropertyModel> = { ...model.properties };
  for (const [name, change] of Object.entries(properties)) {
    if (change === undefined) delete all[name];
    else all[name] = { ...(all[name] ?? { type: "string" }), ...change };
  }
  return { ...model, properties: all };
}

describe("the comparison with the SDK finds", () => {
  const token = "aws:ec2/vpc:Vpc";
  const sdk = readSdkResource(root, token);
  test.each<[string, Readonly<Record<string, Partial<PropertyModel> | undefined>>, string]>([
    ["a missing input", { instanceTenancy: undefined }, "instanceTenancy: is in the SDK"],
    [
      "a missing output",
      { mainRouteTableId: undefined },
      "mainRouteTableId: is an output of the SDK",
    ],
    ["an input that is none", { colour: {} }, "colour: is in the model and not in the SDK"],
    ["an output that is none", { colour: { computed: true } }, "colour: is an output of the model"],
    [
      "an input that is not required",
      { cidrBlock: { required: true } },
      "cidrBlock: required: model true, SDK false",
    ],
    [
      "another type",
      { enableDnsSupport: { type: "integer" } },
      "enableDnsSupport: is of type integer",
    ],
    [
      "what the cloud does not fill in",
      { instanceTenancy: { optionalComputed: true } },
      "instanceTenancy: is optionalComputed",
    ],
    [
      "what the cloud fills in",
      { enableDnsHostnames: { optionalComputed: false } },
      "enableDnsHostnames: is optional",
    ],
  ])("%s", (_, change, problem) => {
    expect(lines(sdkDifferences(changed(token, change), sdk)).join("\n")).toContain(problem);
  });

  test("a missing key deep inside a block", () => {
    const template = "aws:ec2/launchTemplate:LaunchTemplate";
    const metadataOptions: PropertyModel = {
      type: "object",
      fields: { httpTokens: { type: "string" } },
    };
    const found = sdkDifferences(
      changed(template, { metadataOptions }),
      readSdkResource(root, template),
    );
    expect(lines(found)).toContain(
      "metadataOptions.httpPutResponseHopLimit: is in the SDK and not in the model",
    );
  });

  test("a type that the SDK does not have", () => {
    expect(() => readSdkResource(root, "aws:ec2/moat:Moat")).toThrow(
      "the SDK has no aws:ec2/moat:Moat",
    );
  });
});

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

  describe("the comparison with the reference finds", () => {
    const token = "aws:ec2/vpc:Vpc";
    const sdk = readSdkResource(root, token);
    const compare = (change: Readonly<Record<string, Partial<PropertyModel> | undefined>>) =>
      new ReferenceComparison(
        changed(token, change),
        reference.get("aws_vpc") ?? {},
        sdk,
        new Set(),
      );

    test.each<[string, Readonly<Record<string, Partial<PropertyModel> | undefined>>, string]>([
      [
        "a forgotten replacement",
        { cidrBlock: { replace: false } },
        "cidrBlock: replace: model false, reference true",
      ],
      [
        "a replacement too many",
        { enableDnsSupport: { replace: true } },
        "enableDnsSupport: replace: model true",
      ],
      [
        "another default",
        { instanceTenancy: { default: "dedicated" } },
        "instanceTenancy: default",
      ],
      ["a forgotten conflict", { cidrBlock: { conflicts: [] } }, "cidrBlock: conflicts"],
      [
        "a forgotten companion",
        { ipv6CidrBlock: { requiredWith: [] } },
        "ipv6CidrBlock: requiredWith",
      ],
      [
        "a wrong origin",
        { arn: { computed: false } },
        "arn: computed: model false, reference true",
      ],
      [
        "a fraction where there are whole numbers",
        { ipv4NetmaskLength: { type: "number" } },
        "ipv4NetmaskLength: type",
      ],
      ["a newer property without a reason", { colour: {} }, "colour: is not in the reference"],
    ])("%s", (_, change, problem) => {
      expect(lines(compare(change).unexplained).join("\n")).toContain(problem);
    });

    test("a reason without a difference", () => {
      const found = compare({ instanceTenancy: { deviates: "for no reason" } });
      expect(lines(found.needless).join("\n")).toContain(
        'instanceTenancy: deviates ("for no reason")',
      );
    });

    test("a property that the model forgot", () => {
      expect(compare({ enableDnsSupport: undefined }).unmatched).toEqual(["enable_dns_support"]);
    });

    test("nothing where a difference has its reason", () => {
      const found = compare({ cidrBlock: { replace: false, deviates: "a reason" } });
      expect(lines(found.unexplained)).toEqual([]);
    });
  });

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
