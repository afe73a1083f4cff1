/** A stack's program from the driver's side: one process per run, the next one always warm. */
import { join } from "node:path";
import { Child, type Exit } from "./child";
import type { StackConfig } from "./environment";
import { checkout, nodeEnvironment, type Scratch } from "./isolation";
import type { Description, RunOrder, StackProcessMethods } from "./stack-protocol";

/** Whose program it is and where it may write. */
export interface StackProgramOptions {
  readonly project: string;
  readonly stack: string;
  /** The Pulumi project's name. */
  readonly projectName: string;
  readonly scratch: Scratch;
}

/**
 * Starts, asks, runs and ends the processes of one stack's program. The next one is started with a run and not after
 * it: it loads on the core that the run leaves idle, and the next operation does not wait for it.
 */
export class StackProgram {
  private child: Child;
  private next: Child | undefined;
  private used = false;
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
      brief: true,
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

  private ask<M extends keyof StackProcessMethods>(
    method: M,
    params: Parameters<StackProcessMethods[M]>[0],
  ): ReturnType<StackProcessMethods[M]> {
    return this.child.request(method, params) as ReturnType<StackProcessMethods[M]>;
  }

  /**
   * Runs the program once; resolves when its process has ended.
   * @param onLine gets what it prints
   */
  async run(order: RunOrder, onLine: (line: string) => void): Promise<Exit> {
    if (this.used) await this.renew();
    this.used = true;
    this.listener = onLine;
    const { child } = this;
    child.request("run", order).catch(() => undefined);
    this.next = this.start();
    return child.exited;
  }

  /** Ends a run that is under way. */
  async end(): Promise<void> {
    if (this.used) await this.child.stop();
  }

  /** Ends what is left of a run and starts the process of the next one. */
  async renew(): Promise<void> {
    if (!this.used || this.closed) return;
    await this.child.stop();
    this.listener = () => undefined;
    this.child = this.next ?? this.start();
    this.next = undefined;
    this.used = false;
  }

  /** Ends for good. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([this.child.stop(), this.next?.stop()]);
  }
}
