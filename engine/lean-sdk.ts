/**
 * Takes away what the Pulumi SDK does for its own debugging and nobody sees in a rehearsal; together it is two fifths
 * of a program's time. What the program declares, and how it fails, stays as it is. Functions are replaced as
 * properties of the SDK's modules, which look them up at each call. Measured with SDK 3.259.0.
 */
import "./late-modules";
import * as log from "@pulumi/pulumi/log";
import { internals } from "./sdk-internals";

/** Debug messages: one for each resource, each a call to the engine, which the driver drops. */
(log as { debug: typeof log.debug }).debug = () => Promise.resolve();

/** Where each resource was declared: a whole stack trace by way of source maps, which only an editor would use. */
internals.Resource.callsites = () => [];

/**
 * A stack trace for every promise that the SDK tracks, thousands in a preview; a promise that leaks is still reported
 * with its context.
 */
const { debuggablePromise } = internals.debuggable;
internals.debuggable.debuggablePromise = (promise, context) => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(promise, context);
  } finally {
    Error.stackTraceLimit = limit;
  }
};

/** A debugger's session with the program, for the serialisation of functions, which opens its own when there is one. */
internals.v8Hooks.isInitializedAsync = () => Promise.resolve();
