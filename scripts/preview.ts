/**
 * `npm run preview -- [stack…]`: shows what a change would do to the environments, what of it can hurt, and keeps it for
 * the merge request.
 */
import { parseArgs } from "node:util";
import { resolveEngine } from "../engine/binary";
import { checkout } from "../engine/isolation";
import { exitCodes } from "../engine/rehearsal-command";
import { environments } from "../environments/registry";
import { runPreview } from "../review/run/preview-command";
import { listedRules, typesOf } from "./support/listed-rules";

const usage = `npm run preview -- [stack…] [--drift] [--json DIR]
npm run preview -- [stack…] --sandbox [--base REF] [--set key=value]… [--json DIR]

Previews the named stacks, or all of them (${Object.keys(environments).join(", ")}), side by side: against the backend and the clouds of
your environment, or in the sandbox, where a base is stood up first.

  --sandbox        needs no account; without --base and --set nothing stands before, and all is created
  --base REF       what stands is this Git ref's: its program with its settings
  --set key=value  a setting that is part of the change; key may lead into an object (instance.version), the
                   value is YAML; without --base the checkout's own settings are what stands
  --drift          looks for drift too
  --json DIR       keeps each stack's record and events, and the files of GitLab's widgets; no secret is in them

Exit code 0 if every preview came to its end and no mandatory policy is broken.`;

async function main(): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        sandbox: { type: "boolean", default: false },
        base: { type: "string" },
        set: { type: "string", multiple: true, default: [] },
        drift: { type: "boolean", default: false },
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
  const { sandbox, base, set, drift, json } = values;
  return runPreview({
    ...{ sandbox, base, set, drift, json },
    ...{ project: checkout, registry: environments, stacks: positionals },
    ...{ engine: resolveEngine, rules: listedRules, typesOf },
  });
}

void main().then((code) => {
  process.exitCode = code;
});
