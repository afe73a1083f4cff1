/**
 * Files of the working tree as Git would commit them: changes that are not committed count, and neither commit, place,
 * history nor line ends do. Of what Git ignores, only what Node would load counts: a `naming.js` comes before the
 * `naming.ts` beside it, and a package in `policies/node_modules` before the one that the lockfile names
 * (https://nodejs.org/api/modules.html#all-together). Nothing is written anywhere: the files are hashed as they stand.
 */
import { lstatSync, readlinkSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { git as callGit, GitError } from "../git";
import { inOrder } from "./values";

/** Git is not there, or does not know the folder. */
export class NoGitError extends Error {}

/** A file of a tree. */
export interface TreeFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  /** `file`, or `link`, whose content is where it leads. */
  readonly kind: "file" | "link";
  /** Git's hash of the content. */
  readonly hash: string;
}

/** What `require` and `import` load, with the loader that programs and policies are run under. */
const loaded = /\.(?:[cm]?[jt]s|json|node)$/;

/**
 * Lists the files under paths of a project.
 * @param project folder in a Git working tree
 * @param paths files and folders in it, with `/`; what is not there adds nothing
 * @returns by path
 * @throws NoGitError where there is no Git or no working tree; Error for a submodule, whose files are another repository's
 */
export async function treeOf(project: string, paths: readonly string[]): Promise<TreeFile[]> {
  // `--stdin-paths` counts from the top of the working tree, wherever it is run.
  const [top = "", prefix = ""] = (
    await git(project, ["rev-parse", "--show-toplevel", "--show-prefix"])
  ).split("\n");
  const listed = async (...which: readonly string[]): Promise<string[]> => {
    const places = paths.map((path) => `:(literal)${path}`);
    const all = await git(project, [
      "ls-files",
      "-z",
      "--exclude-standard",
      ...which,
      "--",
      ...places,
    ]);
    return all.split("\0").filter((path) => path !== "");
  };
  const known = await listed("--cached", "--others", "--deduplicate");
  const ignored = (await listed("--others", "--ignored")).filter((path) => loaded.test(path));
  const found = [...new Set([...known, ...ignored])].flatMap((path) => {
    const status = lstatSync(join(project, path), { throwIfNoEntry: false });
    return status === undefined ? [] : [{ path, status }];
  });
  const files: string[] = [];
  const tree: TreeFile[] = [];
  for (const { path, status } of found) {
    if (status.isSymbolicLink()) {
      const target = readlinkSync(join(project, path));
      tree.push({ path, kind: "link", hash: createHash("sha256").update(target).digest("hex") });
    } else if (status.isFile()) files.push(path);
    else
      throw new Error(`${path} is a Git repository of its own: what it holds cannot be approved.`);
  }
  // Line ends as they are in a repository, wherever it was checked out (gitattributes(5), "End-of-line conversion").
  const hashed = await git(
    top,
    ["-c", "core.autocrlf=input", "-c", "core.safecrlf=false", "hash-object", "--stdin-paths"],
    files.map((path) => quoted(`${prefix}${path}`)).join("\n"),
  );
  const hashes = hashed.split("\n");
  files.forEach((path, index) => {
    tree.push({ path, kind: "file", hash: hashes[index] ?? "" });
  });
  return tree.sort((one, other) => inOrder(one.path, other.path));
}

/**
 * Files under paths that differ from the commit, those that Git does not know yet included; none without Git.
 * @param paths as for {@link treeOf}
 */
export async function uncommittedFiles(
  project: string,
  paths: readonly string[],
): Promise<string[]> {
  try {
    const status = await git(project, [
      ...["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"],
      ...["--ignored=traditional", "--", ...paths.map((path) => `:(literal)${path}`)],
    ]);
    return status.split("\0").flatMap((line) => {
      const path = line.slice(3);
      return path === "" || (line.startsWith("!!") && !loaded.test(path)) ? [] : [path];
    });
  } catch (error) {
    if (error instanceof NoGitError) return [];
    throw error;
  }
}

/** As `--stdin-paths` reads it: a path that begins with a quote or holds a line end is a C string. */
function quoted(path: string): string {
  return /^"|[\n\\]/.test(path)
    ? `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`
    : path;
}

/** One text for a tree. */
export function treeText(files: readonly TreeFile[]): string {
  return files.map(({ path, kind, hash }) => `${kind} ${hash} ${path}\0`).join("");
}

async function git(folder: string, args: readonly string[], input?: string): Promise<string> {
  try {
    return await callGit(folder, args, { input });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new NoGitError(
      error.missing
        ? "An approval needs Git, and there is none on the PATH."
        : `An approval is bound to the code as Git sees it, and Git can't read ${folder}: ${error.said}`,
    );
  }
}
