/** Previews as a command: what it is asked, what it shows and keeps, its exit code, and how Ctrl-C ends it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine, ResolveOptions } from "../../engine/binary";
import type { EnvironmentRegistry, SettingsChange } from "../../engine/environment";
import { Interruption } from "../../engine/interruption";
import type { Scratch } from "../../engine/isolation";
import type { ListedRule } from "../../engine/policy-report";
import { UnknownStackError } from "../../engine/rehearsal";
import { exitCodes } from "../../engine/rehearsal-command";
import { parseSet, SettingsFileError } from "../../engine/settings";
import { GitError } from "../git";
import { Mask } from "../mask/mask";
import type { PreviewRecord } from "../record";
import { PreviewStore } from "../store";
import { widgetsOf } from "../widgets";
import { lookAtCloud } from "./cloud";
import { previewTable, Progress } from "./display";
import { exportRef, headCommit, uncommitted } from "./git";
import type { PreviewListener, StackPreview } from "./listener";
import { notPreviewed, recordOf } from "./record";
import { type Base, previewInSandbox } from "./sandbox";

/** What to preview, and how. */
export interface PreviewCommandOptions {
  readonly project: string;
  readonly registry: EnvironmentRegistry;
  /** @default every stack of the registry, where it is empty */
  readonly stacks: readonly string[];
  readonly sandbox: boolean;
  /** A Git ref; in the sandbox alone. */
  readonly base?: string;
  /** `key=value` texts, as typed; in the sandbox alone. */
  readonly set: readonly string[];
  readonly drift: boolean;
  /** Folder for records, events and widgets. */
  readonly json?: string;
  readonly engine: (options: ResolveOptions) => Promise<Engine>;
  readonly rules: readonly ListedRule[];
  /** Types of the rules about a whole stack, by id. */
  readonly typesOf: ReadonlyMap<string, readonly string[]>;
}

/** The command line asks for what does not go together. */
export class UsageError extends Error {}

/** What the commands of this folder have in common while they run. */
export interface CommandRun {
  readonly stacks: readonly string[];
  readonly engine: Engine;
  readonly commit?: string;
  readonly listener: PreviewListener;
  readonly interruption: Interruption;
  readonly progress: Progress;
}

/**
 * Runs a command: finds the engine, shows progress, keeps events, and says what went wrong.
 * @param work answers the exit code
 * @returns the process's exit code; never rejects
 */
export async function runCommand(
  options: Pick<PreviewCommandOptions, "project" | "registry" | "stacks" | "engine" | "json"> & {
    readonly sandbox?: boolean;
    readonly onForced?: () => void;
  },
  work: (run: CommandRun) => Promise<number>,
): Promise<number> {
  const { project, registry, json } = options;
  const terminal = process.stderr.isTTY && process.env.CI === undefined;
  const progress = new Progress((text) => process.stderr.write(text), terminal);
  const interruption = new Interruption({
    onAsked: () => {
      progress.say("ending (Ctrl-C again ends it at once)");
    },
    onForced: () => {
      options.onForced?.();
      process.exit(exitCodes.interrupted);
    },
  });
  const begun: string[] = [];
  try {
    const stacks = options.stacks.length > 0 ? [...new Set(options.stacks)] : Object.keys(registry);
    for (const stack of stacks)
      if (registry[stack] === undefined) throw new UnknownStackError(stack, registry);
    const engine = await options.engine({
      signal: interruption.signal,
      onProgress: (message) => {
        progress.say(message);
      },
    });
    progress.say(`Pulumi engine ${engine.version} (${engine.route})`);
    const store = json === undefined ? undefined : new PreviewStore(json);
    for (const stack of stacks) {
      store?.begin(stack);
      // Stands until the preview has come to its end, and for good where the job is killed: a note that passed over the
      // stack would read as if nothing of it changed.
      store?.write(
        unfinished(options, stack, "The preview was stopped before it came to its end."),
      );
    }
    begun.push(...(store === undefined ? [] : stacks));
    const open = await uncommitted(project);
    if (open > 0)
      progress.say(
        `not committed: ${open === 1 ? "one file" : `${open} files`}; what is shown holds for them as they stand`,
      );
    const listener: PreviewListener = {
      stage: (stack, stage) => {
        progress.stage(stack, stage);
      },
      say: (line) => {
        progress.say(line);
      },
      event: (stack, masked) => {
        store?.event(stack, masked());
        progress.tick(stack);
      },
    };
    const commit = await headCommit(project);
    return await work({ stacks, engine, commit, listener, interruption, progress });
  } catch (error) {
    progress.clear();
    if (interruption.signal.aborted) {
      console.error("\nInterrupted: every process is ended, nothing is left.");
      return exitCodes.interrupted;
    }
    const why = error instanceof Error ? error.message : String(error);
    console.error(why);
    if (json !== undefined) {
      const store = new PreviewStore(json);
      for (const stack of begun) store.write(unfinished(options, stack, why));
    }
    const usage = [UnknownStackError, SettingsFileError, UsageError, GitError];
    return usage.some((type) => error instanceof type) ? exitCodes.usage : exitCodes.failed;
  } finally {
    interruption.end();
  }
}

/** The record of a stack whose preview has not come to its end. */
function unfinished(
  { registry, sandbox = false }: Pick<PreviewCommandOptions, "registry"> & { sandbox?: boolean },
  stack: string,
  why: string,
): PreviewRecord {
  const mask = new Mask({ environment: process.env });
  const entry = registry[stack] ?? { summary: "", production: true };
  const preview = notPreviewed([mask.engineText(why)]);
  return recordOf({ stack, entry, mode: sandbox ? "sandbox" : "cloud", preview, mask });
}

/** Runs previews; resolves to the process's exit code and never rejects. */
export async function runPreview(options: PreviewCommandOptions): Promise<number> {
  const scratches: Scratch[] = [];
  const folders: string[] = [];
  const leave = (): void => {
    for (const scratch of scratches) scratch.remove();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
  return runCommand({ ...options, onForced: leave }, async (run) => {
    const { stacks, engine, commit, listener, interruption, progress } = run;
    const { signal, force } = interruption;
    const { project, registry, drift, typesOf, rules } = options;
    const common = { project, registry, stacks, drift, typesOf, commit, listener, signal, force };
    const set = settingsOf(options);
    let found: StackPreview[];
    if (options.sandbox) {
      try {
        const base = await baseOf(options, set, listener, folders);
        const binary = engine.path;
        const onScratch = (scratch: Scratch): void => void scratches.push(scratch);
        found = await previewInSandbox({ ...common, binary, set, base, onScratch });
      } finally {
        for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      }
    } else found = await lookAtCloud({ ...common, engine, preview: true });
    progress.clear();
    const records = found.map(({ record }) => record);
    if (options.json !== undefined) {
      const store = new PreviewStore(options.json);
      for (const record of records) store.write(record);
      for (const { name, content } of widgetsOf(found, rules)) store.widget(name, content);
    }
    console.log(`\n${previewTable(records)}`);
    return records.every(isFine) ? exitCodes.held : exitCodes.failed;
  });
}

function isFine({ status, drift, policies: { results } }: PreviewRecord): boolean {
  return (
    status === "previewed" &&
    drift?.status !== "failed" &&
    !results.some(({ state, mandatory }) => state === "failed" && mandatory)
  );
}

function settingsOf({ sandbox, base, set }: PreviewCommandOptions): SettingsChange {
  if (!sandbox && (base !== undefined || set.length > 0)) {
    throw new UsageError(
      "--base and --set are for --sandbox: against the real backend, what stands is the base and the stack's file has the settings",
    );
  }
  return Object.fromEntries(set.map(parseSet));
}

async function baseOf(
  { project, registry, base }: PreviewCommandOptions,
  set: SettingsChange,
  listener: PreviewListener,
  folders: string[],
): Promise<Base | undefined> {
  if (base === undefined) {
    return Object.keys(set).length === 0
      ? undefined
      : { project, registry, label: "the same settings" };
  }
  const folder = mkdtempSync(join(tmpdir(), "gitlab-base-"));
  folders.push(folder);
  const exported = await exportRef(project, base, join(folder, "checkout"));
  if (exported.otherDependencies) {
    listener.say(
      `package-lock.json of ${base} is another one: its program runs with the dependencies of this checkout`,
    );
  }
  return {
    project: exported.project,
    registry: await registryOf(exported.project, exported.label),
    label: exported.label,
  };
}

async function registryOf(project: string, label: string): Promise<EnvironmentRegistry> {
  const file = join(project, "environments", "registry.ts");
  try {
    const { environments } = (await import(file)) as { environments: EnvironmentRegistry };
    return environments;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GitError(`environments/registry.ts of ${label} cannot be loaded: ${why}`);
  }
}
