/** What the driver and a stack's process say to each other; plain JSON over the IPC channel. */
import type { EnvironmentRehearsal, StackConfig } from "./environment";
import type { PlannedObject, SchemaViolation } from "./published-schema";

/** What the driver needs to know of an environment: its data, not its code. */
export interface Description extends Omit<EnvironmentRehearsal, "madeUp"> {
  /** Settings keys that are secret. */
  readonly secrets: readonly string[];
}

/** The questions that a stack's process answers. */
export interface StackProcessMethods {
  describe: (params: Record<string, never>) => Promise<Description>;
  /** Settings key to marker; answers settings key to a made-up value that holds the marker. */
  makeUp: (params: {
    readonly markers: Readonly<Record<string, string>>;
  }) => Promise<Record<string, string>>;
  /** The message that says every problem of the settings, or null where there is none. */
  check: (params: { readonly config: StackConfig }) => Promise<string | null>;
  /** Where planned Kubernetes objects break the schema that the API publishes. */
  schemaViolations: (params: {
    readonly objects: readonly PlannedObject[];
  }) => Promise<SchemaViolation[]>;
  /** Runs the program; answers the code that a process of its own would have ended with. */
  run: (order: RunOrder) => Promise<number>;
}

/** Exit code of `@pulumi/pulumi/cmd/run` after it has told the engine what is wrong itself. */
export const alreadyReported = 32;

/**
 * How to run the program. The fields are those of the engine's `RunRequest`
 * (pulumi/pulumi proto/pulumi/language.proto).
 */
export interface RunOrder {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  /** gRPC addresses of the engine's resource monitor and of the engine itself. */
  readonly monitor: string;
  readonly engine: string;
  readonly rootDirectory: string;
  readonly programDirectory: string;
  /** The program's file or folder. */
  readonly program: string;
  readonly dryRun: boolean;
  /** Resource operations at a time; 0 for no limit. */
  readonly parallel: number;
  readonly config: { readonly [key: string]: string };
  readonly secretKeys: string[];
}
