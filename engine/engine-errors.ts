/** What went wrong in an engine call, in words that people read. */
import type { EngineCallResult } from "./engine-call";
import type { Facts, PolicyFact } from "./facts";

/**
 * What the program, the engine and the providers said went wrong, each once; policies apart.
 * @returns nothing where a broken policy is all that went wrong, or where nothing was said
 */
export function diagnosedErrors({ diagnostics }: Facts): string[] {
  const errors = diagnostics
    .filter(
      ({ severity, message }) =>
        severity === "error" && !/^(update|preview|destroy|refresh) failed$/.test(message),
    )
    .map(({ urn, message }) =>
      urn === undefined ? message : `${describe(urn)}: ${shortened(message)}`,
    );
  return [...new Set(errors)];
}

/** Mandatory policies that are broken, as errors. */
export function policyErrors({ policies }: Facts): string[] {
  return policies.filter(({ mandatory }) => mandatory).map(policyError);
}

function policyError({ urn, policy, message }: PolicyFact): string {
  return `${urn === undefined ? "stack" : describe(urn)}: policy ${policy}: ${message}`;
}

/** What an engine that told nothing by events printed last; never empty. */
export function lastWords(
  { stdout, stderr }: Pick<EngineCallResult, "stdout" | "stderr">,
  printed: readonly string[] = [],
): string[] {
  const last = (stderr.trim() === "" ? stdout : stderr).trim();
  return [last === "" ? "the engine failed without a word" : last, ...printed.slice(-20)];
}

/** What made a call fail, each once: the engine's own errors and broken policies, else what it printed last. */
export function errorsOf(
  facts: Facts,
  result: EngineCallResult,
  printed: readonly string[],
): string[] {
  const said = [...diagnosedErrors(facts), ...policyErrors(facts)];
  return [...new Set(said.length > 0 ? said : lastWords(result, printed))];
}

/** `data/db (aws:rds/instance:Instance)`: what a person calls a resource. */
export function describe(urn: string): string {
  const [, , type = "", ...name] = urn.split("::");
  const own = type.slice(type.lastIndexOf("$") + 1);
  return own === "pulumi:pulumi:Stack" ? "program" : `${name.join("::")} (${own})`;
}

/** The engine repeats resource and value before a provider's own words; the property and those are enough. */
function shortened(message: string): string {
  return message
    .replace(
      /^\S+ resource '[^']*': property (\S+) value [\s\S]*? has a problem: /gm,
      "property $1: ",
    )
    .replace(/\s+because it is protected\. To unprotect[\s\S]*$/, " because it is protected")
    .replace(/(marked for protection)\. To unprotect[\s\S]*$/, "$1");
}

/** The facts are counted against the engine's own summary: what it counted must not have gone by unread. */
export function disagreements({ summary, resources }: Facts): string[] {
  if (summary === undefined) return ["the engine ended without a summary of its changes"];
  return (["create", "update", "replace", "delete"] as const).flatMap((operation) => {
    const read = resources.filter(
      (fact) => fact.operation === operation && fact.uncounted !== true,
    ).length;
    const counted = summary[operation] ?? 0;
    return read === counted
      ? []
      : [`the engine counts ${counted} ${operation}, its events say ${read}`];
  });
}
