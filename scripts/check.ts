/** `npm run check`: lint, format, types and pins. Runs all of them and names those that failed. */
import { format, lint, pins, typecheck } from "./support/checks";

const CHECKS: readonly (readonly [string, () => Promise<number>])[] = [
  ["pins", pins],
  ["types", typecheck],
  ["format", () => format(true)],
  ["lint", lint],
];

async function main(): Promise<void> {
  const failed: string[] = [];
  for (const [name, run] of CHECKS) {
    const start = Date.now();
    const code = await run();
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    console.log(`${code === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
    if (code !== 0) failed.push(name);
    // Ended by a signal: the user wants no more checks.
    if (code > 128) break;
  }
  if (failed.length > 0) {
    console.error(`Failed: ${failed.join(", ")}. "npm run format" mends the format.`);
    process.exitCode = 1;
  }
}

void main();
