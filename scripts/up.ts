/** `npm run up -- <stack> --approved DIGEST`: applies what was approved, and nothing else. */
import { parseArgs } from "node:util";
import { resolveEngine } from "../engine/binary";
import { checkout } from "../engine/isolation";
import { exitCodes } from "../engine/rehearsal-command";
import { environments } from "../environments/registry";
import { runUp } from "../review/approval/up-command";

const usage = `npm run up -- <stack> --approved DIGEST [--json DIR]

Previews one environment (${Object.keys(environments).join(", ")}) anew, with your own backend and credentials, and applies
that plan if it is what was approved: plan, state, settings, policies and code. Otherwise it says what differs and touches nothing.

  --approved DIGEST  the word from the merge request's note, or from npm run preview -- <stack>
  --json DIR         writes what was previewed and what was done`;

async function main(): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        approved: { type: "string" },
        json: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return exitCodes.usage;
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(usage);
    return exitCodes.held;
  }
  return runUp({
    project: checkout,
    registry: environments,
    stacks: positionals,
    approved: values.approved,
    json: values.json,
    engine: resolveEngine,
  });
}

void main().then((code) => {
  process.exitCode = code;
});
