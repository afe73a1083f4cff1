import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "../../../engine/isolation";
import { codePaths, policyPaths } from "../../../review/approval/code-paths";
import { treeOf } from "../../../review/approval/source-tree";
import { typescript } from "../../support/typescript";

const script = join(__dirname, "support", "loaded-files.ts");

/** Own files that a stack's program loads and reads. */
async function filesOf(stack: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--stack-trace-limit=2", ...typescript, script, stack],
    { cwd: checkout, maxBuffer: 16 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as string[];
}

jest.setTimeout(120_000);

test("what the policies load of the checkout is in an approval of them", async () => {
  const bound = new Set((await treeOf(checkout, policyPaths)).map(({ path }) => path));
  const programs = [...bound].filter((path) => /\.[cm]?[jt]s$/.test(path));
  const loaded = programs.flatMap((path) =>
    [
      ...readFileSync(join(checkout, path), "utf8").matchAll(
        /(?:\bfrom|\bimport|\b(?:require|import)\()\s*"(\.[^"]*)"/g,
      ),
    ].map(([, target = ""]) => join(dirname(path), target)),
  );
  expect(loaded).toEqual(expect.arrayContaining(["engine/transpile.cjs", "policies/pack.ts"]));
  const unbound = loaded.filter(
    (path) => ![path, `${path}.ts`, `${path}/index.ts`, `${path}.js`].some((one) => bound.has(one)),
  );
  expect(unbound).toEqual([]);
});

test.each(["aws", "dev", "ops", "version"])(
  "what the program of %s loads and reads is in an approval of its code",
  async (stack) => {
    const loaded = await filesOf(stack);
    // Of each kind something, or the listing would prove nothing.
    expect(loaded).toEqual(
      expect.arrayContaining([
        "index.ts",
        "environments/registry.ts",
        `environments/${stack}/index.ts`,
        "engine/environment.ts",
        expect.stringMatching(/^components\/.*\/templates\/.*\.sh$/),
      ]),
    );
    const bound = new Set((await treeOf(checkout, codePaths(stack))).map(({ path }) => path));
    // Settings are a part of their own.
    const own = loaded.filter((path) => path !== `Pulumi.${stack}.yaml`);
    expect(own.filter((path) => !bound.has(path))).toEqual([]);
    // What boots on a machine is rendered once addresses are known, which they are not here.
    const readers = own.filter((path) =>
      readFileSync(join(checkout, path), "utf8").includes("node:fs"),
    );
    expect(readers).not.toEqual([]);
    for (const path of readers) {
      const text = readFileSync(join(checkout, path), "utf8");
      const places = [...text.matchAll(/join\(__dirname, ((?:"[^"]*"(?:, )?)*)/g)].map(
        ([, parts = ""]) =>
          join(dirname(path), ...[...parts.matchAll(/"([^"]*)"/g)].map(([, part = ""]) => part)),
      );
      expect([path, places]).toEqual([
        path,
        places.filter((place) => place.startsWith("components/")),
      ]);
      expect([path, places.length > 0]).toEqual([path, true]);
    }
  },
);
