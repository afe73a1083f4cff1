import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine, Running } from "./machine";
import type { Answer } from "./world";

type State = "inactive" | "activating" | "active" | "deactivating" | "failed";

/** One unit as its file says, and as it stands. */
interface Unit {
  readonly name: string;
  readonly values: ReadonlyMap<string, readonly string[]>;
  state: State;
  main: Running | undefined;
  job: Promise<boolean> | undefined;
  ready: ((good: boolean) => void) | undefined;
  watchdog: (() => void) | undefined;
  stopping: boolean;
  /** Set where systemd itself ends the unit. */
  result: "timeout" | undefined;
  generation: number;
}

/**
 * The part of systemd that the unit files rely on: Type= simple, exec, oneshot and notify; Wants=, Requires=, BindsTo=,
 * After=; ExecStartPre=, ExecStart=, ExecStop=, ExecStopPost= with $SERVICE_RESULT; Restart=, RestartSec=; WatchdogSec=;
 * RuntimeMaxSec=; TimeoutStopSec=; KillMode=control-group. Timers do not run by themselves: tests run what they would start.
 * Sources: https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html and systemd.service.html
 */
export class Systemd {
  readonly #units = new Map<string, Unit>();
  readonly enabled = new Set<string>();
  /** Whether RuntimeMaxSec= counts. Off: the clock jumps while nothing happens, and would take a slow test machine for a hung unit. */
  limits = false;
  #halted = false;

  constructor(readonly machine: Machine) {}

  async run(args: readonly string[]): Promise<Answer> {
    const options = args.filter((arg) => arg.startsWith("-"));
    const [verb = "", ...names] = args.filter((arg) => !arg.startsWith("-"));
    const wait = !options.includes("--no-block");
    switch (verb) {
      case "daemon-reload":
        return { code: 0 };
      case "reboot":
        this.machine.world.happened(this.machine.name, "reboot", options.join(" "));
        this.machine.kill();
        return { code: 0 };
      case "is-active":
        return {
          code: this.state(names[0] ?? "") === "active" ? 0 : 3,
          out: options.includes("--quiet") ? "" : `${this.state(names[0] ?? "")}\n`,
        };
      case "reset-failed":
        return { code: 0 };
      case "enable":
      case "disable":
      case "mask":
        for (const name of names) {
          if (verb === "enable") this.enabled.add(name);
          else this.enabled.delete(name);
        }
        if (!options.includes("--now")) return { code: 0 };
        return this.#each(names, wait, (name) =>
          verb === "enable" ? this.start(name) : this.stop(name).then(() => true),
        );
      case "start":
      case "restart":
        return this.#each(names, wait, async (name) => {
          if (verb === "restart") await this.stop(name);
          return this.start(name);
        });
      case "stop":
        return this.#each(names, wait, (name) => this.stop(name).then(() => true));
    }
    return { code: 1, err: `systemctl: no stand-in for ${args.join(" ")}\n` };
  }

  state(name: string): State {
    return this.#units.get(full(name))?.state ?? "inactive";
  }

  /** `systemd-notify --ready`, `systemd-notify WATCHDOG=1`. */
  notified(name: string, args: readonly string[]): Answer {
    const unit = this.#units.get(name);
    if (unit === undefined)
      return { code: 1, err: "No status data could be sent: $NOTIFY_SOCKET was not set\n" };
    if (args.includes("--ready") || args.includes("READY=1")) unit.ready?.(true);
    if (args.includes("WATCHDOG=1") || args.includes("--ready")) this.#watch(unit);
    return { code: 0 };
  }

  halt(): void {
    this.#halted = true;
    for (const unit of this.#units.values()) {
      unit.watchdog?.();
      unit.state = "inactive";
    }
  }

  async start(name: string): Promise<boolean> {
    const unit = this.#unit(name);
    // Part of the host, with nothing to run here: docker, network targets, timers.
    if (unit === undefined) return true;
    if (unit.state === "active" || unit.state === "activating") return unit.job ?? true;
    unit.job = this.#start(unit);
    return unit.job;
  }

  async stop(name: string): Promise<void> {
    const unit = this.#unit(name);
    if (unit === undefined || unit.state === "inactive" || unit.state === "failed") return;
    unit.stopping = true;
    await this.#stopBound(unit);
    unit.state = "deactivating";
    for (const line of unit.values.get("ExecStop") ?? []) await this.#exec(unit, line);
    unit.main?.signal("SIGTERM");
    const gone = unit.main?.ended.then(() => undefined);
    await Promise.race([
      gone ?? Promise.resolve(),
      this.machine.world.pause(seconds(unit.values.get("TimeoutStopSec")?.at(-1) ?? "90"), gone),
    ]);
    this.machine.killUnit(unit.name, "SIGKILL");
    await gone;
    if (unit.state === "deactivating") await this.#down(unit, "inactive");
  }

  async #each(
    names: readonly string[],
    wait: boolean,
    act: (name: string) => Promise<boolean>,
  ): Promise<Answer> {
    const jobs = Promise.all(names.map(act));
    if (!wait) {
      void jobs;
      return { code: 0 };
    }
    return (await jobs).every(Boolean)
      ? { code: 0 }
      : { code: 1, err: `Job for ${names.join(" ")} failed.\n` };
  }

  async #start(unit: Unit): Promise<boolean> {
    unit.stopping = false;
    unit.result = undefined;
    unit.state = "activating";
    const generation = ++unit.generation;
    const list = (key: string): string[] =>
      (unit.values.get(key) ?? [])
        .flatMap((text) => text.split(/\s+/))
        .filter((text) => text !== "");
    const after = new Set(list("After"));
    for (const needed of [...list("Requires"), ...list("BindsTo")]) {
      if (!after.has(needed)) continue;
      if (!(await this.start(needed))) return this.#failed(unit);
    }
    for (const line of unit.values.get("ExecStartPre") ?? []) {
      if ((await this.#exec(unit, line)) !== 0 && !line.startsWith("-")) return this.#failed(unit);
      if (unit.stopping || this.#halted) return false;
    }
    const type = unit.values.get("Type")?.at(-1) ?? "simple";
    if (type === "oneshot") {
      for (const line of unit.values.get("ExecStart") ?? [])
        if ((await this.#exec(unit, line)) !== 0) return this.#failed(unit);
      unit.state = unit.values.get("RemainAfterExit")?.at(-1) === "yes" ? "active" : "inactive";
      return true;
    }
    const ready = new Promise<boolean>((resolve) => (unit.ready = resolve));
    const main = this.#spawn(unit, unit.values.get("ExecStart")?.at(-1) ?? "");
    unit.main = main;
    this.#limit(unit, main);
    this.machine.world.happened(this.machine.name, "unit-started", unit.name);
    void main.ended.then(async ({ code }) => {
      if (unit.generation !== generation || this.#halted) return;
      unit.ready?.(false);
      unit.main = undefined;
      if (unit.state === "deactivating") return;
      await this.#down(unit, code === 0 ? "inactive" : "failed");
    });
    // Wanted units start beside this one, or after it when they say so.
    const wanted = list("Wants")
      .map((name) => this.#unit(name))
      .filter((other) => other !== undefined);
    const begin = (other: Unit): void => void this.start(other.name);
    for (const other of wanted)
      if (!(other.values.get("After") ?? []).join(" ").includes(unit.name)) begin(other);
    if (type === "notify" && !(await ready)) return false;
    if (this.#halted || unit.generation !== generation) return false;
    unit.state = "active";
    this.machine.world.happened(this.machine.name, "unit-active", unit.name);
    this.#watch(unit);
    for (const other of wanted) begin(other);
    return true;
  }

  async #failed(unit: Unit): Promise<boolean> {
    if (this.#halted) return false;
    await this.#down(unit, "failed");
    return false;
  }

  /** The end of a unit, whatever its reason: what is bound to it stops, then ExecStopPost, then perhaps another start. */
  async #down(unit: Unit, state: State): Promise<void> {
    unit.watchdog?.();
    unit.watchdog = undefined;
    const restart = unit.values.get("Restart")?.at(-1) ?? "no";
    const again =
      !unit.stopping && (restart === "always" || (restart === "on-failure" && state === "failed"));
    unit.state = state;
    this.machine.world.happened(this.machine.name, "unit-down", `${unit.name} ${state}`);
    this.machine.killUnit(unit.name, "SIGKILL");
    const bound = this.#stopBound(unit);
    const result = unit.result ?? (state === "failed" ? "exit-code" : "success");
    for (const line of unit.values.get("ExecStopPost") ?? [])
      await this.#exec(unit, line, { SERVICE_RESULT: result });
    await bound;
    if (!again || this.#halted) return;
    const generation = unit.generation;
    await this.machine.world.pause(seconds(unit.values.get("RestartSec")?.at(-1) ?? "0.1"));
    if (this.#halted || unit.generation !== generation || unit.stopping) return;
    void this.start(unit.name);
  }

  async #stopBound(unit: Unit): Promise<void> {
    for (const other of this.#units.values())
      if (
        other !== unit &&
        (other.values.get("BindsTo") ?? []).join(" ").split(/\s+/).includes(unit.name)
      )
        await this.stop(other.name);
  }

  #watch(unit: Unit): void {
    unit.watchdog?.();
    unit.watchdog = undefined;
    const limit = unit.values.get("WatchdogSec")?.at(-1);
    if (limit === undefined || unit.main === undefined) return;
    const main = unit.main;
    unit.watchdog = this.machine.world.clock.sleep(seconds(limit), () => {
      this.machine.world.happened(this.machine.name, "watchdog", unit.name);
      main.signal("SIGKILL");
    });
  }

  /** RuntimeMaxSec=: ended with everything that it has started, and marked as timed out. */
  #limit(unit: Unit, main: Running): void {
    const limit = unit.values.get("RuntimeMaxSec")?.at(-1);
    if (limit === undefined || !this.limits) return;
    const cancel = this.machine.world.clock.sleep(seconds(limit), () => {
      this.machine.world.happened(this.machine.name, "runtime-limit", unit.name);
      unit.result = "timeout";
      this.machine.killUnit(unit.name, "SIGKILL");
    });
    void main.ended.then(cancel);
  }

  #exec(unit: Unit, line: string, env: Readonly<Record<string, string>> = {}): Promise<number> {
    return this.#spawn(unit, line, env).ended.then(({ code }) => code);
  }

  #spawn(unit: Unit, line: string, env: Readonly<Record<string, string>> = {}): Running {
    const [path = "", ...args] = line.replace(/^[-+!@]+/, "").split(/\s+/);
    return this.machine.start(path, args, { unit: unit.name, env });
  }

  #unit(name: string): Unit | undefined {
    const key = full(name);
    const known = this.#units.get(key);
    if (known !== undefined) return known;
    const path = join(this.machine.root, "etc/systemd/system", key);
    if (!existsSync(path) || !key.endsWith(".service")) return undefined;
    const values = new Map<string, string[]>();
    for (const line of readFileSync(path, "utf8").split("\n")) {
      const match = /^([A-Za-z]+)=(.*)$/.exec(line);
      if (match)
        values.set(match[1] ?? "", [...(values.get(match[1] ?? "") ?? []), match[2] ?? ""]);
    }
    const unit: Unit = {
      name: key,
      values,
      state: "inactive",
      main: undefined,
      job: undefined,
      ready: undefined,
      watchdog: undefined,
      stopping: false,
      result: undefined,
      generation: 0,
    };
    this.#units.set(key, unit);
    return unit;
  }
}

function full(name: string): string {
  return name.includes(".") ? name : `${name}.service`;
}

/** systemd's time spans, as far as the unit files use them: seconds, `5min`, `infinity`. */
function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|min|h)?$/.exec(text);
  if (text === "infinity") return 1e9;
  if (!match) throw new Error(`no time span: ${text}`);
  return Number(match[1]) * { s: 1, min: 60, h: 3600 }[(match[2] ?? "s") as "s" | "min" | "h"];
}
