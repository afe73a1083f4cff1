/** `npm run preview` and `npm run drift` as processes, over the tests' own program: in the sandbox, and as in a cloud. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { resolveEngine } from "../../engine/binary";
import { checkout } from "../../engine/isolation";
import { PlantedSecrets } from "../../engine/planted";
import type { PreviewRecord } from "../../review/record";
import { readRecords } from "../../review/store";
import { OfficialPath, putSettings } from "../support/official-path";
import { typescript } from "../support/typescript";
import { edit, git, putPack, putProject } from "./support/checkout";
import type { PreviewOrder } from "./support/preview-project";
import { project as fixture } from "./support/project";

jest.setTimeout(120_000);

/** A command in a process with a temporary folder of its own. */
class Run {
  readonly temporary = mkdtempSync(join(tmpdir(), "preview-test-"));
  readonly json: string;
  output = "";
  private readonly child;
  readonly ended: Promise<number | null>;

  constructor(
    order: Partial<PreviewOrder> & Pick<PreviewOrder, "project" | "stacks">,
    env: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    const temporary = join(this.temporary, "tmp");
    mkdirSync(temporary);
    this.json = join(this.temporary, "out");
    const full: PreviewOrder = {
      command: "preview",
      registry: join(order.project, "environments/registry.ts"),
      json: this.json,
      ...order,
    };
    this.child = spawn(
      process.execPath,
      [...typescript, join(__dirname, "support", "preview-project.ts"), JSON.stringify(full)],
      { cwd: checkout, env: { ...env, CI: "true", TMPDIR: temporary } },
    );
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  records(): Record<string, PreviewRecord> {
    return Object.fromEntries(readRecords(this.json).map((record) => [record.stack, record]));
  }

  widget(name: string): string {
    return readFileSync(join(this.json, "widgets", name), "utf8");
  }

  /** What is left of what it made beside its results; a program that plain pulumi runs keeps its transpiled code there. */
  left(): string[] {
    return readdirSync(join(this.temporary, "tmp")).filter((name) => name.startsWith("gitlab-"));
  }

  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended without "${text}":\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  interrupt(): void {
    this.child.kill("SIGINT");
  }

  remove(): void {
    this.child.kill("SIGKILL");
    rmSync(this.temporary, { recursive: true, force: true });
  }
}

const runs: Run[] = [];
function start(...args: ConstructorParameters<typeof Run>): Run {
  const run = new Run(...args);
  runs.push(run);
  return run;
}

const folders: string[] = [];
afterAll(() => {
  for (const run of runs) run.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("in the sandbox", () => {
  test("settings that are set are the change of every named stack, and nothing is left but the results", async () => {
    const run = start({
      ...{ project: fixture, stacks: ["second", "tiny"], sandbox: true },
      ...{ set: ["release=18.11"], drift: true },
    });
    expect({ code: await run.ended, output: run.output }).toMatchObject({ code: 0 });
    const { tiny, second } = run.records();
    for (const record of [tiny, second]) {
      expect(record).toMatchObject({
        mode: "sandbox",
        base: "the same settings",
        status: "previewed",
        counts: { create: 0, update: 3, replace: 0, delete: 0, same: 9 },
        drift: { status: "looked", changes: [] },
      });
      expect(record?.digest).toBeUndefined();
    }
    expect(tiny?.changes).toContainEqual(
      expect.objectContaining({
        type: "aws:ec2/vpc:Vpc",
        properties: [
          expect.objectContaining({ path: "tags.Release", before: "18.10", after: "18.11" }),
        ],
      }),
    );
    expect(JSON.parse(run.widget("terraform.json"))).toEqual({ create: 0, update: 6, delete: 0 });
    expect(run.left()).toEqual([]);
  });

  test("another ref's program and settings are what stands; secrets are the same, new ones and new stacks are new", async () => {
    const folder = mkdtempSync(join(tmpdir(), "preview-checkout-"));
    folders.push(folder);
    putProject(folder);
    putPack(folder);
    putSettings(fixture, "tiny", folder);
    git(folder, "init", "-q", "-b", "main");
    git(folder, "add", "-A");
    git(folder, "commit", "-qm", "before");
    edit(
      join(folder, "environments/tiny.ts"),
      "const secret = new Secret(",
      'new Secret("more", { kmsKeyId: key.arn }, { provider });\n  const secret = new Secret(',
    );
    edit(join(folder, "environments/tiny.ts"), "secrets = [", 'secrets = ["licence", ');
    edit(join(folder, "environments/tiny.ts"), '"readsTiny",', '"readsTiny",\n  "licence",');
    edit(join(folder, "Pulumi.tiny.yaml"), "18.10", "18.19");
    putSettings(fixture, "second", folder);
    const run = start({ project: folder, stacks: [], sandbox: true, base: "main" });
    expect({ code: await run.ended, output: run.output }).toMatchObject({ code: 1 });
    const { tiny, second } = run.records();
    expect(tiny).toMatchObject({
      status: "previewed",
      errors: [],
      counts: { create: 1, update: 3, replace: 0, delete: 0, same: 9 },
      policies: {
        rules: 1,
        results: [{ rule: "no-release-19", state: "failed", mandatory: true }],
      },
    });
    expect(tiny?.base).toMatch(/^main at [0-9a-f]{8}$/);
    expect(second).toMatchObject({ status: "previewed", base: "nothing", counts: { create: 13 } });
    expect(run.output).toContain("tiny: no-release-19: network: 18.19 is too new");
    expect(run.widget("policies.junit.xml")).toContain('message="1 broken"');
    expect(run.left()).toEqual([]);
  });

  test("a program that breaks off and wrong settings are said, in the record too", async () => {
    const [broken, wrong] = [["misbehave=throws"], ["release=16.0", "colour=red"]].map((set) =>
      start({ project: fixture, stacks: ["tiny"], sandbox: true, set }),
    );
    expect(await broken?.ended).toBe(1);
    expect(broken?.records().tiny).toMatchObject({
      status: "failed",
      errors: [expect.stringContaining("the program broke off")],
    });
    expect(broken?.widget("previews.junit.xml")).toContain('failures="1"');
    expect(await wrong?.ended).toBe(1);
    expect(wrong?.output).toContain("colour: found red");
    expect(wrong?.output).toContain("release: found 16.0; allowed: 18.x");
    expect(wrong?.output).not.toContain("standing up");
    // Without a record a note would pass over the stack, as if nothing of it changed.
    expect(wrong?.records().tiny).toMatchObject({
      status: "failed",
      errors: [expect.stringContaining("release: found 16.0; allowed: 18.x")],
    });
  });

  test("what does not go together, and what does not exist, ends with 2", async () => {
    const tiny = { project: fixture, stacks: ["tiny"] };
    const wrong: readonly (readonly [Run, RegExp])[] = [
      [start({ ...tiny, stacks: ["aws-production"] }), /no stack aws-production/],
      [start({ ...tiny, set: ["release=18.11"] }), /--base and --set are for --sandbox/],
      [start({ ...tiny, sandbox: true, base: "no-such-ref" }), /Git knows no commit no-such-ref/],
    ];
    for (const [run, said] of wrong) {
      expect(await run.ended).toBe(2);
      expect(run.output).toMatch(said);
    }
  });

  test("Ctrl-C ends it with 130 and leaves neither processes nor folders", async () => {
    const run = start({
      project: fixture,
      stacks: ["tiny"],
      sandbox: true,
      set: ["release=18.11"],
    });
    await run.says("standing up");
    run.interrupt();
    // npm and the launcher pass the same Ctrl-C on.
    run.interrupt();
    expect(await run.ended).toBe(130);
    expect(run.left()).toEqual([]);
    expect(run.records().tiny).toMatchObject({
      status: "failed",
      errors: [expect.stringContaining("stopped before it came to its end")],
    });
  });
});

describe("as in a cloud", () => {
  const stack = "tiny";
  const planted = new PlantedSecrets();
  let user: OfficialPath;
  let env: Record<string, string | undefined>;
  const order = (): Pick<PreviewOrder, "project" | "stacks" | "engine"> => ({
    project: user.folder,
    stacks: [stack],
    engine: JSON.stringify(process.env),
  });

  /** No secret stands in anything that it wrote or said. */
  function searched(run: Run): void {
    expect(planted.searchFolder(run.json)).toEqual([]);
    expect(planted.search(run.output, "output")).toEqual([]);
    expect(run.left()).toEqual([]);
  }

  beforeAll(async () => {
    user = OfficialPath.startIn((await resolveEngine()).path, stack, (folder) => {
      putProject(folder);
      putSettings(fixture, stack, folder);
      git(folder, "init", "-q");
    });
    const bare = await user.environment();
    // Git is all that it has of the user's.
    env = { ...bare, PATH: `${bare.PATH ?? ""}${delimiter}${process.env.PATH ?? ""}` };
    await user.succeeds("stack", "init");
    for (const key of ["databasePassword", "rootPassword"]) {
      planted.plant(key, planted.marker(key));
      await user.succeeds("config", "set", "--secret", key, planted.marker(key));
    }
    git(user.folder, "add", "-A");
    git(user.folder, "commit", "-qm", "as it is");
  });
  afterAll(async () => {
    await user.stop();
  });

  test("a preview changes nothing, tells no secret, and can be approved", async () => {
    const run = start(order(), env);
    expect({ code: await run.ended, output: run.output }).toMatchObject({ code: 0 });
    expect(run.records().tiny).toMatchObject({
      mode: "cloud",
      status: "previewed",
      counts: { create: 12 },
    });
    expect(run.records().tiny?.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(run.output).toMatch(/npm run up -- tiny --approved \S+plan-[0-9a-f]{16}\.state-/);
    searched(run);
    expect(await user.sandbox.call("leftOver")).toEqual([]);
  });

  test("Ctrl-C ends it with 130, with the plan gone", async () => {
    const run = start(order(), env);
    await run.says("previewing");
    run.interrupt();
    expect(await run.ended).toBe(130);
    expect(run.output).toContain("Interrupted");
    expect(run.left()).toEqual([]);
  });

  test("drift is found by the look for it and beside a preview, and is no failure", async () => {
    await user.succeeds("up", "--yes", "--skip-preview");
    const [vpc] = await user.sandbox.call("objects", { type: "aws:ec2/vpc:Vpc" });
    await user.sandbox.call("drift", {
      ...{ kind: "tag", type: "aws:ec2/vpc:Vpc", id: vpc?.id ?? "" },
      ...{ key: "by", value: planted.marker("databasePassword") },
    });
    const nightly = start({ ...order(), command: "drift" }, env);
    expect({ code: await nightly.ended, output: nightly.output }).toMatchObject({ code: 0 });
    expect(nightly.records().tiny?.drift).toMatchObject({
      status: "looked",
      changes: [{ type: "aws:ec2/vpc:Vpc", operation: "update" }],
    });
    searched(nightly);
    const beside = start({ ...order(), drift: true }, env);
    expect({ code: await beside.ended, output: beside.output }).toMatchObject({ code: 0 });
    expect(beside.records().tiny?.drift?.changes).toHaveLength(1);
    expect(beside.records().tiny?.counts).toMatchObject({ create: 0, update: 0, same: 12 });
    searched(beside);
  });

  test("what an interrupted replacement left behind, and what goes with what it hangs on, is told as deleted and stops nothing", async () => {
    const file = join(user.scratch.root, "state.json");
    await user.succeeds("stack", "export", "--file", file);
    const state = JSON.parse(readFileSync(file, "utf8")) as {
      deployment: { resources: { urn: string; id?: string; delete?: boolean }[] };
    };
    const subnet = state.deployment.resources.find(({ urn }) => urn.endsWith("::network-0"));
    state.deployment.resources.push({
      ...subnet,
      ...{ urn: subnet?.urn ?? "", id: "subnet-left", delete: true },
    });
    writeFileSync(file, JSON.stringify(state));
    await user.succeeds("stack", "import", "--file", file);
    const program = join(user.folder, "environments/tiny.ts");
    edit(
      program,
      'new Secret("database", { kmsKeyId: key.arn }, { provider });',
      'new Secret("database", { name: "other", kmsKeyId: key.arn }, { provider, deleteBeforeReplace: true });',
    );
    edit(
      program,
      'new SecretVersion("database", { secretId: secret.id, secretString: password }, { provider });',
      "void [secret, password];",
    );
    const run = start(order(), env);
    expect({ code: await run.ended, output: run.output }).toMatchObject({ code: 0 });
    const { tiny } = run.records();
    expect(tiny).toMatchObject({ status: "previewed", errors: [] });
    expect(
      tiny?.changes
        .filter(({ operation }) => ["delete", "replace"].includes(operation))
        .map(({ operation, type }) => [operation, type]),
    ).toEqual([
      ["replace", "aws:secretsmanager/secret:Secret"],
      ["delete", "aws:secretsmanager/secretVersion:SecretVersion"],
      ["delete", "aws:ec2/subnet:Subnet"],
    ]);
    searched(run);
  });

  test("a stack that cannot be looked at fails the look, and says why", async () => {
    const run = start(
      { ...order(), command: "drift" },
      { ...env, PULUMI_CONFIG_PASSPHRASE: "wrong" },
    );
    expect(await run.ended).toBe(1);
    expect(run.records().tiny?.drift?.status).toBe("failed");
    expect(run.output).toMatch(/passphrase/);
    searched(run);
  });
});
