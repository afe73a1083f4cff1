import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { resolveEngine } from "../../engine/binary";
import type { ResolveOptions } from "../../engine/binary";
import { isAlive } from "../../engine/locks";
import { Machine, OFFLINE, installerOf } from "../support/machine";

let real: string;
let machine: Machine;

beforeAll(async () => {
  real = (await resolveEngine()).path;
});
beforeEach(() => {
  machine = new Machine(real);
});
afterEach(() => machine.remove());

const resolve = (more: Partial<ResolveOptions> = {}, env?: Record<string, string>) =>
  resolveEngine({ env: machine.env(env), installer: OFFLINE, goFolders: [], ...more });

describe("the first route, the PATH", () => {
  test("an engine of the pinned version is used, by absolute path", async () => {
    const file = machine.putEngine(machine.onPath("usr", "bin"));
    expect(await resolve()).toEqual({
      root: path.join(machine.folder, "usr"),
      path: file,
      version: "3.259.0",
      route: "path",
    });
  });

  test("it is preferred to the official set and to the project's own build", async () => {
    machine.putEngine(path.join(machine.built, "bin"));
    machine.putEngine(path.join(machine.official, "bin"));
    machine.putScript(path.join(machine.official, "bin", "pulumi-language-nodejs"), "");
    machine.putEngine(machine.onPath("usr", "bin"));
    expect((await resolve()).route).toBe("path");
  });

  test("npm's launcher is skipped, in node_modules/.bin and behind a global link", async () => {
    const launcher = path.join(machine.folder, "lib", "node_modules", "pulumi", "run.js");
    machine.putScript(launcher, `touch '${machine.folder}/launched'`);
    const local = machine.onPath("project", "node_modules", ".bin");
    symlinkSync(launcher, path.join(local, "pulumi"));
    const global = machine.onPath("global", "bin");
    symlinkSync(launcher, path.join(global, "pulumi"));
    const usr = machine.onPath("usr", "bin");
    machine.putEngine(usr);
    expect((await resolve()).path).toBe(path.join(usr, "pulumi"));
    expect(existsSync(path.join(machine.folder, "launched"))).toBe(false);
  });

  test.each([
    [
      "another version",
      (folder: string) => machine.putOther(folder),
      "is version version, not 3.259.0",
    ],
    [
      "half a file",
      (folder: string) => machine.putHalf(folder),
      /was ended by|cannot be run|ended with/,
    ],
    [
      "an empty file",
      (folder: string) => writeFileSync(path.join(folder, "pulumi"), "", { mode: 0o755 }),
      "is empty",
    ],
    [
      "a file without the right to run",
      (folder: string) => writeFileSync(path.join(folder, "pulumi"), "x", { mode: 0o644 }),
      "is not executable",
    ],
    [
      "a script",
      (folder: string) => machine.putScript(path.join(folder, "pulumi"), "echo v3.259.0"),
      "is a script",
    ],
    ["a folder", (folder: string) => mkdirSync(path.join(folder, "pulumi")), "is not a file"],
    [
      "npm's launcher",
      (folder: string) => {
        const launcher = path.join(machine.folder, "node_modules", "pulumi", "run.js");
        machine.putScript(launcher, "echo v3.259.0");
        symlinkSync(launcher, path.join(folder, "pulumi"));
      },
      "is the npm launcher",
    ],
  ])("%s is never used, and the message says why", async (_name, put, reason) => {
    const folder = machine.onPath("usr", "bin");
    put(folder);
    await expect(resolve()).rejects.toThrow(reason);
    machine.putEngine(machine.onPath("opt", "bin"));
    expect((await resolve()).root).toBe(path.join(machine.folder, "opt"));
  });

  test("an engine in a folder not named bin gets a root in the cache that leads to it", async () => {
    machine.putEngine(machine.onPath("opt", "pulumi"));
    const engine = await resolve();
    expect(engine.root.startsWith(machine.built)).toBe(true);
    expect(engine.path).toBe(path.join(engine.root, "bin", "pulumi"));
    expect(existsSync(engine.path)).toBe(true);
    expect(await resolve()).toEqual(engine);
  });

  test("relative and empty entries of the PATH are ignored", async () => {
    machine.putEngine(path.join(machine.folder, "rel"));
    const relative = path.relative(process.cwd(), path.join(machine.folder, "rel"));
    await expect(resolve({}, { PATH: `${relative}::.` })).rejects.toThrow("no pulumi on the PATH");
  });
});

describe("the second route, the official set", () => {
  const putSet = (): void => {
    machine.putEngine(path.join(machine.official, "bin"));
    machine.putScript(path.join(machine.official, "bin", "pulumi-language-nodejs"), "");
  };

  test("the set in the Pulumi home is used", async () => {
    putSet();
    expect(await resolve()).toMatchObject({ root: machine.official, route: "official" });
  });

  test("PULUMI_HOME says where the Pulumi home is", async () => {
    const home = path.join(machine.folder, "elsewhere");
    const bin = path.join(home, "versions", "3.259.0", "bin");
    machine.putEngine(bin);
    machine.putScript(path.join(bin, "pulumi-language-nodejs"), "");
    const engine = await resolve({}, { PULUMI_HOME: home });
    expect(engine).toMatchObject({ path: path.join(bin, "pulumi"), route: "official" });
  });

  test("an engine there without its language host is not a set", async () => {
    machine.putEngine(path.join(machine.official, "bin"));
    await expect(resolve()).rejects.toThrow(/set is incomplete, remove .*3\.259\.0/);
  });

  test("what the installer fetched is moved into place whole", async () => {
    const installer = installerOf(machine, `put("pulumi", engine); put("pulumi-language-nodejs");`);
    expect(await resolve({ installer })).toMatchObject({
      root: machine.official,
      route: "official",
    });
    expect(machine.files(path.join(machine.home, ".pulumi"))).toEqual([
      "versions/3.259.0/bin/pulumi",
      "versions/3.259.0/bin/pulumi-language-nodejs",
    ]);
  });

  test("the user's PULUMI_VERSION does not choose another version", async () => {
    const installer = installerOf(machine, `put("pulumi", engine); put("pulumi-language-nodejs");`);
    const engine = await resolve({ installer }, { PULUMI_VERSION: "3.1.0" });
    expect(engine.root).toBe(machine.official);
  });

  test.each([
    ["breaks off", `put("pulumi", engine); process.exit(3)`, "the installer ended with 3"],
    ["forgets the language host", `put("pulumi", engine)`, "the set is incomplete"],
    [
      "leaves half a file",
      `put("pulumi", "/bin/echo"); put("pulumi-language-nodejs")`,
      "is version",
    ],
    ["says nothing and fetches nothing", ``, "is not there"],
  ])("an installer that %s leaves nothing behind", async (_name, text, reason) => {
    await expect(resolve({ installer: installerOf(machine, text) })).rejects.toThrow(reason);
    expect(existsSync(path.join(machine.home, ".pulumi"))).toBe(false);
  });

  test("a download that hangs is ended with all it started, and the build is next", async () => {
    machine.putGo();
    const pidFile = path.join(machine.folder, "pid");
    const installer = installerOf(
      machine,
      `const child = require("node:child_process").spawn("sleep", ["600"], { env: { PATH: "/bin:/usr/bin" } });
       fs.writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
       setInterval(() => {}, 1000);`,
      2_000,
    );
    expect((await resolve({ installer })).route).toBe("built");
    expect(isAlive(Number(readFileSync(pidFile, "utf8")))).toBe(false);
    expect(existsSync(path.join(machine.home, ".pulumi"))).toBe(false);
  });

  test("a set that stands there already is not fetched again", async () => {
    putSet();
    const installer = { ...OFFLINE, probe: () => Promise.reject(new Error("was asked")) };
    expect((await resolve({ installer })).route).toBe("official");
  });
});

describe("the third route, the build", () => {
  test("without a download the engine is built into the project's cache, and built once", async () => {
    machine.putGo();
    expect(await resolve()).toMatchObject({ root: machine.built, route: "built" });
    expect((await resolve()).route).toBe("built");
    expect(machine.builds).toBe(1);
    expect(machine.files(machine.built)).toEqual(["bin/pulumi", "verified.json"]);
  });

  test("neither the Pulumi home nor anything else of the user's home is touched", async () => {
    machine.putGo();
    await resolve();
    expect(machine.files(machine.home)).toEqual([]);
  });

  test("the user's Go settings that would change the binary are set aside, those of its network kept", async () => {
    machine.putGo();
    await resolve(
      {},
      {
        GOFLAGS: "-mod=vendor -tags=x",
        GOOS: "plan9",
        GOARCH: "mips",
        GOEXPERIMENT: "x",
        GOWORK: "/somewhere/go.work",
        CGO_ENABLED: "1",
        GOPROXY: "https://proxy.example",
        GOPRIVATE: "example.org",
        PULUMI_ACCESS_TOKEN: "planted",
      },
    );
    const log = readFileSync(machine.goLog, "utf8").split("\n");
    expect(log).toEqual(
      expect.arrayContaining([
        "GOFLAGS=-mod=readonly",
        "GOWORK=off",
        "CGO_ENABLED=0",
        "GOTOOLCHAIN=local",
        "GOPROXY=https://proxy.example",
        "GOPRIVATE=example.org",
      ]),
    );
    expect(log.filter((line) => /^(GOEXPERIMENT|PULUMI_)|plan9|mips/.test(line))).toEqual([]);
  });

  test("the build names the version and the package that are pinned", async () => {
    machine.putGo();
    await resolve();
    const [command] = readFileSync(machine.goLog, "utf8").split("\n");
    expect(command).toContain("-trimpath");
    expect(command).toContain("common/version.Version=3.259.0");
    expect(command).toMatch(/ github\.com\/pulumi\/pulumi\/pkg\/v3\/cmd\/pulumi$/);
  });

  test("a Go that is too old but can fetch a newer one is let do so", async () => {
    machine.putGo({ version: "1.22.1" });
    expect((await resolve()).route).toBe("built");
    expect(readFileSync(machine.goLog, "utf8")).toContain("GOTOOLCHAIN=auto");
  });

  test("a Go that is too old for that is named with what is needed", async () => {
    machine.putGo({ version: "1.20.14" });
    await expect(resolve()).rejects.toThrow(/is Go 1\.20\.14, 1\.25\.\d+ is needed/);
    expect(machine.builds).toBe(0);
  });

  test("a build that fails is told with Go's own words, and leaves nothing", async () => {
    machine.putGo({ fails: "module lookup disabled by GOPROXY=off" });
    await expect(resolve()).rejects.toThrow(/go build ended with 1: module lookup disabled/);
    expect(machine.files(machine.built)).toEqual([]);
  });

  test("a build of the wrong version is not put into the cache", async () => {
    machine.putGo({ yields: "/bin/echo" });
    await expect(resolve()).rejects.toThrow(/what go built is version version/);
    expect(machine.files(machine.built)).toEqual([]);
  });

  test("an engine in the cache that is damaged later is built anew", async () => {
    machine.putGo();
    const engine = await resolve();
    writeFileSync(engine.path, "not an engine", { mode: 0o755 });
    expect((await resolve()).route).toBe("built");
    expect(machine.builds).toBe(2);
  });

  test("stopping it leaves nothing behind, and the next call builds", async () => {
    machine.putGo({ first: `if [ ! -e '${machine.folder}/go-on' ]; then exec sleep 600; fi` });
    const stop = new AbortController();
    const first = resolve({ signal: stop.signal });
    const failed = expect(first).rejects.toThrow("enough");
    while (machine.builds === 0) await new Promise((next) => setTimeout(next, 20));
    stop.abort(new Error("enough"));
    await failed;
    expect(machine.files(machine.built)).toEqual([]);
    writeFileSync(path.join(machine.folder, "go-on"), "");
    expect((await resolve()).route).toBe("built");
  });
});

describe("no route is open", () => {
  test("one message says what was tried, why each failed, and what to install", async () => {
    const other = machine.putOther(machine.onPath("usr", "bin"));
    const error: unknown = await resolve().catch((reason: unknown) => reason);
    expect(error).toHaveProperty("name", "EngineNotFoundError");
    const { message } = error as Error;
    expect(message).toContain(
      `1. A pulumi on the PATH\n     - ${other} is version version, not 3.259.0`,
    );
    expect(message).toContain(`2. The official set in the Pulumi home\n     - ${machine.official}`);
    expect(message).toContain("its download: the download server cannot be reached (ENOTFOUND)");
    expect(message).toMatch(/3\. A build with Go\n {5}- /);
    expect(message).toMatch(/install Pulumi 3\.259\.0 .*\n.*\n.*install Go 1\.25\.\d+ or newer/);
  });

  test("a cache that cannot be made is named with the setting that moves it", async () => {
    const file = path.join(machine.folder, "file");
    writeFileSync(file, "");
    await expect(resolve({}, { XDG_CACHE_HOME: file })).rejects.toThrow(
      /cache folder .* cannot be made .*Set XDG_CACHE_HOME/,
    );
  });
});

describe("what is remembered", () => {
  test("an engine is run once for its version, and again only after it changed", async () => {
    machine.putEngine(path.join(machine.built, "bin"));
    await resolve();
    const stamps = JSON.parse(
      readFileSync(path.join(machine.built, "verified.json"), "utf8"),
    ) as Record<string, unknown>;
    expect(Object.keys(stamps)).toEqual([path.join(machine.built, "bin", "pulumi")]);
  });

  test("a damaged memory is ignored", async () => {
    machine.putEngine(path.join(machine.built, "bin"));
    writeFileSync(path.join(machine.built, "verified.json"), "{ half");
    expect((await resolve()).route).toBe("built");
  });
});
