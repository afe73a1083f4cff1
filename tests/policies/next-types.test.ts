/** Rules know the types that a person would add next, and not only those that stand in a stack today. */
import { unknownString } from "../../policies/reader";
import { judge, judgeStack, type Verdict } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { exposureOf } from "../../policies/exposure";
import { type Change, withProperty } from "./support/change";
import type { Place } from "./support/cases";
import { nextTypes, type Next } from "./support/next-types";
import { type Plain, planned, stackOf, viewOf } from "./support/planned";

const stacks: Readonly<Record<Place, readonly Plain[]>> = {
  aws: planned("aws"),
  dev: planned("dev"),
  ops: planned("ops"),
  version: planned("version"),
};

/** The resource as the engine would show it. */
function made(next: Next): Plain {
  const { place, type, props, within = [], name = "added", protect = false } = next;
  const around = within.map((one) => `${one}$`).join("");
  const wanted = new Set(next.dependencies ?? []);
  return {
    urn: `urn:pulumi:${place}::gitlab::${around}${type}::${name}`,
    ...{ type, name, protect },
    props: { ...props },
    dependencies: stacks[place].filter((one) => wanted.has(one.name)).map(({ urn }) => urn),
  };
}

function verdictOf(next: Next, change?: Change): Verdict | undefined {
  const rule = rules.find(({ id }) => id === next.rule);
  if (rule === undefined) throw new Error(`there is no rule ${next.rule}`);
  const plain = made(next);
  const one = change === undefined ? plain : altered(plain, change);
  return rule.kind === "stack"
    ? judgeStack(rule, stackOf([...stacks[next.place], one]))
    : judge(rule, viewOf(one));
}

function altered(plain: Plain, [path, value]: Change): Plain {
  if (path === "@protect") return { ...plain, protect: value === true };
  return { ...plain, props: withProperty(plain.props, path, value) };
}

const titled = nextTypes.map((next) => ({
  next,
  title: `${next.rule}: ${next.type.split(":").slice(1).join(":")}${next.title === undefined ? "" : `, ${next.title}`}`,
}));
const harmless = titled.filter(({ next }) => next.never !== true);
const forms = titled.flatMap(({ next, title }) =>
  (next.forms ?? []).map((change, index) => ({
    next,
    change,
    title: `${title} (${change[0]} ${index + 1})`,
  })),
);
const broken = titled.flatMap(({ next, title }) =>
  next.changes.map((change, index) => ({
    next,
    change,
    title: `${title} (${change[0]} ${index + 1})`,
  })),
);

describe("a rule holds for", () => {
  test.each(harmless)("$title", ({ next }) => {
    expect(verdictOf(next)?.broken.map(({ message }) => message)).toEqual([]);
  });
});

describe("a rule holds for another form of the same", () => {
  test.each(forms)("$title", ({ next, change }) => {
    expect(verdictOf(next, change)?.broken.map(({ message }) => message)).toEqual([]);
  });
});

describe("a rule is broken by", () => {
  test.each(broken)("$title", ({ next, change }) => {
    expect(verdictOf(next, change)?.state).toBe("failed");
  });

  test("what must not be there at all, by being there", () => {
    const never = titled.filter(({ next }) => next.never === true);
    expect(never.filter(({ next }) => verdictOf(next)?.state !== "failed")).toEqual([]);
  });
});

describe("a rule is not decided by what cannot be known yet", () => {
  test.each(broken.filter(({ change: [path] }) => !path.startsWith("@")))(
    "$title",
    ({ next, change: [path] }) => {
      if (next.never === true) return;
      expect(verdictOf(next, [path, unknownString])?.broken.map(({ message }) => message)).toEqual(
        [],
      );
    },
  );
});

describe("a type that rules know", () => {
  test.each([...new Set(nextTypes.map(({ type }) => type))])("%s is classified", (type) => {
    expect(exposureOf(type)).not.toBe("unclassified");
  });
});
