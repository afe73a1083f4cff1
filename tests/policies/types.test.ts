/** Types that rules name are those of the installed SDKs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policies/rules";

const source = readFileSync(join(__dirname, "..", "..", "policies", "types.ts"), "utf8");
const declared = [
  ...source.matchAll(
    /export const \w+ =\s*type<\s*import\("(@pulumi\/[^"]+)"\)\.(\w+)Args\s*>\(\s*"([^"]+)",?\s*\)/g,
  ),
].map(([, module = "", name = "", token = ""]) => ({ module, name, token }));

describe("a type that a rule names", () => {
  test("is declared in the one form that this test reads", () => {
    expect(declared).toHaveLength(source.match(/^export const /gm)?.length ?? 0);
    expect(declared.length).toBeGreaterThan(100);
  });

  test.each(declared)("$token is $name of $module", ({ module, name, token }) => {
    const loaded = jest.requireActual<Record<string, { __pulumiType?: string }>>(module);
    expect(loaded[name]?.__pulumiType).toBe(token);
  });

  test("stands in types.ts, the providers' own apart", () => {
    const known = new Set(declared.map(({ token }) => token));
    const used = rules.flatMap(({ types }) => types);
    expect(used.filter((token) => !known.has(token) && !token.startsWith("pulumi:"))).toEqual([]);
  });
});
