import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc } from "../../support/properties";
import { checkout } from "../../../engine/isolation";
import {
  differentParts,
  digestOf,
  DigestTextError,
  formatDigest,
  parseApproval,
  parseDigest,
} from "../../../review/approval/digest";
import { type Digest, digestParts } from "../../../review/record";

const digest: Digest = {
  plan: "0123456789abcdef",
  state: "1123456789abcdef",
  settings: "2123456789abcdef",
  policies: "3123456789abcdef",
  code: "4123456789abcdef",
};
const word =
  "aws:plan-0123456789abcdef.state-1123456789abcdef.settings-2123456789abcdef.policies-3123456789abcdef.code-4123456789abcdef";

test("a digest is one word with its stack, and reads back as it was", () => {
  expect(formatDigest("aws", digest)).toBe(word);
  expect(parseApproval(` ${word}\n`)).toEqual({ stack: "aws", digest });
  expect(parseDigest(word)).toEqual(digest);
  const hash = fc.stringMatching(/^[0-9a-f]{16}$/);
  const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/);
  const any = fc.record(
    { plan: hash, state: hash, settings: hash, policies: hash, code: hash },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(name, any, (stack, made) => {
      const text = formatDigest(stack, made);
      expect(text).toMatch(/^\S+$/);
      expect(parseApproval(text)).toEqual({ stack, digest: made });
    }),
  );
});

test.each([
  ["nothing", "", "is no digest"],
  ["a commit", "65bf174c2f", "is no digest"],
  ["no stack", word.slice("aws:".length), "is no digest"],
  ["one part alone", "aws:plan-0123456789abcdef", 'has no part "state"'],
  ["an end that was cut off", word.slice(0, -1), 'not the part "code"'],
  ["capitals", word.replace("abcdef.state", "ABCDEF.state"), 'not the part "plan"'],
  ["another order", word.replace("plan-", "code-"), 'not the part "plan"'],
  ["something after it", `${word}.extra-1`, 'ends with "extra-1"'],
])("a digest that is %s is refused in words", (_what, text, message) => {
  expect(() => parseDigest(text)).toThrow(DigestTextError);
  expect(() => parseDigest(text)).toThrow(message);
});

test("what was pasted by mistake is not repeated whole: it may be a secret", () => {
  const token = "glpat-0123456789012345678901234567890";
  expect(() => parseDigest(token)).toThrow(
    expect.not.objectContaining({ message: token }) as Error,
  );
  try {
    parseDigest(token);
  } catch (error) {
    expect(String(error)).not.toContain(token);
  }
});

test("parts that differ are named in their order", () => {
  expect(differentParts(digest, digest)).toEqual([]);
  for (const part of digestParts) {
    expect(differentParts(digest, { ...digest, [part]: "f".repeat(16) })).toEqual([part]);
  }
  const all = Object.fromEntries(digestParts.map((part) => [part, "f".repeat(16)]));
  expect(differentParts(digest, all as unknown as Digest)).toEqual([...digestParts]);
});

describe("of a project", () => {
  let project: string;
  const put = (name: string, text: string): void => {
    writeFileSync(join(project, name), text);
  };
  const made = (
    stack = "aws",
    plan: unknown = { resourcePlans: {} },
    state: unknown = { deployment: { resources: [] } },
  ) =>
    digestOf({
      ...{ stack, project, projectName: "gitlab", plan, state },
      settingsFile: join(project, "Pulumi.aws.yaml"),
    });

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "approval-"));
    execFileSync("git", ["init", "-q"], { cwd: project });
    symlinkSync(join(checkout, "node_modules"), join(project, "node_modules"));
    for (const folder of ["policies", "environments", "environments/aws", "environments/dev"]) {
      mkdirSync(join(project, folder));
    }
    put("Pulumi.aws.yaml", "config: { gitlab:a: b }\n");
    for (const name of [
      "index.ts",
      "policies/rule.ts",
      "environments/aws/a.ts",
      "environments/dev/a.ts",
    ]) {
      put(name, "export {};\n");
    }
  });
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  test("each part moves with its own content, and no other part does", async () => {
    const before = await made();
    const goal = { goal: { name: "a", inputDiff: {} }, steps: ["create"] };
    const planned = await made("aws", { resourcePlans: { "urn:a": goal } });
    expect(differentParts(before, planned)).toEqual(["plan"]);
    const moved = await made("aws", undefined, { deployment: { resources: [{ urn: "urn:a" }] } });
    expect(differentParts(before, moved)).toEqual(["state"]);
    const files = {
      "Pulumi.aws.yaml": ["settings"],
      "policies/rule.ts": ["policies"],
      "index.ts": ["code"],
      "environments/aws/a.ts": ["code"],
      "environments/dev/a.ts": [],
      "README.md": [],
    };
    let last = before;
    for (const [name, parts] of Object.entries(files)) {
      appendFileSync(
        join(project, name),
        name.endsWith("yaml") ? "encryptionsalt: v1\n" : "// more\n",
      );
      const now = await made();
      expect([name, differentParts(last, now)]).toEqual([name, parts]);
      last = now;
    }
  });

  test("nothing of one stack is worth anything for another", async () => {
    expect(differentParts(await made("aws"), await made("dev"))).toEqual([...digestParts]);
  });
});
