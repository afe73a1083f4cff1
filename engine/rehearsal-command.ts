/** The rehearsal as a command: its display, its table, its exit code, and how Ctrl-C ends it. */
import type { Engine, ResolveOptions } from "./binary";
import type { EnvironmentRegistry } from "./environment";
import type { Scratch } from "./isolation";
import { Interruption } from "./interruption";
import { Interrupted, rehearse, UnknownStackError, without, withPrerequisites } from "./rehearsal";
import { type Display, LiveDisplay, PlainDisplay } from "./rehearsal-display";
import { rehearsalJunit, StepRecorder } from "./rehearsal-junit";
import { rounded, type RehearsalReport, table } from "./rehearsal-report";
import { parseSet, SettingsFileError } from "./settings";

/** What the command's exit codes mean. */
export const exitCodes = {
  held: 0,
  /** A step did not hold, or could not be taken. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Ended by Ctrl-C; 128 and the signal's number, as shells have it. */
  interrupted: 130,
} as const;

/** What to run. */
export interface CommandOptions {
  readonly project: string;
  readonly registry: EnvironmentRegistry;
  readonly stacks: readonly string[];
  /** Prerequisites that are not stood up. */
  readonly without: readonly string[];
  /** `key=value` texts, as typed. */
  readonly set: readonly string[];
  readonly keep: boolean;
  readonly engine: (options: ResolveOptions) => Promise<Engine>;
  /** Gets the report and JUnit XML of the steps, whether everything held or not; nothing where the rehearsal did not start. */
  readonly onReport: (report: RehearsalReport, junit: () => string) => void;
}

/** Runs the rehearsal; resolves to the process's exit code and never rejects. */
export async function runRehearsal(options: CommandOptions): Promise<number> {
  const scratches: Scratch[] = [];
  let display: Display | undefined;
  const interruption = new Interruption({
    onAsked: () => {
      display?.say("ending: the engine finishes what is under way (Ctrl-C again ends it at once)");
    },
    onForced: () => {
      for (const scratch of options.keep ? [] : scratches) scratch.remove();
      // The sandbox and the programs end when their channels to this process close.
      process.exit(exitCodes.interrupted);
    },
  });
  try {
    const set = Object.fromEntries(options.set.map(parseSet));
    const stacks = [...new Set(options.stacks)];
    const registry = without(options.without, options.registry);
    const all = withPrerequisites(stacks, registry);
    const {
      path: binary,
      version,
      route,
    } = await options.engine({
      signal: interruption.signal,
      onProgress: (message) => {
        console.error(message);
      },
    });
    const terminal = process.stdout.isTTY && process.env.CI === undefined;
    display = terminal
      ? new LiveDisplay(all)
      : new PlainDisplay((line) => {
          console.log(line);
        });
    const recorder = new StepRecorder(display);
    display.say(`Pulumi engine ${version} (${route})`);
    const report = rounded(
      await rehearse({
        project: options.project,
        registry,
        stacks,
        set,
        binary,
        listener: recorder,
        signal: interruption.signal,
        force: interruption.force,
        keep: options.keep,
        onScratch: (scratch) => scratches.push(scratch),
      }),
    );
    await display.finish();
    for (const message of display.messages) console.error(`\n${message}`);
    // Wrong settings have no numbers to show.
    if (report.stacks.some(({ steps }) => steps.preview.seconds > 0)) {
      console.log(`\n${table(report)}`);
    }
    for (const { root } of options.keep ? scratches : []) console.log(`\nKept: ${root}`);
    options.onReport(report, () => rehearsalJunit(all, stacks, recorder.steps));
    return report.stacks.every(({ ok }) => ok) ? exitCodes.held : exitCodes.failed;
  } catch (error) {
    await display?.finish();
    if (error instanceof Interrupted || interruption.signal.aborted) {
      const where = options.keep ? `; kept: ${scratches.map(({ root }) => root).join(", ")}` : "";
      console.error(`\nInterrupted: every process is ended, nothing is left${where}.`);
      return exitCodes.interrupted;
    }
    console.error(error instanceof Error ? error.message : String(error));
    const usage = error instanceof UnknownStackError || error instanceof SettingsFileError;
    return usage ? exitCodes.usage : exitCodes.failed;
  } finally {
    interruption.end();
  }
}
