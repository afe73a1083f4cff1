/**
 * What a note leaves out when it would be too long, the least important first. Nothing is cut: a note is made again
 * with less detail until it has room.
 */
import type { PreviewRecord } from "../record";
import type { Detail } from "./detail";

/**
 * A note is folded down to this, bytes of UTF-8. GitLab takes five times as much, but renders Markdown within five
 * seconds and says "Rendering aborted due to complexity issues" past them (gitlabhq, lib/banzai/filter/concerns/
 * pipeline_timing_check.rb), colours a fence within two (timeout_filter_handler.rb), sends a new note by mail, and
 * loads every note with the page.
 */
export const comfortable = 200_000;

/**
 * The names of what is lost are kept up to here: GitLab refuses a note of more than 1,000,000 characters
 * (https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics).
 */
export const hard = 950_000;

/** No note says what it has to in less. */
export const least = 8000;

/** One step of folding, in one environment. */
export interface Step {
  /** What is folded away, as the note says it. */
  readonly words: string;
  readonly less: Partial<Detail>;
  readonly where: (record: PreviewRecord) => boolean;
}

const everywhere = (): boolean => true;
const production = (record: PreviewRecord): boolean => record.production;
const elsewhere = (record: PreviewRecord): boolean => !record.production;

/** In this order; within a step, environments that nobody depends on come first. */
export const steps: readonly Step[] = [
  {
    words: "values of what is created or deleted",
    less: { made: "names" },
    where: everywhere,
  },
  {
    words: "most of long values",
    less: { values: { width: 100, maxLines: 12 } },
    where: everywhere,
  },
  { words: "values of drift", less: { drift: "names" }, where: everywhere },
  {
    words: "values of updates",
    less: { altered: "paths" },
    where: elsewhere,
  },
  { words: "what warnings and exemptions say", less: { findings: "names" }, where: everywhere },
  {
    words: "names of what is created or deleted",
    less: { made: "counts" },
    where: everywhere,
  },
  { words: "properties of updates", less: { altered: "names" }, where: elsewhere },
  { words: "later lines of errors", less: { errorLines: 40 }, where: everywhere },
  { words: "values of updates", less: { altered: "paths" }, where: production },
  { words: "properties of updates", less: { altered: "names" }, where: production },
  { words: "names of what is updated", less: { altered: "counts" }, where: everywhere },
  { words: "names of what has drifted", less: { drift: "counts" }, where: everywhere },
  { words: "places of warnings and exemptions", less: { findings: "counts" }, where: everywhere },
  {
    words: "components",
    less: { made: "none", altered: "none", drift: "none" },
    where: everywhere,
  },
  { words: "most lines of errors", less: { errorLines: 5 }, where: everywhere },
];
