/** Runs Git. It locks nothing for it, and says what it says in English, whatever the user's language. */
import { execFile } from "node:child_process";

/** Git is missing, refuses, or does not know what was asked for; the message can be shown as it is. */
export class GitError extends Error {
  constructor(
    message: string,
    /** Git's own words, the first line of them; of a Git that is missing, nothing. */
    readonly said = message,
    /** There is no Git on the PATH. */
    readonly missing = false,
  ) {
    super(message);
  }
}

/** What a call is given beside its arguments. */
export interface GitInput {
  /** Its standard input. @default nothing */
  readonly input?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs Git in a folder.
 * @returns what it printed
 * @throws GitError
 */
export function git(
  folder: string,
  args: readonly string[],
  { input = "", env = {} }: GitInput = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      ["--no-optional-locks", ...args],
      {
        cwd: folder,
        maxBuffer: 256 * 1024 * 1024,
        env: { ...process.env, LC_ALL: "C", ...env },
      },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve(stdout);
        } else if (error.code === "ENOENT") {
          reject(new GitError("git is not on the PATH", "", true));
        } else {
          const said = stderr.trim();
          const words = said === "" ? error.message : said;
          const command = args.find((word) => /^[a-z][a-z-]*$/.test(word)) ?? "";
          reject(new GitError(`git ${command}: ${words}`, words.split("\n")[0]));
        }
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
