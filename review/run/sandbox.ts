/**
 * Previews in the sandbox: what stands today is stood up first, from another Git ref or from other settings, and the
 * checkout is previewed on top of it, as it would be on top of the real thing.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentRegistry, SettingsChange } from "../../engine/environment";
import { policyErrors } from "../../engine/engine-errors";
import { addPolicyLauncher, makeScratch, policyPacks, type Scratch } from "../../engine/isolation";
import { PlantedSecrets } from "../../engine/planted";
import { PolicyReader, type TypeCoverage } from "../../engine/policy-events";
import { type PreparedStack, prepareStack } from "../../engine/prepare";
import { groups, Interrupted, withPrerequisites } from "../../engine/rehearsal";
import { Sandbox } from "../../engine/sandbox";
import { Mask } from "../mask/mask";
import type { PreviewListener, StackPreview } from "./listener";
import { type Looked, notPreviewed, type Previewed, recordOf } from "./record";

/** What stands before the change. */
export interface Base {
  /** Folder of its project. */
  readonly project: string;
  /** Its stacks; one that it does not have is new. */
  readonly registry: EnvironmentRegistry;
  /** For people: `main at 1a2b3c4d`. */
  readonly label: string;
}

/** What to preview. */
export interface SandboxOptions {
  readonly project: string;
  readonly registry: EnvironmentRegistry;
  readonly stacks: readonly string[];
  /** Settings of the named stacks that are part of the change. */
  readonly set: SettingsChange;
  /** @default nothing stands */
  readonly base?: Base;
  /** Look for drift too, where something stands. */
  readonly drift: boolean;
  /** Absolute path of the engine. */
  readonly binary: string;
  /** Types of the policy rules about a whole stack, by id. */
  readonly typesOf: ReadonlyMap<string, readonly string[]>;
  readonly commit?: string;
  readonly listener: PreviewListener;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Kills what does not end after the signal. */
  readonly force: AbortSignal;
  /** Where a group's scratch folder is; called as soon as it exists. */
  readonly onScratch: (scratch: Scratch) => void;
}

/**
 * Previews stacks; those that need each other share a sandbox.
 * @returns by stack, in the order in which they were named
 * @throws UnknownStackError; Interrupted after the signal
 */
export async function previewInSandbox(options: SandboxOptions): Promise<StackPreview[]> {
  const registry = withBasePrerequisites(options);
  const ordered = withPrerequisites(options.stacks, registry);
  const ends = await Promise.allSettled(
    groups(ordered, registry).map((group) => new Group(options, registry, group).run()),
  );
  if (options.signal.aborted) throw new Interrupted();
  const found = ends.flatMap((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
  return options.stacks.flatMap((name) => found.filter(({ record }) => record.stack === name));
}

/** What a stack needs, in the base or now: a prerequisite that the change does away with has to stand before it. */
function withBasePrerequisites({ registry, base }: SandboxOptions): EnvironmentRegistry {
  return Object.fromEntries(
    Object.entries(registry).map(([stack, entry]) => {
      const before = (base?.registry[stack]?.prerequisites ?? []).filter(
        (name) => registry[name] !== undefined,
      );
      return [
        stack,
        { ...entry, prerequisites: [...new Set([...entry.prerequisites, ...before])] },
      ];
    }),
  );
}

/** The same scratch folder with another place for the settings of a stack, and for what its calls record. */
function secondWork(scratch: Scratch): Scratch {
  const folder = (...names: string[]): string => {
    const made = join(scratch.root, ...names);
    mkdirSync(made, { recursive: true });
    return made;
  };
  return {
    ...scratch,
    records: folder("change", "records"),
    work: (stack) => folder("change", "work", stack),
  };
}

/** Whether a stack that others need stands; where not, why they cannot be previewed. */
type Standing = { readonly stands: true } | { readonly stands: false; readonly why: string };

/** Hears the events of the preview alone, though other calls may follow it. */
interface Ear {
  readonly reader: PolicyReader;
  open: boolean;
}

/** Stacks that need each other. */
class Group {
  private readonly scratch = makeScratch();
  private readonly planted = new PlantedSecrets();
  private readonly prepared: PreparedStack[] = [];
  private readonly found: StackPreview[] = [];

  constructor(
    private readonly options: SandboxOptions,
    private readonly registry: EnvironmentRegistry,
    private readonly stacks: readonly string[],
  ) {}

  async run(): Promise<StackPreview[]> {
    const { signal, force, onScratch } = this.options;
    const kill = (): void => {
      for (const { driver } of this.prepared) driver.kill();
    };
    // Nothing real is under way: what is asked to end may end at once.
    signal.addEventListener("abort", kill);
    force.addEventListener("abort", kill);
    let sandbox: Sandbox | undefined;
    try {
      onScratch(this.scratch);
      addPolicyLauncher(this.scratch);
      sandbox = Sandbox.start(this.scratch);
      const ups = new Map<string, Promise<Standing>>();
      for (const stack of this.stacks) ups.set(stack, this.afterNeeded(stack, ups, sandbox));
      // All of them are waited for, so that nothing runs on when the scratch folder goes.
      const settled = await Promise.allSettled(ups.values());
      for (const end of settled) if (end.status === "rejected") throw end.reason;
      return this.found;
    } finally {
      signal.removeEventListener("abort", kill);
      force.removeEventListener("abort", kill);
      await Promise.all(this.prepared.map(({ driver }) => driver.close()));
      await sandbox?.stop();
      this.scratch.remove();
    }
  }

  private async afterNeeded(
    stack: string,
    ups: ReadonlyMap<string, Promise<Standing>>,
    sandbox: Sandbox,
  ): Promise<Standing> {
    const began = performance.now();
    try {
      for (const needed of this.registry[stack]?.prerequisites ?? []) {
        const standing = await ups.get(needed);
        if (standing?.stands === false)
          throw new Error(`${needed}, which it needs, does not stand: ${standing.why}`);
      }
      return await this.take(stack, sandbox);
    } catch (error) {
      if (this.options.signal.aborted) throw new Interrupted();
      const why = error instanceof Error ? error.message : String(error);
      const errors = [this.mask().engineText(why)];
      if (this.isNamed(stack) && !this.found.some(({ record }) => record.stack === stack)) {
        this.keep(stack, notPreviewed(errors, (performance.now() - began) / 1000), this.mask());
      }
      return { stands: false, why: errors.join("\n") };
    }
  }

  /** Stands up what was there before, previews the change, and sees to it that what others need stands. */
  private async take(stack: string, sandbox: Sandbox): Promise<Standing> {
    const { project, listener } = this.options;
    const base = this.baseOf(stack);
    const named = this.isNamed(stack);
    listener.stage(stack, "checking settings");
    // Before anything is stood up, so that wrong settings are said at once.
    const before =
      base === undefined
        ? undefined
        : await this.prepare(stack, base.project, sandbox, this.scratch, {}, false);
    const ear: Ear = { reader: new PolicyReader(stack), open: true };
    const after =
      named || base === undefined
        ? await this.prepare(
            stack,
            project,
            sandbox,
            base === undefined ? this.scratch : secondWork(this.scratch),
            named ? this.options.set : {},
            base !== undefined,
            named ? ear : undefined,
          )
        : undefined;
    if (before !== undefined) {
      listener.stage(stack, `standing up ${base?.label ?? "the base"}`);
      await this.up(before, `${base?.label ?? "The base"} does not stand up`);
    }
    if (after !== undefined && named) await this.preview(stack, after, ear, base !== undefined);
    const isNeeded = this.stacks.some((other) =>
      this.registry[other]?.prerequisites.includes(stack),
    );
    if (before === undefined && after !== undefined && isNeeded) {
      listener.stage(stack, "standing up, since others need it");
      await this.up(after, "It does not stand up");
    }
    return { stands: true };
  }

  private async preview(
    stack: string,
    { driver }: PreparedStack,
    ear: Ear,
    standing: boolean,
  ): Promise<void> {
    const { listener, drift } = this.options;
    const mask = this.mask();
    listener.stage(stack, "previewing");
    const outcome = await driver.preview();
    ear.open = false;
    if (this.options.signal.aborted) throw new Interrupted();
    const coverage = ear.reader.coverage(this.options.typesOf);
    const apart = new Set(policyErrors(outcome.facts).map((text) => this.planted.redact(text)));
    const preview: Previewed = {
      ...outcome,
      errors: outcome.errors
        .filter((text) => !apart.has(text))
        .map((text) => mask.engineText(text)),
      policies: ear.reader.results().map((one) => ({ ...one, message: mask.text(one.message) })),
      rules: new Set(coverage.flatMap(({ rules }) => rules)).size,
    };
    let looked: Looked | undefined;
    if (drift && standing) {
      listener.stage(stack, "looking for drift");
      const { facts, errors } = await driver.previewRefresh();
      looked = { facts, errors: errors.map((text) => mask.engineText(text)) };
    }
    this.keep(stack, preview, mask, looked, coverage);
  }

  private keep(
    stack: string,
    preview: Previewed,
    mask: Mask,
    drift?: Looked,
    coverage: readonly TypeCoverage[] = [],
  ): void {
    const entry = this.registry[stack];
    if (entry === undefined) throw new Error(`no stack ${stack}`);
    const { commit } = this.options;
    const base = this.baseOf(stack)?.label ?? "nothing";
    this.found.push({
      record: recordOf({ stack, entry, mode: "sandbox", base, preview, drift, commit, mask }),
      coverage,
    });
    this.options.listener.stage(stack, preview.errors.length === 0 ? "previewed" : "failed");
  }

  private async prepare(
    stack: string,
    project: string,
    sandbox: Sandbox,
    scratch: Scratch,
    set: SettingsChange,
    standing: boolean,
    ear?: Ear,
  ): Promise<PreparedStack> {
    if (this.options.signal.aborted) throw new Interrupted();
    const { binary, listener } = this.options;
    const { planted } = this;
    let mask: Mask | undefined;
    const ready = await prepareStack(
      {
        ...{ project, stack, scratch, sandbox, binary, planted },
        policyPacks: ear === undefined ? [] : policyPacks(this.options.project),
        onEvent: (event) => {
          if (ear?.open !== true) return;
          ear.reader.add(event);
          // Made at the first event: by then every secret of the stack is made up.
          const own = (mask ??= this.mask());
          listener.event(stack, () => own.event(event));
        },
      },
      set,
      { standing },
    );
    this.prepared.push(ready);
    return ready;
  }

  private async up({ driver }: PreparedStack, what: string): Promise<void> {
    const { succeeded, errors } = await driver.up(undefined, { judged: false });
    if (this.options.signal.aborted) throw new Interrupted();
    if (!succeeded) throw new Error(`${what}:\n${errors.join("\n")}`);
  }

  private baseOf(stack: string): Base | undefined {
    const { base } = this.options;
    if (base?.registry[stack] === undefined) return undefined;
    return existsSync(join(base.project, `Pulumi.${stack}.yaml`)) ? base : undefined;
  }

  private isNamed(stack: string): boolean {
    return this.options.stacks.includes(stack);
  }

  private mask(): Mask {
    return new Mask({ secrets: this.planted.secrets(), environment: process.env });
  }
}
