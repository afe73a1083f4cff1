/** What policies found in one environment. */
import { nameOf } from "../../engine/facts";
import type { PolicyResult } from "../../engine/policy-events";
import type { PreviewRecord } from "../record";
import type { Detail } from "./detail";
import { code, counted, prose } from "./markdown";

/** Findings by what becomes of them. */
export interface Findings {
  /** Mandatory rules broken: nothing is applied. */
  readonly broken: readonly PolicyResult[];
  readonly advisory: readonly PolicyResult[];
  readonly exempted: readonly PolicyResult[];
  readonly undecided: readonly PolicyResult[];
}

/** Sorts an environment's findings. */
export function findingsOf({ policies: { results } }: PreviewRecord): Findings {
  const failed = results.filter(({ state }) => state === "failed");
  return {
    broken: failed.filter(({ mandatory }) => mandatory),
    advisory: failed.filter(({ mandatory }) => !mandatory),
    exempted: results.filter(({ state }) => state === "exempted"),
    undecided: results.filter(({ state }) => state === "undecided"),
  };
}

/** The table's cell. */
export function findingsCell(record: PreviewRecord): string {
  const { broken, advisory, exempted, undecided } = findingsOf(record);
  const parts = [
    ...(broken.length > 0 ? [`**${broken.length} broken**`] : []),
    ...(advisory.length > 0 ? [counted(advisory.length, "warning")] : []),
    ...(exempted.length > 0 ? [`${exempted.length} exempted`] : []),
    ...(undecided.length > 0 ? [`${undecided.length} undecided`] : []),
  ];
  if (parts.length > 0) return parts.join(", ");
  return record.policies.rules === 0 || record.status === "failed"
    ? "not judged"
    : `${record.policies.rules} hold`;
}

/** A finding as a list's item. */
export function findingLine({ rule, urn, message }: PolicyResult): string {
  return `- ${code(rule)} · ${code(urn === "" ? "stack" : nameOf(urn))}: ${prose(ownWords(message))}`;
}

/** What was found, without what the rule is for, which stands on the line before. */
function ownWords(message: string): string {
  const lines = message.split(/\r?\n/).filter((line) => line.trim() !== "");
  return (lines.length > 1 ? lines.slice(1) : lines).join(" ");
}

/** Lines about findings that stop nothing. Those that stop it stand above the table. */
export function findingSections(record: PreviewRecord, shown: Detail["findings"]): string[] {
  const { advisory, exempted, undecided } = findingsOf(record);
  return [
    ...section("Warnings", advisory, shown),
    ...section("Exempted", exempted, shown),
    ...section("Undecided until up knows the values", undecided, shown),
  ];
}

function section(title: string, results: readonly PolicyResult[], shown: Detail["findings"]) {
  if (results.length === 0) return [];
  const lines =
    shown === "counts"
      ? [`- ${counted(results.length, "finding")}`]
      : shown === "names"
        ? results.map(({ rule, urn }) => `- ${code(rule)} · ${code(nameOf(urn))}`)
        : results.map(findingLine);
  return [`**${title}**`, "", ...lines, ""];
}
