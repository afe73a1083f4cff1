/** How previews are shown: stages on standard error while they run, the table and what can hurt at the end. */
import { nameOf, typeOf } from "../../engine/facts";
import { columns } from "../../engine/rehearsal-report";
import { formatDigest } from "../approval/digest";
import type { PreviewRecord } from "../record";

/** A line for each stage; on a terminal also one that is written over, with what each stack is at. */
export class Progress {
  private readonly began = performance.now();
  private readonly at = new Map<string, { stage: string; resources: number }>();
  private drawn = 0;

  constructor(
    private readonly write: (text: string) => void,
    private readonly terminal: boolean,
  ) {}

  /** A line that stays. */
  say(text: string): void {
    const seconds = ((performance.now() - this.began) / 1000).toFixed(1);
    this.clear();
    this.write(`${seconds.padStart(6)} s  ${text}\n`);
  }

  stage(stack: string, stage: string): void {
    this.at.set(stack, { stage, resources: 0 });
    this.say(`${stack}: ${stage}`);
  }

  /** Something happened in a stack's preview. */
  tick(stack: string): void {
    const own = this.at.get(stack);
    if (own === undefined) return;
    own.resources += 1;
    const now = performance.now();
    // Five times a second is live enough.
    if (!this.terminal || now - this.drawn < 200) return;
    this.drawn = now;
    const all = [...this.at].filter(([, { resources }]) => resources > 0);
    this.clear();
    this.write(
      all.map(([name, { stage, resources }]) => `${name}: ${stage}, ${resources}`).join("   "),
    );
  }

  /** Takes the line away that is written over. */
  clear(): void {
    if (this.terminal) this.write("\r\u001b[K");
  }
}

function policies({ policies: { rules, results } }: PreviewRecord): string {
  const broken = results.filter(({ state, mandatory }) => state === "failed" && mandatory).length;
  const advised = results.filter(({ state, mandatory }) => state === "failed" && !mandatory).length;
  return [
    `${rules} rules`,
    ...(broken > 0 ? [`${broken} BROKEN`] : []),
    ...(advised > 0 ? [`${advised} advised`] : []),
  ].join(", ");
}

function drift({ drift: looked }: PreviewRecord): string {
  if (looked === undefined) return "";
  return looked.status === "failed" ? "FAILED" : String(looked.changes.length);
}

/** What a change of drift touches: property names, never values. */
function driftLines({ stack, drift: looked }: PreviewRecord): string[] {
  return (looked?.changes ?? []).map(({ urn, operation, properties }) => {
    const paths = properties.map(({ path }) => path).join(", ");
    const how = operation === "delete" ? "is gone" : `differs${paths === "" ? "" : `: ${paths}`}`;
    return `  ${stack}: ${nameOf(urn)} (${typeOf(urn)}) ${how}`;
  });
}

/** The summary at the end. */
export function previewTable(records: readonly PreviewRecord[]): string {
  const looked = records.some((record) => record.drift !== undefined);
  const rows = records.map((record) => {
    const { stack, status, counts, seconds } = record;
    return [
      stack,
      status === "previewed" ? "yes" : "NO",
      ...[counts.create, counts.update, counts.replace, counts.delete, counts.same].map(String),
      policies(record),
      ...(looked ? [drift(record)] : []),
      `${seconds.toFixed(1)} s`,
    ];
  });
  const head = [
    ...["stack", "previewed", "create", "update", "replace", "delete", "same", "policies"],
    ...(looked ? ["drift"] : []),
    "time",
  ];
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`\n${title}`, ...lines];
  return [
    columns([head, ...rows]),
    ...section(
      "Dangers",
      records.flatMap(({ stack, dangers }) =>
        dangers.map(({ name, type, message }) => `  ${stack}: ${name} (${type}): ${message}`),
      ),
    ),
    ...section("Drift", records.flatMap(driftLines)),
    ...section(
      "Broken policies",
      records.flatMap(({ stack, policies: { results } }) =>
        results
          .filter(({ state, mandatory }) => state === "failed" && mandatory)
          .map(({ rule, urn, message }) => `  ${stack}: ${rule}: ${nameOf(urn)}: ${last(message)}`),
      ),
    ),
    ...section(
      "Approve by",
      records.flatMap(({ stack, digest }) =>
        digest === undefined
          ? []
          : [`  npm run up -- ${stack} --approved ${formatDigest(stack, digest)}`],
      ),
    ),
    ...records.flatMap(({ stack, errors, drift: found }) =>
      [...errors, ...(found?.errors ?? [])].map((error) => `\n${stack}: ${error}`),
    ),
  ].join("\n");
}

/** The table of a run that looked for drift alone. */
export function driftTable(records: readonly PreviewRecord[]): string {
  const rows = records.map(({ stack, drift: looked, seconds }) => [
    stack,
    looked?.status === "looked" ? "yes" : "NO",
    // What a look that failed did not come to may have drifted as well.
    looked?.status === "looked" ? String(looked.changes.length) : "?",
    `${seconds.toFixed(1)} s`,
  ]);
  const lines = records.flatMap(driftLines);
  return [
    columns([["stack", "looked", "drifted", "time"], ...rows]),
    ...(lines.length === 0 ? [] : ["\nDrift", ...lines]),
    ...records.flatMap(({ stack, errors, drift: looked }) =>
      [...errors, ...(looked?.errors ?? [])].map((error) => `\n${stack}: ${error}`),
    ),
  ].join("\n");
}

/** A policy's message begins with what the rule asks for; what is wrong stands below it. */
function last(message: string): string {
  return message.split("\n").slice(1).join(" ").trim() || message;
}
