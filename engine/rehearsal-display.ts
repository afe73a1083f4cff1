/**
 * How a rehearsal is shown while it runs: a live list of stacks and steps on a terminal, plain lines
 * elsewhere. What did not hold is said once, in full, by `messages`.
 */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { ListrTaskWrapper } from "listr2";
import { type RehearsalListener, type StepName, stepNames } from "./rehearsal";
import type { StackReport } from "./rehearsal-report";

/** A listener that shows what it hears. */
export interface Display extends RehearsalListener {
  /** A line about the rehearsal as a whole (where the engine was found, that it is being ended). */
  say(line: string): void;
  /** Ends the display; nothing is drawn after it. */
  finish(): Promise<void>;
  /** What did not hold, and has not been shown in full yet. */
  readonly messages: readonly string[];
}

/** What a step found, in a few words. */
export function describeStep(step: StepName, { resources, steps }: StackReport): string {
  const { noop, day2, drift, destroy, preview } = steps;
  switch (step) {
    case "settings":
      return "checked, every secret made up";
    case "preview and up":
      return `${preview.create} foretold, ${resources} created`;
    case "no-op":
      return `${noop.changes} changes at a second preview`;
    case "day 2":
      return `${day2.update} updated, ${day2.replace} replaced, ${day2.replacedStateful} of them with data`;
    case "drift":
      return `${drift.found} of ${drift.injected} found and repaired`;
    case "destroy":
      return `${refusal(destroy)}, then ${destroy.left} left over`;
  }
}

/** `refused, naming 36 of 38 protected (data-key, vault-key stand behind those; 0 calls)`. */
function refusal({ protected: all, behind, callsWhileRefused }: StackReport["steps"]["destroy"]) {
  const hidden = behind.length === 0 ? "" : `${behind.join(", ")} behind them; `;
  return `refused, naming ${all - behind.length} of ${all} protected (${hidden}${callsWhileRefused} calls)`;
}

/** Lines, as CI logs want them. */
export class PlainDisplay implements Display {
  readonly messages: string[] = [];
  private readonly began = performance.now();

  constructor(private readonly write: (line: string) => void) {}

  private line(text: string): void {
    const seconds = ((performance.now() - this.began) / 1000).toFixed(1);
    this.write(`${seconds.padStart(6)} s  ${text}`);
  }

  say(line: string): void {
    this.line(line);
  }

  started(stack: string, step: StepName): void {
    this.line(`${stack}: ${step} …`);
  }

  event(): void {
    // One line a step is enough for a log.
  }

  ended(stack: string, step: StepName, report: StackReport): void {
    this.line(`${stack}: ${step}: ${describeStep(step, report)}`);
  }

  failed(stack: string, step: StepName, message: string): void {
    this.line(`${stack}: ${step} DID NOT HOLD\n${message}`);
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}

type Wrapper = Pick<ListrTaskWrapper<unknown, never, never>, "title" | "output" | "skip">;

/** One step's line in the live list. */
interface Line {
  readonly step: StepName;
  readonly task: Promise<Wrapper>;
  readonly attach: (task: Wrapper) => void;
  readonly end: Promise<void>;
  readonly settle: (failed: boolean) => void;
  open: boolean;
  /** Ended or failed; what is neither was not reached. */
  over: boolean;
  done: number;
}

/** A live list on a terminal. */
export class LiveDisplay implements Display {
  readonly messages: string[] = [];
  private readonly lines = new Map<string, Line>();
  private readonly running: Promise<unknown>;

  constructor(private readonly stacks: readonly string[]) {
    for (const stack of stacks)
      for (const step of stepNames) this.lines.set(`${stack} ${step}`, line(step));
    this.running = this.draw();
  }

  private async draw(): Promise<void> {
    const { Listr } = await import("listr2");
    const list = new Listr(
      this.stacks.map((stack) => ({
        title: stack,
        task: (_: unknown, parent) =>
          parent.newListr(
            stepNames.map((step) => ({
              title: step,
              task: (_inner: unknown, task): Promise<void> => {
                const own = this.at(stack, step);
                own.attach(task);
                return own.end;
              },
            })),
            { exitOnError: false, concurrent: false },
          ),
      })),
      {
        concurrent: true,
        exitOnError: false,
        // The driver ends everything in order on Ctrl-C; the list must not end the process.
        registerSignalListeners: false,
        rendererOptions: {
          collapseSubtasks: false,
          collapseErrors: false,
          showErrorMessage: false,
        },
      },
    );
    await list.run();
  }

  private at(stack: string, step: StepName): Line {
    const found = this.lines.get(`${stack} ${step}`);
    if (found === undefined) throw new Error(`no line for ${stack} ${step}`);
    return found;
  }

  say(text: string): void {
    for (const { open, task } of this.lines.values()) {
      if (open) void task.then((wrapper) => (wrapper.output = text));
    }
  }

  started(stack: string, step: StepName): void {
    this.at(stack, step).open = true;
  }

  event(stack: string, event: EngineEvent): void {
    const urn = event.resOutputsEvent?.metadata.urn;
    if (urn === undefined) return;
    for (const step of stepNames) {
      const own = this.at(stack, step);
      if (!own.open) continue;
      own.done += 1;
      void own.task.then(
        (task) => (task.output = `${own.done}  ${urn.slice(urn.lastIndexOf("::") + 2)}`),
      );
    }
  }

  ended(stack: string, step: StepName, report: StackReport): void {
    const own = this.at(stack, step);
    own.open = false;
    own.over = true;
    void own.task.then((task) => {
      task.title = `${step}: ${describeStep(step, report)}`;
      own.settle(false);
    });
  }

  failed(stack: string, step: StepName, message: string): void {
    const own = this.at(stack, step);
    own.open = false;
    own.over = true;
    this.messages.push(`${stack}: ${step} did not hold\n${message}`);
    void own.task.then((task) => {
      task.title = `${step}: did not hold`;
      own.settle(true);
    });
  }

  async finish(): Promise<void> {
    for (const own of this.lines.values()) {
      if (own.over) continue;
      void own.task.then((task) => {
        task.skip(`${own.step}: not reached`);
        own.settle(false);
      });
    }
    await this.running;
  }
}

function line(step: StepName): Line {
  let attach: Line["attach"] = () => undefined;
  let settle: Line["settle"] = () => undefined;
  const task = new Promise<Wrapper>((resolve) => {
    attach = resolve;
  });
  const end = new Promise<void>((resolve, reject) => {
    settle = (failed) => {
      if (failed) reject(new Error("did not hold"));
      else resolve();
    };
  });
  return { step, task, attach, end, settle, open: false, over: false, done: 0 };
}
