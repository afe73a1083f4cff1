/**
 * What the sandbox process can be asked and told while the engine works against it.
 * Sent over the IPC channel of the forked process as `{ id, method, params }`, answered by
 * `{ id, result }` or `{ id, error }`. Every value in it is plain JSON.
 */
import type { Json } from "./model";

/** One object that the sandbox holds. Secrets stand in it as `[secret]`. */
export interface LedgerObject {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: { readonly [key: string]: Json };
  readonly outputs: { readonly [key: string]: Json };
  /** Made by an order of the driver and not by the program. */
  readonly stray?: boolean;
}

/** One call that the engine made. */
export interface LedgerCall {
  readonly sequence: number;
  /** Milliseconds since the sandbox started. */
  readonly at: number;
  readonly rpc:
    | "Check"
    | "Diff"
    | "Create"
    | "Read"
    | "Update"
    | "Delete"
    | "Configure"
    | "CheckConfig"
    | "Invoke";
  readonly package: string;
  readonly urn?: string;
  readonly type?: string;
  readonly id?: string;
  readonly preview: boolean;
  /** gRPC status text where the call failed. */
  readonly error?: string;
}

/** A change made behind Pulumi's back, as a person in the cloud's console would. */
export type Drift =
  | {
      readonly kind: "set";
      readonly id: string;
      readonly type: string;
      readonly property: string;
      readonly value: Json;
    }
  | {
      readonly kind: "tag";
      readonly id: string;
      readonly type: string;
      readonly key: string;
      readonly value: string;
    }
  | { readonly kind: "delete"; readonly id: string; readonly type: string }
  /** An output that no input sets (an endpoint, a status). */
  | {
      readonly kind: "output";
      readonly id: string;
      readonly type: string;
      readonly property: string;
      readonly value: Json;
    };

/** A failure or delay to come. Matches calls by RPC and by a regular expression over the URN. */
export interface Fault {
  readonly rpc: "Check" | "Diff" | "Create" | "Read" | "Update" | "Delete";
  readonly urn: string;
  /**
   * `error`: fails before anything happened. `lost`: happens, but the answer is lost (a plain gRPC error).
   * `init`: the object exists but is not ready (`ErrorResourceInitFailed`). `hang`: never answers until Cancel.
   * `delay`: answers after `delayMs`. `crash`: the sandbox process exits.
   */
  readonly kind: "error" | "lost" | "init" | "hang" | "delay" | "crash";
  readonly message?: string;
  readonly delayMs?: number;
  /** How many matching calls it applies to. @default 1 */
  readonly times?: number;
}

/** Every method of the control channel: parameters and result. */
export interface SandboxMethods {
  /** `PULUMI_DEBUG_PROVIDERS` value: package to port. */
  ports(): Record<string, number>;
  objects(params: { readonly type?: string }): LedgerObject[];
  /** Calls after `since` (a sequence number; 0 for all), only those that change something where `mutating`. */
  calls(params: { readonly since: number; readonly mutating?: boolean }): LedgerCall[];
  drift(params: Drift): LedgerObject | null;
  fault(params: Fault): void;
  clearFaults(): void;
  /** Objects that still exist: what a destroy left over. */
  leftOver(): LedgerObject[];
  /** Seconds of the models' durations per real second; 0 for no latency. @default 0 */
  latency(params: { readonly scale: number }): void;
  stop(): void;
}
