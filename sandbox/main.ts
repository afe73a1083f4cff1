/**
 * The sandbox process. Forked with an IPC channel; answers the methods of control.ts over it and
 * ends when the channel closes, so that a driver that dies leaves no sandbox behind.
 *
 * Arguments: `--seed TEXT`, from which all made-up values follow.
 */
import { parseArgs } from "node:util";
import type { SandboxMethods } from "./control";
import { packages } from "./packages";
import { Sandbox } from "./sandbox";

interface Message {
  readonly id: number;
  readonly method: keyof SandboxMethods;
  readonly params?: unknown;
}

/** Every method as what comes off the channel calls it. */
type Calls = Record<keyof SandboxMethods, (params: unknown) => unknown>;

const METHODS: ReadonlySet<string> = new Set<keyof SandboxMethods>([
  "ports",
  "objects",
  "calls",
  "drift",
  "fault",
  "clearFaults",
  "leftOver",
  "latency",
  "stop",
]);

async function main(): Promise<void> {
  if (process.send === undefined) {
    throw new Error("the sandbox is started by the driver, with an IPC channel");
  }
  // Ctrl-C in a terminal reaches every process: the driver stops the sandbox after the engine.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit(0));
  const { values } = parseArgs({ options: { seed: { type: "string" } } });
  const sandbox = await Sandbox.start(packages, { seed: values.seed });
  process.on("message", (message: Message) => answer(sandbox, message));
  if (!process.connected) process.exit(0);
}

function answer(sandbox: Sandbox, { id, method, params }: Message): void {
  const reply = (message: Record<string, unknown>, done?: () => void) => {
    process.send?.({ id, ...message }, undefined, undefined, () => done?.());
  };
  try {
    if (!METHODS.has(method)) throw new Error(`the sandbox has no method ${String(method)}`);
    const result = (sandbox as unknown as Calls)[method](params ?? {});
    reply({ result: result ?? null }, method === "stop" ? () => process.exit(0) : undefined);
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
  }
}

void main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
});
