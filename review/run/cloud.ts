/** Previews against the real backend, as the user's environment has it, and looks for drift there. */
import { join } from "node:path";
import type { Engine } from "../../engine/binary";
import type { EnvironmentRegistry } from "../../engine/environment";
import { policyPacks } from "../../engine/isolation";
import { projectName } from "../../engine/prepare";
import { Interrupted } from "../../engine/rehearsal";
import { digestOf } from "../approval/digest";
import { NoGitError } from "../approval/source-tree";
import { Mask } from "../mask/mask";
import type { Digest } from "../record";
import type { PreviewListener, StackPreview } from "./listener";
import { type Looked, notPreviewed, recordOf } from "./record";
import { CliNotUsableError, type CliOutcome, StackCli } from "./stack-cli";

/** What to look at. */
export interface CloudOptions {
  readonly project: string;
  readonly registry: EnvironmentRegistry;
  readonly stacks: readonly string[];
  readonly engine: Engine;
  /** Preview the change; without it nothing but drift is looked for. */
  readonly preview: boolean;
  readonly drift: boolean;
  readonly typesOf: ReadonlyMap<string, readonly string[]>;
  readonly commit?: string;
  readonly listener: PreviewListener;
  readonly signal: AbortSignal;
  readonly force: AbortSignal;
}

/**
 * Looks at stacks, side by side.
 * @returns by stack, in the order in which they were named
 * @throws CliNotUsableError; Interrupted after the signal
 */
export async function lookAtCloud(options: CloudOptions): Promise<StackPreview[]> {
  const ends = await Promise.allSettled(options.stacks.map((stack) => one(options, stack)));
  if (options.signal.aborted) throw new Interrupted();
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

async function one(options: CloudOptions, stack: string): Promise<StackPreview> {
  const { project, registry, engine, typesOf, commit, listener, signal, force } = options;
  const entry = registry[stack];
  if (entry === undefined) throw new Error(`no stack ${stack}`);
  const began = performance.now();
  // Said of a stack that could not even be opened.
  let mask = new Mask({ environment: process.env });
  let cli: StackCli | undefined;
  const ear: Ear = { open: true };
  const cancel = (): void => cli?.cancel();
  const kill = (): void => cli?.kill();
  signal.addEventListener("abort", cancel);
  force.addEventListener("abort", kill);
  try {
    listener.stage(stack, "reading the stack");
    cli = await StackCli.open({
      ...{ project, stack, engine, typesOf },
      onEvent: (masked) => {
        if (ear.open) listener.event(stack, masked);
      },
    });
    if (signal.aborted) throw new Interrupted();
    mask = cli.mask;
    const found = await look(cli, options, stack, ear);
    listener.stage(stack, found.preview.errors.length === 0 ? "looked at" : "failed");
    const { coverage } = found.preview;
    return { record: recordOf({ stack, entry, mode: "cloud", commit, mask, ...found }), coverage };
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    if (error instanceof CliNotUsableError) throw error;
    const why = mask.engineText(error instanceof Error ? error.message : String(error));
    listener.stage(stack, "failed");
    const preview = notPreviewed([why], (performance.now() - began) / 1000);
    return {
      record: recordOf({ stack, entry, mode: "cloud", commit, mask, preview }),
      coverage: [],
    };
  } finally {
    signal.removeEventListener("abort", cancel);
    force.removeEventListener("abort", kill);
    await cli?.close();
  }
}

interface Found {
  readonly preview: CliOutcome | (ReturnType<typeof notPreviewed> & Pick<CliOutcome, "coverage">);
  readonly drift?: Looked;
  readonly digest?: Digest;
}

/** Whether the events are those that are kept: of the preview, and of a look for drift only where it is all there is. */
interface Ear {
  open: boolean;
}

async function look(cli: StackCli, options: CloudOptions, stack: string, ear: Ear): Promise<Found> {
  const { project, listener, signal } = options;
  const began = performance.now();
  let preview: Found["preview"] = { ...notPreviewed([]), coverage: [] };
  let digest: Digest | undefined;
  if (options.preview) {
    // Before the preview: what moves the state while it runs then makes the approval void, not the other way round.
    const state = await cli.exportState();
    listener.stage(stack, "previewing");
    const outcome = await cli.preview({ plan: cli.planFile, policies: policyPacks(project) });
    ear.open = false;
    if (signal.aborted) throw new Interrupted();
    preview = outcome;
    if (outcome.succeeded && outcome.errors.length === 0) {
      const plan = cli.readPlan();
      const settingsFile = join(project, `Pulumi.${stack}.yaml`);
      const input = { stack, project, projectName: projectName(project) };
      try {
        digest = await digestOf({ ...input, plan, state, settingsFile });
      } catch (error) {
        // The preview is as good without Git; there is nothing then that an approval could be bound to.
        if (!(error instanceof NoGitError)) throw error;
        listener.say(`${stack}: nothing can be approved: ${error.message}`);
      }
    }
  }
  if (!options.drift) return { preview, digest };
  listener.stage(stack, "looking for drift");
  const { facts, errors } = await cli.refreshPreview();
  if (signal.aborted) throw new Interrupted();
  if (!options.preview) preview = { ...preview, seconds: (performance.now() - began) / 1000 };
  return { preview, digest, drift: { facts, errors } };
}
