/**
 * One stack on the real engine, against the sandbox: previews, ups, refreshes and destroys, each
 * read back as facts. Two assertions stand over every step: an up does what its preview foretold,
 * and no made-up secret stands in clear in anything that was written.
 */
import { appendFileSync, closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Exit } from "./child";
import {
  EngineCall,
  EngineError,
  type EngineCallOptions,
  type EngineCallResult,
} from "./engine-call";
import { describe, disagreements, errorsOf } from "./engine-errors";
import type { SettingsChange, StackConfig } from "./environment";
import { changed, differences, FactReader, type Facts, isDebug, isIdle } from "./facts";
import { engineEnvironment, type Scratch } from "./isolation";
import { LanguageHost } from "./language-host";
import type { PlantedSecrets, SecretFinding } from "./planted";
import type { Sandbox } from "./sandbox";
import type { StackSettings } from "./settings";
import type { StackProgram } from "./stack-program";
import type { RunOrder } from "./stack-protocol";

/** What a stack runs with. */
export interface DriverOptions {
  /** Folder of `Pulumi.yaml`, `index.ts`, `environments/registry.ts` and the stack files. */
  readonly project: string;
  readonly stack: string;
  readonly scratch: Scratch;
  readonly sandbox: Sandbox;
  /** Absolute path of the engine. */
  readonly binary: string;
  readonly planted: PlantedSecrets;
  /** Folders of policy packs that previews and ups run, where they are judged. @default none */
  readonly policyPacks?: readonly string[];
  /** Write the state after every resource; needed where a crash is tested. @default false */
  readonly checkpoints?: boolean;
  /** Hears of every event, for a progress display. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** What came of one operation. */
export interface Outcome {
  readonly operation: string;
  /** The engine ended with 0. */
  readonly succeeded: boolean;
  readonly cancelled: boolean;
  readonly facts: Facts;
  /** Wall-clock seconds, the engine's start and end included. */
  readonly seconds: number;
  /** Where it did not do what its preview foretold. */
  readonly differences: readonly string[];
  /** Made-up secrets that stand in clear in something written since the last operation. */
  readonly secrets: readonly SecretFinding[];
  /** What went wrong, once and readable; empty where nothing did. */
  readonly errors: readonly string[];
}

/** A preview, whose foretelling an up can be held against. */
export interface Preview extends Outcome {
  /** The saved plan, which an up can be bound by. */
  readonly plan: string;
}

/** A stack that can be operated. Made by `prepareStack`, which has checked its settings. */
export class StackDriver {
  private steps = 0;
  private call: EngineCall | undefined;
  /** The last of the sandbox's calls that was looked through for secrets. */
  private lastCall = 0;

  constructor(
    private readonly options: DriverOptions,
    private readonly program: StackProgram,
    private readonly settings: StackSettings,
  ) {}

  get stack(): string {
    return this.options.stack;
  }

  /**
   * What `pulumi preview` shows; its plan is kept for an up.
   * @param judged whether the policies look at it. @default true
   */
  async preview({ judged = true }: { judged?: boolean } = {}): Promise<Preview> {
    const plan = join(this.options.scratch.records, `${this.stack}-${this.steps + 1}.plan.json`);
    const outcome = await this.operate("preview", [
      "preview",
      "--save-plan",
      plan,
      ...(judged ? this.policies() : []),
    ]);
    const broken = await this.schemaViolations(outcome.facts);
    return { ...outcome, errors: [...outcome.errors, ...broken], plan };
  }

  /**
   * Where new and changed Kubernetes objects break the API's published schema. Said of a preview because the engine sends
   * objects of a cluster that does not exist yet to no provider: at that preview, this and the policies are all that
   * looks at them.
   */
  private async schemaViolations(facts: Facts): Promise<string[]> {
    const objects = changed(facts).flatMap(({ urn, type, custom, new: planned }) =>
      custom && planned !== undefined && type.startsWith("kubernetes:")
        ? [{ urn, type, inputs: planned.inputs }]
        : [],
    );
    const found = await this.program.schemaViolations(objects);
    if (found.length === 0) return [];
    return [
      "Kubernetes objects break the schema that the API publishes. The API server would refuse them, but until their cluster exists the engine sends them to no provider: this check and the policies are what guards them at preview.",
      ...found
        .map(({ urn, path, message }) => [describe(urn), path, message])
        .map((parts) => parts.filter((part) => part !== "").join(": ")),
    ];
  }

  /**
   * `pulumi up`.
   * @param foretold the preview that it is held against
   * @param bound the engine refuses whatever is not in the preview's plan; protection may be lifted
   *   under a plan that was made with the lift (engine 3.259.0). @default false
   * @param judged whether the policies look at it. @default true
   */
  async up(
    foretold?: Preview,
    { bound = false, judged = true }: { bound?: boolean; judged?: boolean } = {},
  ): Promise<Outcome> {
    const plan = foretold !== undefined && bound ? ["--plan", foretold.plan] : [];
    const policies = judged ? this.policies() : [];
    const args = ["up", "--yes", "--skip-preview", ...plan, ...policies];
    return this.operate("up", args, foretold);
  }

  /** What a refresh would find: drift, with the property that drifted. Changes nothing. */
  previewRefresh(): Promise<Outcome> {
    return this.operate("previewRefresh", ["refresh", "--preview-only"]);
  }

  /** Takes what the cloud holds into the state. */
  refresh(): Promise<Outcome> {
    return this.operate("refresh", ["refresh", "--yes", "--skip-preview"]);
  }

  /** What a destroy would do; refused, with no call to a provider, while anything is protected. */
  previewDestroy(): Promise<Outcome> {
    return this.operate("previewDestroy", ["destroy", "--preview-only"]);
  }

  /**
   * `pulumi destroy`.
   * @param foretold the destroy preview that it is held against. Never destroy without one that
   *   succeeded: on a protected stack the engine deletes the unprotected half before it refuses.
   */
  destroy(foretold?: Outcome): Promise<Outcome> {
    return this.operate("destroy", ["destroy", "--yes", "--skip-preview"], foretold);
  }

  /** The stack's outputs; secret ones are `[secret]`. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.command(["stack", "output", "--json"])) as Record<string, unknown>;
  }

  /** The stack's state, in memory only; secrets in it stay encrypted. */
  async exportState(): Promise<unknown> {
    return JSON.parse(await this.command(["stack", "export"]));
  }

  /** Changes settings from the next operation on; the program itself refuses what is wrong. */
  set(changes: SettingsChange): void {
    this.settings.change(changes);
    this.writeSettings();
  }

  /** Writes the scratch stack file. */
  writeSettings(): void {
    writeFileSync(this.stackFile(), this.settings.text());
  }

  private stackFile(): string {
    return join(this.options.scratch.work(this.stack), `Pulumi.${this.stack}.yaml`);
  }

  /** The settings as the program will see them. */
  async config(): Promise<StackConfig> {
    const shown = JSON.parse(await this.command(["config", "--show-secrets", "--json"])) as Record<
      string,
      { value: string }
    >;
    return Object.fromEntries(Object.entries(shown).map(([key, { value }]) => [key, value]));
  }

  /** Puts secrets into the scratch stack file, encrypted by the engine. */
  async setSecrets(values: Readonly<Record<string, string>>): Promise<void> {
    const pairs = Object.entries(values).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
    if (pairs.length > 0) await this.command(["config", "set-all", "--path", ...pairs]);
    // From here on the file holds the salt and the ciphertexts; later changes must keep them.
    this.settings.adopt(readFileSync(this.stackFile(), "utf8"));
  }

  /** Makes the stack in the scratch backend. */
  async init(): Promise<void> {
    await this.command(["stack", "init", "--no-select"]);
  }

  /** Cancels what is running, as Ctrl-C on the command line would. */
  cancel(graceMs?: number): void {
    this.call?.cancel(graceMs);
  }

  /** Kills the engine where it stands, as a crash would. */
  kill(): void {
    this.call?.kill();
  }

  /** Ends every process of this stack. */
  async close(): Promise<void> {
    this.call?.kill();
    await this.call?.result.catch(() => undefined);
    await this.program.close();
  }

  private policies(): string[] {
    return (this.options.policyPacks ?? []).flatMap((pack) => ["--policy-pack", pack]);
  }

  private async command(args: readonly string[]): Promise<string> {
    const full = [...args, "--stack", this.stack];
    // Settings and states are the engine's own affair: no provider is needed.
    this.call = new EngineCall(this.engineCall(full, {}));
    const result = await this.call.result;
    if (result.exit.code !== 0) throw new EngineError(full, result);
    return result.stdout;
  }

  private engineCall(
    args: readonly string[],
    ports: Readonly<Record<string, number>>,
  ): EngineCallOptions {
    const { binary, scratch, checkpoints = false } = this.options;
    const env = engineEnvironment(scratch, { ports, checkpoints });
    return { binary, args, cwd: scratch.work(this.stack), env };
  }

  private async operate(
    operation: string,
    args: readonly string[],
    foretold?: Outcome,
  ): Promise<Outcome> {
    const started = performance.now();
    this.steps += 1;
    const record = join(this.options.scratch.records, `${this.stack}-${this.steps}-${operation}`);
    const reader = new FactReader();
    let unreadable: string | undefined;
    const printed: string[] = [];
    const events = openSync(`${record}.events.jsonl`, "a");
    let over = false;
    const host = await LanguageHost.start({
      project: this.options.project,
      run: (order: RunOrder): Promise<Exit> =>
        this.program.run(order, (line) => printed.push(line)),
      cancel: () => void this.program.end(),
      onEvent: (event, text) => {
        // What comes after the engine has ended is of a call that is over.
        if (over || isDebug(event) || isIdle(event)) return;
        appendFileSync(events, `${text}\n`);
        try {
          reader.add(event);
        } catch (error) {
          unreadable ??= error instanceof Error ? error.message : String(error);
        }
        this.options.onEvent?.(event);
      },
    });
    let result: EngineCallResult;
    try {
      this.call = new EngineCall(
        this.engineCall(
          [
            ...args,
            ...["--stack", this.stack, "--client", host.address, "--exec-kind", "auto.inline"],
            ...["--event-log", `tcp://${host.address}`, "--suppress-progress"],
          ],
          await this.options.sandbox.ports,
        ),
      );
      result = await this.call.result;
    } finally {
      host.stop();
      over = true;
      closeSync(events);
      await this.program.renew();
    }
    const said = [result.stdout, result.stderr, ...printed]
      .filter((text) => text.trim() !== "")
      .join("\n");
    writeFileSync(`${record}.txt`, said);
    const facts = reader.facts();
    const succeeded = result.exit.code === 0;
    const secrets = await this.searchSecrets(operation);
    const errors = [
      ...(unreadable === undefined ? [] : [unreadable]),
      ...(succeeded
        ? []
        : errorsOf(facts, result, printed).map((text) => this.options.planted.redact(text))),
      ...(succeeded ? disagreements(facts) : []),
    ];
    return {
      operation,
      succeeded,
      cancelled: result.cancelled,
      facts,
      seconds: (performance.now() - started) / 1000,
      differences: foretold === undefined || !succeeded ? [] : differences(foretold.facts, facts),
      secrets,
      errors,
    };
  }

  /** Everything written since the last look, and what the sandbox would show of its ledger since then. */
  private async searchSecrets(operation: string): Promise<SecretFinding[]> {
    const { planted, scratch, sandbox } = this.options;
    // A preview makes calls, but no object.
    const objects = operation.startsWith("preview") ? [] : sandbox.call("objects", {});
    const calls = sandbox.call("calls", { since: this.lastCall, mutating: true });
    const found = planted.searchFolder(scratch.root);
    const ledger = { objects: await objects, calls: await calls };
    this.lastCall = ledger.calls.at(-1)?.sequence ?? this.lastCall;
    return [...found, ...planted.search(JSON.stringify(ledger), "the sandbox's ledger")];
  }
}
