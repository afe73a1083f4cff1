/**
 * What is kept of a stack's preview: everything that a merge request is told, masked already. One stack a folder,
 * `DIR/<stack>/preview.json`; the note, the widgets and the approval are made of these records and of nothing else.
 */
import type { PolicyResult } from "../engine/policy-events";

/** A JSON value with every secret, sensitive-looking value and unknown replaced by its mark (review/mask). */
export type Masked = null | boolean | number | string | readonly Masked[] | MaskedObject;
/** A JSON object of masked values. */
export interface MaskedObject {
  readonly [key: string]: Masked;
}

/** A property that a change sets, alters or takes out. */
export interface PropertyDiff {
  /** As the provider names it: `tags.owner`, `rules[0].port`. */
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
  /** It is what the resource is replaced for. */
  readonly replaces: boolean;
  /** Left out where there was nothing. */
  readonly before?: Masked;
  /** Left out where there will be nothing. */
  readonly after?: Masked;
}

/** What happens to one resource. */
export interface Change {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Names of the components that it is part of, the outermost first; none for the stack's own resources. */
  readonly components: readonly string[];
  /** `same` only where protection is lifted, which the engine counts as no change. */
  readonly operation: "create" | "update" | "replace" | "delete" | "import" | "same";
  /** It holds data that is lost with it (review/dangers). */
  readonly stateful: boolean;
  readonly protectionLifted: boolean;
  /** The stack lets go of it, or of the former one, and it stays in the cloud (`retainOnDelete`). @default false */
  readonly retained?: boolean;
  /** It is what an earlier, half-finished replacement left in the cloud, and is deleted now. @default false */
  readonly leftover?: boolean;
  readonly properties: readonly PropertyDiff[];
}

/** What can hurt, the worst first. */
export const dangerKinds = [
  "stateful-deleted",
  "stateful-replaced",
  "protection-lifted",
  "exposure-widened",
  "git-storage-touched",
  "database-touched",
] as const;
export type DangerKind = (typeof dangerKinds)[number];

/** Something that a reviewer must not miss. */
export interface Danger {
  readonly kind: DangerKind;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** What happens, in a sentence: `port 22 is opened to 0.0.0.0/0`. Masked; no Markdown. */
  readonly message: string;
}

/** How many resources each operation meets. The stack and its components are counted, as the engine does. */
export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
}

/** The five things that an approval is bound to. */
export const digestParts = ["plan", "state", "settings", "policies", "code"] as const;
export type DigestPart = (typeof digestParts)[number];

/** Part to its hash: 16 lower-case hexadecimal digits. */
export type Digest = Readonly<Record<DigestPart, string>>;

/** What differs between the state and what the cloud holds. */
export interface DriftRecord {
  readonly status: "looked" | "failed";
  readonly errors: readonly string[];
  readonly changes: readonly Change[];
}

/** One stack's preview. */
export interface PreviewRecord {
  /** Of this structure. */
  readonly format: 1;
  readonly stack: string;
  /** The registry's line about it. */
  readonly summary: string;
  /** People depend on it: a change that can hurt gets the production change checklist. */
  readonly production: boolean;
  /** Where it was previewed: against the real cloud's state, or in the sandbox. */
  readonly mode: "cloud" | "sandbox";
  /** In the sandbox: what stood there before, as `main at 1a2b3c4d`, `the same settings`, `nothing`. */
  readonly base?: string;
  /** `failed`: the preview did not come to its end; `errors` says why, and counts and changes are what was seen. */
  readonly status: "previewed" | "failed";
  /** Policies apart, which are in `policies`. Masked. */
  readonly errors: readonly string[];
  readonly counts: Counts;
  readonly changes: readonly Change[];
  /** Outputs of the stack that other stacks and people read; left out where none changes. Not those of a new stack. */
  readonly outputs?: readonly PropertyDiff[];
  readonly dangers: readonly Danger[];
  /** What the policies found; messages are masked. */
  readonly policies: {
    /** Rules that looked at something. */
    readonly rules: number;
    readonly results: readonly PolicyResult[];
  };
  /** Left out where nobody looked. */
  readonly drift?: DriftRecord;
  /** Left out where there is nothing to approve: in the sandbox, or where the preview failed. */
  readonly digest?: Digest;
  /** Wall-clock seconds. */
  readonly seconds: number;
  /** Git commit of the checkout, 40 hexadecimal digits; left out without Git. */
  readonly commit?: string;
}
