/** A rehearsal as JUnit XML: a suite a stack, a case a step. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { describeStep } from "./rehearsal-display";
import { type RehearsalListener, type StepName, stepNames } from "./rehearsal";
import type { StackReport } from "./rehearsal-report";
import { junitXml } from "./xml";

/** A step that was taken, or could not be. */
export interface TakenStep {
  readonly stack: string;
  readonly step: StepName;
  readonly seconds: number;
  /** What it found, in a few words. */
  readonly found?: string;
  /** What did not hold. */
  readonly failure?: string;
}

/** Notes each step on its way to whoever shows it. */
export class StepRecorder implements RehearsalListener {
  readonly steps: TakenStep[] = [];
  private readonly began = new Map<string, number>();

  constructor(private readonly next: RehearsalListener) {}

  started(stack: string, step: StepName): void {
    this.began.set(`${stack} ${step}`, performance.now());
    this.next.started(stack, step);
  }

  event(stack: string, event: EngineEvent): void {
    this.next.event(stack, event);
  }

  ended(stack: string, step: StepName, report: StackReport): void {
    this.note(stack, step, { found: describeStep(step, report) });
    this.next.ended(stack, step, report);
  }

  failed(stack: string, step: StepName, message: string): void {
    this.note(stack, step, { failure: message });
    this.next.failed(stack, step, message);
  }

  private note(stack: string, step: StepName, what: Pick<TakenStep, "found" | "failure">): void {
    const now = performance.now();
    // One that could not be taken has not begun.
    const seconds = (now - (this.began.get(`${stack} ${step}`) ?? now)) / 1000;
    this.steps.push({ stack, step, seconds, ...what });
  }
}

/**
 * The report.
 * @param stacks in the order in which they are to stand; one that only stood because another needed it has the steps
 *   that were asked of it
 */
export function rehearsalJunit(
  stacks: readonly string[],
  named: readonly string[],
  steps: readonly TakenStep[],
): string {
  return junitXml(
    stacks.map((stack) => ({
      name: `rehearsal ${stack}`,
      cases: stepNames.flatMap((name) => {
        const taken = steps.find((one) => one.stack === stack && one.step === name);
        if (taken === undefined && !named.includes(stack)) return [];
        return [
          {
            classname: `rehearsal.${stack}`,
            name,
            file: `environments/${stack}/index.ts`,
            seconds: taken?.seconds ?? 0,
            failure:
              taken?.failure === undefined
                ? undefined
                : { type: "rehearsal", message: "did not hold", text: taken.failure },
            skipped: taken === undefined ? "not reached" : undefined,
            output: taken?.found,
          },
        ];
      }),
    })),
  );
}
