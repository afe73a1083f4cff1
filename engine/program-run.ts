/**
 * One run of a Pulumi program inside a process that lives on: what `@pulumi/pulumi/cmd/run` does in a process of its
 * own for each run, with the same messages. The SDK's state stands in a store for each run (SDK 3.259.0, runtime/state):
 * nothing of a run reaches the next one but loaded modules, which is what makes the next one twice as fast. A run that
 * fails ends its process, so a program that was broken off half-way leaves nothing behind either.
 */
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
  return inOwnStore(async () => {
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
    process.on("uncaughtException", report);
    process.on("unhandledRejection", report);
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
      process.off("uncaughtException", report);
      process.off("unhandledRejection", report);
    }
    return reported.size > 0 || log.hasErrors() ? alreadyReported : 0;
  });
}

/**
 * Runs something with a new store in the place where the SDK looks for the only one of its process. Its automation server
 * keeps a store for each asynchronous context instead, since its runs overlap; ours do not, and Node 20 then calls four
 * hooks for every promise: a fifth of a program's time.
 */
async function inOwnStore<T>(work: () => Promise<T>): Promise<T> {
  const { state } = internals;
  const standing = state.getGlobalStore();
  const own = new state.LocalStore();
  // Written by the cloud SDKs when they are loaded, which they are once.
  own.resourcePackages = standing.resourcePackages;
  own.resourceModules = standing.resourceModules;
  globalThis.globalStore = own;
  try {
    return await work();
  } finally {
    globalThis.globalStore = standing;
  }
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
