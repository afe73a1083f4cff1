import type { PackageModel, ResourceModel } from "../../../sandbox/model";
import { Bench, urnOf } from "./support/client";
import { fixture } from "./support/fixture";
import { Generator } from "./support/generate";

const source = "https://example.com/docs";
const config = { region: "eu-west-1" };

/** Makes inputs for a type of its own, and an object of it. */
async function build(properties: ResourceModel["properties"], more: Partial<ResourceModel> = {}) {
  const model: ResourceModel = {
    token: "test:odd/thing:Thing",
    source,
    schema: "test_thing",
    id: "thing-{hex:8}",
    properties,
    ...more,
  };
  const item: PackageModel = { ...fixture, resources: [...fixture.resources, model] };
  const bench = await Bench.start([item]);
  try {
    const provider = await bench.connect("test", config);
    const generator = new Generator(bench, provider, item.resources, config, item);
    const inputs = await generator.minimal(model);
    return { inputs, made: await provider.make(urnOf(model.token, "t"), inputs) };
  } finally {
    bench.stop();
  }
}

test("it finds inputs that satisfy a rule over several properties", async () => {
  const { inputs } = await build(
    {
      mode: { type: "string", required: true, enum: ["b", "a"] },
      x: { type: "integer" },
      y: { type: "integer" },
    },
    {
      rules: [
        {
          name: "b needs both",
          when: { property: "mode", equals: "b" },
          then: {
            all: [
              { property: "x", present: true },
              { property: "y", present: true },
            ],
          },
          message: "b needs x and y",
          source,
        },
        {
          name: "no a",
          then: { property: "mode", notEquals: "a" },
          message: "a is closed",
          source,
        },
      ],
    },
  );
  expect(Object.keys(inputs).sort()).toEqual(["mode", "x", "y"]);
});

test("a model whose rules nothing can satisfy is found out", async () => {
  const rules = [
    { name: "never", then: { property: "a", atLeast: 9 }, message: "impossible", source },
  ];
  await expect(build({ a: { type: "integer", max: 3 } }, { rules })).rejects.toThrow(
    /no valid inputs found:\s+a impossible/,
  );
});

test("a model that refers to a type that nobody modelled is found out", async () => {
  const a = { type: "string", required: true, ref: { type: "test:no/such:Such" } } as const;
  await expect(build({ a })).rejects.toThrow(
    /refers to test:no\/such:Such, none of which is modelled/,
  );
});

test("a pattern and an enumeration that exclude each other are found out", async () => {
  const a = { type: "string", required: true, enum: ["x"], pattern: "[0-9]+" } as const;
  await expect(build({ a })).rejects.toThrow(/no value can be made up/);
});

test("templates that go round in a circle, or name no property, are found out", async () => {
  const a = { type: "string", computed: true, value: "{b}" } as const;
  const b = { type: "string", computed: true, value: "{a}" } as const;
  await expect(build({ a, b })).rejects.toThrow(/templates depend on each other: a -> b -> a/);
  await expect(build({ a })).rejects.toThrow(/a template names b, which is no property of it/);
  await expect(build({}, { id: "{nothing:here}" })).rejects.toThrow(
    /unknown part \{nothing:here\}/,
  );
});
