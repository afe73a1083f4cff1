/**
 * The steps of one stack's rehearsal. Each writes its numbers into the report and throws a
 * `StepFailure` that says what did not hold.
 */
import type { Drift } from "../sandbox/control";
import type { ResourceModel } from "../sandbox/model";
import type { Outcome } from "./driver";
import type { DayTwoChange } from "./environment";
import {
  changed,
  count,
  nameOf,
  stackOf,
  type Facts,
  type PolicyFact,
  type ResourceFact,
} from "./facts";
import type { PreparedStack } from "./prepare";
import {
  type DriftCandidate,
  driftCandidates,
  driftKinds,
  falseDrift,
  findDrift,
  injectDrift,
  isRestored,
} from "./rehearsal-drift";
import { behind, protectedUrns, stackState } from "./rehearsal-state";
import type { StackReport } from "./rehearsal-report";
import type { Sandbox } from "./sandbox";

/** A step did not hold. The message is for people: what, where, and what was expected. */
export class StepFailure extends Error {}

/** What the steps of one stack work with. */
export interface StepContext extends PreparedStack {
  readonly sandbox: Sandbox;
  readonly report: StackReport;
}

/** Calls by which the engine opens a provider that stands in the state; they touch no object. */
const connecting: ReadonlySet<string> = new Set(["CheckConfig", "Configure"]);

/** Throws unless an operation went well, did what was foretold and let no secret out. */
function held(
  context: StepContext,
  outcome: Outcome,
  { mayFail = false }: { mayFail?: boolean } = {},
): void {
  const { operation, succeeded, errors, differences, secrets } = outcome;
  context.report.steps.secretsFound += secrets.length;
  const found = secrets.map(({ key, where, form }) => `secret ${key} stands in ${where} (${form})`);
  const unforetold = differences.map((sentence) => `not as foretold: ${sentence}`);
  const failed = mayFail || (succeeded && errors.length === 0) ? [] : [...errors];
  if (failed.length + unforetold.length + found.length > 0) {
    throw new StepFailure(
      [`${operation} did not hold:`, ...failed, ...unforetold, ...found].join("\n"),
    );
  }
}

/** Runs a step's operations and adds their time to its numbers, whatever comes of them. */
async function timed<T>(step: { seconds: number }, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    step.seconds += (performance.now() - started) / 1000;
  }
}

function list(facts: readonly ResourceFact[]): string {
  const shown = facts.slice(0, 20).map(({ urn, operation, changes }) => {
    const paths = changes.map(({ path }) => path).join(", ");
    return `  ${operation} ${nameOf(urn)} (${urn.split("::")[2] ?? ""})${paths === "" ? "" : `: ${paths}`}`;
  });
  return [...shown, ...(facts.length > 20 ? [`  and ${facts.length - 20} more`] : [])].join("\n");
}

/**
 * Later steps leave the policies out: they judge what the program declares, which preview and up have shown them, and
 * starting a pack costs each run a second.
 */
const unjudged = { judged: false } as const;

/** First preview, then the up that is bound by its plan; both are judged by the policies. */
export async function standUp(context: StepContext): Promise<Outcome> {
  const { driver, report } = context;
  const preview = await timed(report.steps.preview, async () => {
    const preview = await driver.preview();
    report.steps.preview.create = count(preview.facts.resources).create;
    held(context, preview);
    return preview;
  });
  return timed(report.steps.up, async () => {
    const up = await driver.up(preview, { bound: true });
    const made = up.facts.resources.filter(
      ({ operation, done }) => operation === "create" && done,
    ).length;
    report.steps.up.create = made;
    report.resources = made;
    held(context, up);
    const late = lateFindings(preview.facts, up.facts);
    if (late.length > 0) {
      throw new StepFailure(
        `policies say at up what they did not say at preview:\n${late.join("\n")}`,
      );
    }
    return up;
  });
}

/**
 * What policies found at up alone: a rule that waits for up where a preview could have told is a defect of the rule. A
 * mandatory one has stopped the up by then.
 */
export function lateFindings(preview: Facts, up: Facts): string[] {
  const key = ({ policy, urn }: PolicyFact): string => `${policy} ${urn ?? ""}`;
  // How @pulumi/policy says that a rule waits for a value.
  const known = new Set(
    preview.policies.filter(({ message }) => !message.startsWith("can't run policy")).map(key),
  );
  return up.policies
    .filter((one) => !known.has(key(one)))
    .map(({ policy, urn }) => `  ${policy}: ${urn === undefined ? "the stack" : nameOf(urn)}`);
}

/** A second preview must show no change. */
export async function noChange(context: StepContext): Promise<Facts> {
  const { driver, report } = context;
  return timed(report.steps.noop, async () => {
    const preview = await driver.preview(unjudged);
    const changes = changed(preview.facts);
    report.steps.noop.changes = changes.length;
    held(context, preview);
    if (changes.length > 0) {
      throw new StepFailure(`a second preview shows ${changes.length} changes:\n${list(changes)}`);
    }
    return preview.facts;
  });
}

/** The everyday changes, one after another; the facts are those of the last up. */
export async function dayTwo(context: StepContext): Promise<Facts> {
  const [first, ...others] = context.description.day2;
  if (first === undefined) throw new StepFailure("the environment names no everyday change");
  return timed(context.report.steps.day2, async () => {
    let facts = await change(context, first);
    for (const other of others) facts = await change(context, other);
    return facts;
  });
}

/** One change: foretold, done as foretold, nothing that holds data replaced. */
async function change(context: StepContext, { name, set }: DayTwoChange): Promise<Facts> {
  const { driver, report } = context;
  const step = report.steps.day2;
  driver.set(set);
  const preview = await driver.preview(unjudged);
  const planned = count(preview.facts.resources);
  step.planned.update += planned.update;
  step.planned.replace += planned.replace;
  held(context, preview);
  const stateful = preview.facts.resources.filter(
    ({ operation, old }) =>
      (operation === "replace" || operation === "delete") && old?.protect === true,
  );
  step.replacedStateful += stateful.length;
  if (stateful.length > 0) {
    throw new StepFailure(`${name} would replace what holds data:\n${list(stateful)}`);
  }
  if (changed(preview.facts).length === 0) {
    throw new StepFailure(`${name}: the preview shows no change at all`);
  }
  const up = await driver.up(preview, { bound: true, ...unjudged });
  const done = count(up.facts.resources);
  step.update += done.update;
  step.replace += done.replace;
  held(context, up);
  return up.facts;
}

/** Five kinds of drift, each found and named by a refresh preview, then repaired by an up. */
export async function drift(
  context: StepContext,
  facts: Facts,
  model: (type: string) => ResourceModel | undefined,
): Promise<void> {
  const { driver, sandbox, report } = context;
  const step = report.steps.drift;
  await timed(step, async () => {
    const before = await ownObjects(context);
    const state = stackState.parse(await driver.exportState());
    const candidates = driftCandidates({ facts, objects: before, state, model });
    const injected = await injectDrift(candidates, (candidate) =>
      tryDrift(sandbox, candidate.order),
    );
    step.injected = injected.length;
    const missing = driftKinds.filter((kind) => !injected.some((one) => one.kind === kind));
    if (missing.length > 0) {
      throw new StepFailure(
        `the stack has no resource for this kind of drift: ${missing.join("; ")}`,
      );
    }

    const preview = await driver.previewRefresh();
    step.found = injected.filter((one) => findDrift(one, preview.facts) !== undefined).length;
    held(context, preview);
    const unseen = injected.filter((one) => findDrift(one, preview.facts) === undefined);
    const invented = falseDrift(injected, preview.facts);
    if (unseen.length + invented.length > 0) {
      throw new StepFailure(
        [
          ...unseen.map((one) => `not found: ${one.kind}: ${describeDrift(one, preview.facts)}`),
          ...invented.map((sentence) => `found though nobody made it: ${sentence}`),
        ].join("\n"),
      );
    }

    held(context, await driver.refresh());
    const up = await driver.up(undefined, unjudged);
    held(context, up);
    await repaired(context, injected, before, up.facts, model);
  });
}

/** What was changed, and what the refresh preview says of the resource instead. */
function describeDrift({ urn, property }: DriftCandidate, facts: Facts): string {
  const fact = facts.resources.find((one) => one.urn === urn);
  const said =
    fact === undefined
      ? "nothing"
      : `${fact.operation} ${fact.changes.map(({ path }) => path).join(", ")}`;
  return `${urn} ${property ?? ""}; the refresh preview says of it: ${said.trim()}`;
}

async function tryDrift(sandbox: Sandbox, order: Drift): Promise<boolean> {
  try {
    await sandbox.call("drift", order);
    return true;
  } catch {
    // The cloud does not take the value; another candidate may do.
    return false;
  }
}

/** After the repairing up the cloud is as it was, and the state knows the outputs that moved. */
async function repaired(
  context: StepContext,
  injected: readonly DriftCandidate[],
  before: Awaited<ReturnType<typeof ownObjects>>,
  facts: Facts,
  model: (type: string) => ResourceModel | undefined,
): Promise<void> {
  const now = new Map((await ownObjects(context)).map((object) => [object.urn, object]));
  const wrong = injected.flatMap((candidate) => {
    const { kind, urn, property, order } = candidate;
    const object = now.get(urn);
    if (object === undefined) return [`${kind}: ${urn} is still gone`];
    if (order.kind === "output") {
      const known = facts.resources.find((fact) => fact.urn === urn)?.new?.outputs[order.property];
      return JSON.stringify(known) === JSON.stringify(order.value)
        ? []
        : [`${kind}: ${urn} ${property ?? ""}`];
    }
    const was = before.find((one) => one.urn === urn);
    const restored = was !== undefined && isRestored(candidate, was, object, model(object.type));
    return restored ? [] : [`${kind}: ${urn} ${property ?? ""}`];
  });
  if (wrong.length > 0) throw new StepFailure(`not repaired by up:\n${wrong.join("\n")}`);
}

async function ownObjects({ sandbox, driver }: StepContext) {
  return (await sandbox.call("objects", {})).filter(({ urn }) => stackOf(urn) === driver.stack);
}

/**
 * Destroy: refused while anything is protected, with no call; then protection lifted by an up, then
 * all of it gone.
 */
export async function takeDown(context: StepContext): Promise<void> {
  const { driver, sandbox, report, description } = context;
  const step = report.steps.destroy;
  await timed(step, async () => {
    const state = stackState.parse(await driver.exportState());
    const guarded = protectedUrns(state);
    const last = (await sandbox.call("calls", { since: 0 })).at(-1)?.sequence ?? 0;
    const refusal = await driver.previewDestroy();
    step.callsWhileRefused = (await sandbox.call("calls", { since: last })).filter(
      ({ rpc, urn }) =>
        !connecting.has(rpc) && (urn === undefined || stackOf(urn) === driver.stack),
    ).length;
    held(context, refusal, { mayFail: true });
    const said = refusal.errors.join("\n");
    // The engine's message has the URN in quotation marks; a name alone could be another resource's.
    const named = guarded.filter((urn) => said.includes(`"${urn}"`));
    const unreached = behind(named, state);
    const unnamed = guarded.filter((urn) => !named.includes(urn) && !unreached.has(urn));
    step.protected = guarded.length;
    step.behind = guarded.filter((urn) => !named.includes(urn)).map(nameOf);
    step.refused =
      !refusal.succeeded && !refusal.cancelled && guarded.length > 0 && unnamed.length === 0;
    if (!step.refused) {
      throw new StepFailure(
        guarded.length === 0
          ? "nothing in this stack is protected"
          : refusal.succeeded
            ? "a destroy preview was not refused although resources are protected"
            : `the refusal does not name these protected resources:\n${unnamed.join("\n")}`,
      );
    }
    if (step.callsWhileRefused > 0) {
      throw new StepFailure(
        `a refused destroy preview made ${step.callsWhileRefused} calls to the sandbox`,
      );
    }

    driver.set(description.unprotect.set);
    const up = await driver.up(undefined, unjudged);
    held(context, up);
    const lifted = new Set(
      up.facts.resources.filter((fact) => fact.protectionLifted).map(({ urn }) => urn),
    );
    const still = guarded.filter((urn) => !lifted.has(urn));
    if (still.length > 0)
      throw new StepFailure(`still protected after the setting was lifted:\n${still.join("\n")}`);

    const foretold = await driver.previewDestroy();
    held(context, foretold);
    const destroy = await driver.destroy(foretold);
    held(context, destroy);
    const left = await ownObjects(context);
    step.left = left.length;
    if (left.length > 0) {
      throw new StepFailure(
        `left over after destroy:\n${left.map(({ urn, id }) => `  ${urn} ${id}`).join("\n")}`,
      );
    }
  });
}

/** Takes a stack down that only stood because another one needs it, whatever is protected. */
export async function clear(context: StepContext): Promise<void> {
  const { driver, description } = context;
  driver.set(description.unprotect.set);
  held(context, await driver.up(undefined, unjudged));
  const foretold = await driver.previewDestroy();
  held(context, foretold);
  held(context, await driver.destroy(foretold));
}
