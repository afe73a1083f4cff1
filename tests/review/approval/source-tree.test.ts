import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  NoGitError,
  treeOf,
  treeText,
  uncommittedFiles,
} from "../../../review/approval/source-tree";

let root: string;
let project: string;

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, GIT_CONFIG_GLOBAL: join(root, "gitconfig"), GIT_CONFIG_NOSYSTEM: "1" },
  });
}

function put(path: string, text: string): void {
  const file = join(project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const tree = async (folder = project): Promise<string> =>
  treeText(await treeOf(folder, ["index.ts", "components", "no-such-thing"]));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "approval-"));
  project = join(root, "project");
  mkdirSync(project);
  writeFileSync(join(root, "gitconfig"), "[user]\nname = A\nemail = a@example.com\n");
  git(project, "init", "-q", "-b", "main");
  put(".gitignore", "*.log\n");
  put("index.ts", "import './components/one';\n");
  put("components/one.ts", "export {};\n");
  put("components/a b/ü.sh", "#!/bin/sh\n");
  put("docs/other.md", "words\n");
  git(project, "add", "-A");
  git(project, "commit", "-qm", "first");
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test("another commit, another clone, a shallow one, other files and other modes have the same tree", async () => {
  const before = await tree();
  put("docs/other.md", "other words\n");
  git(project, "commit", "-qam", "second");
  expect(await tree()).toBe(before);
  chmodSync(join(project, "index.ts"), 0o755);
  expect(await tree()).toBe(before);
  const [whole, shallow] = [join(root, "whole"), join(root, "deeper", "shallow")];
  git(root, "clone", "-q", project, whole);
  git(root, "clone", "-q", "--depth", "1", `file://${project}`, shallow);
  expect(await tree(whole)).toBe(before);
  expect(await tree(shallow)).toBe(before);
});

test("a checkout with other line ends has the same tree", async () => {
  const before = await tree();
  const other = join(root, "other");
  git(root, "clone", "-q", "-c", "core.autocrlf=true", project, other);
  expect(execFileSync("cat", [join(other, "index.ts")], { encoding: "utf8" })).toContain("\r\n");
  expect(await tree(other)).toBe(before);
});

test("the same content in another project of a larger repository has the same tree", async () => {
  const before = await tree();
  const large = join(root, "large");
  mkdirSync(large);
  git(large, "init", "-q");
  execFileSync("cp", ["-R", project, join(large, "inner")]);
  rmSync(join(large, "inner", ".git"), { recursive: true });
  expect(await tree(join(large, "inner"))).toBe(before);
});

test("changes count without a commit, ignored files do not", async () => {
  const before = await tree();
  put("components/build.log", "noise\n");
  expect(await tree()).toBe(before);

  put("components/two.ts", "export {};\n");
  const added = await tree();
  expect(added).not.toBe(before);
  git(project, "add", "-A");
  expect(await tree()).toBe(added);
  git(project, "commit", "-qm", "second");
  expect(await tree()).toBe(added);

  appendFileSync(join(project, "components/two.ts"), "// changed\n");
  const changed = await tree();
  expect(changed).not.toBe(added);
  rmSync(join(project, "components/two.ts"));
  expect(await tree()).toBe(before);
});

test("what Git ignores counts where Node would load it before what is committed", async () => {
  put(".gitignore", "*.log\nnode_modules/\n*.js\n");
  const before = await tree();
  put("components/one.js", "module.exports = {};\n");
  const shadowed = await tree();
  expect(shadowed).not.toBe(before);
  expect(await uncommittedFiles(project, ["components"])).toEqual(["components/one.js"]);
  put("components/node_modules/zod/index.js", "module.exports = {};\n");
  expect(await tree()).not.toBe(shadowed);
  rmSync(join(project, "components/node_modules"), { recursive: true });
  rmSync(join(project, "components/one.js"));
  expect(await tree()).toBe(before);
});

test("what Git was told to overlook counts too", async () => {
  const before = await tree();
  git(project, "update-index", "--assume-unchanged", "index.ts");
  git(project, "update-index", "--skip-worktree", "components/one.ts");
  appendFileSync(join(project, "index.ts"), "// changed\n");
  const changed = await tree();
  expect(changed).not.toBe(before);
  appendFileSync(join(project, "components/one.ts"), "// changed\n");
  expect(await tree()).not.toBe(changed);
});

test("a file that is renamed, or replaced by a link, is another tree", async () => {
  const before = await tree();
  renameSync(join(project, "components/one.ts"), join(project, "components/1.ts"));
  expect(await tree()).not.toBe(before);
  renameSync(join(project, "components/1.ts"), join(project, "components/one.ts"));
  expect(await tree()).toBe(before);
  rmSync(join(project, "components/one.ts"));
  symlinkSync("../index.ts", join(project, "components/one.ts"));
  const linked = await tree();
  expect(linked).not.toBe(before);
  rmSync(join(project, "components/one.ts"));
  symlinkSync("../docs/other.md", join(project, "components/one.ts"));
  expect(await tree()).not.toBe(linked);
});

test("names that a shell or Git would read otherwise are files like others", async () => {
  const before = await tree();
  const seen = new Set([before]);
  for (const name of [
    "*",
    "[a]",
    '"quoted"',
    "back\\slash",
    "new\nline",
    "tab\t",
    ":(top)x",
    " ",
  ]) {
    put(`components/${name}`, "1");
    seen.add(await tree());
    put(`components/${name}`, "2");
    seen.add(await tree());
  }
  expect(seen.size).toBe(1 + 8 * 2);
});

test("nothing is written into the repository", async () => {
  put("components/two.ts", "export {};\n");
  const stamp = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? stamp(path) : [`${path} ${statSync(path).mtimeMs}`];
    });
  const before = stamp(join(project, ".git"));
  await tree();
  expect(stamp(join(project, ".git"))).toEqual(before);
});

test("a folder without Git, and a machine without it, are told in words", async () => {
  const outside = join(root, "outside");
  mkdirSync(outside);
  await expect(treeOf(outside, ["."])).rejects.toThrow(NoGitError);
  await expect(treeOf(outside, ["."])).rejects.toThrow(/not a git repository/);
  const { PATH } = process.env;
  process.env.PATH = outside;
  try {
    await expect(treeOf(project, ["."])).rejects.toThrow("there is none on the PATH");
  } finally {
    process.env.PATH = PATH;
  }
});

test("a repository inside it is refused: Git holds its commit, not its files", async () => {
  const inner = join(project, "components", "inner");
  mkdirSync(inner);
  git(inner, "init", "-q");
  writeFileSync(join(inner, "file"), "1");
  git(inner, "add", "-A");
  git(inner, "commit", "-qm", "inner");
  await expect(tree()).rejects.toThrow("components/inner/ is a Git repository of its own");
});
