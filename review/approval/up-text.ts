/** What an approved up came to, in words: which parts differ, what that means, and what to do. */
import { type Digest, type DigestPart, digestParts } from "../record";
import { formatDigest } from "./digest";
import { planText } from "./plan-text";
import type { Applied, UpReport } from "./up";

/** What the report is of. */
export interface UpText {
  readonly stack: string;
  readonly approved: Digest;
  /** Files of the program, the policies and the settings that differ from the commit. */
  readonly uncommitted: readonly string[];
}

const meanings: Readonly<Record<Exclude<DigestPart, "plan">, (stack: string) => string>> = {
  state: (stack) =>
    `the state of ${stack} has moved since the approval: by an up, were it one that ended halfway, a refresh, an import or an edit`,
  settings: (stack) =>
    `Pulumi.${stack}.yaml is not what was approved: a setting, a secret, or how the secrets are encrypted`,
  policies: () => "a rule, an exemption or the version of @pulumi/policy is not what was approved",
  code: () =>
    "the program or the versions of its packages are not what was approved: another commit, or changes that are not committed",
};

function meaning(part: DigestPart, moved: readonly DigestPart[], stack: string): string {
  if (part !== "plan") return meanings[part](stack);
  const others = moved.filter((one) => one !== "plan");
  if (others.length > 0) return `what would be done differs; see ${others.join(", ")}`;
  return "what would be done differs though state, settings and code do not: something that the program or a provider reads from elsewhere has moved, such as another stack's outputs, an environment that the settings import, or a variable like GOOGLE_PROJECT";
}

/** One paragraph for each part, with both hashes. */
function differing(
  { stack, approved }: UpText,
  moved: readonly DigestPart[],
  found: Partial<Digest>,
): string[] {
  return digestParts
    .filter((part) => moved.includes(part))
    .flatMap((part) => [
      `  ${part}: ${meaning(part, moved, stack)}.`,
      ...(found[part] === undefined ? [] : [`    approved ${approved[part]}, now ${found[part]}`]),
    ]);
}

/** What can be done about it. */
function advice(
  { stack, uncommitted }: UpText,
  moved: readonly DigestPart[],
  found: Digest,
): string[] {
  const files = moved.some((part) => part !== "plan" && part !== "state") ? uncommitted : [];
  const shown = files.slice(0, 10);
  return [
    ...(files.length === 0
      ? []
      : [
          `Not committed here: ${shown.join(", ")}${files.length > shown.length ? ` and ${files.length - shown.length} more` : ""}.`,
        ]),
    `If this is what you want, have it approved as it stands now (npm run preview -- ${stack} shows all of it); if not, go back to what was approved. Its digest now:`,
    `  ${formatDigest(stack, found)}`,
  ];
}

function untouched(stack: string, why: string): string {
  return `${stack} was not touched: ${why}`;
}

/** The report as text, without a line end. */
export function upText(text: UpText, report: UpReport): string {
  const { stack } = text;
  switch (report.outcome) {
    case "interrupted":
      return untouched(stack, "interrupted.");
    case "not previewed":
      return notPreviewed(text, report);
    case "refused":
      return refused(text, report);
    case "applied":
      return report.planned === 0
        ? `${stack} is as it was approved: nothing was to be changed.`
        : `${stack} is done: ${counted(report.changed)} changed, all as approved and nothing else (${Math.round(report.seconds)} s).`;
    case "failed":
    case "stopped":
      return failed(text, report);
  }
}

function notPreviewed(
  text: UpText,
  { record, moved, pending }: Extract<UpReport, { outcome: "not previewed" }>,
): string {
  const broken = record.policies.results.filter(
    ({ state, mandatory }) => state === "failed" && mandatory,
  );
  return [
    untouched(
      text.stack,
      record.errors.length === 0 ? "policies forbid it." : "its preview failed.",
    ),
    ...record.errors.map((error) => indented(error)),
    ...broken.map(({ rule, urn, message }) => indented(`policy ${rule}: ${urn}: ${message}`)),
    ...guarded(record.errors),
    ...inFlight(pending),
    ...(moved.length === 0
      ? []
      : ["", "Since the approval these have moved:", ...differing(text, moved, {})]),
  ].join("\n");
}

function refused(
  text: UpText,
  { record, found, moved, pending }: Extract<UpReport, { outcome: "refused" }>,
): string {
  const same = digestParts.filter((part) => !moved.includes(part));
  const shown = moved.includes("plan") || moved.includes("state");
  return [
    untouched(text.stack, "what stands here is not what was approved."),
    "",
    ...differing(text, moved, found),
    ...(same.length === 0 ? [] : [`  As approved: ${same.join(", ")}.`]),
    ...inFlight(pending),
    ...(shown ? ["", "What an up would do now:", planText(record)] : []),
    "",
    ...advice(text, moved, found),
  ].join("\n");
}

function failed(text: UpText, report: Applied): string {
  const { stack } = text;
  const { outcome, succeeded, errors, differences, changed, planned, lock } = report;
  if (lock !== undefined) {
    const who = [
      ...(lock.by === undefined ? [] : [`by ${lock.by}`]),
      ...(lock.since === undefined ? [] : [`since ${lock.since}`]),
    ].join(" ");
    return [
      untouched(
        stack,
        `its state is locked${who === "" ? "" : ` ${who}`}: another change is running.`,
      ),
      `Wait for its end. It moves the state, so a new preview and a new approval will be due. If it has crashed, docs/approval.md says what to do.`,
    ].join("\n");
  }
  const found = [...errors, ...differences].map((sentence) => indented(sentence));
  if (succeeded) {
    return [
      errors.length === 0
        ? `${stack} was changed, and not as its preview foretold:`
        : `${stack} was changed to the end, and not all of it is as it should be:`,
      ...found,
      "Look at these before anything else is changed.",
    ].join("\n");
  }
  return [
    outcome === "stopped"
      ? `Interrupted: ${changed} of ${counted(planned)} of ${stack} had been changed by then.`
      : `The up of ${stack} failed: ${changed} of ${counted(planned)} had been changed by then.`,
    ...found,
    ...guarded(errors),
    ...next(text, report),
  ].join("\n");
}

/** What to do after an up that came to no good end. */
function next({ stack }: UpText, { after, errors, outcome }: Applied): string[] {
  const anew = `preview what is left (npm run preview -- ${stack}) and have it approved`;
  if (after === undefined) return [`Its state cannot be read now. When it can, ${anew}.`];
  if (after.pending.length > 0) return inFlight(after.pending);
  if (after.moved) {
    return [`The state knows what was changed, and the approval is used up: mend it, ${anew}.`];
  }
  const once = outcome === "stopped" || errors.length === 0 ? "" : " once that is mended";
  return [
    `The state is still as it was approved: the same approval is good for another try${once}.`,
  ];
}

/** What nobody knows whether the cloud did it. */
function inFlight(pending: readonly string[]): string[] {
  if (pending.length === 0) return [];
  return [
    "An up was broken off, and the cloud may have done what it was about to do:",
    ...pending.slice(0, 20).map((operation) => `  ${operation}`),
    ...(pending.length > 20 ? [`  and ${pending.length - 20} more`] : []),
    'An up now may make these a second time. docs/approval.md, "After a crash", says what to do first.',
  ];
}

/** The engine's own advice, to lift protection by hand, would go past the approval. */
function guarded(errors: readonly string[]): string[] {
  return errors.some((error) => /because it is protected|marked for protection/.test(error))
    ? [
        "What is protected is deleted or replaced by two approvals: one of protection: false in the settings, one of the change itself (docs/approval.md).",
      ]
    : [];
}

function counted(resources: number): string {
  return resources === 1 ? "1 resource" : `${resources} resources`;
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
