import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testStack, type TestStack, well } from "./support/stack";

let stack: TestStack | undefined;

afterEach(async () => {
  await stack?.end();
  stack = undefined;
});

test("an up that makes what its preview did not foretell is caught, resource by resource", async () => {
  stack = await testStack({ misbehave: "differs" });
  const preview = well(await stack.driver.preview());
  const up = await stack.driver.up(preview);
  expect(up.succeeded).toBe(true);
  expect(up.differences).toEqual([
    expect.stringMatching(
      /aws:kms\/key:Key::unforetold: the preview did not foretell the create that the up did/,
    ),
  ]);
});

test("an up that is bound by its plan refuses what was not foretold", async () => {
  stack = await testStack({ misbehave: "differs" });
  const preview = well(await stack.driver.preview());
  const up = await stack.driver.up(preview, { bound: true });
  expect(up.succeeded).toBe(false);
  expect(up.errors.join("\n")).toMatch(/unforetold .*not allowed by the plan/);
});

test.each([
  ["in clear", "leaks", "clear"],
  ["in base64", "leaks-packed", "base64"],
])(
  "a secret that a program puts out %s is found in the state and named",
  async (_how, misbehave, form) => {
    stack = await testStack({ misbehave });
    const up = await stack.driver.up();
    expect(up.succeeded).toBe(true);
    expect(up.secrets).toContainEqual({
      key: "tiny:databasePassword",
      where: expect.stringMatching(/backend.*tiny\.json$/) as string,
      form,
    });
  },
);

test("a state holds secrets as ciphertext only, and every copy of it too", async () => {
  stack = await testStack();
  well(await stack.driver.up());
  const state = readFileSync(
    join(stack.scratch.backend, ".pulumi", "stacks", "gitlab", "tiny.json"),
    "utf8",
  );
  expect(state).toContain('"ciphertext"');
  expect(state).not.toContain(stack.planted.marker("tiny:databasePassword"));
  expect(JSON.stringify(await stack.driver.exportState())).not.toContain(
    stack.planted.marker("tiny:rootPassword"),
  );
});

test("a Kubernetes object that the API's published schema does not take fails the preview, though its cluster is not there yet", async () => {
  stack = await testStack({ misbehave: "misspells" });
  const preview = await stack.driver.preview();
  // To the engine it is a creation like any other.
  expect(preview.succeeded).toBe(true);
  expect(preview.errors).toEqual([
    expect.stringMatching(/until their cluster exists the engine sends them to no provider/),
    "map (kubernetes:core/v1:ConfigMap): data.key: must be string",
    expect.stringMatching(/^map \(kubernetes:core\/v1:ConfigMap\): metadata\.label: .*"labels"\?$/),
  ]);
});

test("a program that breaks off is said once, with its own message", async () => {
  stack = await testStack({ misbehave: "throws" });
  const preview = await stack.driver.preview();
  expect(preview.succeeded).toBe(false);
  const said = preview.errors.join("\n");
  expect(said.split("the program broke off")).toHaveLength(2);
});

test("a resource without an explicit provider is an error that names it", async () => {
  stack = await testStack({ misbehave: "forgets-provider" });
  const preview = await stack.driver.preview();
  expect(preview.succeeded).toBe(false);
  expect(preview.errors.join("\n")).toMatch(/stray.*[Dd]efault provider for 'aws' disabled/s);
});

test("wrong settings are refused before the engine starts, all in one message", async () => {
  const wrong = testStack({ release: "17.1", colour: "red" });
  await expect(wrong).rejects.toThrow(
    /colour: found red.*\n.*release: found 17\.1; allowed: 18\.x/,
  );
});

test("a secret cannot be set by hand in a rehearsal", async () => {
  await expect(testStack({ databasePassword: "x" })).rejects.toThrow(
    /databasePassword: it is a secret/,
  );
});
