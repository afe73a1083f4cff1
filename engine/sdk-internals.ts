/**
 * The parts of the Pulumi SDK that its own automation server and program runner use and its type declarations leave
 * out. Held by the SDK's exact version in package.json (3.259.0): each is read from that version's JavaScript.
 */
import { Resource } from "@pulumi/pulumi";
import * as runError from "@pulumi/pulumi/cmd/run/error";
import * as v8Hooks from "@pulumi/pulumi/runtime/closure/v8Hooks";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";
import * as state from "@pulumi/pulumi/runtime/state";

/** All that the SDK keeps of a run. */
interface Store {
  readonly leakCandidates: ReadonlySet<unknown>;
  resourcePackages: unknown;
  resourceModules: unknown;
}

declare global {
  /** Where the SDK keeps the store of the process. */
  var globalStore: Store | undefined;
}

interface Internals {
  readonly runError: {
    /** An error as people read it: with its stack where it has one. */
    readonly defaultErrorMessage: (error: unknown) => string;
  };
  readonly state: {
    readonly LocalStore: new () => Store;
    /** The store of the process. */
    getGlobalStore(): Store;
    getStore(): Store;
  };
  readonly debuggable: {
    debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T>;
    /** The promises that are still open, and what to say of them. */
    leakedPromises(): [ReadonlySet<unknown>, string];
  };
  readonly v8Hooks: { isInitializedAsync: () => Promise<void> };
  readonly Resource: { callsites: () => unknown[] };
}

/** Each as the SDK's modules themselves see it: a property that is replaced here is replaced for them. */
export const internals = {
  runError,
  state,
  debuggable,
  v8Hooks,
  Resource,
} as unknown as Internals;
