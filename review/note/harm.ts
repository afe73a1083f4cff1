/** What can hurt, as a note has it: the records' dangers, and every loss of data whether they have it or not. */
import { dangerKinds, type Change, type DangerKind, type PreviewRecord } from "../record";
import { clip, code, counted, listed, prose, size } from "./markdown";

/** A danger in its environment. */
export interface Harm {
  readonly stack: string;
  readonly kind: DangerKind;
  readonly type: string;
  readonly name: string;
  readonly message: string;
}

/** Kinds in which data goes: named at any size at which names have room. */
export const losses: ReadonlySet<DangerKind> = new Set(["stateful-deleted", "stateful-replaced"]);

/** Kinds in which data is touched or bared: a backup is looked at before. */
export const aboutData: ReadonlySet<DangerKind> = new Set([
  ...losses,
  "protection-lifted",
  "git-storage-touched",
  "database-touched",
]);

const headings: Readonly<Record<DangerKind, string>> = {
  "stateful-deleted": "Deleted with the data in it",
  "stateful-replaced": "Replaced, and the data in it lost unless it is moved",
  "protection-lifted": "Protection against deletion lifted",
  "exposure-widened": "Reachable by more than before",
  "git-storage-touched": "Git storage touched",
  "database-touched": "Database touched",
};

/** What a change itself says; the records' dangers say it better where they have it. */
function plainHarms(stack: string, change: Change): Harm[] {
  const { type, name, operation, stateful, protectionLifted, retained = false } = change;
  const base = { stack, type, name };
  return [
    ...(stateful && operation === "delete" && !retained
      ? [{ ...base, kind: "stateful-deleted" as const, message: "is deleted" }]
      : []),
    ...(stateful && operation === "replace"
      ? [{ ...base, kind: "stateful-replaced" as const, message: "is replaced" }]
      : []),
    ...(protectionLifted && operation !== "delete" && operation !== "replace"
      ? [{ ...base, kind: "protection-lifted" as const, message: "is no longer protected" }]
      : []),
  ];
}

/** Everything that can hurt in one environment, the worst first. */
export function harmsOf(record: PreviewRecord): Harm[] {
  const said = record.dangers.map((danger) => ({ ...danger, stack: record.stack }));
  const known = new Set(said.map(({ kind, urn }) => `${kind} ${urn}`));
  const unsaid = record.changes.flatMap((change) =>
    plainHarms(record.stack, change).filter(({ kind }) => !known.has(`${kind} ${change.urn}`)),
  );
  return [...said, ...unsaid].sort((one, other) => rank(one.kind) - rank(other.kind));
}

function rank(kind: DangerKind): number {
  return dangerKinds.indexOf(kind);
}

/**
 * How much is said of what can hurt. `names`: for want of room without sentences and types; `some`: as many names as
 * fit, which is said.
 */
export type HarmDetail =
  | { readonly form: "sentences" }
  | { readonly form: "names" }
  | { readonly form: "some"; readonly room: number };

/**
 * The section on what can hurt.
 * @returns lines; none where nothing can
 */
export function harmSection(harms: readonly Harm[], detail: HarmDetail): readonly string[] {
  if (harms.length === 0) return [];
  const lines = ["### What can hurt", ""];
  let room = detail.form === "some" ? detail.room : Infinity;
  const fits = (item: string): boolean => {
    const taken = size(item) + 1;
    if (taken > room) return false;
    room -= taken;
    return true;
  };
  for (const kind of dangerKinds) {
    const those = harms.filter((harm) => harm.kind === kind);
    if (those.length === 0) continue;
    const items = detail.form === "sentences" ? sentences(those) : those.map(nameOnly);
    const kept = items.filter(fits);
    lines.push(`**${headings[kind]}** (${those.length.toLocaleString("en-US")})`, "", ...kept);
    if (kept.length < items.length) {
      lines.push(
        `- **${counted(items.length - kept.length, "more has", "more have")} no room here.** Approve nothing on this note alone.`,
      );
    }
    lines.push("");
  }
  return lines;
}

/** From so many on, those of which the same is to be said share a sentence. */
const many = 3;

function sentences(harms: readonly Harm[]): string[] {
  const alike = new Map<string, Harm[]>();
  for (const harm of harms) {
    const key = [harm.stack, harm.type, harm.message].join("\0");
    alike.set(key, [...(alike.get(key) ?? []), harm]);
  }
  return [...alike.values()].flatMap((those) =>
    those.length < many ? those.map((harm) => sentence([harm])) : [sentence(those)],
  );
}

function sentence(harms: readonly Harm[]): string {
  const [{ stack, type, message } = { stack: "", type: "", message: "" }] = harms;
  const names = listed(harms.map(({ name }) => code(name)));
  const each = harms.length > 1 ? ", each" : "";
  return `- ${code(stack)} · ${names} (${code(type)})${each}: ${prose(message, 1500)}`;
}

function nameOnly({ stack, name }: Harm): string {
  return `- ${code(stack)} · ${code(name)}`;
}

/** What becomes of what, for a sentence. */
const clauses: Readonly<Record<DangerKind, (names: string, many: boolean) => string>> = {
  "stateful-deleted": (names, many) => `${names} ${many ? "are" : "is"} deleted`,
  "stateful-replaced": (names, many) => `${names} ${many ? "are" : "is"} replaced`,
  "protection-lifted": (names) => `protection of ${names} is lifted`,
  "exposure-widened": (names) => `${names} can be reached by more`,
  "git-storage-touched": (names) => `Git storage is touched (${names})`,
  "database-touched": (names) => `the database is touched (${names})`,
};

/** What the headline says of one environment's harms, the worst first. */
export function harmWords(harms: readonly Harm[]): string {
  return listed(
    dangerKinds.flatMap((kind) => {
      const those = harms.filter((harm) => harm.kind === kind);
      return those.length === 0 ? [] : [clauses[kind](someNames(those, 2), those.length > 1)];
    }),
  );
}

/** The first names, for a sentence. */
export function someNames(harms: readonly { readonly name: string }[], most = 3): string {
  const all = [...new Set(harms.map(({ name }) => name))];
  const shown = all.slice(0, most).map((name) => code(clip(name, 80)));
  return listed(
    all.length > most ? [...shown, `${(all.length - most).toLocaleString("en-US")} more`] : shown,
  );
}
