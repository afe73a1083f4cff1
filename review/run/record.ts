/** Puts a stack's record together from what the engine call came to. */
import { count, type Facts } from "../../engine/facts";
import type { EnvironmentEntry } from "../../engine/environment";
import type { PolicyResult } from "../../engine/policy-events";
import { changesOf, driftChangesOf, outputChangesOf } from "../changes";
import { dangersOf } from "../dangers";
import type { Mask } from "../mask/mask";
import type { Change, Digest, DriftRecord, PreviewRecord } from "../record";
import { reviewed } from "../shown-documents";

/** What a preview came to. Errors and policies' messages are masked; facts are not. */
export interface Previewed {
  readonly facts: Facts;
  /** Broken policies apart; the preview did not come to its end where there are any. */
  readonly errors: readonly string[];
  readonly policies: readonly PolicyResult[];
  readonly rules: number;
  readonly seconds: number;
}

/** What a refresh preview came to. */
export interface Looked {
  readonly facts: Facts;
  readonly errors: readonly string[];
}

/** Everything a record is made of. */
export interface RecordInput {
  readonly stack: string;
  readonly entry: Pick<EnvironmentEntry, "summary" | "production">;
  readonly mode: PreviewRecord["mode"];
  readonly base?: string;
  readonly preview: Previewed;
  /** Left out where nobody looked. */
  readonly drift?: Looked;
  readonly digest?: Digest;
  readonly commit?: string;
  readonly mask: Mask;
}

/** A preview of which nothing was seen but why. */
export function notPreviewed(errors: readonly string[], seconds = 0): Previewed {
  return {
    facts: { resources: [], policies: [], diagnostics: [] },
    errors,
    policies: [],
    rules: 0,
    seconds,
  };
}

/** The engine reports in the order in which resources came; a note that is made again has to be the same. */
function byPlace(one: PolicyResult, other: PolicyResult): number {
  const key = ({ rule, urn, message }: PolicyResult): string => [rule, urn, message].join("\0");
  return key(one) < key(other) ? -1 : 1;
}

/** Names may be made of settings, and so of secrets. */
function named<
  T extends Pick<Change, "urn" | "type" | "name"> & { components?: readonly string[] },
>(one: T, mask: Mask): T {
  const { urn, type, name, components } = one;
  return {
    ...one,
    ...{ urn: mask.name(urn), type: mask.name(type), name: mask.name(name) },
    ...(components === undefined ? {} : { components: components.map((of) => mask.name(of)) }),
  };
}

/** The record; everything in it is masked. */
export function recordOf(input: RecordInput): PreviewRecord {
  const { stack, entry, mode, base, preview, drift, digest, commit, mask } = input;
  const { facts, errors, policies, rules, seconds } = preview;
  const counts = count(reviewed(facts));
  // A program that broke off has put out nothing.
  const outputs = errors.length === 0 ? outputChangesOf(facts, mask) : [];
  return {
    format: 1,
    stack,
    summary: entry.summary,
    production: entry.production,
    mode,
    base,
    status: errors.length === 0 ? "previewed" : "failed",
    errors,
    counts: {
      create: counts.create + counts.import,
      update: counts.update,
      replace: counts.replace,
      delete: counts.delete,
      same: counts.same,
    },
    changes: changesOf(facts, mask).map((change) => named(change, mask)),
    ...(outputs.length === 0 ? {} : { outputs }),
    dangers: dangersOf(facts, mask).map((danger) => named(danger, mask)),
    policies: {
      rules,
      results: policies.map((one) => ({ ...one, urn: mask.name(one.urn) })).sort(byPlace),
    },
    drift: drift === undefined ? undefined : driftRecord(drift, mask),
    digest,
    seconds: Math.round(seconds * 100) / 100,
    commit,
  };
}

/** What a look for drift found. */
export function driftRecord({ facts, errors }: Looked, mask: Mask): DriftRecord {
  return {
    status: errors.length === 0 ? "looked" : "failed",
    errors,
    changes: driftChangesOf(facts, mask).map((change) => named(change, mask)),
  };
}
