import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeFile } from "../../../components/node-files/contract";
import { awsOperations, runAws, type AwsOperation } from "./aws-cli";
import { VirtualClock } from "./clock";
import { Table } from "./dynamodb";
import { Machine } from "./machine";

/** What a stand-in answers. `silent` is no answer at all: the caller hangs until somebody ends it. */
export interface Answer {
  readonly code: number;
  readonly out?: string | Buffer;
  readonly err?: string;
  readonly silent?: boolean;
}

/** One call of a stand-in, as it was made. Nothing here is masked: tests look for secrets in it. */
export interface Call {
  readonly at: number;
  readonly machine: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly unit: string;
  /** Standard input, where the command was told to read it. */
  readonly stdin: Buffer;
  answer?: Answer;
}

/** A fault to inject: which calls, how many, and what happens to them. */
export interface Fault {
  readonly command: string;
  /** Matched against the arguments joined by blanks. @default any */
  readonly args?: RegExp;
  readonly machine?: string;
  /** Calls that are let through first. @default 0 */
  readonly after?: number;
  /** Calls that fail. @default 1; Infinity for all */
  readonly times?: number;
  /** `fail`: not done, with an error. `lost`: done, but the caller sees an error. `hang`: not done, never answered. @default "fail" */
  readonly how?: "fail" | "lost" | "hang";
  /** Exit code. @default 1 */
  readonly code?: number;
  readonly err?: string;
}

/** An event of the world's history, in the order in which it happened. */
export interface Happening {
  readonly at: number;
  readonly machine: string;
  readonly what: string;
  readonly detail: string;
}

export type Handler = (
  call: Call,
  machine: Machine,
  closed: Promise<void>,
) => Answer | Promise<Answer>;

/** One instance of an Auto Scaling group, as its description lists it. */
export interface GroupInstance {
  readonly InstanceId: string;
  LifecycleState: string;
  HealthStatus: string;
}

const template = (name: string): string => readFileSync(join(__dirname, name), "utf8");

/**
 * Everything outside of the machines under test: the clock, AWS (DynamoDB, Secrets Manager, S3, ECR, groups, alarms),
 * and the commands on each machine. Scripts run for real under bash, in a scratch root, with stand-ins on the PATH.
 */
export class World {
  readonly clock: VirtualClock;
  readonly table = new Table();
  readonly secrets = new Map<string, string[]>();
  /** `bucket/key` → content. */
  readonly objects = new Map<string, Buffer>();
  /** Digests that the private registry has. */
  readonly registry = new Set<string>();
  /** Auto Scaling group → instances. */
  readonly groups = new Map<string, GroupInstance[]>();
  /** EC2 instance → state name, for those that are not machines of this world. */
  readonly instanceStates = new Map<string, string>();
  readonly metrics: {
    readonly at: number;
    readonly machine: string;
    readonly name: string;
    readonly value: string;
    readonly dimensions: readonly string[];
  }[] = [];
  readonly messages: {
    readonly at: number;
    readonly machine: string;
    readonly subject: string;
    readonly message: string;
  }[] = [];
  readonly calls: Call[] = [];
  readonly history: Happening[] = [];
  readonly machines = new Map<string, Machine>();
  /** The AWS CLI's operations by `service operation`: a test adds the ones that it needs. */
  readonly aws: Record<string, AwsOperation> = { ...awsOperations };
  /** Handlers by command name; a test adds or replaces some. */
  readonly commands: Record<string, Handler> = {};
  readonly scratch = mkdtempSync(join(tmpdir(), "node-scripts-"));
  #faults: { readonly fault: Fault; seen: number; hits: number }[] = [];
  #server: Server | undefined;
  #port = 0;
  readonly #sockets = new Set<Socket>();
  /** Connections whose call has not been read whole yet. */
  #receiving = 0;

  private constructor(quietMs: number | undefined) {
    this.clock = new VirtualClock(
      () => this.#receiving > 0 || [...this.machines.values()].some((machine) => machine.busy()),
      quietMs,
    );
    this.clock.onJump(() => {
      for (const machine of this.machines.values()) machine.writeClock();
    });
    this.commands["sleep"] = async (call, _machine, closed) => {
      await this.pause(Number(call.args[0]), closed);
      return { code: 0 };
    };
    this.commands["aws"] = (call, machine) => runAws(this, machine, call);
  }

  static async create(options: { readonly quietMs?: number } = {}): Promise<World> {
    const world = new World(options.quietMs);
    await new Promise<void>((resolve) => {
      world.#server = createServer((socket) => world.#serve(socket)).listen(
        0,
        "127.0.0.1",
        resolve,
      );
    });
    const address = world.#server?.address();
    if (address === null || address === undefined || typeof address === "string")
      throw new Error("no port");
    world.#port = address.port;
    return world;
  }

  get port(): number {
    return this.#port;
  }

  /** A machine with these files, in a scratch root of its own. `more`: stand-ins beside those that every machine has. */
  machine(name: string, files: readonly NodeFile[] = [], more: readonly string[] = []): Machine {
    const root = join(this.scratch, name);
    const bin = join(this.scratch, `${name}.bin`);
    mkdirSync(join(root, "proc"), { recursive: true });
    mkdirSync(join(root, "run"));
    mkdirSync(bin);
    const standIn = template("stand-in.sh");
    for (const command of [...Machine.standIns, ...more])
      writeFileSync(join(bin, command), standIn, { mode: 0o755 });
    writeFileSync(join(bin, "timeout"), template("stand-in-timeout.sh"), { mode: 0o755 });
    const machine = new Machine(this, name, root, bin);
    this.machines.set(name, machine);
    machine.install(files);
    machine.writeClock();
    return machine;
  }

  /** Resolves after so many seconds of the virtual clock, or when the caller is gone. */
  pause(seconds: number, closed?: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.sleep(seconds, resolve);
      void closed?.then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Waits, on the real clock, until something holds; an error that says what when it does not within the limit. */
  async until(what: string, holds: () => boolean, limitMs = 30_000): Promise<void> {
    const end = Date.now() + limitMs;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`never came about: ${what}\n${this.story()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  fault(fault: Fault): { readonly hits: () => number; readonly end: () => void } {
    const entry = { fault, seen: 0, hits: 0 };
    this.#faults.push(entry);
    return {
      hits: () => entry.hits,
      end: () => {
        this.#faults = this.#faults.filter((other) => other !== entry);
      },
    };
  }

  happened(machine: string, what: string, detail = ""): void {
    this.history.push({ at: this.clock.now, machine, what, detail });
    this.clock.touch();
  }

  /** The history and the alarms as lines, for messages of failed tests. */
  story(): string {
    return [
      ...this.history.map(
        ({ at, machine, what, detail }) => `${at.toFixed(0)} ${machine} ${what} ${detail}`,
      ),
      ...this.messages.map(
        ({ at, machine, subject, message }) =>
          `${at.toFixed(0)} ${machine} ALERT ${subject}: ${message}`,
      ),
      ...[...this.machines.values()].map(
        (machine) => `--- ${machine.name}\n${machine.log.slice(-3000)}`,
      ),
    ].join("\n");
  }

  /** Alarm metrics that were counted, by name. */
  alarms(name?: string): readonly string[] {
    return this.metrics
      .filter((metric) => name === undefined || metric.name === name)
      .map((metric) => metric.name);
  }

  /**
   * Where any of these values stands in what was left behind for people or tools to read: command lines, logs, alerts,
   * and files outside of `/run`. Empty when nothing leaked.
   */
  leaks(values: readonly string[]): string[] {
    const found: string[] = [];
    for (const value of values) {
      for (const call of this.calls)
        if (call.args.some((arg) => arg.includes(value)))
          found.push(`command line of ${call.command}: ${value}`);
      for (const message of this.messages)
        if (JSON.stringify(message).includes(value)) found.push(`alert: ${value}`);
      for (const machine of this.machines.values()) {
        if (machine.log.includes(value)) found.push(`log of ${machine.name}: ${value}`);
        for (const file of machine.filesOutsideMemory())
          if (readFileSync(file).includes(value)) found.push(`${file}: ${value}`);
      }
    }
    return [...new Set(found)];
  }

  async close(): Promise<void> {
    for (const machine of this.machines.values()) machine.kill();
    this.clock.stop();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server?.close(() => resolve());
    });
    // A process that is just dying may still write a file; trying again is cheaper than waiting for each.
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }

  #serve(socket: Socket): void {
    let received = Buffer.alloc(0);
    let answered = false;
    this.#receiving++;
    this.#sockets.add(socket);
    this.clock.touch();
    let receiving = true;
    const read = (): void => {
      if (receiving) this.#receiving--;
      receiving = false;
    };
    let close: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    socket.on("error", () => close());
    socket.on("close", () => {
      read();
      this.#sockets.delete(socket);
      close();
    });
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (answered) return;
      const end = received.indexOf("\n");
      if (end < 0) return;
      const [machine = "", , command = "", unit = "", count = "0", stdin = ""] = received
        .subarray(0, end)
        .toString("utf8")
        .split("|");
      const args = received
        .subarray(end + 1)
        .toString("utf8")
        .split("\0");
      if (args.length <= Number(count) && Number(count) > 0) return;
      answered = true;
      read();
      const call: Call = {
        at: this.clock.now,
        machine,
        command,
        unit,
        args: args.slice(0, Number(count)),
        stdin: Buffer.from(stdin, "base64"),
      };
      void this.#answer(call, closed).then((answer) => {
        call.answer = answer;
        this.clock.touch();
        if (answer.silent === true) return;
        const text = (value: string | Buffer | undefined): string =>
          Buffer.from(value ?? "").toString("base64");
        socket.end(`${answer.code}\n${text(answer.out)}\n${text(answer.err)}\n`);
      });
    });
  }

  async #answer(call: Call, closed: Promise<void>): Promise<Answer> {
    this.clock.touch();
    this.calls.push(call);
    const machine = this.machines.get(call.machine);
    if (machine === undefined) return { code: 98, err: `no machine ${call.machine}\n` };
    const fault = this.#due(call);
    if (fault?.how === "hang") return { code: 0, silent: true };
    const failure: Answer = {
      code: fault?.code ?? 1,
      err: fault?.err ?? `${call.command}: injected failure\n`,
    };
    if (fault !== undefined && fault.how !== "lost") return failure;
    const handler = machine.commands[call.command] ?? this.commands[call.command];
    if (handler === undefined) return { code: 127, err: `no stand-in for ${call.command}\n` };
    try {
      const answer = await handler(call, machine, closed);
      return fault === undefined ? answer : failure;
    } catch (error) {
      return {
        code: 99,
        err: `stand-in for ${call.command} ${call.args.join(" ")}: ${String(error)}\n`,
      };
    }
  }

  #due(call: Call): Fault | undefined {
    const line = call.args.join(" ");
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.command !== call.command || (fault.machine ?? call.machine) !== call.machine)
        continue;
      if (fault.args !== undefined && !fault.args.test(line)) continue;
      entry.seen++;
      if (entry.seen <= (fault.after ?? 0) || entry.hits >= (fault.times ?? 1)) continue;
      entry.hits++;
      return fault;
    }
    return undefined;
  }
}

export function writeFileDeep(path: string, content: string, mode: number): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}
