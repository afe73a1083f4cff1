/**
 * A user's project under the plain command line: the program of a project of this checkout, its
 * Pulumi.yaml and stack file, in a folder of their own, with the sandbox in the clouds' place. The
 * engine is run as a person runs it, by `pulumi <command> -s <stack>`.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument, visit } from "yaml";
import { ENGINE_EXECUTABLE } from "../../engine/binary-places";
import { checkout, engineEnvironment, makeScratch } from "../../engine/isolation";
import type { Scratch } from "../../engine/isolation";
import { Sandbox } from "../../engine/sandbox";
import { canonicalPlan } from "../../review/approval/canonical-plan";
import { typescript } from "./typescript";

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/** A project and a stack in it. */
export class OfficialPath {
  private readonly running = new Set<ChildProcess>();

  private constructor(
    private readonly engine: string,
    readonly stack: string,
    readonly scratch: Scratch,
    readonly sandbox: Sandbox,
    /** The folder in which commands are run. */
    readonly folder: string,
  ) {}

  /**
   * Makes the folder and starts the sandbox.
   *
   * @param engine Path of the engine.
   * @param project Folder of `index.ts` and `Pulumi.<stack>.yaml`; Pulumi.yaml is the checkout's.
   */
  static start(engine: string, project: string, stack: string): OfficialPath {
    return OfficialPath.startIn(engine, stack, (folder) => {
      copyFileSync(path.join(checkout, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
      putSettings(project, stack, folder);
      for (const name of ["package.json", "tsconfig.json", "node_modules"]) {
        symlinkSync(path.join(checkout, name), path.join(folder, name));
      }
      // Node takes a program for where its file really stands: its imports lead into the project.
      symlinkSync(path.join(project, "index.ts"), path.join(folder, "index.ts"));
    });
  }

  /**
   * Starts the sandbox for a folder that is filled by `put`.
   *
   * @param engine Path of the engine.
   */
  static startIn(engine: string, stack: string, put: (folder: string) => void): OfficialPath {
    const scratch = makeScratch();
    putLanguageHost(engine, scratch);
    const folder = path.join(scratch.root, "project");
    mkdirSync(folder);
    put(folder);
    const sandbox = Sandbox.start(scratch);
    return new OfficialPath(engine, stack, scratch, sandbox, folder);
  }

  /** The engine's environment, as a person's shell would have it. */
  async environment(): Promise<Record<string, string>> {
    const { scratch, sandbox } = this;
    // Writing the state once, at the end, halves an up; no crash is tested here.
    const env = engineEnvironment(scratch, { ports: await sandbox.ports, checkpoints: false });
    // The driver's way in, which a user does not have.
    delete env.PULUMI_DEBUG_COMMANDS;
    return env;
  }

  /** `pulumi …`; stack and flags for use without a terminal are added. */
  async pulumi(...args: string[]): Promise<Ended> {
    const env = await this.environment();
    return new Promise((resolve, reject) => {
      const child = spawn(
        this.engine,
        [...args, "--stack", this.stack, "--non-interactive", "--color=never"],
        { cwd: this.folder, env, stdio: ["ignore", "pipe", "pipe"] },
      );
      this.running.add(child);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
      }
      child.on("error", reject);
      child.on("close", (code) => {
        this.running.delete(child);
        resolve({ code, output });
      });
    });
  }

  /**
   * Like {@link pulumi}, for a command that must succeed.
   *
   * @throws {Error} with what it said, where it does not.
   */
  async succeeds(...args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(...args);
    if (code !== 0) {
      const said = output.slice(-6_000);
      throw new Error(`pulumi ${args[0] ?? ""} ended with ${code}:\n${said}`);
    }
    return output;
  }

  /** What a preview planned: URN to what the program asked for, with secrets and unknowns masked. */
  async plan(): Promise<Record<string, unknown>> {
    const file = path.join(this.scratch.records, "official.plan.json");
    await this.succeeds("preview", "--save-plan", file);
    return plannedGoals(file);
  }

  /** Ends what a test that failed left running, and removes the folder. */
  async stop(): Promise<void> {
    for (const child of this.running) {
      child.kill("SIGKILL");
      await new Promise((ended) => child.once("exit", ended));
    }
    await this.sandbox.stop();
    this.scratch.remove();
  }
}

/** Puts the launcher of the language host on the engine's PATH, unless the engine has one beside it. */
function putLanguageHost(engine: string, scratch: Scratch): void {
  const host = ENGINE_EXECUTABLE.replace("pulumi", "pulumi-language-nodejs");
  if (existsSync(path.join(path.dirname(engine), host))) return;
  const script = path.join(__dirname, "language-host", "host.ts");
  writeFileSync(
    path.join(scratch.path, host),
    `#!/bin/sh\nexec '${process.execPath}' ${typescript.map((word) => `'${word}'`).join(" ")} '${script}' "$@"\n`,
    { mode: 0o755 },
  );
}

/** Puts a stack's settings into a folder, as a user would start with them. */
export function putSettings(project: string, stack: string, folder: string): void {
  const file = `Pulumi.${stack}.yaml`;
  writeFileSync(path.join(folder, file), withoutSecrets(path.join(project, file)));
}

/** The stack file as a user would start with it: without what somebody else's passphrase encrypted. */
function withoutSecrets(file: string): string {
  const document = parseDocument(readFileSync(file, "utf8"));
  document.delete("encryptionsalt");
  visit(document, {
    Pair: (_key, { value }) =>
      typeof value === "object" &&
      value !== null &&
      "has" in value &&
      (value as { has(key: string): boolean }).has("secure")
        ? visit.REMOVE
        : undefined,
  });
  return document.toString();
}

/**
 * Reads a saved plan: for each URN what the program asked for. What differs from run to run by nature is taken out:
 * ciphertexts (that a value is secret stays), and the random end of names that the provider made, wherever they stand.
 */
export function plannedGoals(file: string): Record<string, unknown> {
  const plan = canonicalPlan(JSON.parse(readFileSync(file, "utf8")));
  return Object.fromEntries(Object.entries(plan).map(([urn, { goal }]) => [urn, goal]));
}
