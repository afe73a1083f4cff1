/** `npm run up`: arguments to exit code. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Engine, ResolveOptions } from "../../engine/binary";
import type { EnvironmentRegistry } from "../../engine/environment";
import { Interruption } from "../../engine/interruption";
import { exitCodes } from "../../engine/rehearsal-command";
import type { PreviewRecord } from "../record";
import { headCommit } from "../run/git";
import { PreviewStore } from "../store";
import { codePaths, policyPaths } from "./code-paths";
import { type Approval, DigestTextError, parseApproval } from "./digest";
import { uncommittedFiles } from "./source-tree";
import { BegunError, upApproved, type UpReport } from "./up";
import { upText } from "./up-text";

/** What to do. */
export interface UpCommand {
  /** Folder of the Pulumi project. */
  readonly project: string;
  readonly registry: EnvironmentRegistry;
  /** As typed: exactly one is right. */
  readonly stacks: readonly string[];
  /** The digest, as pasted. */
  readonly approved?: string;
  /** Folder for what was previewed and done. */
  readonly json?: string;
  readonly engine: (options: ResolveOptions) => Promise<Engine>;
  /** Given to the engine. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The command line is wrong; the message says how. */
class UsageError extends Error {}

/** Runs the command; resolves to the process's exit code and never rejects. */
export async function runUp(command: UpCommand): Promise<number> {
  const interruption = new Interruption({
    onAsked: () => {
      console.error(
        "ending: what the engine has begun is brought to its end (Ctrl-C again breaks it off)",
      );
    },
    onForced: () => {
      console.error(
        "Broken off: the state may be locked, with operations pending; docs/approval.md says what to do.",
      );
      process.exit(exitCodes.interrupted);
    },
  });
  try {
    return await up(command, read(command), interruption);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const stack = command.stacks[0] ?? "";
    if (error instanceof UsageError) {
      console.error(why);
      return exitCodes.usage;
    }
    if (error instanceof BegunError) {
      console.error(
        `The up of ${stack} had begun, and what came of it is not known: ${why}\nLook at npm run preview -- ${stack} before anything else is changed.`,
      );
      return interruption.signal.aborted ? exitCodes.interrupted : exitCodes.failed;
    }
    if (interruption.signal.aborted) {
      console.error(`${stack} was not touched: interrupted.`);
      return exitCodes.interrupted;
    }
    console.error(`${stack} was not touched: ${why}`);
    return exitCodes.failed;
  } finally {
    interruption.end();
  }
}

/** @throws UsageError */
function read({ stacks, registry, approved = "", env = process.env }: UpCommand): Approval {
  const known = Object.keys(registry).join(", ");
  const [stack, ...others] = stacks;
  if (stack === undefined || others.length > 0) {
    throw new UsageError(
      `An up changes one environment: name it (${known}), and give the digest that was approved.`,
    );
  }
  if (registry[stack] === undefined) {
    throw new UsageError(`There is no environment "${stack}". Known: ${known}.`);
  }
  if (approved.trim() === "") {
    throw new UsageError(
      [
        `An up of ${stack} needs the digest that was approved: --approved ${stack}:plan-….`,
        `The note on the merge request has it, and npm run preview -- ${stack} shows it.`,
        (env["GITLAB_CI"] ?? "") === ""
          ? `Without any approval: npx pulumi up -s ${stack}`
          : "In the pipeline it is the variable APPROVED, given where the job is started by hand: run the job again with it (docs/merge-requests.md).",
      ].join("\n"),
    );
  }
  let approval: Approval;
  try {
    approval = parseApproval(approved);
  } catch (error) {
    if (error instanceof DigestTextError) throw new UsageError(error.message);
    throw error;
  }
  if (approval.stack !== stack) {
    throw new UsageError(
      `${stack} was not touched: this is an approval of ${approval.stack}, which says nothing about ${stack}.`,
    );
  }
  return approval;
}

async function up(
  command: UpCommand,
  { stack, digest: approved }: Approval,
  interruption: Interruption,
): Promise<number> {
  const { project, registry, env, json } = command;
  const entry = registry[stack];
  if (entry === undefined) throw new UsageError(`There is no environment "${stack}".`);
  const store = json === undefined ? undefined : new PreviewStore(json);
  store?.begin(stack);
  const engine = await command.engine({
    signal: interruption.signal,
    onProgress: (message) => {
      console.error(message);
    },
  });
  const report = await upApproved({
    ...{ project, stack, entry, approved, engine, env, keepsPreview: store !== undefined },
    commit: await headCommit(project),
    onStage: (stage) => {
      console.error(`${stack}: ${stage}`);
    },
    onEvent: (event) => {
      store?.event(stack, event);
      const line = progress(event);
      if (line !== undefined) console.error(line);
    },
    signal: interruption.signal,
    force: interruption.force,
  });
  const paths = [...codePaths(stack), ...policyPaths, `Pulumi.${stack}.yaml`];
  const text = upText(
    { stack, approved, uncommitted: await uncommittedFiles(project, paths) },
    report,
  );
  const fine = report.outcome === "applied";
  (fine ? console.log : console.error)(text);
  if (json !== undefined) keep(json, { stack, digest: approved }, report, text);
  if (fine) return exitCodes.held;
  const interrupted = report.outcome === "interrupted" || report.outcome === "stopped";
  return interrupted ? exitCodes.interrupted : exitCodes.failed;
}

/** A line for what an up has changed. A preview's events have the same form and are no news. */
function progress({ resOutputsEvent, resOpFailedEvent }: EngineEvent): string | undefined {
  const event = resOutputsEvent ?? resOpFailedEvent;
  if (event === undefined || resOutputsEvent?.planning === true) return undefined;
  const { op, type, urn } = event.metadata;
  if (["same", "read", "refresh"].includes(op)) return undefined;
  const name = urn.split("::").slice(3).join("::");
  return `  ${resOpFailedEvent === undefined ? op : `${op} FAILED`}  ${name} (${type})`;
}

/** Writes what was previewed, as a preview does, and what came of it. */
function keep(folder: string, approval: Approval, report: UpReport, text: string): void {
  const { stack, digest } = approval;
  if (report.outcome !== "interrupted") new PreviewStore(folder).write(report.record);
  const { record, ...rest } = { record: undefined as PreviewRecord | undefined, ...report };
  mkdirSync(join(folder, stack), { recursive: true });
  const written = { format: 1, stack, approved: digest, found: record?.digest, ...rest, text };
  writeFileSync(join(folder, stack, "up.json"), `${JSON.stringify(written, null, 2)}\n`);
}
