/** Runs a development tool of node_modules for a command. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";

/** The checkout. */
export const CHECKOUT = path.join(__dirname, "..", "..");

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs an executable of a package, with this process's own input and output, and passes on the
 * signals that this process gets.
 *
 * @param name The package, and the executable where that has another name: `typescript/tsc`.
 * @param env Variables to add to this process's.
 * @param node Arguments of Node itself; jest hands them on to its workers.
 * @returns its exit code; 128 and the signal's number, as shells have it, where a signal ended it.
 * @throws {Error} where the package is not installed or has no such executable.
 */
export function runTool(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  node: readonly string[] = [],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, executable(name), ...args], {
      cwd: CHECKOUT,
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    SIGNALS.forEach((signal) => process.on(signal, pass));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      SIGNALS.forEach((one) => process.removeListener(one, pass));
      resolve(code ?? 128 + (signal === "SIGINT" ? 2 : signal === "SIGHUP" ? 1 : 15));
    });
  });
}

function executable(name: string): string {
  const [packageName = name, command = packageName] = name.split("/");
  const folder = path.join(CHECKOUT, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    bin?: string | Record<string, string>;
  };
  const file = typeof bin === "string" ? bin : bin?.[command];
  if (file === undefined)
    throw new Error(`The package ${packageName} has no executable ${command}.`);
  return path.join(folder, file);
}
