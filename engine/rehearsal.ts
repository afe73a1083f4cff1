/**
 * The rehearsal: stacks that need each other share a sandbox, the others have their own. A stack begins as soon as all
 * that it needs stands, reads their outputs as they are then, goes through its steps beside theirs, and is taken down
 * before them.
 */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { EnvironmentRegistry, SettingsChange } from "./environment";
import { addPolicyLauncher, makeScratch, policyPacks, type Scratch } from "./isolation";
import { PlantedSecrets } from "./planted";
import { prepareStack, type PreparedStack } from "./prepare";
import { emptyReport, type RehearsalReport, type StackReport } from "./rehearsal-report";
import {
  clear,
  dayTwo,
  drift,
  noChange,
  type StepContext,
  standUp,
  takeDown,
} from "./rehearsal-steps";
import { Sandbox } from "./sandbox";

/** The steps as people see them, in order. */
export const stepNames = [
  "settings",
  "preview and up",
  "no-op",
  "day 2",
  "drift",
  "destroy",
] as const;

/** One of them. */
export type StepName = (typeof stepNames)[number];

/** Hears how a rehearsal goes. */
export interface RehearsalListener {
  started(stack: string, step: StepName): void;
  /** An engine event, for a display of progress. */
  event(stack: string, event: EngineEvent): void;
  ended(stack: string, step: StepName, report: StackReport): void;
  /** A step did not hold, or could not be taken; the message is said here and nowhere else. */
  failed(stack: string, step: StepName, message: string): void;
}

/** What to rehearse. */
export interface RehearsalOptions {
  /** Folder of the Pulumi project. */
  readonly project: string;
  readonly registry: EnvironmentRegistry;
  /** The stacks to rehearse; their prerequisites are stood up too. */
  readonly stacks: readonly string[];
  /** Settings to try, in every named stack. */
  readonly set: SettingsChange;
  /** Absolute path of the engine. */
  readonly binary: string;
  readonly listener: RehearsalListener;
  /** Ends it early: running operations are cancelled, then everything is stopped. */
  readonly signal: AbortSignal;
  /** Kills what does not end after the signal. */
  readonly force?: AbortSignal;
  /** Where a group's scratch folder is; called as soon as it exists. */
  readonly onScratch?: (scratch: Scratch) => void;
  /** Leaves the scratch folders. @default false */
  readonly keep?: boolean;
}

/** The rehearsal was ended from outside. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
  }
}

/** A name that the registry does not have. */
export class UnknownStackError extends Error {
  constructor(name: string, registry: EnvironmentRegistry) {
    const known = Object.entries(registry).map(([stack, { summary }]) => `  ${stack}: ${summary}`);
    super(`There is no stack ${name}. The stacks are:\n${known.join("\n")}`);
  }
}

/**
 * The stacks with all that they need, each after what it needs.
 * @throws UnknownStackError for a name that the registry does not have; Error for a circle
 */
export function withPrerequisites(
  stacks: readonly string[],
  registry: EnvironmentRegistry,
): string[] {
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    const entry = registry[name];
    if (entry === undefined) throw new UnknownStackError(name, registry);
    if (path.includes(name))
      throw new Error(`Stacks need each other in a circle: ${[...path, name].join(" > ")}`);
    if (order.includes(name)) return;
    for (const needed of entry.prerequisites) visit(needed, [...path, name]);
    order.push(name);
  };
  for (const name of stacks) visit(name, []);
  return order;
}

/**
 * A registry in which no stack needs the given ones any more: what a stack says of a prerequisite that does not stand
 * can be tried that way.
 * @throws UnknownStackError for a name that the registry does not have
 */
export function without(
  left: readonly string[],
  registry: EnvironmentRegistry,
): EnvironmentRegistry {
  for (const name of left) {
    if (registry[name] === undefined) throw new UnknownStackError(name, registry);
  }
  return Object.fromEntries(
    Object.entries(registry).map(([stack, entry]) => [
      stack,
      { ...entry, prerequisites: entry.prerequisites.filter((name) => !left.includes(name)) },
    ]),
  );
}

/** Splits ordered stacks into groups that have nothing to do with each other. */
export function groups(ordered: readonly string[], registry: EnvironmentRegistry): string[][] {
  const found: string[][] = [];
  for (const name of ordered) {
    const needed = registry[name]?.prerequisites ?? [];
    const joined = found.filter((group) => group.some((other) => needed.includes(other)));
    const rest = found.filter((group) => !joined.includes(group));
    // The order of the whole list is kept, so a stack still comes after what it needs.
    const members = new Set([...joined.flat(), name]);
    found.splice(
      0,
      found.length,
      ...rest,
      ordered.filter((other) => members.has(other)),
    );
  }
  return found;
}

/**
 * Rehearses stacks.
 * @returns a report for each named stack, in the order in which they were named
 * @throws UnknownStackError; Interrupted after the signal; Error where no rehearsal can be had
 */
export async function rehearse(options: RehearsalOptions): Promise<RehearsalReport> {
  const ordered = withPrerequisites(options.stacks, options.registry);
  const reports = new Map(options.stacks.map((stack) => [stack, emptyReport(stack)]));
  const ends = await Promise.allSettled(
    groups(ordered, options.registry).map((group) => new Group(options, group, reports).run()),
  );
  if (options.signal.aborted) throw new Interrupted();
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return { stacks: [...reports.values()] };
}

/** How a stack ended: taken down; not held before that, so left standing; or not taken down. */
type End = "gone" | "failed" | "stuck";

/** One group's rehearsal. */
class Group {
  private readonly scratch = makeScratch();
  private readonly planted = new PlantedSecrets();
  private readonly prepared = new Map<string, PreparedStack>();
  private readonly started = new Map<string, number>();
  private sandbox: Sandbox | undefined;

  constructor(
    private readonly options: RehearsalOptions,
    private readonly stacks: readonly string[],
    private readonly reports: ReadonlyMap<string, StackReport>,
  ) {}

  async run(): Promise<void> {
    const { signal, force, onScratch, keep = false } = this.options;
    const cancel = (): void => {
      for (const { driver } of this.prepared.values()) driver.cancel();
    };
    const kill = (): void => {
      for (const { driver } of this.prepared.values()) driver.kill();
    };
    signal.addEventListener("abort", cancel);
    force?.addEventListener("abort", kill);
    try {
      onScratch?.(this.scratch);
      this.sandbox = Sandbox.start(this.scratch);
      const ups = new Map<string, Promise<StepContext | undefined>>();
      for (const stack of this.stacks) ups.set(stack, this.afterNeeded(stack, ups, this.sandbox));
      const ends = new Map<string, Promise<End>>();
      for (const stack of [...this.stacks].reverse()) {
        ends.set(stack, this.untilGone(stack, ups, ends));
      }
      // All of them are waited for, so that nothing runs on when the scratch folder goes.
      const settled = await Promise.allSettled([...ups.values(), ...ends.values()]);
      for (const end of settled) if (end.status === "rejected") throw end.reason;
    } finally {
      signal.removeEventListener("abort", cancel);
      force?.removeEventListener("abort", kill);
      await Promise.all([...this.prepared.values()].map(({ driver }) => driver.close()));
      await this.sandbox?.stop();
      if (!keep) this.scratch.remove();
    }
  }

  /** Stands a stack up once all that it needs stands. */
  private async afterNeeded(
    stack: string,
    ups: ReadonlyMap<string, Promise<StepContext | undefined>>,
    sandbox: Sandbox,
  ): Promise<StepContext | undefined> {
    const needed = this.options.registry[stack]?.prerequisites ?? [];
    for (const name of needed) {
      if ((await ups.get(name)) === undefined) return this.notTaken(stack, name, "settings");
    }
    return this.standsUp(stack, sandbox);
  }

  /** The steps of a stack that stands; it is taken down once nothing stands any more that needs it. */
  private async untilGone(
    stack: string,
    ups: ReadonlyMap<string, Promise<StepContext | undefined>>,
    ends: ReadonlyMap<string, Promise<End>>,
  ): Promise<End> {
    const context = await ups.get(stack);
    const held =
      context !== undefined && (!this.reports.has(stack) || (await this.isTried(context)));
    const dependents = this.stacks.filter((other) =>
      this.options.registry[other]?.prerequisites.includes(stack),
    );
    for (const other of dependents) {
      if ((await ends.get(other)) !== "stuck") continue;
      this.notTaken(stack, other, "destroy");
      return "stuck";
    }
    if (!held) return "failed";
    return (await this.comesDown(context)) ? "gone" : "stuck";
  }

  /** Says that a step was not taken, since another stack did not get as far. */
  private notTaken(stack: string, failed: string, step: StepName): undefined {
    this.options.listener.failed(stack, step, `not taken, since ${failed} did not hold`);
    this.clock(stack, this.reports.get(stack));
  }

  /** Notes how long a stack has taken so far. */
  private clock(stack: string, report: StackReport | undefined): void {
    const began = this.started.get(stack);
    if (report !== undefined && began !== undefined)
      report.seconds = (performance.now() - began) / 1000;
  }

  /** Settings, preview and up: all that is asked of a stack that only stands because another needs it. */
  private async standsUp(stack: string, sandbox: Sandbox): Promise<StepContext | undefined> {
    this.started.set(stack, performance.now());
    const report = this.reports.get(stack) ?? emptyReport(stack);
    const prepared = await this.step(stack, "settings", report, () => this.prepare(stack, sandbox));
    if (prepared === undefined) return undefined;
    const context: StepContext = { ...prepared, sandbox, report };
    const up = await this.step(stack, "preview and up", report, () => standUp(context));
    return up === undefined ? undefined : context;
  }

  /** What is tried with a stack that stands. */
  private async isTried(context: StepContext): Promise<boolean> {
    const { report } = context;
    const { stack } = context.driver;
    const facts = await this.step(stack, "no-op", report, () => noChange(context));
    if (facts === undefined) return false;
    const dayTwoFacts = await this.step(stack, "day 2", report, () => dayTwo(context));
    if (dayTwoFacts === undefined) return false;
    const { modelOf } = await import("./rehearsal-models.ts");
    const done = await this.step(stack, "drift", report, async () => {
      await drift(context, dayTwoFacts, modelOf);
      return true;
    });
    return done ?? false;
  }

  private async comesDown(context: StepContext): Promise<boolean> {
    const { report } = context;
    const { stack } = context.driver;
    const named = this.reports.has(stack);
    const down = await this.step(stack, "destroy", report, async () => {
      await (named ? takeDown(context) : clear(context));
      return true;
    });
    this.clock(stack, report);
    report.ok = down === true && report.steps.secretsFound === 0;
    return report.ok;
  }

  private async prepare(stack: string, sandbox: Sandbox): Promise<PreparedStack> {
    const { project, binary, set, listener, registry } = this.options;
    // What others are put through meanwhile (drift, an address that was tampered with) is none of this stack's changes.
    const needy = (registry[stack]?.prerequisites ?? []).length > 0;
    const scratch = needy ? this.scratch.apart(stack) : this.scratch;
    const packs = policyPacks(project);
    if (packs.length > 0) addPolicyLauncher(this.scratch);
    const prepared = await prepareStack(
      {
        project,
        stack,
        scratch,
        sandbox,
        binary,
        planted: this.planted,
        policyPacks: packs,
        onEvent: (event) => {
          listener.event(stack, event);
        },
      },
      this.options.stacks.includes(stack) ? set : {},
    );
    this.prepared.set(stack, prepared);
    return prepared;
  }

  /** Takes a step; undefined where it failed, which the listener has been told then. */
  private async step<T>(
    stack: string,
    name: StepName,
    report: StackReport,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    const { listener, signal } = this.options;
    if (signal.aborted) throw new Interrupted();
    listener.started(stack, name);
    try {
      const result = await work();
      if (signal.aborted) throw new Interrupted();
      listener.ended(stack, name, report);
      return result;
    } catch (error) {
      if (signal.aborted) throw new Interrupted();
      const message = error instanceof Error ? error.message : String(error);
      listener.failed(stack, name, this.planted.redact(message));
      this.clock(stack, report);
      return undefined;
    }
  }
}
