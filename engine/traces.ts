/**
 * Takes away what the Pulumi SDK does for its own debugging and nobody sees in a rehearsal.
 *
 * First its debug messages: one for each resource, each a call to the engine, which the driver drops.
 *
 * Then the stack traces of its bookkeeping: one for every promise that it tracks
 * (`debuggablePromise`), thousands in a preview, shown only where a promise leaks. With source maps each is a search;
 * together they were a third of a program's time. Every other trace stays as it is.
 */
import * as log from "@pulumi/pulumi/log";

type Prepare = (this: void, error: Error, frames: NodeJS.CallSite[]) => unknown;

const { prepareStackTrace: rendered } = Error as { prepareStackTrace?: Prepare };
const bookkeeping = /[\\/]runtime[\\/]debuggable\.js$/;

if (rendered !== undefined) {
  Error.prepareStackTrace = (error, frames) =>
    error.message === "" && bookkeeping.test(frames[0]?.getFileName() ?? "")
      ? ""
      : rendered(error, frames);
}

// The SDK's modules look the function up at each call, so that a replaced property reaches them all.
(log as { debug: typeof log.debug }).debug = () => Promise.resolve();
