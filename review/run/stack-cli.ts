/**
 * One stack under the plain command line, as a person or a CI job runs it: the checkout's own project, the user's whole
 * environment with its backend and credentials, and the engine's events heard while it runs. Nothing that it hands out
 * as text holds a secret; the plan, which does, stands in a private folder until `close`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Engine } from "../../engine/binary";
import { EngineCall, EngineError, type EngineCallResult } from "../../engine/engine-call";
import { diagnosedErrors, disagreements, lastWords } from "../../engine/engine-errors";
import { EventServer } from "../../engine/event-server";
import { FactReader, type Facts, isDebug } from "../../engine/facts";
import { PolicyReader, type PolicyResult, type TypeCoverage } from "../../engine/policy-events";
import { projectName } from "../../engine/prepare";
import { SettingsFileError, StackSettings } from "../../engine/settings";
import { Mask } from "../mask/mask";
import { secretsIn } from "./known-secrets";
import { missingLanguageHost } from "./language-host";

/** Environment variables, as `process.env` has them. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Which stack, and how it is run. */
export interface StackCliOptions {
  /** Folder of `Pulumi.yaml`. */
  readonly project: string;
  readonly stack: string;
  readonly engine: Engine;
  /** Given to the engine as it is. @default process.env */
  readonly env?: Environment;
  /** Types of the policy rules about a whole stack, by id; such a rule counts where it has one of them to look at. @default none */
  readonly typesOf?: ReadonlyMap<string, readonly string[]>;
  /**
   * Hears every event but debug messages.
   * @param masked makes what may be kept of it: seconds for a large stack's, so nobody asks who does not keep it
   */
  readonly onEvent?: (masked: () => EngineEvent) => void;
}

/** What came of one engine call. */
export interface CliOutcome {
  /** The engine ended with 0. */
  readonly succeeded: boolean;
  /** It was ended by `cancel` or `kill`. */
  readonly cancelled: boolean;
  /** As the engine sent them, UNMASKED: for review/changes, review/dangers and comparisons in this process alone. */
  readonly facts: Facts;
  /** Each message is masked. */
  readonly policies: readonly PolicyResult[];
  /** Which rules looked at which types. */
  readonly coverage: readonly TypeCoverage[];
  /** How many rules looked at something. */
  readonly rules: number;
  /** What went wrong, once, readable and masked; broken policies apart. Empty where they alone stopped it. */
  readonly errors: readonly string[];
  /** Wall-clock seconds. */
  readonly seconds: number;
}

/** What a preview is to do. */
export interface CliPreviewOptions {
  /** File for the plan, `planFile` for one that goes with `close`. @default no plan is kept */
  readonly plan?: string;
  /** Folders of policy packs. */
  readonly policies: readonly string[];
}

/** The command line cannot be used as it stands here; the message says what is missing. */
export class CliNotUsableError extends Error {}

/** Plain `pulumi` calls for one stack. One at a time. */
export class StackCli {
  private call: EngineCall | undefined;
  private ended = false;

  private constructor(
    private readonly options: StackCliOptions,
    /** Knows the stack's secrets; what is made of `facts` passes through it. */
    public mask: Mask,
    private readonly folder: string,
  ) {}

  /**
   * Makes the private folder and reads the stack's secrets for the mask. Where they cannot be read (no passphrase, no
   * right) it goes on without: the engine will then refuse to preview, and says why itself.
   * @throws CliNotUsableError where the engine has no language host
   */
  static async open(options: StackCliOptions): Promise<StackCli> {
    const { env = process.env, engine } = options;
    const missing = missingLanguageHost(engine, env);
    if (missing !== undefined) throw new CliNotUsableError(missing);
    // Mode 0700, whatever the umask.
    const folder = mkdtempSync(join(tmpdir(), "gitlab-preview-"));
    const cli = new StackCli(options, new Mask({ environment: env }), folder);
    process.once("exit", cli.leave);
    try {
      cli.mask = new Mask({ secrets: await cli.secrets(), environment: env });
      return cli;
    } catch (error) {
      await cli.close();
      throw error;
    }
  }

  get stack(): string {
    return this.options.stack;
  }

  /** A place for the plan that nobody else can read and that goes with `close`. */
  get planFile(): string {
    return join(this.folder, "plan.json");
  }

  /** The plan that `preview` saved there; secrets in it are encrypted, but values and addresses are not masked. */
  readPlan(): unknown {
    return JSON.parse(readFileSync(this.planFile, "utf8"));
  }

  /** `pulumi preview`. */
  preview({ plan, policies }: CliPreviewOptions): Promise<CliOutcome> {
    const save = plan === undefined ? [] : ["--save-plan", plan];
    return this.operate(["preview", ...save, ...packs(policies)]);
  }

  /** `pulumi up`, bound by a plan: the engine refuses whatever is not in it. */
  up({
    plan,
    policies,
  }: {
    readonly plan: string;
    readonly policies: readonly string[];
  }): Promise<CliOutcome> {
    return this.operate(["up", "--yes", "--skip-preview", "--plan", plan, ...packs(policies)]);
  }

  /** What a refresh would find. Changes nothing. */
  refreshPreview(): Promise<CliOutcome> {
    return this.operate(["refresh", "--preview-only"]);
  }

  /**
   * The stack's state, in memory only; secrets in it stay encrypted.
   * @param options.stopped after `cancel` too, to see what has become of it
   * @throws Error, masked, where the engine refuses
   */
  async exportState({ stopped = false } = {}): Promise<unknown> {
    const args = ["stack", "export"];
    const result = await this.run(args, stopped);
    if (result.exit.code !== 0) {
      const why = noStack(result, this.stack) ?? new EngineError(args, result).message;
      throw new Error(this.mask.engineText(why));
    }
    return JSON.parse(result.stdout);
  }

  /** Cancels what is running, as Ctrl-C on the command line would. @param graceMs see `EngineCall.cancel` */
  cancel(graceMs?: number): void {
    this.ended = true;
    this.call?.cancel(graceMs);
  }

  /** Kills the engine where it stands. */
  kill(): void {
    this.ended = true;
    this.call?.kill();
  }

  /** Ends what is running and removes the private folder with the plan. */
  async close(): Promise<void> {
    this.ended = true;
    this.call?.kill();
    await this.call?.result.catch(() => undefined);
    process.off("exit", this.leave);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Where this process ends without `close`. */
  private readonly leave = (): void => {
    this.call?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  };

  private async secrets(): Promise<string[]> {
    const { project, stack } = this.options;
    const { exit, stdout } = await this.run(["config", "--show-secrets", "--json"]);
    if (exit.code !== 0) return [];
    return secretsIn(stdout, encryptedIn(project, stack));
  }

  private async run(args: readonly string[], stopped = false): Promise<EngineCallResult> {
    const { project, stack, engine, env = process.env } = this.options;
    this.call = new EngineCall({
      binary: engine.path,
      args: [...args, "--stack", stack],
      cwd: project,
      env: {
        ...defined(env),
        // Makes `--event-log` known to the command line; the Automation API sets it as well.
        PULUMI_DEBUG_COMMANDS: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
    // What was cancelled before this call has to end it too.
    if (this.ended && !stopped) this.call.kill();
    return this.call.result;
  }

  private async operate(args: readonly string[]): Promise<CliOutcome> {
    const started = performance.now();
    const { stack, typesOf = new Map<string, readonly string[]>(), onEvent } = this.options;
    const reader = new FactReader();
    const judged = new PolicyReader(stack);
    let unreadable: string | undefined;
    const events = await EventServer.start((event) => {
      if (isDebug(event)) return;
      try {
        reader.add(event);
        judged.add(event);
        onEvent?.(() => this.mask.event(event));
      } catch (error) {
        unreadable ??= error instanceof Error ? error.message : String(error);
      }
    });
    let result: EngineCallResult;
    try {
      result = await this.run([...args, "--event-log", events.log, "--suppress-progress"]);
    } finally {
      events.stop();
    }
    const facts = reader.facts();
    const policies = judged.results().map((one) => ({
      ...one,
      message: this.mask.text(one.message),
    }));
    const coverage = judged.coverage(typesOf);
    const succeeded = result.exit.code === 0;
    const errors = [
      ...(unreadable === undefined ? [] : [unreadable]),
      ...(succeeded ? disagreements(facts) : whatFailed(facts, policies, result, stack)),
    ];
    return {
      succeeded,
      cancelled: result.cancelled,
      facts,
      policies,
      coverage,
      rules: new Set(coverage.flatMap(({ rules }) => rules)).size,
      errors: errors.map((text) => this.mask.engineText(text)),
      seconds: (performance.now() - started) / 1000,
    };
  }
}

function packs(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => ["--policy-pack", folder]);
}

function defined(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function whatFailed(
  facts: Facts,
  policies: readonly PolicyResult[],
  result: EngineCallResult,
  stack: string,
): string[] {
  const said = diagnosedErrors(facts);
  if (said.length > 0) return said;
  const broken = policies.some(({ state, mandatory }) => state === "failed" && mandatory);
  const missing = noStack(result, stack);
  if (missing !== undefined) return [missing];
  return broken ? [] : lastWords(result);
}

/** What to do where the engine knows no such stack; undefined where that is not what it says. */
function noStack({ stderr }: EngineCallResult, stack: string): string | undefined {
  // pkg/backend/backenderr/backenderr.go, StackNotFoundError
  return /no stack named '[^']*' found/.test(stderr)
    ? `The backend has no stack "${stack}". If it should, this is another backend or organisation than the one that it is in: npx pulumi whoami --verbose says which. If ${stack} is to be stood up for the first time, make its stack: npx pulumi stack init ${stack}`
    : undefined;
}

/** Where encrypted values stand in a stack's file; nothing where it has none, or where the engine will refuse it. */
function encryptedIn(project: string, stack: string): StackSettings["encrypted"] {
  try {
    return StackSettings.read(project, projectName(project), stack).encrypted;
  } catch (error) {
    if (error instanceof SettingsFileError) return [];
    throw error;
  }
}
