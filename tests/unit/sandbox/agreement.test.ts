/**
 * Every model says what its provider says: the installed SDK in names, kinds, obligations and documented
 * values, the reference schemas in what is replaced, defaulted and excluded, and Azure's published types in
 * values, patterns and limits. A difference needs its reason in the model (`deviates`, `omitted`), and with the
 * bridged providers a reason needs its difference.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import type { PropertyModel, ResourceModel } from "../../../sandbox/model";
import { packages } from "../../../sandbox/packages";
import { armDifferences, readArm, type ArmType } from "../../support/azure-schemas";
import {
  readReference,
  ReferenceComparison,
  referenceFolder,
  type Finding,
} from "../../support/provider-schemas";
import { originDifferences, sdkDifferences } from "../../support/sdk-agreement";
import { readSdkResource } from "../../support/sdk-shapes";

const root = path.resolve(__dirname, "../../..");

/** Models of every file of a package's folder: more than the index has, if it forgot one. */
function modelsOf(name: string): ResourceModel[] {
  const folder = path.join(root, "sandbox/models", name);
  return fs
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
}

const models = modelsOf("aws");

const lines = (findings: readonly Finding[]): string[] =>
  findings.map(({ property, problem }) => `${property}: ${problem}`);

describe.each(packages.map((item) => [item.package, item] as const))("%s", (name, item) => {
  test("the package has every model of the folder, and each once", () => {
    const tokens = item.resources.map(({ token }) => token).sort();
    expect(tokens).toEqual([...new Set(tokens)]);
    expect(tokens).toEqual(
      modelsOf(name)
        .map(({ token }) => token)
        .sort(),
    );
  });

  test("the package's version is the installed SDK's", () => {
    const file = path.join(root, "node_modules/@pulumi", name, "package.json");
    expect(item.version).toBe(
      (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version,
    );
  });
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
  test.each(
    packages.flatMap(({ resources }) => resources).map((model) => [model.token, model] as const),
  )("agrees on %s", (token, model) => {
    expect(lines(sdkDifferences(model, readSdkResource(root, token)))).toEqual([]);
  });
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
  const google = readReference(path.join(found, "gcp.jsonl"));
  const azure = readArm(path.join(found, "azure.jsonl"));
  const gcp = packages.find((item) => item.package === "gcp")?.resources ?? [];
  const azureNative = packages.find((item) => item.package === "azure-native")?.resources ?? [];
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

  describe("the comparison with Azure's types finds", () => {
    const location: PropertyModel = { type: "string" };
    const base: Readonly<Record<string, PropertyModel>> = {
      appName: { type: "string", required: true },
      resourceGroupName: { type: "string", required: true },
      location,
      azureApiVersion: { type: "string", computed: true, value: "2020-01-01" },
      kind: { type: "string", enum: ["a", "b"] },
      size: { type: "integer", min: 1, max: 9 },
      inner: { type: "object", fields: { on: { type: "boolean", required: true } } },
      state: { type: "string", computed: true },
    };
    const arm: ArmType = {
      version: "2020-01-01",
      fields: {
        name: { type: "String", required: true },
        location: { type: "String", required: true },
        kind: { type: "String", enum: ["a", "b"] },
        size: { type: "Int", min: 1, max: 9 },
        inner: { type: "Object", fields: { on: { type: "Bool", required: true } } },
        state: { type: "String", computed: true },
      },
    };
    const compare = (change: Readonly<Record<string, PropertyModel>>, gone: string[] = []) => {
      const properties = Object.entries({ ...base, ...change });
      const model: ResourceModel = {
        token: "azure-native:web:App",
        source: "",
        schema: "",
        id: "/{resourceGroupName}/{appName}",
        properties: Object.fromEntries(properties.filter(([name]) => !gone.includes(name))),
      };
      return lines(armDifferences(model, arm));
    };

    test("nothing where they agree", () => {
      expect(compare({})).toEqual([]);
    });
    test.each<[string, Readonly<Record<string, PropertyModel>>, string]>([
      ["a forgotten value", { kind: { type: "string", enum: ["a"] } }, "kind: enum"],
      ["a forgotten limit", { size: { type: "integer", min: 1 } }, "size: max"],
      [
        "another obligation",
        { size: { type: "integer", min: 1, max: 9, required: true } },
        "size: required",
      ],
      ["another type", { size: { type: "string" } }, "size: type"],
      ["a wrong origin", { state: { type: "string" } }, "state: computed"],
      [
        "a property that is none",
        { colour: { type: "string" } },
        "colour: is not in the reference",
      ],
      [
        "a missing key of a block",
        { inner: { type: "object", fields: {} } },
        "inner.on: is in the reference",
      ],
      [
        "another API version",
        { azureApiVersion: { type: "string", computed: true, value: "2019-01-01" } },
        "azureApiVersion: model",
      ],
    ])("%s", (_, change, problem) => {
      expect(compare(change).join("\n")).toContain(problem);
    });
    test("a forgotten property", () => {
      expect(compare({}, ["kind"])).toEqual(["kind: is in the reference and not in the model"]);
    });
  });

  describe("Azure's types", () => {
    test.each(azureNative.map((model) => [model.token, model] as const))(
      "differ from %s only where the model says why",
      (token, model) => {
        const type = azure.get(token);
        if (type === undefined) expect(notInReference).toContain(token);
        else expect(lines(armDifferences(model, type))).toEqual([]);
      },
    );
  });

  describe(title, () => {
    test("know every type but the listed ones", () => {
      const unknown = [
        ...models.filter(({ schema }) => !reference.has(schema)),
        ...gcp.filter(({ schema }) => !google.has(schema)),
      ].map(({ schema }) => schema);
      const azureOnes = notInReference.filter((name) => name.startsWith("azure-native:"));
      expect([...unknown, ...azureOnes].sort()).toEqual([...notInReference].sort());
    });

    const bridged = [...held, ...gcp.filter(({ schema }) => google.has(schema))];
    describe.each(bridged.map((model) => [model.token, model] as const))("%s", (_, model) => {
      const sdk = readSdkResource(root, model.token);
      const explained = new Set(originDifferences(model, sdk).map(({ property }) => property));
      const fields = reference.get(model.schema) ?? google.get(model.schema) ?? {};
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
