import { testStack, type TestStack, well } from "./support/stack";

let stack: TestStack | undefined;

afterEach(async () => {
  await stack?.end();
  stack = undefined;
});

const bucket = "aws:s3/bucket:Bucket::data$";

test("a refused create is said once, naming the resource, and the next up repairs it", async () => {
  stack = await testStack();
  await stack.sandbox.call("fault", {
    rpc: "Create",
    urn: bucket,
    kind: "error",
    message: "SlowDown: reduce your rate",
  });
  const up = await stack.driver.up();
  expect(up.succeeded).toBe(false);
  const said = up.errors.filter((message) => message.includes("SlowDown"));
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^data \(aws:s3\/bucket:Bucket\): /);
  well(await stack.driver.up());
});

test("an object that is not ready stands in the state, shows as an update, and the next up repairs it", async () => {
  stack = await testStack();
  await stack.sandbox.call("fault", {
    rpc: "Create",
    urn: bucket,
    kind: "init",
    message: "not ready yet",
  });
  const up = await stack.driver.up();
  expect(up.succeeded).toBe(false);
  expect(up.errors.join("\n")).toContain("not ready yet");
  const preview = well(await stack.driver.preview());
  const shown = preview.facts.resources.find(({ type }) => type === "aws:s3/bucket:Bucket");
  expect(shown?.operation).toBe("update");
  well(await stack.driver.up(preview));
});

test("a create whose answer was lost is refused by its fixed name at the next up, not doubled", async () => {
  stack = await testStack();
  await stack.sandbox.call("fault", { rpc: "Create", urn: bucket, kind: "lost" });
  expect((await stack.driver.up()).succeeded).toBe(false);
  const again = await stack.driver.up();
  expect(again.succeeded).toBe(false);
  expect(again.errors.join("\n")).toMatch(/data \(aws:s3\/bucket:Bucket\).*AlreadyExists/s);
  const buckets = await stack.sandbox.call("objects", { type: "aws:s3/bucket:Bucket" });
  expect(buckets).toHaveLength(1);
});

test("a call that hangs ends when the up is cancelled, with nothing pending", async () => {
  stack = await testStack();
  await stack.sandbox.call("fault", { rpc: "Create", urn: bucket, kind: "hang" });
  const up = stack.driver.up();
  await until(stack, "Create");
  stack.driver.cancel();
  const { cancelled, succeeded } = await up;
  expect({ cancelled, succeeded }).toEqual({ cancelled: true, succeeded: false });
  const state = JSON.stringify(await stack.driver.exportState());
  expect(state).not.toContain('pending_operations":[{');
  await stack.sandbox.call("clearFaults");
  well(await stack.driver.up());
});

/** Waits until the engine has made a call of this kind and, a moment later, is waiting for the answer. */
async function until({ sandbox }: TestStack, rpc: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const calls = await sandbox.call("calls", { since: 0 });
    if (calls.some((call) => call.rpc === rpc && call.urn?.includes("key:Key::key") === true))
      break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
