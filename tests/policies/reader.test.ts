/** The reader tells known from unknown, and decides by what is known first. */
import { all, any, implies, not, Unknown, unknownString, Value } from "../../policies/reader";

const unknown = new Unknown("x");
const of = (raw: unknown): Value => new Value(raw, "");

describe("answers of three values", () => {
  test("false settles all, true settles any, whatever is unknown", () => {
    expect(all(unknown, false)).toBe(false);
    expect(any(unknown, true)).toBe(true);
    expect(all(unknown, true)).toBe(unknown);
    expect(any(unknown, false)).toBe(unknown);
    expect(not(unknown)).toBe(unknown);
    expect(implies(false, unknown)).toBe(true);
    expect(implies(unknown, true)).toBe(true);
  });
});

describe("a property", () => {
  test("that is unknown leaves every question open, and says where it stands", () => {
    const value = of({ a: { b: unknownString } })
      .at("a")
      .at("b");
    const answers = [
      value.is(1),
      value.isOneOf(1, 2),
      value.atLeast(1),
      value.atMost(1),
      value.matches(/x/),
      value.filled,
      value.absent,
      value.some(() => true),
      value.every(() => false),
      value.json.at("deeper").is("x"),
      value.at("deeper").at("still").is("x"),
    ];
    for (const answer of answers) expect(answer).toEqual(new Unknown("a.b"));
    expect(value.given).toBe(true);
    expect(value.known).toBeUndefined();
  });

  test("that is left out is nothing, and has the default that it is asked with", () => {
    const value = of({}).at("a").at("b");
    expect(value.given).toBe(false);
    expect(value.absent).toBe(true);
    expect(value.is(1)).toBe(false);
    expect(value.atLeast(0)).toBe(false);
    expect(value.or(5).atLeast(5)).toBe(true);
    expect(value.some(() => true)).toBe(false);
    expect(value.every(() => false)).toBe(true);
    expect(value.items).toEqual([]);
    expect(value.entries).toEqual([]);
  });

  test("that a provider carries as text is what it says", () => {
    expect(of("true").is(true)).toBe(true);
    expect(of("false").is(true)).toBe(false);
    expect(of("35").atLeast(35)).toBe(true);
    expect(of("").atLeast(0)).toBe(false);
    expect(of("abc").atMost(1)).toBe(false);
  });

  test("in a list is decided by the items that are known", () => {
    const list = of({ rules: [{ open: unknownString }, { open: true }] }).at("rules");
    expect(list.some((one) => one.at("open").is(true))).toBe(true);
    expect(list.every((one) => one.at("open").is(false))).toBe(false);
    expect(list.every((one) => one.at("open").is(true))).toEqual(new Unknown("rules[0].open"));
  });

  test("of JSON text is read, and of no JSON is left out", () => {
    expect(
      of('{"a":[1]}')
        .json.at("a")
        .some((one) => one.is(1)),
    ).toBe(true);
    expect(of("no JSON").json.at("a").given).toBe(false);
  });

  test("of any form never makes the reader throw", () => {
    for (const raw of [null, undefined, 0, "", [], {}, [null], { a: null }, NaN]) {
      const value = of(raw);
      expect(() => [
        value.at("a").at("b"),
        value.items,
        value.entries,
        value.texts,
        value.json.at("x"),
        value.filled,
      ]).not.toThrow();
    }
  });
});
