/**
 * An up that is bound to an approval, as a process of its own with plain `pulumi` under it: a Git checkout with the
 * tests' program and a small policy pack, against the sandbox.
 */
import { spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Engine, resolveEngine } from "../../engine/binary";
import { checkout } from "../../engine/isolation";
import { canonicalState } from "../../review/approval/canonical-state";
import { digestOf, formatDigest } from "../../review/approval/digest";
import { canonicalText } from "../../review/approval/values";
import type { Digest } from "../../review/record";
import { readRecords } from "../../review/store";
import { StackCli } from "../../review/run/stack-cli";
import { type Ended, OfficialPath, putSettings } from "../support/official-path";
import { typescript } from "../support/typescript";
import { git, putProject } from "./support/checkout";
import { project as fixture } from "./support/project";
import type { UpOrder } from "./support/up-project";

const stack = "tiny";
const secrets = { databasePassword: "correct-horse-battery", rootPassword: "staple-in-the-stable" };
const pack = `
const { PolicyPack, validateResourceOfType } = require("@pulumi/policy");
new PolicyPack("tiny", {
  policies: [
    {
      name: "no-release-19",
      description: "Release 19 is not there yet.",
      enforcementLevel: "mandatory",
      validateResource: ({ type, props }, report) => {
        if (type === "aws:ec2/vpc:Vpc" && props.tags.Release === "18.19") report("18.19 is too new");
      },
    },
  ],
});
`;

jest.setTimeout(300_000);

let engine: Engine;
let user: OfficialPath;
let json: string;

/** A checkout as a user has it: its own repository, dependencies linked in. */
function putCheckout(folder: string): void {
  putProject(folder);
  mkdirSync(join(folder, "policies"));
  writeFileSync(join(folder, "policies/package.json"), '{"name":"tiny","version":"0.0.1"}');
  writeFileSync(join(folder, "policies/index.js"), pack);
  putSettings(fixture, stack, folder);
}

const file = (name: string): string => join(user.folder, name);

function commit(): void {
  git(user.folder, "add", "-A");
  git(user.folder, "commit", "-qm", "as approved");
}

/** Back to what is committed; the state stays as it is. */
function back(): void {
  git(user.folder, "checkout", "-q", "--", ".");
}

/** What a preview says that there is to approve. */
async function digest(): Promise<string> {
  const cli = await StackCli.open({
    ...{ project: user.folder, stack, engine },
    env: await user.environment(),
  });
  try {
    const state = await cli.exportState();
    const preview = await cli.preview({ plan: cli.planFile, policies: [] });
    expect(preview).toMatchObject({ succeeded: true, errors: [] });
    const input = { stack, project: user.folder, projectName: "gitlab" };
    const settingsFile = file(`Pulumi.${stack}.yaml`);
    const plan = cli.readPlan();
    return formatDigest(stack, await digestOf({ ...input, plan, state, settingsFile }));
  } finally {
    await cli.close();
  }
}

/** `npm run up`. @param interruptAt ends it by Ctrl-C as soon as it has said this */
async function up(approved: string, interruptAt?: string): Promise<Ended> {
  const order: UpOrder = {
    ...{ project: user.folder, stack, approved, json },
    env: await user.environment(),
  };
  const child = spawn(
    process.execPath,
    [...typescript, join(__dirname, "support", "up-project.ts"), JSON.stringify(order)],
    { cwd: checkout, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (interruptAt !== undefined && output.includes(interruptAt)) {
        interruptAt = undefined;
        child.kill("SIGINT");
      }
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  // Whatever was said, no secret was.
  for (const secret of Object.values(secrets)) expect(output).not.toContain(secret);
  return { code, output };
}

/** Calls that changed something. */
const calls = async (): Promise<number> =>
  (await user.sandbox.call("calls", { since: 0, mutating: true })).length;

/** What was refused: nothing is touched, and the parts that differ are named. */
async function refused(approved: string, parts: readonly string[]): Promise<string> {
  const before = await calls();
  const { code, output } = await up(approved);
  expect(output).toContain("tiny was not touched: what stands here is not what was approved.");
  expect([...output.matchAll(/^ {2}(\w+): /gm)].map(([, part]) => part)).toEqual(parts);
  expect(output.match(/approved [0-9a-f]{16}, now [0-9a-f]{16}/g)).toHaveLength(parts.length);
  expect(code).toBe(1);
  expect(await calls()).toBe(before);
  return output;
}

/** Sets a setting as a person would in an editor; `config set` takes an engine's time. */
function set(was: string, is: string): void {
  const settings = file(`Pulumi.${stack}.yaml`);
  const text = readFileSync(settings, "utf8");
  expect(text).toContain(was);
  writeFileSync(settings, text.replace(was, is));
}

/** The digest of what the last `up` found. */
function found(): string {
  const kept = readFileSync(join(json, stack, "up.json"), "utf8");
  return formatDigest(stack, (JSON.parse(kept) as { found: Digest }).found);
}

const state = async (): Promise<string> =>
  canonicalText(canonicalState(JSON.parse(await user.succeeds("stack", "export"))));

const packFile = "policies/PulumiPolicy.yaml";
/** From here on the policies are a pack that the engine runs. */
function putPack(): void {
  cpSync(join(checkout, packFile), file(packFile));
}

let approved: string;
let states: readonly string[];

beforeAll(async () => {
  engine = await resolveEngine();
  user = OfficialPath.startIn(engine.path, stack, putCheckout);
  json = join(user.scratch.records, "json");
  git(user.folder, "init", "-q");
  await user.succeeds("stack", "init");
  const pairs = Object.entries(secrets).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
  await user.succeeds("config", "set-all", ...pairs);
  await user.succeeds("up", "--yes", "--skip-preview");
  const once = await state();
  await user.succeeds("up", "--yes", "--skip-preview");
  states = [once, await state()];
  // The change that is approved: a release, and protection that is lifted.
  set('gitlab:release: "18.10"', 'gitlab:release: "18.11"\n  gitlab:protect: "false"');
  commit();
  approved = await digest();
});
afterAll(async () => {
  await user.stop();
});

test("an up that changes nothing leaves the state's part as it was", () => {
  expect(states[1]).toBe(states[0]);
});

describe("refused by name, with nothing touched, is", () => {
  afterEach(back);

  test("other code and another policy, where another process finds the same plan over the same state", async () => {
    appendFileSync(file("environments/tiny.ts"), "// changed\n");
    appendFileSync(file("policies/index.js"), "// changed\n");
    const output = await refused(approved, ["policies", "code"]);
    expect(output).toContain("Not committed here: environments/tiny.ts, policies/index.js.");
    expect(output).toContain("As approved: plan, state, settings.");
  });

  test("another value of a secret, which is shown nowhere", async () => {
    await user.succeeds("config", "set", "--secret", "databasePassword", "another-stable-staple");
    const output = await refused(approved, ["plan", "settings"]);
    expect(output).toContain(
      "replace  database (aws:secretsmanager/secretVersion:SecretVersion): secretString",
    );
    expect(output).not.toContain("another-stable-staple");
  });

  test("a setting and a policy, where the policies forbid it", async () => {
    set('"18.11"', '"18.19"');
    putPack();
    const before = await calls();
    const { code, output } = await up(approved);
    rmSync(file(packFile));
    expect(output).toContain("tiny was not touched: policies forbid it.");
    expect(output).toContain("18.19 is too new");
    expect(output).toMatch(/^ {2}settings: [^]*^ {2}policies: /m);
    expect(code).toBe(1);
    expect(await calls()).toBe(before);
  });
});

test("a state that another change is holding is left alone, and its holder is named", async () => {
  const locks = join(user.scratch.backend, ".pulumi/locks/organization/gitlab/tiny");
  mkdirSync(locks, { recursive: true });
  const lock = { pid: 1, username: "ada", hostname: "runner-7", timestamp: "2026-01-02T03:04:05Z" };
  writeFileSync(join(locks, "0.json"), JSON.stringify(lock));
  try {
    const before = await calls();
    const { code, output } = await up(approved);
    expect(output).toContain(
      "tiny was not touched: its state is locked by ada@runner-7 since 2026-01-02T03:04:05Z: another change is running.",
    );
    expect(code).toBe(1);
    expect(await calls()).toBe(before);
  } finally {
    rmSync(locks, { recursive: true });
  }
});

test("Ctrl-C during the preview leaves nothing behind", async () => {
  const before = await calls();
  const { code, output } = await up(approved, "previewing");
  expect(output).toContain("tiny was not touched: interrupted.");
  expect(code).toBe(130);
  expect(await calls()).toBe(before);
});

test("a second change in between makes the approval void, and the new plan is shown", async () => {
  set('"18.11"', '"18.12"');
  await user.succeeds("up", "--yes", "--skip-preview");
  back();
  putPack();
  commit();
  const output = await refused(approved, ["state", "policies"]);
  expect(output).toContain("the state of tiny has moved since the approval");
  expect(output).toContain("What an up would do now:");
  expect(output).toMatch(/~ {2}update {3}network \(aws:ec2\/vpc:Vpc\): .*tags/);
});

test("what was approved is applied, the lifted protection with it, and nothing else is done", async () => {
  const { code, output } = await up(found());
  expect(output).toMatch(/tiny is done: \d+ resources? changed, all as approved and nothing else/);
  expect(code).toBe(0);
  const [record] = readRecords(json);
  expect(formatDigest(stack, record?.digest as Digest)).toBe(found());
  const standing = await state();
  expect(standing).toContain('"Release":"18.11"');
  expect(standing).not.toContain('"Release":"18.12"');
  expect(standing).not.toContain('"protect":true');
});

test("a program that does another thing at up is stopped by the plan, and no secret value is shown", async () => {
  rmSync(file(packFile));
  const program = file("environments/tiny.ts");
  const text = readFileSync(program, "utf8");
  const other =
    "secretString: pulumi.runtime.isDryRun() ? password : pulumi.interpolate`${password}-2`";
  expect(text).toContain("secretString: password");
  writeFileSync(program, text.replace("secretString: password", other));
  const { code, output } = await up(await digest());
  expect(output).toContain("violates plan: properties changed: ");
  expect(output).toContain("secretString");
  expect(output).not.toContain("none were seen");
  expect(code).toBe(1);
});
