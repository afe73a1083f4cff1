/**
 * One run of a Pulumi program inside a process that lives on: what `@pulumi/pulumi/cmd/run` does in a process of its
 * own for each run, with the same messages. The SDK's state stands in a store for each run, as in its own automation
 * server (SDK 3.259.0, automation/server and runtime/state): nothing of a run reaches the next one but loaded modules,
 * which is what makes the next one twice as fast. A run that fails ends its process, so a program that was broken off
 * half-way leaves nothing behind either.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { resolve } from "node:path";
import { ResourceError, RunError } from "@pulumi/pulumi/errors";
import * as log from "@pulumi/pulumi/log";
import { disconnect, resetOptions, runInPulumiStack, setAllConfig } from "@pulumi/pulumi/runtime";
import { internals } from "./sdk-internals";
import { alreadyReported, type RunOrder } from "./stack-protocol";

/** How long promises that nobody waited for may take to settle, in ms; in a process of its own they would have for ever. */
const settling = 5000;

/**
 * Runs the program of an order.
 * @returns the code that a process of its own would have ended with: 0, 32 after telling the engine what is wrong,
 *   else 1. Never, where the engine goes away in the middle: its resources' promises stay open then, and the process
 *   has to be ended.
 */
export function runProgram(order: RunOrder): Promise<number> {
  return internals.state.withLocalStorage(async () => {
    resetOptions(
      order.project,
      order.stack,
      order.parallel,
      order.engine,
      order.monitor,
      order.dryRun,
      order.organization,
    );
    setAllConfig(order.config, order.secretKeys);
    const reported = new Set<unknown>();
    const report = (error: unknown): void => {
      // One error comes once for every promise that waited for it.
      if (!reported.has(error)) tell(error, order);
      reported.add(error);
    };
    // Node calls the handlers outside the run's store, where there is no engine to tell.
    const uncaught = AsyncLocalStorage.bind(report);
    process.on("uncaughtException", uncaught);
    process.on("unhandledRejection", uncaught);
    try {
      await runInPulumiStack(() => load(order));
      await disconnect(true);
      if (!(await settled()) && reported.size === 0 && !log.hasErrors()) {
        const [, message] = internals.debuggable.leakedPromises();
        process.stderr.write(`${message}\n`);
        return 1;
      }
    } catch (error) {
      report(error);
      await disconnect(false);
    } finally {
      process.off("uncaughtException", uncaught);
      process.off("unhandledRejection", uncaught);
    }
    return reported.size > 0 || log.hasErrors() ? alreadyReported : 0;
  });
}

/** What the program exports; of a function, what it makes. */
async function load({ programDirectory, program }: RunOrder): Promise<unknown> {
  const imported: unknown = await import(resolve(programDirectory, program));
  // A program with `export =` is a function; an import wraps it.
  const exported = isWrapped(imported) ? imported.default : imported;
  return typeof exported === "function" ? (exported as () => unknown)() : exported;
}

function isWrapped(module: unknown): module is { default: unknown } {
  return typeof module === "object" && module !== null && "default" in module;
}

/** Says an error to the engine in the words of `cmd/run`. */
function tell(error: unknown, { program }: RunOrder): void {
  const { defaultErrorMessage } = internals.runError;
  const unhandled = (message: string): string =>
    `Running program '${program}' failed with an unhandled exception:\n${message}`;
  if (RunError.isInstance(error)) void log.error(error.message);
  else if (ResourceError.isInstance(error)) {
    void log.error(error.hideStack ? error.message : defaultErrorMessage(error), error.resource);
  } else void log.error(unhandled(defaultErrorMessage(error)));
}

/** True as soon as no promise of the SDK is open. */
async function settled(): Promise<boolean> {
  const { leakCandidates } = internals.state.getStore();
  const end = performance.now() + settling;
  while (leakCandidates.size > 0 && performance.now() < end) {
    await new Promise((later) => setTimeout(later, 5));
  }
  return leakCandidates.size === 0;
}
