/** The first sentences of a note: the worst first. */
import type { PreviewRecord } from "../record";
import { changeCounts } from "./changes";
import { findingsOf } from "./findings";
import { harmsOf, harmWords, losses } from "./harm";
import { code, counted, listed } from "./markdown";

/** Most environments that are named in one sentence. */
const most = 6;

/** Names of environments for a sentence. */
export function stackNames(records: readonly { readonly stack: string }[]): string {
  const shown = records.slice(0, most).map(({ stack }) => code(stack));
  return listed(records.length > most ? [...shown, `${records.length - most} more`] : shown);
}

/** Whether there is nothing to say of an environment. Exemptions and rules stand as they stood. */
export function isQuiet(record: PreviewRecord): boolean {
  const { status, errors, changes, counts, drift } = record;
  const { broken, advisory } = findingsOf(record);
  return (
    status === "previewed" &&
    errors.length === 0 &&
    changes.length === 0 &&
    counts.create + counts.update + counts.replace + counts.delete === 0 &&
    harmsOf(record).length === 0 &&
    broken.length + advisory.length === 0 &&
    (drift === undefined || (drift.status === "looked" && drift.changes.length === 0))
  );
}

/** Whether something can hurt, or stops the change. */
export function isAlarming(record: PreviewRecord): boolean {
  return (
    record.status === "failed" || harmsOf(record).length > 0 || findingsOf(record).broken.length > 0
  );
}

/** What is said of all environments in a few sentences, the worst first. */
export function headline(records: readonly PreviewRecord[]): string {
  const harmed = records
    .map((record) => ({ record, harms: harmsOf(record) }))
    .filter(({ harms }) => harms.length > 0);
  const lose = harmed.filter(({ harms }) => harms.some(({ kind }) => losses.has(kind)));
  const endangered = harmed.filter((one) => !lose.includes(one));
  const failed = records.filter(({ status }) => status === "failed");
  const broken = records.filter((record) => findingsOf(record).broken.length > 0);
  const quiet = records.filter(isQuiet);
  const rest = records.filter(
    (record) =>
      !quiet.includes(record) &&
      !failed.includes(record) &&
      !harmed.some(({ record: one }) => one === record),
  );
  const drifted = records.filter(({ drift }) => (drift?.changes.length ?? 0) > 0);
  const each = (those: typeof harmed, begin: string): string[] => [
    ...those
      .slice(0, most)
      .map(({ record, harms }) => `**${begin} ${code(record.stack)}: ${harmWords(harms)}.**`),
    ...(those.length > most
      ? [`**${begin} ${counted(those.length - most, "more environment")}.**`]
      : []),
  ];
  return [
    ...each(lose, "Data is lost in"),
    ...each(endangered, "Look twice at"),
    ...(failed.length > 0 ? [`**${stackNames(failed)} could not be previewed.**`] : []),
    ...(broken.length > 0 ? [`**${stackNames(broken)} would break mandatory policies.**`] : []),
    ...(rest.length > 0
      ? [
          listed([
            ...rest.slice(0, most).map(changeWords),
            ...(rest.length > most ? [counted(rest.length - most, "more environment")] : []),
          ]) + ".",
        ]
      : []),
    ...(drifted.length > 0
      ? [`${stackNames(drifted)} ${drifted.length === 1 ? "has" : "have"} drifted.`]
      : []),
    ...(quiet.length > 0 ? [`No changes in ${stackNames(quiet)}.`] : []),
  ].join(" ");
}

function changeWords(record: PreviewRecord): string {
  const counts = changeCounts(record.changes);
  return `${code(record.stack)}: ${counts === "" ? "no changes" : counts}`;
}
