import { fc } from "../../support/properties";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalPlan } from "../../../review/approval/canonical-plan";
import { canonicalSettings } from "../../../review/approval/canonical-settings";
import { canonicalState } from "../../../review/approval/canonical-state";
import { canonicalText, type Json } from "../../../review/approval/values";

const secret = (ciphertext: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext,
});
const urn = (type: string, name: string): string => `urn:pulumi:tiny::gitlab::${type}::${name}`;

interface Goal {
  readonly name: string;
  readonly inputDiff: Readonly<Record<string, unknown>>;
  readonly [option: string]: unknown;
}

function plan(goals: readonly Goal[], steps: readonly string[] = ["create"]) {
  return {
    manifest: { time: new Date().toISOString(), magic: "1", version: "3.259.0" },
    config: { "gitlab:release": "18.10" },
    resourcePlans: Object.fromEntries(
      goals.map((goal) => [
        urn("aws:sns/topic:Topic", goal.name),
        { goal, steps, state: { arn: "foretold" }, seed: `${Math.random()}` },
      ]),
    ),
  };
}
const planText = (value: unknown, state?: unknown): string =>
  canonicalText(canonicalPlan(value, state));

describe("a plan", () => {
  const named = (
    digits: string,
    release = "18.10",
    extra: Readonly<Record<string, unknown>> = {},
  ) =>
    plan([
      {
        name: "alerts",
        inputDiff: {
          adds: { __defaults: ["name"], name: `alerts-${digits}`, displayName: release, ...extra },
        },
      },
      {
        name: "rights",
        inputDiff: { adds: { __defaults: [], policy: `{"Resource":"alerts-${digits}/*"}` } },
      },
    ]);

  test("is the same whatever the time, the seeds and the names that a provider made of them", () => {
    expect(planText(named("0a1b2c3"))).toBe(planText(named("f9e8d7c")));
    expect(planText(named("0a1b2c3"))).not.toContain("0a1b2c3");
  });

  test("leaves out what policies are shown of a document: packed, it has names that a provider made in it", () => {
    const shown = (content: string) =>
      plan([
        {
          name: "bundle",
          type: "gitlab:shared:ShownDocument",
          inputDiff: { adds: { content: Buffer.from(content).toString("base64") } },
        },
      ]);
    expect(planText(shown("alerts-0a1b2c3"))).toBe(planText(shown("alerts-f9e8d7c")));
    expect(planText(shown("alerts-0a1b2c3"))).toContain("bundle");
  });

  test("holds what stands under each of two made names that are alike without their ends", () => {
    const both = (ends: readonly [string, string], values: readonly [string, string]) => {
      const [topic, queue] = ends.map((end) => `alerts-${end}`) as [string, string];
      const made = (name: string) => ({
        goal: { name: "alerts", inputDiff: { adds: { __defaults: ["name"], name } } },
        steps: ["create"],
      });
      const by = { [topic]: values[0], [queue]: values[1] };
      return {
        resourcePlans: {
          [urn("aws:sns/topic:Topic", "alerts")]: made(topic),
          [urn("aws:sqs/queue:Queue", "alerts")]: made(queue),
          [urn("aws:ssm/parameter:Parameter", "all")]: {
            goal: { name: "all", inputDiff: { adds: { by } } },
            steps: ["create"],
          },
        },
      };
    };
    const before = planText(both(["0a1b2c3", "f9e8d7c"], ["open", "closed"]));
    expect(planText(both(["eeeeeee", "1111111"], ["open", "closed"]))).toBe(before);
    expect(planText(both(["0a1b2c3", "f9e8d7c"], ["other", "closed"]))).not.toBe(before);
    expect(planText(both(["0a1b2c3", "f9e8d7c"], ["open", "other"]))).not.toBe(before);
  });

  test("moves with every input, and with a name that the program gave, to its last letter", () => {
    expect(planText(named("0a1b2c3"))).not.toBe(planText(named("0a1b2c3", "18.11")));
    const own = (digits: string) =>
      plan([{ name: "data", inputDiff: { adds: { __defaults: [], bucket: `data-${digits}` } } }]);
    expect(planText(own("0a1b2c3"))).not.toBe(planText(own("f9e8d7c")));
  });

  test.each([
    ["azure-native", (end: string) => ({ __createBeforeDelete: true, name: `alerts${end}0` })],
    [
      "azure-native, where Azure wants a UUID",
      (end: string) => ({
        __createBeforeDelete: true,
        roleAssignmentName: `${end}0-0000-4000-8000-000000000000`,
      }),
    ],
    [
      "kubernetes",
      (end: string) => ({
        metadata: { annotations: { "pulumi.com/autonamed": "true" }, name: `alerts-${end}0` },
      }),
    ],
    ["a queue", (end: string) => ({ __defaults: ["name"], name: `alerts-${end}.fifo` })],
  ])("knows the names that are made by %s", (_provider, inputs) => {
    const made = (end: string) => plan([{ name: "alerts", inputDiff: { adds: inputs(end) } }]);
    expect(planText(made("0a1b2c3"))).toBe(planText(made("f9e8d7c")));
  });

  test("knows the new name of a resource that is replaced by what the state notes of it", () => {
    const state = {
      deployment: {
        resources: [
          {
            urn: urn("aws:sns/topic:Topic", "alerts"),
            inputs: { __defaults: ["name"], name: "alerts-1111111" },
          },
        ],
      },
    };
    const replaced = (digits: string) =>
      plan([{ name: "alerts", inputDiff: { updates: { name: `alerts-${digits}` } } }], ["replace"]);
    expect(planText(replaced("0a1b2c3"), state)).toBe(planText(replaced("f9e8d7c"), state));
    expect(planText(replaced("0a1b2c3"))).not.toBe(planText(replaced("f9e8d7c")));
  });

  test("holds no secret, encrypted or not, and is the same whatever its ciphertext", () => {
    const holding = (value: unknown) => named("0a1b2c3", "18.10", { list: [{ value }] });
    const output = {
      "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
      secret: true,
      value: "hunter2",
    };
    const plain = { ...secret(""), plaintext: '"hunter2"' };
    const texts = [secret("v1:abc"), secret("v1:def"), output, plain].map((one) =>
      planText(holding(one)),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toContain("hunter2");
    expect(texts[0]).not.toBe(planText(holding("no secret")));
  });

  test("does not hang on the order of sets", () => {
    const goal = (turned: boolean): Goal => {
      const order = <T>(list: T[]): T[] => (turned ? [...list].reverse() : list);
      const [one, other] = [urn("t", "one"), urn("t", "other")];
      return {
        name: "alerts",
        dependencies: order([one, other]),
        propertyDependencies: { name: order([one, other]) },
        aliases: order([one, other]),
        structuredAliases: order([{ Type: "a" }, { Type: "b" }]),
        additionalSecretOutputs: order(["a", "b"]),
        ignoreChanges: order(["a", "b"]),
        inputDiff: { adds: { __defaults: order(["a", "b"]) }, deletes: order(["c", "d"]) },
      };
    };
    expect(planText(plan([goal(false)]))).toBe(planText(plan([goal(true)])));
    const lists = (zones: string[]): Goal => ({ name: "alerts", inputDiff: { adds: { zones } } });
    expect(planText(plan([lists(["a", "b"])]))).not.toBe(planText(plan([lists(["b", "a"])])));
  });

  test.each<[string, Partial<Goal>, readonly string[]]>([
    ["protect", { protect: true }, ["create"]],
    ["a step", {}, ["update"]],
    ["a dependency", { dependencies: [urn("t", "one")] }, ["create"]],
    [
      "an output of the stack",
      { outputDiff: { adds: { url: "https://example.com" } } },
      ["create"],
    ],
    ["a deletion of an input", { inputDiff: { deletes: ["tags"] } }, ["create"]],
  ])("moves with %s", (_what, option, steps) => {
    const goal = { name: "alerts", inputDiff: {} };
    expect(planText(plan([{ ...goal, ...option }], steps))).not.toBe(planText(plan([goal])));
  });

  test("is told from what is none", () => {
    expect(() => canonicalPlan({ resourcePlans: [] })).toThrow("no saved plan");
    expect(() => canonicalPlan(null)).toThrow("no saved plan");
  });
});

describe("a state", () => {
  const resource = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
    urn: urn("aws:sns/topic:Topic", name),
    custom: true,
    id: `${name}-id`,
    inputs: { name, password: secret("v1:abc") },
    outputs: { arn: `arn:${name}` },
    dependencies: [urn("t", "one"), urn("t", "other")],
    created: "2026-01-01T00:00:00Z",
    modified: "2026-01-01T00:00:00Z",
    sourcePosition: "project:///index.ts#1,1",
    ...more,
  });
  const state = (resources: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
    version: 3,
    deployment: {
      manifest: { time: new Date().toISOString() },
      secrets_providers: { type: "passphrase", state: { salt: "v1:1" } },
      resources,
      ...more,
    },
  });
  const stateText = (value: unknown): string => canonicalText(canonicalState(value));
  const before = state([resource("one"), resource("two")]);

  test("is the same after an up that changed nothing: other times, ciphertexts, places and order", () => {
    const again = (name: string) =>
      resource(name, {
        inputs: { password: secret("v1:def"), name },
        dependencies: [urn("t", "other"), urn("t", "one")],
        modified: "2026-02-02T00:00:00Z",
        sourcePosition: "project:///index.ts#9,1",
      });
    expect(stateText(state([again("two"), again("one")]))).toBe(stateText(before));
    expect(stateText(before)).not.toContain("v1:");
  });

  test.each<[string, unknown]>([
    ["an output that a refresh found", state([resource("one", { outputs: {} }), resource("two")])],
    ["a resource more", state([resource("one"), resource("two"), resource("three")])],
    ["a resource less", state([resource("one")])],
    ["protection", state([resource("one", { protect: true }), resource("two")])],
    [
      "an old object that waits to be deleted",
      state([resource("one"), resource("two"), resource("two", { delete: true })]),
    ],
    ["an id", state([resource("one", { id: "other" }), resource("two")])],
    [
      "an operation that a crash left pending",
      state([resource("one"), resource("two")], {
        pending_operations: [{ type: "creating", resource: resource("three") }],
      }),
    ],
  ])("moves with %s", (_what, after) => {
    expect(stateText(after)).not.toBe(stateText(before));
  });

  test("may be empty, and is told from what is none", () => {
    expect(stateText({ version: 3, deployment: null })).toBe(stateText(state([])));
    expect(() => canonicalState({ resources: [] })).toThrow("no deployment");
  });
});

describe("settings", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "approval-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const settingsText = (text: string): string => {
    const file = join(folder, "Pulumi.tiny.yaml");
    writeFileSync(file, text);
    return canonicalText(canonicalSettings(file));
  };
  const before = `
encryptionsalt: v1:salt
config:
  gitlab:release: "18.10"
  gitlab:network: { cidr: 10.0.0.0/16, zones: [a, b] }
  gitlab:password:
    secure: v1:abc
`;

  test("are the same whatever their comments, their layout and the order of their keys", () => {
    const other = `# A comment
config:
  gitlab:password: { secure: v1:abc } # another
  gitlab:network:
    zones:
      - a
      - "b"
    cidr: "10.0.0.0/16"
  gitlab:release: '18.10'
encryptionsalt: v1:salt
`;
    expect(settingsText(other)).toBe(settingsText(before));
  });

  test.each([
    ["a value", ["10.0.0.0/16", "10.1.0.0/16"]],
    ["a secret", ["v1:abc", "v1:def"]],
    ["the order of a list", ["[a, b]", "[b, a]"]],
    ["a version that becomes a number", ['"18.10"', "18.10"]],
    ["the salt", ["v1:salt", "v1:pepper"]],
    ["an imported environment", ["config:", "environment: [prod]\nconfig:"]],
    ["another secrets provider", ["config:", "secretsprovider: awskms://key\nconfig:"]],
  ] as const)("move with %s", (_what, [was, is]) => {
    expect(before).toContain(was);
    expect(settingsText(before.replace(was, is))).not.toBe(settingsText(before));
  });

  test("tell apart numbers that YAML would take for the same", () => {
    expect(settingsText("config: { a: 18.10 }")).not.toBe(settingsText("config: { a: 18.1 }"));
  });

  test("that cannot be read are named with their line", () => {
    expect(() => settingsText("config:\n  a: [1\n")).toThrow(/Pulumi\.tiny\.yaml .*line \d/);
    expect(() => canonicalSettings(join(folder, "Pulumi.none.yaml"))).toThrow(
      "Pulumi.none.yaml is missing",
    );
  });
});

test("a canonical text is the same for the same value only, whatever the order of its keys", () => {
  const turned = (value: Json): Json => {
    if (Array.isArray(value)) return value.map((item: Json) => turned(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, item]) => [key, turned(item as Json)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalText(value);
      expect(canonicalText(turned(value as Json))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
