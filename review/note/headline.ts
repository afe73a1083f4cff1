/** The first sentences of a note: the worst first. */
import type { PreviewRecord } from "../record";
import { changeWords } from "./environment";
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
  const { status, errors, changes, outputs = [], counts, drift } = record;
  const { broken, advisory } = findingsOf(record);
  return (
    status === "previewed" &&
    errors.length === 0 &&
    changes.length + outputs.length === 0 &&
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
  const harmed = records.filter((record) => harmsOf(record).length > 0);
  const losing = harmed.filter(loses);
  const failed = records.filter(({ status }) => status === "failed");
  const broken = records.filter((record) => findingsOf(record).broken.length > 0);
  const quiet = records.filter(isQuiet);
  const drifted = records.filter(({ drift }) => (drift?.changes.length ?? 0) > 0);
  const rest = records.filter(
    (record) =>
      ![...quiet, ...failed, ...harmed].includes(record) &&
      (record.changes.length + (record.outputs?.length ?? 0) > 0 || !drifted.includes(record)),
  );
  return [
    ...sentences(losing, harmSentence("loses data: ")),
    ...sentences(
      harmed.filter((record) => !losing.includes(record)),
      harmSentence(""),
    ),
    ...(failed.length > 0 ? [`**${stackNames(failed)} could not be previewed.**`] : []),
    ...(broken.length > 0
      ? [`**${stackNames(broken)} would break mandatory policies, and can't be applied.**`]
      : []),
    ...sentences(rest, (record) => `${code(record.stack)}: ${changeWords(record)}.`),
    ...(drifted.length > 0
      ? [`${stackNames(drifted)} ${drifted.length === 1 ? "has" : "have"} drifted.`]
      : []),
    ...(quiet.length > 0 ? [`No changes in ${stackNames(quiet)}.`] : []),
  ].join(" ");
}

/** The same in counts alone, for a note that has no room. */
export function shortHeadline(records: readonly PreviewRecord[]): string {
  const words = (count: number, done: string): string[] =>
    count === 0 ? [] : [`${counted(count, "environment")} ${done}`];
  const harmed = records.filter((record) => harmsOf(record).length > 0);
  const losing = harmed.filter(loses);
  return `**${listed([
    ...words(losing.length, "would lose data"),
    ...words(harmed.length - losing.length, "can be hurt otherwise"),
    ...words(records.filter(({ status }) => status === "failed").length, "could not be previewed"),
    ...words(
      records.filter((record) => findingsOf(record).broken.length > 0).length,
      "would break mandatory policies",
    ),
    ...words(records.length, "in all"),
  ])}.**`;
}

function loses(record: PreviewRecord): boolean {
  return harmsOf(record).some(({ kind }) => losses.has(kind));
}

function harmSentence(begin: string): (record: PreviewRecord) => string {
  return (record) =>
    `**${code(record.stack)}${begin === "" ? ":" : ""} ${begin}${harmWords(harmsOf(record))}.**`;
}

function sentences(
  records: readonly PreviewRecord[],
  sentence: (record: PreviewRecord) => string,
): string[] {
  return [
    ...records.slice(0, most).map(sentence),
    ...(records.length > most
      ? [`The same goes for ${counted(records.length - most, "more environment")}.`]
      : []),
  ];
}
