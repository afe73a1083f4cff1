/**
 * Exemptions: which resources may break which rules, until when, and who answers for it. They are data, and judged
 * themselves: an entry that has expired, that nobody owns, or that no longer exempts anything is a fault.
 */
import { parse } from "yaml";

/** One entry of exemptions.yaml. */
export interface Exemption {
  readonly reason: string;
  /** Ids of rules. */
  readonly policies: readonly string[];
  /** Patterns of whole URNs; `*` stands for any text. */
  readonly targets: readonly string[];
  readonly owner: string;
  /** Its last day, in UTC, `YYYY-MM-DD`. */
  readonly expires: string;
}

/** How many days before its end an entry is warned of. */
export const warningDays = 30;

const dayMs = 24 * 60 * 60 * 1000;
const keys = ["reason", "policies", "targets", "owner", "expires"];

/** What is wrong with the file itself, each as a sentence. */
export class ExemptionsError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
  }
}

/**
 * Reads the file.
 * @param known ids of the rules that there are
 * @throws ExemptionsError with every fault: no reason, no owner, no last day, an unknown rule, an unknown key
 */
export function readExemptions(text: string, known: ReadonlySet<string>): Exemption[] {
  // Dates stay text: the file's own form is what is checked and shown.
  const document = parse(text, { schema: "core" }) as { exemptions?: unknown } | null;
  const entries = document?.exemptions;
  if (!Array.isArray(entries))
    throw new ExemptionsError(["exemptions.yaml has no list of exemptions"]);
  const faults = entries.flatMap((entry: unknown, index) =>
    faultsOf(entry, known).map((fault) => `exemption ${index + 1} ${fault}`),
  );
  if (faults.length > 0) throw new ExemptionsError(faults);
  return entries as Exemption[];
}

function faultsOf(entry: unknown, known: ReadonlySet<string>): string[] {
  if (typeof entry !== "object" || entry === null) return ["is no map"];
  const { reason, policies, targets, owner, expires } = entry as Record<string, unknown>;
  const strange = Object.keys(entry).filter((key) => !keys.includes(key));
  return [
    ...strange.map((key) => `has the unknown key ${key}`),
    ...(text(reason) ? [] : ["has no reason"]),
    ...(text(owner) ? [] : ["has no owner"]),
    ...(typeof expires === "string" && isDay(expires)
      ? []
      : ["has no last day (expires: YYYY-MM-DD)"]),
    ...(texts(policies) ? [] : ["names no policies"]),
    ...(texts(targets) ? [] : ["names no targets"]),
    ...(texts(policies)
      ? policies.filter((id) => !known.has(id)).map((id) => `names a rule that there is not: ${id}`)
      : []),
    ...(texts(targets)
      ? targets
          .filter((target) => stackOf(target) === undefined)
          .map((target) => `has a target that names no stack (urn:pulumi:<stack>::…): ${target}`)
      : []),
  ];
}

function text(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function texts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(text);
}

function isDay(value: string): boolean {
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

/** The stack that a target is about. A pattern in its place would exempt in environments that nobody thought of. */
export function stackOf(target: string): string | undefined {
  return /^urn:pulumi:([^:*]+)::/.exec(target)?.[1];
}

/** Whether a URN fits one of an entry's patterns. */
export function covers(entry: Exemption, urn: string): boolean {
  return entry.targets.some((target) => pattern(target).test(urn));
}

function pattern(target: string): RegExp {
  const parts = target.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

/** Days from today on to the end of an entry's last day; negative once it has passed. */
export function daysLeft(entry: Exemption, today: Date): number {
  const first = Date.parse(today.toISOString().slice(0, 10));
  return Math.round((Date.parse(entry.expires) - first) / dayMs);
}

/** What came of one rule at one URN, as far as exemptions ask. */
export interface Judged {
  readonly rule: string;
  readonly urn: string;
  readonly state: "passed" | "failed" | "undecided";
}

/** How one entry stands in one stack. */
export interface Standing {
  readonly entry: Exemption;
  /** What it exempted: rule and URN. */
  readonly used: readonly Judged[];
  /** Why the entry is a fault; empty where it is none. */
  readonly faults: readonly string[];
  /** Days left where they are few. */
  readonly warning?: number;
}

/** The entry that exempts a rule at a URN, expired ones left out. */
export function exemptionFor(
  entries: readonly Exemption[],
  rule: string,
  urn: string,
  today: Date,
): Exemption | undefined {
  return entries.find(
    (entry) => entry.policies.includes(rule) && daysLeft(entry, today) >= 0 && covers(entry, urn),
  );
}

/**
 * How the entries that name a stack stand in it.
 * @param urns every resource of the stack
 * @param judged what came of every rule in it. An entry is unused only where its rules were decided on every resource
 *   that it names: a rule that waits for a value may still need it.
 */
export function standings(
  entries: readonly Exemption[],
  stack: string,
  urns: readonly string[],
  judged: readonly Judged[],
  today: Date,
): Standing[] {
  return entries
    .filter(({ targets }) => targets.some((target) => stackOf(target) === stack))
    .map((entry) => {
      const met = judged.filter(
        ({ rule, urn }) => entry.policies.includes(rule) && covers(entry, urn),
      );
      const used = met.filter(({ state }) => state === "failed");
      const left = daysLeft(entry, today);
      const idle = entry.policies.filter((id) => !used.some(({ rule }) => rule === id));
      const open = idle.filter((id) =>
        met.some(({ rule, state }) => rule === id && state === "undecided"),
      );
      const missed = entry.targets.filter(
        (target) => stackOf(target) === stack && !urns.some((urn) => pattern(target).test(urn)),
      );
      return {
        entry,
        used,
        faults: [
          ...(left < 0 ? ["has expired"] : []),
          ...missed.map((target) => `matches no resource: ${target}`),
          ...(missed.length > 0
            ? []
            : idle
                .filter((id) => !open.includes(id))
                .map((id) => `is not used: nothing that it names breaks ${id}`)),
        ],
        warning: left >= 0 && left <= warningDays ? left : undefined,
      };
    });
}
