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
import { differentParts, digestOf, digestWithoutPlan } from "./digest";
import { lockHolder, type LockHolder } from "./lock";

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
  /** Hears every event, masked. */
  readonly onEvent: (event: EngineEvent) => void;
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
    }
  | {
      /** It is not what was approved. */
      readonly outcome: "refused";
      readonly record: PreviewRecord;
      readonly found: Digest;
      readonly moved: readonly DigestPart[];
    }
  | {
      /** The up has ended. `differences` is where it did not do what its preview foretold. */
      readonly outcome: "applied" | "failed";
      readonly record: PreviewRecord;
      readonly errors: readonly string[];
      readonly differences: readonly string[];
      /** Resources that were changed, of those that were to be. */
      readonly changed: number;
      readonly planned: number;
      /** Who holds the state's lock, where that is what it failed for. */
      readonly lock?: LockHolder;
      readonly seconds: number;
    }
  | {
      /** By the signal. `changed` is how many resources an up had changed by then; undefined before it began. */
      readonly outcome: "interrupted";
      readonly changed?: number;
    };

/** setTimeout's longest delay, in ms: an engine that is changing a cloud is given all the time that it needs. */
const patience = 2 ** 31 - 1;

/**
 * Previews, compares and, where all agree, applies.
 * @throws CliNotUsableError; Error, masked, where the state cannot be read or there is no Git
 */
export async function upApproved(options: UpOptions): Promise<UpReport> {
  const { project, stack, engine, env, onStage, onEvent, signal, force } = options;
  onStage("reading the stack");
  const cli = await StackCli.open({
    ...{ project, stack, engine, env },
    onEvent: (masked) => {
      onEvent(masked());
    },
  });
  const stopping = { grace: undefined as number | undefined };
  const cancel = (): void => {
    cli.cancel(stopping.grace);
  };
  const kill = (): void => {
    cli.kill();
  };
  signal.addEventListener("abort", cancel);
  force.addEventListener("abort", kill);
  try {
    if (signal.aborted) return { outcome: "interrupted" };
    return await upWith(cli, options, () => {
      stopping.grace = patience;
    });
  } catch (error) {
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
    };
  }
  const found = await digestOf({ ...input, plan: cli.readPlan() });
  const record = recorded(preview, found);
  const moved = differentParts(approved, found);
  if (moved.length > 0) return { outcome: "refused", record, found, moved };

  // The preview took its time, and whoever else applies something locks the state for no more than their own up.
  const again = await digestWithoutPlan({ ...input, state: await cli.exportState() });
  if (signal.aborted) return { outcome: "interrupted" };
  const meanwhile = { ...again, plan: found.plan };
  const movedMeanwhile = differentParts(approved, meanwhile);
  if (movedMeanwhile.length > 0) {
    return { outcome: "refused", record, found: meanwhile, moved: movedMeanwhile };
  }

  onStage("applying");
  beforeApplying();
  const done = await cli.up({ plan: cli.planFile, policies });
  if (signal.aborted) return { outcome: "interrupted", changed: changedBy(done.facts) };
  return ended(cli, preview, done, record);
}

function ended(
  cli: StackCli,
  preview: CliOutcome,
  done: CliOutcome,
  record: PreviewRecord,
): UpReport {
  const foretold = done.succeeded
    ? differences(preview.facts, done.facts).map((sentence) => cli.mask.text(sentence))
    : [];
  const fine = done.succeeded && done.errors.length === 0 && foretold.length === 0;
  const broken = done.policies
    .filter(({ state, mandatory }) => state === "failed" && mandatory)
    .map(({ rule, urn, message }) => `policy ${rule}: ${urn}: ${message}`);
  return {
    outcome: fine ? "applied" : "failed",
    record,
    errors: [...done.errors, ...(done.succeeded ? [] : broken)],
    differences: foretold,
    changed: changedBy(done.facts),
    planned: touched(preview.facts).length,
    lock: lockHolder(done.errors),
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
