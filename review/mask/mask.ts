/**
 * What may be shown of a preview. Values pass through here before anyone reads them: secrets are struck out by what the
 * engine calls secret, by what is known to be one, by name and by form; unknowns get a name that people understand. What
 * reviewers need stays legible: ids, ARNs, addresses, digests, versions, names of secrets.
 */
import { isDeepStrictEqual } from "node:util";
import type {
  EngineEvent,
  StepEventMetadata,
  StepEventStateMetadata,
} from "@pulumi/pulumi/automation/events";
import { isDebug } from "../../engine/facts";
import { credentialForms, randomRuns, references, type Span } from "../../policies/secrets-scan";
import { unknownMarkers } from "../../sandbox/values";
import type { Masked } from "../record";
import { assignedSecrets, isReadElsewhere } from "./assignments";
import { withoutPlannedValues } from "./engine-text";
import { Literals, shortestSecret } from "./literals";
import { isMark, marks } from "./marks";
import { isSecretName } from "./names";
import { packedRuns, unpack } from "./packed";
import { type Hidden, overlaps, replaceSpans } from "./spans";
import { maskTree } from "./tree";
import { escapedSpans, withoutColours } from "./views";

export { isMark, marks } from "./marks";

/** What a mask knows beforehand. */
export interface MaskOptions {
  /** Values that are secret, in clear; struck out wherever and however they stand. */
  readonly secrets?: Iterable<string>;
  /** Variables of the process; the values of those whose names say secret are struck out likewise. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Shorter values of variables are none that GitLab would mask: https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable */
const shortestVariable = 8;

/** How deep Base64 and JSON are looked into, each inside the other. */
const deepest = 5;

/** Longer texts are remembered: the same boot data stand in many events. */
const longText = 512;
const remembered = 500;

/** See the file's comment. */
export class Mask {
  private readonly literals: Literals;
  private readonly memory = new Map<string, string>();

  constructor({ secrets = [], environment = {} }: MaskOptions = {}) {
    const variables = Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && value.length >= shortestVariable && isSecretName(name) ? [value] : [],
    );
    this.literals = new Literals([...secrets, ...variables]);
  }

  /**
   * A value as it may be shown.
   * @param value any JSON, or what the engine made of it
   * @param path where it stands, as the engine writes it; the names in it tell what is sensitive
   */
  value(value: unknown, path = ""): Masked {
    return maskTree(value, path, (text) => this.text(text));
  }

  /** A text as it may be shown: a message, a line of output, a document. */
  text(text: string): string {
    return this.masked(text, 0);
  }

  /** A text that the engine wrote: `text`, without the values that its messages about plans print. */
  engineText(text: string): string {
    return this.text(withoutPlannedValues(text));
  }

  /** An event as it may be kept. It reads as before: the same resources, operations and properties. */
  event(event: EngineEvent): EngineEvent {
    const kept: EngineEvent = { ...event };
    if (event.resourcePreEvent) kept.resourcePreEvent = this.step(event.resourcePreEvent);
    if (event.resOutputsEvent) kept.resOutputsEvent = this.step(event.resOutputsEvent);
    if (event.resOpFailedEvent) kept.resOpFailedEvent = this.step(event.resOpFailedEvent);
    if (event.diagnosticEvent) {
      const { message, prefix, urn } = event.diagnosticEvent;
      kept.diagnosticEvent = {
        ...event.diagnosticEvent,
        ...(urn === undefined ? {} : { urn: this.name(urn) }),
        // The SDK logs whole answers there, secrets in clear.
        message: isDebug(event) ? marks.hidden : this.engineText(message),
        ...(prefix === undefined ? {} : { prefix: this.text(prefix) }),
      };
    }
    if (event.stdoutEvent) {
      kept.stdoutEvent = {
        ...event.stdoutEvent,
        message: this.engineText(event.stdoutEvent.message),
      };
    }
    if (event.policyEvent) {
      const { message, resourceUrn } = event.policyEvent;
      kept.policyEvent = {
        ...event.policyEvent,
        message: this.text(message),
        ...(resourceUrn === undefined ? {} : { resourceUrn: this.name(resourceUrn) }),
      };
    }
    if (event.preludeEvent) {
      const config = this.value(event.preludeEvent.config) as Record<string, string>;
      kept.preludeEvent = { ...event.preludeEvent, config };
    }
    for (const [name, value] of Object.entries(event)) {
      if (handled.has(name) || typeof value !== "object" || value === null) continue;
      Object.assign(kept, { [name]: this.value(value) });
    }
    return kept;
  }

  private step<Event extends { metadata: StepEventMetadata }>(event: Event): Event {
    const { metadata } = event;
    const texts = (list: string[] | undefined): string[] | undefined =>
      list?.map((one) => this.text(one));
    const detailed = metadata.detailedDiff;
    const masked: StepEventMetadata = {
      ...metadata,
      urn: this.name(metadata.urn),
      type: this.name(metadata.type),
      old: this.state(metadata.old),
      new: this.state(metadata.new),
      keys: texts(metadata.keys ?? undefined),
      diffs: texts(metadata.diffs ?? undefined),
      detailedDiff:
        detailed === undefined || detailed === null
          ? detailed
          : Object.fromEntries(
              Object.entries(detailed).map(([path, diff]) => [this.text(path), diff]),
            ),
    };
    return { ...event, metadata: masked };
  }

  /** A deletion has no new side, a creation no old one: the engine sends null, whatever the SDK's types say. */
  private state(state: StepEventStateMetadata | undefined): StepEventStateMetadata | undefined {
    if (state === undefined || state === null) return state;
    return {
      ...state,
      ...(typeof state.urn === "string" ? { urn: this.name(state.urn) } : {}),
      ...(typeof state.parent === "string" ? { parent: this.name(state.parent) } : {}),
      id: this.text(state.id),
      inputs: this.value(state.inputs) as StepEventStateMetadata["inputs"],
      outputs: this.value(state.outputs) as StepEventStateMetadata["outputs"],
      initErrors: state.initErrors?.map((error) => this.engineText(error)),
    };
  }

  private masked(text: string, depth: number): string {
    if (text.length < longText) return this.look(text, depth);
    const key = `${depth} ${text}`;
    const before = this.memory.get(key);
    if (before !== undefined) return before;
    const found = this.look(text, depth);
    if (this.memory.size >= remembered) this.memory.clear();
    this.memory.set(key, found);
    return found;
  }

  /** A name, a type or a URN: nothing but known secrets is struck out, for whatever looks like one is a name there. */
  name(text: string): string {
    const plain = withoutColours(text);
    return replaceSpans(
      plain,
      this.known(plain).map((span) => ({ ...span, mark: marks.secret })),
    );
  }

  /** Where known secrets stand, as they are and in escapes. */
  private known(text: string): (Span & { packed?: boolean })[] {
    if (this.literals.isEmpty) return [];
    return [
      ...this.literals.find(text),
      ...escapedSpans(text, (inner) => this.literals.find(inner).filter(({ packed }) => !packed)),
    ];
  }

  private look(shown: string, depth: number): string {
    if (shown.length < shortestSecret || isMark(shown)) return shown;
    const text = withoutColours(shown);
    const known = this.known(text);
    if (depth > deepest) {
      // Struck out on the way here, or now: that a known secret stands there is told even so.
      return known.length > 0 || text.includes(marks.secret) ? marks.secret : marks.hidden;
    }
    const struck = replaceSpans(
      text,
      known.map((span) => ({ ...span, mark: marks.secret })),
    ).replace(unknowns, marks.unknown);
    // What is packed is shown as what it is, unless it has nothing to hide; a secret that is Base64 itself is none of it.
    const packed = known.every(({ packed: inside }) => inside === true) ? unpack(text) : undefined;
    if (packed !== undefined) {
      const masked = this.masked(packed, depth + 1);
      return masked === packed ? struck : masked;
    }
    return this.document(struck, depth) ?? this.forms(struck, depth);
  }

  /** A text that is a JSON document, masked by the names in it; undefined where nothing in it is masked that way. */
  private document(text: string, depth: number): string | undefined {
    if (!/^\s*[[{"]/.test(text) || !/[\]}"]\s*$/.test(text)) return undefined;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return undefined;
    }
    const masked = maskTree(parsed, "", (inner) => this.masked(inner, depth + 1));
    if (isDeepStrictEqual(masked, parsed)) return undefined;
    const indented = /^\s*[[{]\s*?\n(\s+)/.exec(text)?.[1]?.length ?? 0;
    return JSON.stringify(masked, null, Math.min(indented, 8));
  }

  /** By the forms that secrets have, and by what stands before them. */
  private forms(text: string, depth: number): string {
    const hidden: Hidden[] = [];
    const hide = ({ start, end }: Span): void => {
      hidden.push({ start, end, mark: marks.hidden });
    };
    for (const span of privateKeys(text)) hide(span);
    for (const form of forms) {
      for (const span of matches(form, text)) hide(span);
    }
    for (const span of assignedSecrets(text)) hide(span);
    // Base64 of text is as good as the text; it has the looks of a key, too.
    const plain: Span[] = [];
    for (const packed of packedRuns(text)) {
      if (this.masked(packed.text, depth + 1) === packed.text) plain.push(packed);
      else hide(packed);
    }
    const isNamed = overlaps([...text.matchAll(references)].map(spanOf));
    const isPlain = overlaps(plain);
    for (const run of randomRuns(text)) if (!isNamed(run) && !isPlain(run)) hide(run);
    return replaceSpans(text, hidden);
  }
}

/** Events whose parts are masked one by one. */
const handled = new Set([
  "resourcePreEvent",
  "resOutputsEvent",
  "resOpFailedEvent",
  "diagnosticEvent",
  "stdoutEvent",
  "policyEvent",
  "preludeEvent",
]);

const forms = credentialForms.map((form) => new RegExp(form, `${form.flags}g`));

const unknowns = new RegExp([...unknownMarkers].join("|"), "g");

function spanOf(match: RegExpExecArray): Span {
  return { start: match.index, end: match.index + match[0].length };
}

/** Where a form of credentials stands, or the secret part of it. */
function* matches(form: RegExp, text: string): Generator<Span> {
  for (const match of text.matchAll(form)) {
    const { start, end } = spanOf(match);
    const part = match.groups?.["secret"];
    const from = part === undefined ? start : start + match[0].lastIndexOf(part);
    const span = { start: from, end: part === undefined ? end : from + part.length };
    if (!isReadElsewhere(text.slice(span.start, span.end))) yield span;
  }
}

/** Private keys from their first line to their last; to the text's end where that is missing. */
function* privateKeys(text: string): Generator<Span> {
  const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
    end.lastIndex = begin.lastIndex;
    const close = end.exec(text);
    yield { start: match.index, end: close === null ? text.length : end.lastIndex };
    begin.lastIndex = close === null ? text.length : end.lastIndex;
  }
}
