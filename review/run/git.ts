/** What the commands ask of Git: where the checkout stands, and another state of it to compare with. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { git, GitError } from "../git";

/** Commit that a folder's checkout stands at; undefined without Git or before the first commit. */
export async function headCommit(folder: string): Promise<string | undefined> {
  try {
    return (await git(folder, ["rev-parse", "--verify", "HEAD"])).trim();
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** How many files differ from the commit, those that Git does not know included; 0 without Git. */
export async function uncommitted(folder: string): Promise<number> {
  try {
    const listed = await git(folder, ["status", "--porcelain", "--untracked-files=normal"]);
    return listed.split("\n").filter((line) => line !== "").length;
  } catch (error) {
    if (error instanceof GitError) return 0;
    throw error;
  }
}

/** A state of the project that was written to a folder of its own. */
export interface ExportedRef {
  /** Folder of its `Pulumi.yaml`. */
  readonly project: string;
  /** `main at 1a2b3c4d`; the short commit alone where that is what was asked for. */
  readonly label: string;
  /** Its dependencies are others than those that are installed here. */
  readonly otherDependencies: boolean;
}

/**
 * Finds the commit of a ref.
 * @throws GitError where Git does not know it
 */
export async function commitOf(folder: string, ref: string): Promise<string> {
  try {
    const found = await git(folder, [
      ...["rev-parse", "--verify", "--quiet", "--end-of-options"],
      `${ref}^{commit}`,
    ]);
    return found.trim();
  } catch (error) {
    if (!(error instanceof GitError) || error.missing) throw error;
    throw new GitError(
      `Git knows no commit ${ref} here. A CI job has the last commits only: fetch it first, for instance by git fetch origin ${ref}.`,
    );
  }
}

/**
 * Writes the tree of a ref to a folder, with this checkout's dependencies linked in. Nothing of the checkout, its index
 * included, is touched.
 * @param project folder of the Pulumi project in the checkout
 * @param into a folder that does not exist yet
 * @throws GitError where there is no Git checkout, or Git does not know the ref
 */
export async function exportRef(project: string, ref: string, into: string): Promise<ExportedRef> {
  const commit = await commitOf(project, ref);
  const [top = "", prefix = ""] = (
    await git(project, ["rev-parse", "--show-toplevel", "--show-prefix"])
  ).split("\n");
  mkdirSync(into, { recursive: true });
  const index = { GIT_INDEX_FILE: join(into, ".index") };
  await git(top, ["read-tree", commit], { env: index });
  await git(top, ["checkout-index", "--all", `--prefix=${into}/`], { env: index });
  const modules = join(top, "node_modules");
  if (existsSync(modules) && !existsSync(join(into, "node_modules")))
    symlinkSync(modules, join(into, "node_modules"), "junction");
  const short = commit.slice(0, 8);
  return {
    project: join(into, prefix),
    label: commit.startsWith(ref) ? short : `${ref} at ${short}`,
    otherDependencies: lockfile(top) !== lockfile(into),
  };
}

function lockfile(folder: string): string | undefined {
  const file = join(folder, "package-lock.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
