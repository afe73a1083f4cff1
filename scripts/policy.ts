/** `npm run policy -- [stack…]`: holds stacks against the policies of policies/, and says so for people and for CI. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { resolveEngine } from "../engine/binary";
import { checkout } from "../engine/isolation";
import {
  codeQuality,
  coverageTable,
  holds,
  junit,
  policyTable,
  type Uncovered,
} from "../engine/policy-report";
import { runPolicies, type StackPolicies } from "../engine/policy-run";
import { exitCodes } from "../engine/rehearsal-command";
import { UnknownStackError } from "../engine/rehearsal";
import { environments } from "../environments/registry";
import { exposureOf } from "../policies/exposure";
import { listedRules as listed, typesOf } from "./support/listed-rules";

const usage = `npm run policy -- [stack…] [--coverage] [--json FILE] [--junit FILE] [--code-quality FILE]
npm run policy -- --list [--json FILE]

Previews the named stacks, or all of them (${Object.keys(environments).join(", ")}), in the sandbox with the policy pack.

  --list               lists every rule and touches nothing
  --coverage           shows each resource type with the number of rules that looked at it
  --json FILE          writes the list, or everything that was found
  --junit FILE         writes a JUnit report
  --code-quality FILE  writes a GitLab code quality report`;

/** Types that hold data or face a network and that no rule looks at; those of which nobody has said anything. */
function uncoveredIn(stacks: readonly StackPolicies[]): Uncovered[] {
  return stacks.flatMap(({ stack, coverage }) =>
    coverage.flatMap(({ type, rules: looked }) => {
      const exposure = exposureOf(type);
      if (exposure === "unclassified")
        return [{ stack, type, why: "not classified in policies/exposure.ts" }];
      // Tags say whose it is, and guard nothing.
      const guards = looked.filter((rule) => !rule.startsWith("tags-"));
      if (exposure === undefined || guards.length > 0) return [];
      return [{ stack, type, why: `no rule looks at it, though it is exposed (${exposure})` }];
    }),
  );
}

function list(file: string | undefined): number {
  for (const { theme, id, severity, level } of listed) {
    console.log(`${theme.padEnd(10)}  ${level.padEnd(9)}  ${severity.padEnd(8)}  ${id}`);
  }
  console.log(`\n${listed.length} rules`);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(listed, null, 2)}\n`);
  return exitCodes.held;
}

async function main(): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        list: { type: "boolean", default: false },
        coverage: { type: "boolean", default: false },
        json: { type: "string" },
        junit: { type: "string" },
        "code-quality": { type: "string" },
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
  if (values.list) return list(values.json);
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      abort.abort();
    });
  }
  try {
    const { path: binary } = await resolveEngine({ signal: abort.signal });
    const stacks = await runPolicies({
      project: checkout,
      registry: environments,
      stacks: positionals.length > 0 ? [...new Set(positionals)] : Object.keys(environments),
      binary,
      typesOf,
      onProgress: (message) => {
        console.error(message);
      },
      signal: abort.signal,
    });
    const report = { stacks, rules: listed, uncovered: uncoveredIn(stacks) };
    console.log(`\n${policyTable(report)}`);
    if (values.coverage) console.log(`\n${coverageTable(report)}`);
    if (values.json !== undefined)
      writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
    if (values.junit !== undefined) writeFileSync(values.junit, junit(report));
    if (values["code-quality"] !== undefined)
      writeFileSync(values["code-quality"], codeQuality(report));
    return holds(report) ? exitCodes.held : exitCodes.failed;
  } catch (error) {
    if (abort.signal.aborted) return exitCodes.interrupted;
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof UnknownStackError ? exitCodes.usage : exitCodes.failed;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
