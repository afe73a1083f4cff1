/**
 * The same program on the way to real clouds: Pulumi.yaml under the plain command line, with
 * nothing of this project's driver, against the sandbox.
 */
import * as path from "node:path";
import { resolveEngine } from "../../engine/binary";
import { checkout, makeScratch } from "../../engine/isolation";
import type { EnvironmentModule, EnvironmentRegistry } from "../../engine/environment";
import { PlantedSecrets } from "../../engine/planted";
import { prepareStack } from "../../engine/prepare";
import { Sandbox } from "../../engine/sandbox";
import { OfficialPath, plannedGoals } from "../support/official-path";
import { fullRun } from "../support/sample";

/** What the rehearsal's first preview plans, for comparison. */
async function rehearsedGoals(
  engine: string,
  project: string,
  stack: string,
): Promise<Record<string, unknown>> {
  const scratch = makeScratch();
  const sandbox = Sandbox.start(scratch);
  try {
    const { driver } = await prepareStack(
      { project, stack, scratch, sandbox, binary: engine, planted: new PlantedSecrets() },
      {},
    );
    try {
      const preview = await driver.preview();
      expect(preview.errors).toEqual([]);
      return plannedGoals(preview.plan);
    } finally {
      await driver.close();
    }
  } finally {
    await sandbox.stop();
    scratch.remove();
  }
}

async function environment(project: string, stack: string): Promise<EnvironmentModule> {
  const { environments } = (await import(path.join(project, "environments", "registry.ts"))) as {
    environments: EnvironmentRegistry;
  };
  const entry = environments[stack];
  if (entry === undefined) throw new Error(`no stack ${stack}`);
  return entry.load();
}

/** The stack has hundreds of resources, and the tests beside this one want the cores too. */
jest.setTimeout(600_000);

/** The largest stack in a full run; else one of half its size, on the same way. */
const stack = fullRun() ? "aws" : "ops";

describe(`the plain command line runs the ${stack} stack`, () => {
  const project = checkout;
  let engine: string;
  let user: OfficialPath;
  const planted = new PlantedSecrets();

  beforeAll(async () => {
    engine = (await resolveEngine()).path;
    user = OfficialPath.start(engine, project, stack);
    await user.succeeds("stack", "init");
  });
  afterAll(async () => {
    await user.stop();
  });

  const changes = async () =>
    (await user.sandbox.call("calls", { since: 0, mutating: true })).length;

  test("secrets that are missing are listed together, each once with its command", async () => {
    const { secrets } = await environment(project, stack);
    const { code, output } = await user.pulumi("preview");
    expect(code).not.toBe(0);
    const listed = [
      ...output.matchAll(new RegExp(`pulumi config set --secret (\\S+) -s ${stack}`, "g")),
    ].map(([, key]) => key);
    expect(listed.length).toBeGreaterThan(0);
    expect(new Set(listed).size).toBe(listed.length);
    expect(secrets.map((key) => (key.includes(":") ? key : `gitlab:${key}`))).toEqual(
      expect.arrayContaining(listed),
    );
    expect(await changes()).toBe(0);
  });

  test("secrets are set by the user", async () => {
    const { secrets, rehearsal } = await environment(project, stack);
    const pairs = secrets.flatMap((key) => {
      const marker = planted.marker(key);
      return ["--secret", `${key}=${rehearsal.madeUp?.(key, marker) ?? marker}`];
    });
    await user.succeeds("config", "set-all", "--path", ...pairs);
  });

  test("a preview plans what the rehearsal plans: the same URNs, inputs and options", async () => {
    const goals = await user.plan();
    const rehearsed = await rehearsedGoals(engine, project, stack);
    expect(Object.keys(goals).sort()).toEqual(Object.keys(rehearsed).sort());
    expect(goals).toEqual(rehearsed);
    expect(await changes()).toBe(0);
  });

  test("an up, previewed first, makes it, and leaves nothing to change", async () => {
    await user.succeeds("up", "--yes");
    await user.succeeds("preview", "--expect-no-changes");
  });

  test("a destroy is refused by its preview while protection is on, with no call to a provider", async () => {
    const before = await changes();
    const ended = await user.pulumi("destroy", "--yes");
    expect(ended.code).not.toBe(0);
    expect(ended.output).toContain("protected");
    expect(await changes()).toBe(before);
  });

  test("with protection lifted by its setting, a destroy leaves nothing over", async () => {
    const { unprotect } = (await environment(project, stack)).rehearsal;
    for (const [key, value] of Object.entries(unprotect.set)) {
      await user.succeeds("config", "set", "--path", key, JSON.stringify(value));
    }
    await user.succeeds("up", "--yes", "--skip-preview");
    await user.succeeds("destroy", "--yes");
    expect(await user.sandbox.call("leftOver")).toEqual([]);
  });
});
