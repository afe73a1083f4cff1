/** `npm run drift -- [stack…]`: looks for what differs between the state and the clouds; nightly, it keeps issues about it. */
import { parseArgs } from "node:util";
import { resolveEngine } from "../engine/binary";
import { checkout } from "../engine/isolation";
import { exitCodes } from "../engine/rehearsal-command";
import { environments } from "../environments/registry";
import { connectionFlags, connectionUsage } from "../review/gitlab/connect";
import { runDrift } from "../review/run/drift-command";

const usage = `npm run drift -- [stack…] [--json DIR] [--issue]

Looks for drift in the named stacks, or all of them (${Object.keys(environments).join(", ")}), side by side. Changes nothing.

  --json DIR                 keeps each stack's record and events; no secret is in them
  --issue                    opens, updates or closes an issue per environment in the pipeline's project (GITLAB_TOKEN)
${connectionUsage}

Exit code 0 if every look came to its end, with drift too.`;

async function main(): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: "string" },
        issue: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        ...connectionFlags,
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
  const { json, issue, ...connection } = values;
  return runDrift({
    ...{ project: checkout, registry: environments, stacks: positionals },
    ...{ json, issue, connection, environment: process.env, engine: resolveEngine },
  });
}

void main().then((code) => {
  process.exitCode = code;
});
