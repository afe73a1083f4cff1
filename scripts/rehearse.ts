/**
 * `npm start [-- stack… --set key=value --without stack --json FILE --junit FILE --keep]`: rehearses environments on the real
 * Pulumi engine, against the sandbox. Exit 0 only if every step of every stack held.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { environments } from "../environments/registry";
import { resolveEngine } from "../engine/binary";
import { checkout } from "../engine/isolation";
import { exitCodes, runRehearsal } from "../engine/rehearsal-command";

const usage = `npm start -- [stack…] [--set key=value]… [--without stack]… [--json FILE] [--junit FILE] [--keep]

Rehearses the named stacks, or all of them: ${Object.keys(environments).join(", ")}.

  --set key=value  tries a setting; key may lead into an object (instance.version), the value is YAML;
                   an empty value takes the setting out, so that its default holds
  --without stack  does not stand up that prerequisite, to see what a stack says where it is missing
  --json FILE      writes what was found
  --junit FILE     writes it as JUnit XML: a suite a stack, a case a step
  --keep           leaves the scratch folder with state, events and logs`;

async function main(): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        set: { type: "string", multiple: true, default: [] },
        without: { type: "string", multiple: true, default: [] },
        json: { type: "string" },
        junit: { type: "string" },
        keep: { type: "boolean", default: false },
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
  return runRehearsal({
    project: checkout,
    registry: environments,
    stacks: positionals.length > 0 ? positionals : Object.keys(environments),
    set: values.set,
    without: values.without,
    keep: values.keep,
    engine: resolveEngine,
    onReport: (report, junit) => {
      if (values.json !== undefined)
        writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
      if (values.junit !== undefined) writeFileSync(values.junit, junit());
    },
  });
}

void main().then((code) => {
  process.exitCode = code;
});
