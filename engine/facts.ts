/**
 * Engine events read into facts: per resource what was to be done or was done, with what changed;
 * policies; what went wrong.
 *
 * Source of the events: https://www.pulumi.com/docs/reference/pkg/nodejs/pulumi/pulumi/automation/
 * (EngineEvent); of their traps: a replacement comes as three operations, an update of a secret
 * shows in `detailedDiff` only, a lifted protection in no count at all.
 */
import type {
  DiagnosticEvent,
  EngineEvent,
  StepEventMetadata,
  StepEventStateMetadata,
} from "@pulumi/pulumi/automation/events";

/** What happens to a resource. A replacement is one of these, not three. */
export type Operation =
  "create" | "update" | "replace" | "delete" | "same" | "read" | "import" | "refresh";

/** Values as the engine shows them: secrets masked, unknowns as the engine's own markers. */
export type Values = Readonly<Record<string, unknown>>;

/** One side of a change. */
export interface ResourceState {
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly protect: boolean;
  /** It stays in the cloud when the stack lets go of it (`retainOnDelete`). @default false */
  readonly retain?: boolean;
}

/** A property that changed and how (`update`, `add`, `delete-replace`, …). */
export interface PropertyChange {
  readonly path: string;
  readonly kind: string;
}

/** What happened to one resource in one engine call. */
export interface ResourceFact {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the component that it is part of; the stack's own for what stands by itself. */
  readonly parent?: string;
  /** Managed by a provider, and not a component or the stack itself. */
  readonly custom: boolean;
  readonly operation: Operation;
  readonly changes: readonly PropertyChange[];
  readonly old?: ResourceState;
  readonly new?: ResourceState;
  /** Protected before and not after. The engine calls such a resource unchanged. */
  readonly protectionLifted: boolean;
  /**
   * What an earlier, half-finished replacement left in the cloud, which is deleted now: beside it there may be a fact of
   * the same URN about what stands in its place. @default false
   */
  readonly leftover?: boolean;
  /** A deletion that is part of a replacement to the engine, which counts it nowhere. @default false */
  readonly uncounted?: boolean;
  readonly failed: boolean;
  /** The operation has ended well; false of what a preview foretells and of what was cut off. */
  readonly done: boolean;
}

/** Something the engine, a provider or the program said. */
export interface Diagnostic {
  readonly severity: "info" | "warning" | "error";
  readonly urn?: string;
  readonly message: string;
}

/** A policy that was broken. */
export interface PolicyFact {
  readonly urn?: string;
  readonly policy: string;
  readonly mandatory: boolean;
  readonly message: string;
}

/** Everything the events of one engine call say. */
export interface Facts {
  readonly resources: readonly ResourceFact[];
  readonly policies: readonly PolicyFact[];
  readonly diagnostics: readonly Diagnostic[];
  /** The engine's own count by operation, where the call came to its end. */
  readonly summary?: Readonly<Partial<Record<string, number>>>;
}

/** The part of a URN after the last `::`. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The type in a URN, without its parents' types. */
export function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

/** The stack in a URN. */
export function stackOf(urn: string): string {
  return urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
}

const operations: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  same: "same",
  read: "read",
  refresh: "refresh",
  import: "import",
  // The steps of a replacement, of which the engine's own count has the first only.
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "read-replacement": "replace",
  "import-replacement": "replace",
  // A resource that was only read is forgotten; the engine does not count that.
  "discard-replaced": "read",
  discard: "read",
  // Its object went before: in an earlier, half-finished up, or in this one, which replaces what it hangs on (`step`).
  "remove-pending-replace": "read",
  // Steps of the engine's own that do nothing to the cloud.
  diff: "read",
  "extend-parameterize": "read",
};

/**
 * The engine's own provider of a package, which it neither counts nor shows (stack references have
 * one; providers of clouds are always explicit here).
 */
function isDefaultProvider(urn: string): boolean {
  return typeOf(urn).startsWith("pulumi:providers:") && nameOf(urn).startsWith("default");
}

/**
 * Whether an event is a debug message. The Node SDK logs whole answers in them, the secrets that a
 * stack reference reads in clear; the command line drops them, and so does everything here.
 */
export function isDebug(event: EngineEvent): boolean {
  return (event.diagnosticEvent?.severity as string | undefined) === "debug";
}

/** Whether an event only names all policies for a resource, since a pack without remediations has none: half of a preview's. */
export function isIdle(event: EngineEvent): boolean {
  return "policyRemediateSummaryEvent" in event;
}

/** Takes events one by one. */
export class FactReader {
  private readonly found = new Map<string, ResourceFact>();
  private readonly policies: PolicyFact[] = [];
  private readonly diagnostics: Diagnostic[] = [];
  private summary: Facts["summary"];

  /** @throws Error on an operation that this version does not know: a fact must not go missing. */
  add(event: EngineEvent): void {
    if (isDebug(event)) return;
    if (event.resourcePreEvent) this.step(event.resourcePreEvent.metadata, "begun");
    if (event.resOutputsEvent) this.step(event.resOutputsEvent.metadata, "done");
    if (event.resOpFailedEvent) this.step(event.resOpFailedEvent.metadata, "failed");
    if (event.diagnosticEvent) this.diagnose(event.diagnosticEvent);
    if (event.policyEvent) {
      const { resourceUrn, policyName, enforcementLevel, message } = event.policyEvent;
      this.policies.push({
        urn: resourceUrn,
        policy: policyName,
        mandatory: enforcementLevel === "mandatory",
        message: plain(message),
      });
    }
    if (event.summaryEvent) this.summary = event.summaryEvent.resourceChanges;
  }

  facts(): Facts {
    return {
      resources: [...this.found.values()],
      policies: this.policies,
      diagnostics: this.diagnostics,
      summary: this.summary,
    };
  }

  private step(metadata: StepEventMetadata, stage: "begun" | "done" | "failed"): void {
    const operation = operations[metadata.op];
    if (operation === undefined)
      throw new Error(`Unknown operation ${metadata.op} of ${metadata.urn}`);
    if (isDefaultProvider(metadata.urn)) return;
    const leftover = this.isLeftover(metadata);
    const key = leftover ? `${metadata.urn} ${metadata.old?.id ?? ""}` : metadata.urn;
    const before = this.found.get(key);
    const changes = changesOf(metadata);
    const replaced = before?.operation === "replace";
    // Deleted because what it hangs on is deleted before it is replaced; then the program does not have it any more.
    const forgotten =
      before?.uncounted === true || (replaced && metadata.op === "remove-pending-replace");
    this.found.set(key, {
      urn: metadata.urn,
      type: metadata.type,
      name: nameOf(metadata.urn),
      parent: parentOf(metadata) ?? before?.parent,
      custom:
        !metadata.type.startsWith("pulumi:") && ((metadata.new ?? metadata.old)?.custom ?? false),
      // Once part of a replacement, always: its last step is a delete of the old object.
      operation: leftover || forgotten ? "delete" : replaced ? "replace" : operation,
      changes: changes.length > 0 ? changes : (before?.changes ?? []),
      // The old object's deletion has no new side; the create's is the one that counts.
      old: stateOf(metadata.old) ?? before?.old,
      new: stateOf(metadata.new) ?? before?.new,
      // A deletion has no new side: the engine sends null, whatever the SDK's type says.
      protectionLifted:
        (before?.protectionLifted ?? false) ||
        (metadata.old?.protect === true &&
          stateOf(metadata.new) !== undefined &&
          metadata.new?.protect !== true),
      ...(leftover ? { leftover } : {}),
      ...(forgotten || (leftover && metadata.op === "delete-replaced") ? { uncounted: true } : {}),
      failed: (before?.failed ?? false) || stage === "failed",
      done: stage === "done",
    });
  }

  /**
   * Whether a step deletes what an earlier replacement left behind. The deletion that ends a replacement of this call looks
   * the same, but is of the object that this call's own replacement began with.
   * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/step_generator.go (GenerateDeletes)
   */
  private isLeftover({ op, urn, old }: StepEventMetadata): boolean {
    if (!["delete-replaced", "delete"].includes(op) || old?.delete !== true) return false;
    const replaced = this.found.get(urn);
    return replaced?.operation !== "replace" || replaced.old?.id !== old.id;
  }

  private diagnose({ severity, urn, message, ephemeral }: DiagnosticEvent): void {
    if (ephemeral === true) return;
    const text = plain(message).trim();
    if (text === "") return;
    const level = severity === "error" || severity === "warning" ? severity : "info";
    // The same error is sent for the resource and again for the stack that fails by it.
    if (this.diagnostics.some((one) => one.message === text && one.urn === urn)) return;
    this.diagnostics.push({ severity: level, urn: urn === "" ? undefined : urn, message: text });
  }
}

function parentOf({ new: after, old: before }: StepEventMetadata): string | undefined {
  // The engine sends an empty text for the stack, which has none.
  const parent = (after ?? before)?.parent ?? "";
  return parent === "" ? undefined : parent;
}

function stateOf(state: StepEventStateMetadata | null | undefined): ResourceState | undefined {
  if (state === null || state === undefined) return undefined;
  return {
    id: state.id,
    inputs: (state.inputs ?? {}) as Values,
    outputs: (state.outputs ?? {}) as Values,
    protect: state.protect ?? false,
    ...(state.retainOnDelete === true ? { retain: true } : {}),
  };
}

function changesOf({ detailedDiff, diffs }: StepEventMetadata): PropertyChange[] {
  if (detailedDiff !== undefined && detailedDiff !== null) {
    return Object.entries(detailedDiff).map(([path, { diffKind }]) => ({ path, kind: diffKind }));
  }
  return (diffs ?? []).map((path) => ({ path, kind: "update" }));
}

/** Takes the engine's colour directives (`<{%reset%}>`) out of a message. */
function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "");
}

/** How many resources have each operation. */
export function count(resources: readonly ResourceFact[]): Record<Operation, number> {
  const counts = {
    create: 0,
    update: 0,
    replace: 0,
    delete: 0,
    same: 0,
    read: 0,
    import: 0,
    refresh: 0,
  };
  for (const { operation } of resources) counts[operation] += 1;
  return counts;
}

/** Resources that a call changes: all but the unchanged and the merely read. */
export function changed(facts: Facts): ResourceFact[] {
  return facts.resources.filter(
    ({ operation }) => !["same", "read", "refresh"].includes(operation),
  );
}

/**
 * Where an up did not do what its preview foretold, resource by resource, each as a sentence.
 * @param foretold facts of the preview
 * @param done facts of the up
 */
export function differences(foretold: Facts, done: Facts): string[] {
  // What was left behind is told from what stands under the same URN.
  const byKey = ({ resources }: Facts): Map<string, ResourceFact> =>
    new Map(
      resources.map((fact) => [
        fact.leftover ? `${fact.urn} ${fact.old?.id ?? ""}` : fact.urn,
        fact,
      ]),
    );
  const [before, after] = [byKey(foretold), byKey(done)];
  const sentences: string[] = [];
  for (const [key, fact] of before) {
    const { urn } = fact;
    const made = after.get(key);
    if (made === undefined)
      sentences.push(`${urn}: the preview foretold ${fact.operation}, the up did not reach it`);
    else if (made.failed)
      sentences.push(`${urn}: the preview foretold ${fact.operation}, which failed`);
    else if (made.operation !== fact.operation) {
      sentences.push(
        `${urn}: the preview foretold ${fact.operation}, the up did ${made.operation}`,
      );
    } else if (made.protectionLifted !== fact.protectionLifted) {
      sentences.push(`${urn}: preview and up differ in whether protection is lifted`);
    }
  }
  for (const [key, fact] of after) {
    if (!before.has(key))
      sentences.push(
        `${fact.urn}: the preview did not foretell the ${fact.operation} that the up did`,
      );
  }
  return sentences;
}
