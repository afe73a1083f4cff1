/** Weakens what is planned, one property at a time, and counts how often a rule sees it. */
import { documentType } from "../../../policies/documents";
import { unknownString } from "../../../policies/reader";
import { judge, judgeStack, StackView, type ResourceView, type Rule } from "../../../policies/rule";
import { rules } from "../../../policies/rules";
import { changed, type Change, hasProperty } from "../support/change";
import { type Plain, planned, stackOf, viewOf } from "../support/planned";
import { survivors } from "./survivors";
import { documentWeakenings } from "./weakenings-documents";
import { guards, unprotected, weakenings } from "./weakenings";

interface Mutant {
  readonly stack: string;
  readonly urn: string;
  readonly change: Change;
  /** `type path=value`, by which survivors are told. */
  readonly kind: string;
}

const stacks = ["aws", "dev", "ops", "version"];
const originals = new Map(stacks.map((stack) => [stack, planned(stack)]));
const resourceRules = rules.filter((rule) => rule.kind === "resource");
const stackRules = rules.filter((rule) => rule.kind === "stack");

function show(value: unknown): string {
  return typeof value === "symbol"
    ? "gone"
    : typeof value === "string" && value.length > 40
      ? "text"
      : JSON.stringify(value);
}

function mutantsOf(stack: string): Mutant[] {
  const resources = originals.get(stack) ?? [];
  // A document whose text is known is read as that, and what is shown of it by nobody.
  const isRead = (type: string, name: string, path: string): boolean =>
    type !== documentType ||
    resources.some((one) => one.name === name && valueAt(one.props, path) === unknownString);
  return resources.flatMap(({ urn, type, name, props, protect }) => {
    const changes: Change[] = (weakenings[type] ?? documentWeakenings[type] ?? [])
      .filter(({ path, anyway = false }) => anyway || hasProperty(props, path))
      .filter(({ path }) => isRead(type, name, path.replace(/^policy\..*/, "policy")))
      .flatMap(({ path, values }) =>
        values
          .map((value): Change => [path, value])
          .filter(
            () =>
              JSON.stringify(valueAt(props, path)) !== JSON.stringify(values[0]) ||
              values.length > 1,
          ),
      );
    if (protect) changes.push(unprotected);
    if (guards.includes(type)) changes.push(["@resource", undefined]);
    return changes.map((change) => ({
      stack,
      urn,
      change,
      kind: `${type} ${change[0]}=${show(change[1])}`,
    }));
  });
}

function valueAt(props: Readonly<Record<string, unknown>>, path: string): unknown {
  let at: unknown = props;
  for (const part of path.split(/[.[\]]+/).filter((one) => one !== "")) {
    at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[part] : undefined;
  }
  return at;
}

/** What a rule says, as texts: place and message. */
function said(rule: Rule, view: StackView, only?: ResourceView): string[] {
  const places = only === undefined ? view.resources : [only];
  const found =
    rule.kind === "stack"
      ? [judgeStack(rule, view)?.broken ?? []].flat()
      : places.flatMap((one) =>
          (judge(rule, one)?.broken ?? []).map((finding) => ({ ...finding, urn: one.urn })),
        );
  return found.map(({ message, urn }) => `${urn ?? ""} ${message}`);
}

/** Whether some rule says of the mutant what it did not say of the original. The likeliest are asked first. */
function isCaught(
  { urn, change }: Mutant,
  resources: readonly Plain[],
  views: StackView,
  before: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const [original] = resources.filter((one) => one.urn === urn);
  const [mutant] = original === undefined ? [] : changed([original], urn, change);
  const type = original?.type ?? "";
  const others = views.resources.filter((one) => one.urn !== urn);
  const view =
    type === documentType
      ? stackOf(changed([...resources], urn, change))
      : new StackView([...others, ...(mutant === undefined ? [] : [viewOf(mutant)])]);
  // Of a document the one that takes it is judged, which has its name.
  const seen = view.resources.find((one) =>
    type === documentType
      ? one.name === mutant?.name && one.type !== documentType
      : one.urn === mutant?.urn,
  );
  const likely = stackRules.filter(({ types }) => types.includes(type));
  const order = [
    ...(seen === undefined ? [] : resourceRules),
    ...likely,
    ...stackRules.filter((rule) => !likely.includes(rule)),
  ];
  return order.some((rule) =>
    said(rule, view, seen).some((text) => !before.get(rule.id)?.has(text)),
  );
}

describe("what is planned, weakened in one place", () => {
  const missed: string[] = [];
  const kinds = new Set<string>();
  let all = 0;
  let caught = 0;

  test.each(stacks)("is caught on %s", (stack) => {
    const resources = originals.get(stack) ?? [];
    const views = stackOf(resources);
    const before = new Map(rules.map((rule) => [rule.id, new Set(said(rule, views))]));
    for (const mutant of mutantsOf(stack)) {
      all += 1;
      kinds.add(mutant.kind);
      if (isCaught(mutant, resources, views, before)) caught += 1;
      else missed.push(`${mutant.kind} @ ${mutant.urn.split("::").pop() ?? ""}`);
    }
    expect(all).toBeGreaterThan(0);
  });

  test("makes several hundred mutants, of which 95 in 100 are caught", () => {
    expect(all).toBeGreaterThan(500);
    expect(caught / all).toBeGreaterThanOrEqual(0.95);
  });

  test("survives only where it is known why", () => {
    const unexplained = missed.filter((text) => !survivors.some(({ form }) => form.test(text)));
    expect(unexplained).toEqual([]);
    const stale = survivors.filter(({ form }) => !missed.some((text) => form.test(text)));
    expect(stale).toEqual([]);
  });
});
