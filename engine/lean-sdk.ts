/**
 * Takes away what the Pulumi SDK does for its own debugging and nobody sees in a rehearsal; together it is two fifths
 * of a program's time. What the program declares, and how it fails, stays as it is. Functions are replaced as
 * properties of the SDK's modules, which look them up at each call. Measured with SDK 3.259.0.
 */
import "./late-arborist";
import { Resource } from "@pulumi/pulumi";
import * as log from "@pulumi/pulumi/log";
import * as v8Hooks from "@pulumi/pulumi/runtime/closure/v8Hooks";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";

/** Debug messages: one for each resource, each a call to the engine, which the driver drops. */
(log as { debug: typeof log.debug }).debug = () => Promise.resolve();

/** Where each resource was declared: a whole stack trace by way of source maps, which only an editor would use. */
(Resource as unknown as { callsites: () => unknown[] }).callsites = () => [];

/**
 * A stack trace for every promise that the SDK tracks, thousands in a preview; a promise that leaks is still reported
 * with its context.
 */
const promises = debuggable as unknown as {
  debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T>;
};
const { debuggablePromise } = promises;
promises.debuggablePromise = (promise, context) => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(promise, context);
  } finally {
    Error.stackTraceLimit = limit;
  }
};

/** A debugger's session with the program, for the serialisation of functions, which opens its own when there is one. */
(v8Hooks as unknown as { isInitializedAsync: () => Promise<void> }).isInitializedAsync = () =>
  Promise.resolve();
