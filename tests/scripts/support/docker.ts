import { existsSync } from "node:fs";
import type { Machine } from "./machine";
import type { Answer, Call } from "./world";

/** A container as it was asked for. */
export interface Container {
  readonly name: string;
  readonly image: string;
  /** Words after the image. */
  readonly command: readonly string[];
  readonly entrypoint: string | undefined;
  readonly environment: readonly string[];
  readonly labels: readonly string[];
  /** Path inside → path on the host. */
  readonly mounts: ReadonlyMap<string, string>;
  readonly readOnly: ReadonlySet<string>;
  readonly ports: readonly string[];
  readonly hosts: readonly string[];
  running: boolean;
  exitCode: number;
  /** What the model of its image keeps about it. */
  readonly state: Map<string, unknown>;
}

/** Whether a container has the Git data: from its start to its end it counts as one that writes them. */
function writesGit({ mounts }: Container): boolean {
  return mounts.has("/var/opt/gitlab/git-data");
}

/** How the image behaves: what tests plug in. */
export interface ImageModel {
  /** The container's main process, when it has its own entry point or command: its answer is the process's end. */
  readonly main?: (container: Container, machine: Machine) => Answer | Promise<Answer> | undefined;
  /** `docker exec`. @default exit code 0 */
  readonly exec?: (
    container: Container,
    words: readonly string[],
    machine: Machine,
    stdin: Buffer,
  ) => Answer | Promise<Answer>;
}

const withValue = new Set(
  "--name --label -l --shm-size --add-host --log-driver --log-opt -e --env --env-file -v --volume -p --publish --entrypoint --hostname -h --stop-timeout --user -u --network --memory --cgroupns --pull --mount --tmpfs --restart -w --ulimit --health-cmd --stop-signal".split(
    " ",
  ),
);
const alone = new Set(
  "-d --detach --rm -i --interactive --init --read-only --no-healthcheck -t".split(" "),
);

/** One machine's Docker daemon: images, containers, and who was running when. Unknown options are refused, as Docker does. */
export class Docker {
  readonly images = new Set<string>();
  readonly containers = new Map<string, Container>();
  model: ImageModel = {};
  /** False: the daemon hangs, and every call with it. */
  responsive = true;
  readonly #waiting = new Map<Container, (() => void)[]>();

  constructor(readonly machine: Machine) {}

  async run(call: Call, closed: Promise<void>): Promise<Answer> {
    if (!this.responsive) return { code: 0, silent: true };
    const [command = "", ...rest] = call.args;
    switch (command) {
      case "run":
        return this.#run(rest, closed);
      case "exec":
        return this.#exec(rest, call.stdin);
      case "rm":
        return this.#remove(rest);
      case "stop":
      case "kill": {
        const named = rest
          .filter((word) => !/^(-t|-s|\d+|KILL)$/.test(word))
          .map((name) => this.containers.get(name));
        for (const container of named)
          if (container !== undefined) this.end(container, command === "kill" ? 137 : 0);
        return named.every((container) => container !== undefined)
          ? { code: 0 }
          : { code: 1, err: "Error response from daemon: No such container\n" };
      }
      case "inspect": {
        const container = this.containers.get(rest.at(-1) ?? "");
        if (container === undefined)
          return { code: 1, err: `Error: No such object: ${rest.at(-1)}\n` };
        return { code: 0, out: `${String(container.running)}\n` };
      }
      case "image":
        if (rest[0] !== "inspect") break;
        return { code: this.images.has(rest[1] ?? "") ? 0 : 1, out: "[]\n" };
      case "pull":
        return this.#pull(rest.at(-1) ?? "");
      case "login":
        return { code: call.stdin.length > 0 ? 0 : 1 };
      case "buildx":
        return this.#copy(rest);
      case "info":
        return { code: 0, out: "ok\n" };
      case "ps":
        return {
          code: 0,
          out: [...this.containers.values()]
            .filter(({ running }) => running)
            .map(({ name }) => `${name}\n`)
            .join(""),
        };
    }
    return { code: 1, err: `docker: no stand-in for ${call.args.join(" ")}\n` };
  }

  /** A container ends, from inside or out. */
  end(container: Container, code: number): void {
    if (!container.running) return;
    container.running = false;
    container.exitCode = code;
    this.machine.world.happened(this.machine.name, "container-down", container.name);
    if (writesGit(container))
      this.machine.world.happened(this.machine.name, "git-writer-down", container.name);
    for (const wake of this.#waiting.get(container) ?? []) wake();
    this.#waiting.delete(container);
  }

  halt(): void {
    for (const container of this.containers.values()) this.end(container, 137);
    this.containers.clear();
  }

  #pull(reference: string): Answer {
    const digest = reference.split("@")[1] ?? "";
    if (!this.machine.network)
      return { code: 1, err: "Error response from daemon: dial tcp: i/o timeout\n" };
    if (!this.machine.world.registry.has(digest))
      return { code: 1, err: "Error response from daemon: manifest unknown\n" };
    this.images.add(reference);
    this.machine.world.happened(this.machine.name, "pulled", reference);
    return { code: 0, out: `${reference}\n` };
  }

  #copy(rest: readonly string[]): Answer {
    if (rest[0] !== "imagetools" || rest[1] !== "create")
      return { code: 1, err: "docker buildx: no stand-in\n" };
    if (!this.machine.network) return { code: 1, err: "ERROR: failed to resolve\n" };
    const digest = rest.at(-1)?.split("@")[1] ?? "";
    if (this.machine.world.registry.has(digest))
      return { code: 1, err: "ERROR: tag is immutable\n" };
    this.machine.world.registry.add(digest);
    this.machine.world.happened(this.machine.name, "seeded", rest.at(-1));
    return { code: 0 };
  }

  #remove(rest: readonly string[]): Answer {
    const name = rest.at(-1) ?? "";
    const container = this.containers.get(name);
    if (container === undefined)
      return {
        code: rest.some((word) => word.includes("f")) ? 0 : 1,
        err: `Error: No such container: ${name}\n`,
      };
    if (container.running && !rest.some((word) => /^-\w*f|--force/.test(word)))
      return { code: 1, err: "Error: container is running\n" };
    this.end(container, 137);
    this.containers.delete(name);
    return { code: 0 };
  }

  async #exec(rest: readonly string[], stdin: Buffer): Promise<Answer> {
    const words = [...rest];
    while (words[0]?.startsWith("-") === true) {
      const option = words.shift() ?? "";
      if (["-e", "--env", "-u", "--user", "-w"].includes(option)) words.shift();
      else if (!["-i", "-t", "--interactive"].includes(option))
        return { code: 125, err: `unknown flag: ${option}\n` };
    }
    const container = this.containers.get(words.shift() ?? "");
    if (container?.running !== true)
      return { code: 1, err: "Error response from daemon: container is not running\n" };
    const work = Promise.resolve(
      this.model.exec?.(container, words, this.machine, stdin) ?? { code: 0 },
    );
    // A command inside ends with its container.
    return Promise.race([work, this.#ended(container).then(() => ({ code: 137 }))]);
  }

  async #run(rest: readonly string[], closed: Promise<void>): Promise<Answer> {
    const words = [...rest];
    const options: [string, string][] = [];
    const flags = new Set<string>();
    while (words[0]?.startsWith("-") === true) {
      const word = words.shift() ?? "";
      const [option = "", inline] = word.startsWith("--") ? word.split(/=(.*)/s) : [word];
      if (alone.has(option)) flags.add(option);
      else if (withValue.has(option)) options.push([option, inline ?? words.shift() ?? ""]);
      else return { code: 125, err: `unknown flag: ${word}\n` };
    }
    const all = (...names: string[]): string[] =>
      options.filter(([option]) => names.includes(option)).map(([, value]) => value);
    const image = words.shift() ?? "";
    const name = all("--name").at(-1) ?? `unnamed-${this.containers.size}`;
    if (!this.images.has(image))
      return { code: 125, err: `Unable to find image '${image}' locally\n` };
    if (this.containers.has(name))
      return { code: 125, err: `Conflict. The container name "/${name}" is already in use\n` };
    const mounts = new Map<string, string>();
    const readOnly = new Set<string>();
    for (const volume of all("-v", "--volume")) {
      const [host = "", inside = "", mode] = volume.split(":");
      // Docker would make a folder where a file was meant.
      if (!existsSync(host))
        return { code: 125, err: `stand-in: bind source ${host} does not exist\n` };
      mounts.set(inside, host);
      if (mode === "ro") readOnly.add(inside);
    }
    const container: Container = {
      name,
      image,
      command: words,
      entrypoint: all("--entrypoint").at(-1),
      environment: all("-e", "--env"),
      labels: all("--label", "-l"),
      mounts,
      readOnly,
      ports: all("-p", "--publish"),
      hosts: all("--add-host"),
      running: true,
      exitCode: 0,
      state: new Map(),
    };
    this.containers.set(name, container);
    this.machine.world.happened(this.machine.name, "container-up", name);
    if (writesGit(container)) this.machine.world.happened(this.machine.name, "git-writer-up", name);
    const main = this.model.main?.(container, this.machine);
    if (flags.has("-d") || flags.has("--detach")) {
      if (main !== undefined)
        void Promise.resolve(main).then(({ code }) => this.end(container, code));
      return { code: 0, out: `${name}\n` };
    }
    // The client may die; the container stays, as with a real daemon.
    const end =
      main === undefined
        ? this.#ended(container).then((): Answer => ({ code: container.exitCode }))
        : Promise.resolve(main);
    const answer = await Promise.race([
      end,
      this.#ended(container).then((): Answer => ({ code: container.exitCode })),
      closed.then((): Answer => ({ code: 0, silent: true })),
    ]);
    if (answer.silent === true) return answer;
    this.end(container, answer.code);
    if (flags.has("--rm")) this.containers.delete(name);
    return answer;
  }

  #ended(container: Container): Promise<void> {
    return new Promise((resolve) => {
      if (!container.running) resolve();
      else this.#waiting.set(container, [...(this.#waiting.get(container) ?? []), resolve]);
    });
  }
}
