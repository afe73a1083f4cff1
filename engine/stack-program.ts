/** A stack's program from the driver's side: one process for all runs that go well. */
import { join } from "node:path";
import { Child, type Exit } from "./child";
import type { StackConfig } from "./environment";
import { checkout, nodeEnvironment, type Scratch } from "./isolation";
import type { PlannedObject, SchemaViolation } from "./published-schema";
import type { Description, RunOrder, StackProcessMethods } from "./stack-protocol";

/** Whose program it is and where it may write. */
export interface StackProgramOptions {
  readonly project: string;
  readonly stack: string;
  /** The Pulumi project's name. */
  readonly projectName: string;
  readonly scratch: Scratch;
}

/** Starts, asks, runs and ends the process of one stack's program. */
export class StackProgram {
  private child: Child;
  /** The order under way. */
  private running: Promise<number> | undefined;
  /** A run failed or was broken off: the next one gets a new process. */
  private spoiled = false;
  private closed = false;
  private listener: (line: string) => void = () => undefined;

  constructor(private readonly options: StackProgramOptions) {
    this.child = this.start();
  }

  private start(): Child {
    const { project, stack, projectName, scratch } = this.options;
    return new Child({
      name: `the program of stack ${stack}`,
      file: join(checkout, "engine", "stack-process.ts"),
      args: [project, stack],
      cwd: project,
      env: {
        ...nodeEnvironment(scratch),
        // Read by the SDK when it is first loaded, which is before the engine says them.
        PULUMI_NODEJS_PROJECT: projectName,
        PULUMI_NODEJS_STACK: stack,
        PULUMI_NODEJS_ORGANIZATION: "organization",
        PULUMI_NODEJS_ROOT_DIRECTORY: project,
      },
      onLine: (line) => {
        this.listener(line);
      },
    });
  }

  /** What the environment says of itself. @throws Error where it cannot be loaded */
  describe(): Promise<Description> {
    return this.ask("describe", {});
  }

  /** Made-up secrets that hold the markers. */
  makeUp(markers: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    return this.ask("makeUp", { markers });
  }

  /** Every problem of the settings in one message, or null. */
  check(config: StackConfig): Promise<string | null> {
    return this.ask("check", { config });
  }

  /** Where planned Kubernetes objects break the schema that the API publishes; loads nothing where there are none. */
  async schemaViolations(objects: readonly PlannedObject[]): Promise<SchemaViolation[]> {
    return objects.length === 0 ? [] : this.ask("schemaViolations", { objects });
  }

  private ask<M extends keyof StackProcessMethods>(
    method: M,
    params: Parameters<StackProcessMethods[M]>[0],
  ): ReturnType<StackProcessMethods[M]> {
    return this.child.request(method, params) as ReturnType<StackProcessMethods[M]>;
  }

  /**
   * Runs the program once.
   * @param onLine gets what it prints
   * @returns how its process ended, or would have ended if it were for this run alone
   */
  async run(order: RunOrder, onLine: (line: string) => void): Promise<Exit> {
    this.listener = onLine;
    const { child } = this;
    const running = this.ask("run", order);
    this.running = running;
    try {
      const code = await running;
      this.spoiled = code !== 0;
      this.running = undefined;
      return { code, signal: null };
    } catch {
      // The program ended its process.
      return await child.exited;
    }
  }

  /** Ends a run that is under way. */
  async end(): Promise<void> {
    if (this.running !== undefined) await this.child.stop();
  }

  /** After an engine call: what a failed or unfinished run has left is not for the next one. */
  async renew(): Promise<void> {
    this.listener = () => undefined;
    if (this.closed || (!this.spoiled && this.running === undefined)) return;
    await this.child.stop();
    this.child = this.start();
    this.running = undefined;
    this.spoiled = false;
  }

  /** Ends for good. */
  async close(): Promise<void> {
    this.closed = true;
    await this.child.stop();
  }
}
