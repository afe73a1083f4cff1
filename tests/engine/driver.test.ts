import { count, changed } from "../../engine/facts";
import { testStack, type TestStack, well } from "./support/stack";

/** One life of the tiny stack, in order: each test goes on where the one before ended. */
describe("a stack on the real engine", () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await testStack();
  });
  afterAll(() => stack.end());

  test("does at up what its preview foretold, bound by its plan", async () => {
    const preview = well(await stack.driver.preview());
    const up = well(await stack.driver.up(preview, { bound: true }));
    expect(count(up.facts.resources).create).toBe(count(preview.facts.resources).create);
    expect(up.facts.resources.map(({ name }) => name)).toContain("network-0");
  });

  test("shows no change at a second preview", async () => {
    const preview = well(await stack.driver.preview());
    expect(changed(preview.facts)).toEqual([]);
  });

  test("masks secret outputs and has the others", async () => {
    const outputs = await stack.driver.outputs();
    expect(outputs.rootPassword).toBe("[secret]");
    expect(outputs.vpcId).toMatch(/^vpc-[0-9a-f]{17}$/);
  });

  test("names the properties that a settings change changes", async () => {
    stack.driver.set(stack.description.day2[0]?.set ?? {});
    const preview = well(await stack.driver.preview());
    const vpc = preview.facts.resources.find(({ type }) => type === "aws:ec2/vpc:Vpc");
    expect(vpc?.operation).toBe("update");
    expect(vpc?.changes.map(({ path }) => path)).toContain("tags.Release");
    well(await stack.driver.up(preview, { bound: true }));
  });

  test("refuses a destroy preview while protection is on, naming each protected resource, with no call", async () => {
    const since = (await stack.sandbox.call("calls", { since: 0 })).at(-1)?.sequence ?? 0;
    const refusal = await stack.driver.previewDestroy();
    expect(refusal.succeeded).toBe(false);
    const said = refusal.errors.join("\n");
    expect(said).toContain("aws:kms/key:Key::key");
    expect(said).toContain("aws:s3/bucket:Bucket::data");
    // The engine opens the provider that stands in the state; no object is asked about or touched.
    const calls = await stack.sandbox.call("calls", { since });
    expect(calls.filter(({ rpc }) => rpc !== "Configure" && rpc !== "CheckConfig")).toEqual([]);
  });

  test("shows a lifted protection that the engine counts as no change", async () => {
    stack.driver.set(stack.description.unprotect.set);
    const preview = well(await stack.driver.preview());
    const up = well(await stack.driver.up(preview));
    expect(changed(up.facts)).toEqual([]);
    const lifted = up.facts.resources.filter(({ protectionLifted }) => protectionLifted);
    expect(lifted.map(({ name }) => name).sort()).toEqual(["data", "key"]);
  });

  test("leaves nothing over after a destroy", async () => {
    const foretold = well(await stack.driver.previewDestroy());
    well(await stack.driver.destroy(foretold));
    expect(await stack.sandbox.call("leftOver")).toEqual([]);
  });
});
