/**
 * An up that does what was approved and nothing else: it previews anew where it stands, compares part by part, and
 * applies that fresh plan under the engine's plan constraint.
 *
 * Protection is lifted like anything else: the engine (3.259.0) holds what the program asks for against the plan's
 * `protect`, and a plan that was made with the lift asks for the same. It refuses a lift only under a plan from before.
 */
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Engine } from "../../engine/binary";
import type { EnvironmentEntry } from "../../engine/environment";
import { changed, differences, type Facts, type ResourceFact } from "../../engine/facts";
import { policyPacks } from "../../engine/isolation";
import { projectName } from "../../engine/prepare";
import type { Digest, DigestPart, PreviewRecord } from "../record";
import { recordOf } from "../run/record";
import { type CliOutcome, StackCli } from "../run/stack-cli";
import { causes } from "./causes";
import { differentParts, digestOf, digestWithoutPlan } from "./digest";
import { lockHolder, type LockHolder } from "./lock";
import { pendingOperations } from "./pending";

/** What to apply. */
export interface UpOptions {
  /** Folder of the Pulumi project. */
  readonly project: string;
  readonly stack: string;
  readonly entry: Pick<EnvironmentEntry, "summary" | "production">;
  readonly approved: Digest;
  readonly engine: Engine;
  /** Given to the engine. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly commit?: string;
  /** Hears what is being done: `previewing`, `applying`. */
  readonly onStage: (stage: string) => void;
  /** Hears events, masked: those of the up, and those of the preview too where they are kept. */
  readonly onEvent: (event: EngineEvent) => void;
  /** Events of the preview are kept: masking a large stack's takes seconds. */
  readonly keepsPreview: boolean;
  /** Ends it: a preview at once, an up as soon as what is under way has ended. */
  readonly signal: AbortSignal;
  /** Ends everything at once, whatever is left behind. */
  readonly force: AbortSignal;
}

/** What came of it. Every text is masked. */
export type UpReport =
  | {
      /** The preview did not come to its end. `moved` are the parts that differ already, the plan apart. */
      readonly outcome: "not previewed";
      readonly record: PreviewRecord;
      readonly moved: readonly DigestPart[];
      /** What an earlier up that was broken off left in flight. */
      readonly pending: readonly string[];
    }
  | {
      /** It is not what was approved. */
      readonly outcome: "refused";
      readonly record: PreviewRecord;
      readonly found: Digest;
      readonly moved: readonly DigestPart[];
      /** What an earlier up that was broken off left in flight. */
      readonly pending: readonly string[];
    }
  | Applied
  | {
      /** By the signal, before anything was touched. */
      readonly outcome: "interrupted";
    };

/** An up that has begun, and ended. */
export interface Applied {
  /** `stopped`: by the signal, with something left to do. */
  readonly outcome: "applied" | "failed" | "stopped";
  readonly record: PreviewRecord;
  /** The engine came to its end and found nothing wrong. */
  readonly succeeded: boolean;
  readonly errors: readonly string[];
  /** Where it did not do what its preview foretold. */
  readonly differences: readonly string[];
  /** Resources that were changed, of those that were to be. */
  readonly changed: number;
  readonly planned: number;
  /** Who holds the state's lock, where that is what it failed for. */
  readonly lock?: LockHolder;
  /** How the state stands where not all went well; undefined where it cannot be read. */
  readonly after?: Aftermath;
  readonly seconds: number;
}

/** The state after an up that did not go well. */
export interface Aftermath {
  /** It is another one than what was approved. */
  readonly moved: boolean;
  /** What is in flight: nobody knows whether the cloud did it. */
  readonly pending: readonly string[];
}

/** Something went wrong while the engine was applying: what was changed is not known. The message is masked. */
export class BegunError extends Error {}

/** setTimeout's longest delay, in ms: an engine that is changing a cloud is given all the time that it needs. */
const patience = 2 ** 31 - 1;

/**
 * Previews, compares and, where all agree, applies.
 * @throws CliNotUsableError; BegunError; Error, masked, where the state cannot be read or there is no Git
 */
export async function upApproved(options: UpOptions): Promise<UpReport> {
  const { project, stack, engine, env, onStage, onEvent, keepsPreview, signal, force } = options;
  onStage("reading the stack");
  const run = { applying: false };
  const cli = await StackCli.open({
    ...{ project, stack, engine, env },
    onEvent: (masked) => {
      if (keepsPreview || run.applying) onEvent(masked());
    },
  });
  const cancel = (): void => {
    cli.cancel(run.applying ? patience : undefined);
  };
  const kill = (): void => {
    cli.kill();
  };
  signal.addEventListener("abort", cancel);
  force.addEventListener("abort", kill);
  try {
    if (signal.aborted) return { outcome: "interrupted" };
    return await upWith(cli, options, () => {
      run.applying = true;
    });
  } catch (error) {
    if (run.applying) {
      throw new BegunError(
        cli.mask.engineText(error instanceof Error ? error.message : String(error)),
      );
    }
    if (signal.aborted) return { outcome: "interrupted" };
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
    force.removeEventListener("abort", kill);
    await cli.close();
  }
}

async function upWith(
  cli: StackCli,
  options: UpOptions,
  beforeApplying: () => void,
): Promise<UpReport> {
  const { project, stack, entry, approved, commit, onStage, signal } = options;
  const policies = policyPacks(project);
  const state = await cli.exportState();
  const pending = pendingOperations(state).map((one) => cli.mask.text(one));
  onStage("previewing");
  const preview = await cli.preview({ plan: cli.planFile, policies });
  if (signal.aborted) return { outcome: "interrupted" };

  const recorded = (outcome: CliOutcome, digest?: Digest): PreviewRecord =>
    recordOf({ stack, entry, mode: "cloud", preview: outcome, digest, commit, mask: cli.mask });
  const input = {
    ...{ stack, project, projectName: projectName(project), state },
    settingsFile: join(project, `Pulumi.${stack}.yaml`),
  };
  if (!preview.succeeded || preview.errors.length > 0) {
    const now = { ...(await digestWithoutPlan(input)), plan: approved.plan };
    return {
      outcome: "not previewed",
      record: recorded(preview),
      moved: differentParts(approved, now),
      pending,
    };
  }
  const found = await digestOf({ ...input, plan: cli.readPlan() });
  const record = recorded(preview, found);
  const moved = differentParts(approved, found);
  if (moved.length > 0) return { outcome: "refused", record, found, moved, pending };

  // The preview took its time, and whoever else applies something locks the state for no more than their own up.
  const again = await digestWithoutPlan({ ...input, state: await cli.exportState() });
  if (signal.aborted) return { outcome: "interrupted" };
  const meanwhile = { ...again, plan: found.plan };
  const movedMeanwhile = differentParts(approved, meanwhile);
  if (movedMeanwhile.length > 0) {
    return { outcome: "refused", record, found: meanwhile, moved: movedMeanwhile, pending };
  }

  onStage("applying");
  beforeApplying();
  const done = await cli.up({ plan: cli.planFile, policies });
  const report = ended(cli, preview, done, record, signal.aborted);
  if (report.outcome === "applied" || report.lock !== undefined) return report;
  return { ...report, after: await aftermath(cli, input, approved) };
}

/** The digest's input, the plan apart. */
type Input = Parameters<typeof digestWithoutPlan>[0];

async function aftermath(
  cli: StackCli,
  input: Input,
  approved: Digest,
): Promise<Aftermath | undefined> {
  try {
    const state = await cli.exportState({ stopped: true });
    const now = await digestWithoutPlan({ ...input, state });
    return {
      moved: now.state !== approved.state,
      pending: pendingOperations(state).map((one) => cli.mask.text(one)),
    };
  } catch {
    // What went wrong before is what has to be told.
    return undefined;
  }
}

function ended(
  cli: StackCli,
  preview: CliOutcome,
  done: CliOutcome,
  record: PreviewRecord,
  stopped: boolean,
): Applied {
  const foretold = done.succeeded
    ? differences(preview.facts, done.facts).map((sentence) => cli.mask.text(sentence))
    : [];
  const fine = done.succeeded && done.errors.length === 0 && foretold.length === 0;
  const broken = done.policies
    .filter(({ state, mandatory }) => state === "failed" && mandatory)
    .map(({ rule, urn, message }) => `policy ${rule}: ${urn}: ${message}`);
  const said = [...done.errors, ...(done.succeeded ? [] : broken)];
  return {
    outcome: fine ? "applied" : stopped && !done.succeeded ? "stopped" : "failed",
    record,
    succeeded: done.succeeded,
    errors: causes(said, stopped),
    differences: foretold,
    changed: changedBy(done.facts),
    planned: touched(preview.facts).length,
    // A provider may speak of a conflict too; whoever is refused the lock has not begun.
    lock: done.facts.resources.length === 0 ? lockHolder(done.errors) : undefined,
    seconds: done.seconds,
  };
}

/** Resources that are changed; a lifted protection is no change to the engine, and one to whoever approved it. */
function touched(facts: Facts): ResourceFact[] {
  const counted = new Set(changed(facts));
  return facts.resources.filter((fact) => counted.has(fact) || fact.protectionLifted);
}

/** How many resources' change came to its end. */
function changedBy(facts: Facts): number {
  return touched(facts).filter(({ done, failed }) => done && !failed).length;
}
