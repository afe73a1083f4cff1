/** What policies came to, for people and for CI. */
import { createHash } from "node:crypto";
import { nameOf, typeOf } from "./facts";
import type { PolicyResult } from "./policy-events";
import type { StackPolicies } from "./policy-run";
import { junitXml, type TestCase } from "./xml";

/** What a report needs to know of a rule. */
export interface ListedRule {
  readonly id: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly level: "advisory" | "mandatory";
  readonly theme: string;
  readonly source: string;
  readonly fix: string;
}

/** A type that holds data or faces a network and that no rule looks at, or of which nobody has said which. */
export interface Uncovered {
  readonly stack: string;
  readonly type: string;
  readonly why: string;
}

/** Everything that one run found. */
export interface PolicyReport {
  readonly stacks: readonly StackPolicies[];
  readonly rules: readonly ListedRule[];
  readonly uncovered: readonly Uncovered[];
}

/** Whether everything holds: no mandatory rule broken, no preview that failed, no type without a rule. */
export function holds({ stacks, uncovered }: PolicyReport): boolean {
  return (
    uncovered.length === 0 &&
    stacks.every(
      ({ results, errors }) =>
        errors.length === 0 &&
        !results.some(({ state, mandatory }) => state === "failed" && mandatory),
    )
  );
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function lineOf(message: string): string {
  return message.split("\n").slice(1).join(" ").trim() || message;
}

function section(
  title: string,
  results: readonly PolicyResult[],
  rules: readonly ListedRule[],
): string[] {
  if (results.length === 0) return [];
  const rows = results.map(({ stack, rule, urn, message, mandatory, state }) => {
    const known = rules.find(({ id }) => id === rule);
    // An undecided rule is told by the engine as advice, whatever it is.
    const level =
      state === "undecided" ? (known?.level ?? "") : mandatory ? "mandatory" : "advisory";
    return ["  " + stack, level, known?.severity ?? "", rule, nameOf(urn), lineOf(message)];
  });
  return [`\n${title}`, columns(rows)];
}

/** The table that people read. */
export function policyTable(report: PolicyReport): string {
  const { stacks, rules, uncovered } = report;
  const of = (state: PolicyResult["state"]) =>
    stacks.flatMap(({ results }) => results.filter((one) => one.state === state));
  const summary = stacks.map(({ stack, results, coverage, errors }) => {
    const count = (state: PolicyResult["state"], mandatory: boolean) =>
      String(results.filter((one) => one.state === state && one.mandatory === mandatory).length);
    const looked = new Set(coverage.flatMap((one) => one.rules)).size;
    const resources = coverage.reduce((sum, one) => sum + one.resources, 0);
    return [
      stack,
      String(resources),
      String(looked),
      count("failed", true),
      count("failed", false),
      String(results.filter(({ state }) => state === "exempted").length),
      String(results.filter(({ state }) => state === "undecided").length),
      errors.length > 0
        ? "not previewed"
        : results.some((one) => one.state === "failed" && one.mandatory)
          ? "broken"
          : "holds",
    ];
  });
  return [
    columns([
      ["stack", "resources", "rules", "broken", "advised", "exempted", "undecided", ""],
      ...summary,
    ]),
    ...section("Broken and advised", of("failed"), rules),
    ...section("Exempted (policies/exemptions.yaml)", of("exempted"), rules),
    ...section("Undecided until up, which knows all values", of("undecided"), rules),
    ...(uncovered.length === 0
      ? []
      : [
          "\nNot covered",
          columns(uncovered.map(({ stack, type, why }) => ["  " + stack, type, why])),
        ]),
    ...stacks.flatMap(({ stack, errors }) => errors.map((error) => `\n${stack}: ${error}`)),
  ].join("\n");
}

/** Every type of every stack with the number of rules that looked at it. */
export function coverageTable({ stacks }: PolicyReport): string {
  return columns([
    ["stack", "type", "resources", "rules"],
    ...stacks.flatMap(({ stack, coverage }) =>
      coverage
        .filter(({ type }) => !/^(gitlab|pulumi):/.test(type))
        .map(({ type, resources, rules }) => [
          stack,
          type,
          String(resources),
          String(rules.length),
        ]),
    ),
  ]);
}

/**
 * JUnit XML: a suite a stack, a case a rule that looked at something; broken mandatory rules are failures, undecided
 * ones skipped, advice and exemptions in the case's output.
 */
export function junit({ stacks, rules, uncovered }: PolicyReport): string {
  return junitXml(
    stacks.map(({ stack, results, coverage, errors }) => {
      const looked = new Set([
        ...coverage.flatMap((one) => one.rules),
        ...results.map(({ rule }) => rule),
      ]);
      const open = uncovered.filter((one) => one.stack === stack);
      const failing = [
        ...errors.map((error) => ({ name: "preview", error })),
        ...open.map(({ type, why }) => ({ name: `coverage of ${type}`, error: why })),
      ];
      return {
        name: `policies ${stack}`,
        cases: [
          ...[...looked].sort().map((id) => ruleCase(id, results, rules)),
          ...failing.map(({ name, error }) => ({
            classname: "policies",
            name,
            failure: { type: "policy", text: error },
          })),
        ],
      };
    }),
  );
}

function ruleCase(
  id: string,
  results: readonly PolicyResult[],
  rules: readonly ListedRule[],
): TestCase {
  const own = results.filter(({ rule }) => rule === id);
  const failed = own.filter(({ state, mandatory }) => state === "failed" && mandatory);
  const undecided = own.filter(({ state }) => state === "undecided");
  const said = own.filter((one) => !failed.includes(one) && !undecided.includes(one));
  const lines = (some: readonly PolicyResult[]): string =>
    some.map(({ urn, message }) => `${nameOf(urn)}: ${lineOf(message)}`).join("\n");
  return {
    classname: `policies.${rules.find((rule) => rule.id === id)?.theme ?? "policy"}`,
    name: id,
    file: "policies/rules.ts",
    failure:
      failed.length === 0
        ? undefined
        : { type: "policy", message: `${failed.length} broken`, text: lines(failed) },
    skipped: undecided.length === 0 ? undefined : `undecided on ${undecided.length} until up`,
    output: said.length === 0 ? undefined : lines(said),
  };
}

/** Severities as GitLab names them. https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
const gitlabSeverity = {
  low: "minor",
  medium: "major",
  high: "critical",
  critical: "blocker",
} as const;

/** GitLab's code quality report: what is broken or advised, each where its environment is written. */
export function codeQuality({ stacks, rules }: PolicyReport): string {
  const issues = stacks.flatMap(({ results }) =>
    results
      .filter(({ state }) => state === "failed")
      .map(({ stack, rule, urn, message, mandatory }) => ({
        description: `${nameOf(urn)} (${typeOf(urn)}): ${lineOf(message)}`,
        check_name: rule,
        fingerprint: createHash("sha256").update(`${rule}\0${urn}\0${message}`).digest("hex"),
        severity: mandatory
          ? gitlabSeverity[rules.find(({ id }) => id === rule)?.severity ?? "high"]
          : ("info" as const),
        location: { path: `environments/${stack}/index.ts`, lines: { begin: 1 } },
      })),
  );
  return `${JSON.stringify(issues, null, 2)}\n`;
}
