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

/** Kinds that the SDK has no class for: GKE's own, by their published schemas. */
const custom = [
  ...source.matchAll(
    /export const \w+ = type<\s*import\("(@kubernetes-models\/[^"]+)"\)\.I(\w+)\s*>\(\s*"([^"]+)",?\s*\)/g,
  ),
].map(([, module = "", name = "", token = ""]) => ({ module, name, token }));

describe("a type that a rule names", () => {
  test("is declared in one of the two forms that this test reads", () => {
    expect(declared.length + custom.length).toBe(source.match(/^export const /gm)?.length);
    expect(declared.length).toBeGreaterThan(100);
  });

  test.each(declared)("$token is $name of $module", ({ module, name, token }) => {
    const loaded = jest.requireActual<Record<string, { __pulumiType?: string }>>(module);
    expect(loaded[name]?.__pulumiType).toBe(token);
  });

  test.each(custom)("$token is $name of $module", ({ module, name, token }) => {
    const { apiVersion, kind } = jest.requireActual<
      Record<string, { apiVersion: string; kind: string }>
    >(module)[name] ?? { apiVersion: "", kind: "" };
    expect(`kubernetes:${apiVersion}:${kind}`).toBe(token);
  });

  test("stands in types.ts, the providers' own apart", () => {
    const known = new Set([...declared, ...custom].map(({ token }) => token));
    const used = rules.flatMap(({ types }) => types);
    expect(used.filter((token) => !known.has(token) && !token.startsWith("pulumi:"))).toEqual([]);
  });
});
