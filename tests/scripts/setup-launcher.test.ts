import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { isAlive } from "../../engine/locks";
import { FreshClone } from "../support/fresh-clone";

let clone: FreshClone;
beforeEach(() => (clone = new FreshClone()));
afterEach(() => clone.remove());

const pause = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds));
const gone = async (pid: number): Promise<void> => {
  while (isAlive(pid)) await pause(20);
};

describe("the dependencies", () => {
  test("are installed on a fresh clone, said so, and not installed again", async () => {
    const first = await clone.run(["lint", "a", "--b"]);
    expect(first).toMatchObject({ code: 0, stdout: "ran a --b\n" });
    expect(first.stderr).toMatch(/Installing the dependencies, as they are not there yet/);
    const second = await clone.run(["lint"]);
    expect(second).toMatchObject({ code: 0, stdout: "ran\n", stderr: "" });
    expect(clone.installs).toHaveLength(1);
  });

  test("are installed anew when the lockfile changed", async () => {
    await clone.run(["lint"]);
    clone.lock({ "@swc-node/register": "1.0.1" });
    expect((await clone.run(["lint"])).code).toBe(0);
    expect(clone.installs).toHaveLength(2);
  });

  test("that the user installed with npm are taken as they are", async () => {
    await clone.launch([path.join(clone.folder, "npm-cli.js"), "ci"]).ended;
    expect(await clone.run(["lint"])).toMatchObject({ code: 0, stderr: "" });
    expect(clone.installs).toHaveLength(1);
  });

  test.each([
    [
      "a package is gone",
      () => rmSync(path.join(clone.root, "node_modules/@swc-node"), { recursive: true }),
    ],
    [
      "npm's record is missing",
      () => rmSync(path.join(clone.root, "node_modules/.package-lock.json")),
    ],
    [
      "a package is of another version",
      () => clone.write("node_modules/@swc-node/register/package.json", `{"version":"0.0.9"}`),
    ],
  ])("that nobody vouches for are installed anew when %s", async (_name, damage) => {
    await clone.launch([path.join(clone.folder, "npm-cli.js"), "ci"]).ended;
    damage();
    expect((await clone.run(["lint"])).code).toBe(0);
    expect(clone.installs).toHaveLength(2);
  });

  test("that write their version with a v, which npm records without it, are taken as they are", async () => {
    await clone.launch([path.join(clone.folder, "npm-cli.js"), "ci"]).ended;
    clone.write("node_modules/@swc-node/register/package.json", `{"version":"v1.0.0"}`);
    expect((await clone.run(["lint"])).code).toBe(0);
    expect(clone.installs).toHaveLength(1);
  });

  test("whose installation was killed are not trusted", async () => {
    clone.npm("waits");
    const first = clone.start(["lint"]);
    while (clone.installs.length === 0) await pause(20);
    first.child.kill("SIGKILL");
    await first.ended;
    const [npm] = clone.installs;
    process.kill(npm?.pid ?? 0, "SIGKILL");
    clone.npm("works");
    expect((await clone.run(["lint"])).code).toBe(0);
    expect(clone.installs).toHaveLength(2);
  });

  test("are not installed twice at once, even where npm outlived the launcher that started it", async () => {
    clone.npm("waits");
    const first = clone.start(["lint"]);
    while (clone.installs.length === 0) await pause(20);
    first.child.kill("SIGKILL");
    await first.ended;
    const second = clone.start(["lint"]);
    await second.says(`until process ${clone.installs[0]?.pid}, which installs the dependencies`);
    expect(clone.installs).toHaveLength(1);
    clone.npm("works");
    expect((await second.ended).code).toBe(0);
  });

  test("are whole whatever the user's npm settings leave out", async () => {
    await clone.run(["lint"], { NODE_ENV: "production", npm_config_omit: "dev,optional" });
    const [call] = clone.installs;
    expect(call?.args).toEqual(
      expect.arrayContaining(["ci", "--include=dev", "--include=optional", "--ignore-scripts"]),
    );
    expect(call?.args).toContain("--engine-strict=false");
    expect(call?.npm).not.toContain("npm_config_omit");
  });

  test("that npm cannot get are said in npm's words, and the command is not run", async () => {
    clone.npm("fails");
    const ended = await clone.run(["lint"]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/npm ci ended with 1\.[^]*npm error code E401/);
    expect(ended.stderr).not.toMatch(/at .*\.mjs:/);
  });

  test("are never emptied through a link", async () => {
    const elsewhere = path.join(clone.folder, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(path.join(elsewhere, "precious"), "");
    symlinkSync(elsewhere, path.join(clone.root, "node_modules"));
    const ended = await clone.run(["lint"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("node_modules is a link");
    expect(existsSync(path.join(elsewhere, "precious"))).toBe(true);
  });
});

describe("two at once", () => {
  test("the second waits for the first one's installation, says so, and does not repeat it", async () => {
    clone.npm("waits");
    const first = clone.start(["lint", "first"]);
    while (clone.installs.length === 0) await pause(20);
    const second = clone.start(["lint", "second"]);
    await second.says(`Waiting for process ${first.child.pid}`);
    clone.npm("works");
    expect(await first.ended).toMatchObject({ code: 0, stdout: "ran first\n" });
    expect(await second.ended).toMatchObject({ code: 0, stdout: "ran second\n" });
    expect(clone.installs).toHaveLength(1);
  });

  test("an installation waits until no command works from node_modules", async () => {
    clone.command(
      "format",
      `console.log("started"); process.once("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000);`,
    );
    const first = clone.start(["format"]);
    await first.says("started");
    clone.lock({ "@swc-node/register": "1.0.1" });
    const second = clone.start(["lint"]);
    await second.says(`until process ${first.child.pid}, which runs "npm run format", has ended`);
    expect(clone.installs).toHaveLength(1);
    first.child.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
    expect(clone.installs).toHaveLength(2);
  });

  test("a command that a command starts does not wait for it", async () => {
    clone.command(
      "format",
      `const { spawnSync } = require("node:child_process");
       const { status } = spawnSync(process.execPath, ["scripts/run.mjs", "lint", "inner"], { stdio: "inherit" });
       process.exitCode = status;`,
    );
    await clone.run(["lint"]);
    clone.lock({ "@swc-node/register": "1.0.1" });
    expect(await clone.run(["format"])).toMatchObject({ code: 0, stdout: "ran inner\n" });
  });
});

describe("the command", () => {
  test("gives its exit code to the launcher", async () => {
    clone.command("lint", "process.exitCode = 7;");
    expect((await clone.run(["lint"])).code).toBe(7);
  });

  test("that ends by a signal lets the launcher end by the same", async () => {
    clone.command("lint", `process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);`);
    expect(await clone.run(["lint"])).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  test("is told one Ctrl-C once, though the terminal and npm both pass it on", async () => {
    clone.command(
      "lint",
      `let count = 0;
       process.on("SIGINT", () => { count++; if (count === 1) setTimeout(() => { console.log("interrupted", count); process.exit(130); }, 700); });
       console.log("started");
       setInterval(() => {}, 1000);`,
    );
    const running = clone.start(["lint"]);
    await running.says("started");
    running.child.kill("SIGINT");
    await pause(50);
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130, stdout: "started\ninterrupted 1\n" });
  });

  test("is told a second Ctrl-C too", async () => {
    clone.command(
      "lint",
      `let count = 0;
       process.on("SIGINT", () => { if (++count === 2) process.exit(3); });
       console.log("started");
       setInterval(() => {}, 1000);`,
    );
    const running = clone.start(["lint"]);
    await running.says("started");
    running.child.kill("SIGINT");
    await pause(600);
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(3);
  });

  test("ends when the launcher is killed outright", async () => {
    clone.command("lint", `console.log("pid", process.pid, "."); setInterval(() => {}, 1000);`);
    const running = clone.start(["lint"]);
    let text = "";
    running.child.stdout?.on("data", (part: string) => (text += part));
    await running.says(" .");
    const pid = Number(/pid (\d+)/.exec(text)?.[1]);
    expect(isAlive(pid)).toBe(true);
    running.child.kill("SIGKILL");
    await gone(pid);
  });

  test("that does not exist is refused", async () => {
    const ended = await clone.run(["../lint"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("no command ../lint");
    expect(clone.installs).toEqual([]);
  });
});

describe("Ctrl-C during the installation", () => {
  test("ends npm and the launcher, and the next command installs", async () => {
    clone.npm("waits");
    const running = clone.start(["lint"]);
    while (clone.installs.length === 0) await pause(20);
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ signal: "SIGINT", stdout: "" });
    await gone(clone.installs[0]?.pid ?? 0);
    clone.npm("works");
    expect((await clone.run(["lint"])).code).toBe(0);
    expect(clone.installs).toHaveLength(2);
  });
});

describe("the engine", () => {
  const resolver = (body: string): void =>
    clone.write(
      "engine/binary.ts",
      `const fs = require("node:fs");
       exports.resolveEngine = async ({ onProgress, signal }) => { ${body} };`,
    );

  test("is made ready before a command that needs it, with progress shown", async () => {
    resolver(`onProgress("Building the engine (1 package)"); fs.writeFileSync("../built", "");`);
    clone.command("start-it", `console.log("built", require("node:fs").existsSync("../built"));`);
    const ended = await clone.run(["start-it"]);
    expect(ended).toMatchObject({ code: 0, stdout: "built true\n" });
    expect(ended.stderr).toContain("Building the engine");
  });

  test("is not asked for by a command that needs none", async () => {
    resolver(`throw new Error("was asked");`);
    expect((await clone.run(["lint"])).code).toBe(0);
  });

  test("that cannot be had is told in its one message, and the command is not run", async () => {
    resolver(
      `const error = new Error("no way\\n  1. tried"); error.name = "EngineNotFoundError"; throw error;`,
    );
    clone.command("start-it", `console.log("ran");`);
    const ended = await clone.run(["start-it"]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr.endsWith("no way\n  1. tried\n")).toBe(true);
  });

  test("is what start means by the rehearsal's script", async () => {
    resolver("");
    clone.command("rehearse", `console.log("rehearsing", ...process.argv.slice(2));`);
    expect((await clone.run(["start", "aws"])).stdout).toBe("rehearsing aws\n");
  });
});

test("a Node that is too old is told which is needed, before anything else", async () => {
  clone.write(
    "../old.cjs",
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } });`,
  );
  const ended = await clone.launch([
    "--require",
    path.join(clone.folder, "old.cjs"),
    path.join(clone.root, "scripts", "run.mjs"),
    "lint",
  ]).ended;
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("Node 20.19 or newer is needed, and this is 18.20.4");
  expect(clone.installs).toEqual([]);
});

test("nothing but node_modules is written into the checkout", async () => {
  await clone.run(["lint"]);
  renameSync(path.join(clone.root, "node_modules"), path.join(clone.folder, "modules"));
  const { stdout } = await clone.launch(["-p", `require("node:fs").readdirSync(".").sort().join()`])
    .ended;
  expect(stdout).toBe("engine,package-lock.json,package.json,scripts\n");
  expect(readFileSync(path.join(clone.root, "package.json"), "utf8")).toContain("20.19");
});
