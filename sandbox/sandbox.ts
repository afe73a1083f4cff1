/** A whole sandbox: one server per package over one world, and the control channel's methods. */
import type { Drift, Fault, LedgerCall, LedgerObject, SandboxMethods } from "./control";
import { applyDrift } from "./drift";
import type { PackageModel } from "./model";
import { Provider } from "./provider";
import { serve, type PackageServer } from "./server";
import { World, type SandboxOptions } from "./world";

/** A running sandbox. */
export class Sandbox implements SandboxMethods {
  private constructor(
    readonly world: World,
    private readonly servers: ReadonlyMap<string, PackageServer>,
  ) {}

  /** Starts a server for each package. */
  static async start(
    packages: readonly PackageModel[],
    options: SandboxOptions = {},
  ): Promise<Sandbox> {
    const world = new World(options);
    const servers = await Promise.all(
      packages.map(
        async (model) => [model.package, await serve(new Provider(model, world), world)] as const,
      ),
    );
    return new Sandbox(world, new Map(servers));
  }

  ports(): Record<string, number> {
    return Object.fromEntries([...this.servers].map(([name, server]) => [name, server.port]));
  }

  /** A package's server. @throws Error where the sandbox has none */
  server(name: string): PackageServer {
    const server = this.servers.get(name);
    if (server === undefined) throw new Error(`the sandbox does not serve ${name}`);
    return server;
  }

  objects(params: { readonly type?: string }): LedgerObject[] {
    return this.world.ledger.objects(params.type);
  }

  calls(params: { readonly since: number; readonly mutating?: boolean }): LedgerCall[] {
    return this.world.ledger.calls(params.since, params.mutating);
  }

  drift(params: Drift): LedgerObject | null {
    const object = applyDrift(this.world.ledger, params);
    return object === undefined ? null : this.world.ledger.show(object);
  }

  fault(params: Fault): void {
    this.world.faults.add(params);
  }

  clearFaults(): void {
    this.world.faults.clear();
  }

  leftOver(): LedgerObject[] {
    return this.world.ledger.objects();
  }

  latency(params: { readonly scale: number }): void {
    this.world.latency = params.scale;
  }

  /** Fails open calls and closes every server. */
  stop(): void {
    this.world.waiting.cancel();
    for (const server of this.servers.values()) server.close();
  }
}
