/** The sandbox as the driver sees it: a process, its ports, its ledger. */
import { join } from "node:path";
import type { SandboxMethods } from "../sandbox/control";
import { Child, type Exit } from "./child";
import { checkout, nodeEnvironment, type Scratch } from "./isolation";

type Parameters_<M extends keyof SandboxMethods> = Parameters<SandboxMethods[M]>;

/** A running sandbox process. */
export class Sandbox {
  private constructor(
    private readonly child: Child,
    /** Package to port of its gRPC servers, once they listen; fails with what the process printed where it does not start. */
    readonly ports: Promise<Readonly<Record<string, number>>>,
  ) {}

  /** Starts a sandbox. Only who needs its servers has to wait for it. */
  static start(scratch: Scratch): Sandbox {
    const child = new Child({
      name: "the sandbox",
      file: join(checkout, "sandbox", "main.ts"),
      cwd: scratch.root,
      env: nodeEnvironment(scratch),
    });
    const ports = child.request("ports", {}) as Promise<ReturnType<SandboxMethods["ports"]>>;
    // Whoever asks for the ports hears of it.
    ports.catch(() => undefined);
    return new Sandbox(child, ports);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get exited(): Promise<Exit> {
    return this.child.exited;
  }

  /** Calls a method of the control channel. */
  async call<M extends keyof SandboxMethods>(
    method: M,
    ...params: Parameters_<M>
  ): Promise<ReturnType<SandboxMethods[M]>> {
    return (await this.child.request(method, params[0] ?? {})) as ReturnType<SandboxMethods[M]>;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    await this.child.stop();
  }
}
