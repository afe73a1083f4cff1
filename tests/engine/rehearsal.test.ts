import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "../../engine/isolation";
import type { RehearsalReport } from "../../engine/rehearsal-report";
import { typescript } from "../support/typescript";

/** A rehearsal of the tests' own project as a user's shell would run it, in a temporary folder of its own. */
class Run {
  readonly temporary = mkdtempSync(join(tmpdir(), "rehearsal-test-"));
  readonly json = join(this.temporary, "report.json");
  output = "";
  private readonly child;
  readonly ended: Promise<number | null>;

  constructor(stacks: string, set: readonly string[] = [], env: Record<string, string> = {}) {
    const program = join(checkout, "tests", "engine", "support", "rehearse-project.ts");
    this.child = spawn(process.execPath, [...typescript, program, stacks, this.json, ...set], {
      cwd: checkout,
      env: { ...process.env, CI: "true", TMPDIR: this.temporary, ...env },
    });
    const hear = (text: Buffer): void => {
      this.output += text.toString();
    };
    this.child.stdout.on("data", hear);
    this.child.stderr.on("data", hear);
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits until the output holds a text. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended without "${text}":\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Folders that the rehearsal made and did not remove. */
  scratches(): string[] {
    return readdirSync(this.temporary).filter((name) => name.startsWith("gitlab-rehearsal-"));
  }

  /** Processes that work in this run's scratch folder, found by their environment. */
  processes(): string[] {
    return this.proc().map(({ pid }) => pid);
  }

  /** The environments of those processes. */
  environments(): string[] {
    return this.proc().map(({ environment }) => environment);
  }

  private proc(): { pid: string; environment: string }[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const environment = readFileSync(join("/proc", pid, "environ"), "latin1").replaceAll(
            "\0",
            "\n",
          );
          return environment.includes(`${this.temporary}/gitlab-rehearsal-`)
            ? [{ pid, environment }]
            : [];
        } catch {
          // Ended between the two looks, or another user's.
          return [];
        }
      });
  }

  remove(): void {
    this.child.kill("SIGKILL");
    rmSync(this.temporary, { recursive: true, force: true });
  }
}

let run: Run | undefined;

afterEach(() => {
  run?.remove();
  run = undefined;
});

function report({ json }: Run): RehearsalReport {
  return JSON.parse(readFileSync(json, "utf8")) as RehearsalReport;
}

test("every step holds for a stack and for one that needs it, nothing of the user's environment is used", async () => {
  const backend = mkdtempSync(join(tmpdir(), "rehearsal-not-used-"));
  try {
    run = new Run("second,tiny", [], {
      AWS_PROFILE: "production",
      AWS_ACCESS_KEY_ID: "AKIAPLANTEDPLANTED00",
      AWS_SECRET_ACCESS_KEY: "planted",
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      GOOGLE_APPLICATION_CREDENTIALS: "/nonexistent",
      ARM_CLIENT_SECRET: "planted",
      KUBECONFIG: "/nonexistent",
      PULUMI_ACCESS_TOKEN: "pul-planted",
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "planted",
      PULUMI_STACK: "production",
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      PULUMI_DEBUG_PROVIDERS: "aws:1",
      NODE_OPTIONS: "--throw-deprecation",
      HTTPS_PROXY: "http://127.0.0.1:1",
    });
    const code = await run.ended;
    expect({ code, output: run.output }).toMatchObject({ code: 0 });
    expect(readdirSync(backend)).toEqual([]);
  } finally {
    rmSync(backend, { recursive: true, force: true });
  }
  const { stacks } = report(run);
  expect(stacks.map(({ stack }) => stack)).toEqual(["second", "tiny"]);
  for (const { ok, resources, steps } of stacks) {
    expect(ok).toBe(true);
    expect(resources).toBe(12);
    expect(steps).toMatchObject({
      preview: { create: 12 },
      up: { create: 12 },
      noop: { changes: 0 },
      // Two changes, one on top of the other, of three resources each.
      day2: { planned: { update: 6, replace: 0 }, update: 6, replace: 0, replacedStateful: 0 },
      drift: { injected: 5, found: 5 },
      destroy: { refused: true, callsWhileRefused: 0, left: 0 },
      secretsFound: 0,
    });
  }
  expect(run.scratches()).toEqual([]);
  expect(run.processes()).toEqual([]);
}, 300_000);

test("a step that does not hold ends with 1, names what did not hold once, and leaves a whole report", async () => {
  run = new Run("tiny", ["misbehave=leaks"]);
  expect(await run.ended).toBe(1);
  expect(run.output.match(/secret tiny:databasePassword stands in/g)?.length).toBeGreaterThan(0);
  expect(run.output.match(/DID NOT HOLD/g)).toHaveLength(1);
  const [stack] = report(run).stacks;
  expect(stack?.ok).toBe(false);
  expect(stack?.steps.secretsFound).toBeGreaterThan(0);
  expect(run.scratches()).toEqual([]);
}, 200_000);

test("an unknown stack ends with 2 and lists the known ones, with no process started", async () => {
  run = new Run("aws-production");
  expect(await run.ended).toBe(2);
  expect(run.output).toMatch(
    /no stack aws-production[\s\S]*tiny: a network[\s\S]*second: the same/,
  );
  expect(run.scratches()).toEqual([]);
}, 60_000);

test("wrong settings end with 1, said once and all together, and the engine is not started", async () => {
  run = new Run("tiny", ["release=16.0", "colour=red"]);
  expect(await run.ended).toBe(1);
  expect(run.output.match(/colour: found red/g)).toHaveLength(1);
  expect(run.output.match(/release: found 16\.0; allowed: 18\.x/g)).toHaveLength(1);
  expect(run.output).not.toContain("preview and up");
}, 60_000);

test("Ctrl-C during an up ends everything in order: no process, no scratch folder, code 130", async () => {
  run = new Run("tiny");
  await run.says("preview and up …");
  await new Promise((resolve) => setTimeout(resolve, 3000));
  run.signal("SIGINT");
  // npm and the launcher pass the same Ctrl-C on.
  run.signal("SIGINT");
  expect(await run.ended).toBe(130);
  expect(run.output).toContain("Interrupted");
  expect(run.output).not.toContain("DID NOT HOLD");
  expect(run.scratches()).toEqual([]);
  expect(run.processes()).toEqual([]);
}, 120_000);

test("no process outlives a driver that is killed", async () => {
  run = new Run("tiny");
  await run.says("preview and up …");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(run.processes().length).toBeGreaterThan(0);
  run.signal("SIGKILL");
  await run.ended;
  const patience = Date.now() + 30_000;
  while (run.processes().length > 0 && Date.now() < patience) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(run.processes()).toEqual([]);
}, 120_000);
