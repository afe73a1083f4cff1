/**
 * The digest that an approval is bound to: five hashes, one for each thing that decides what an up does
 * (docs/decisions/0014-what-an-approval-binds.md).
 */
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { digestParts, type Digest, type DigestPart } from "../record";
import { canonicalPlan } from "./canonical-plan";
import { canonicalSettings } from "./canonical-settings";
import { canonicalState } from "./canonical-state";
import { codePaths, policyPaths } from "./code-paths";
import { treeOf, treeText } from "./source-tree";
import { canonicalText } from "./values";

/** What is digested. */
export interface DigestInput {
  readonly stack: string;
  /** Folder of the Pulumi project. */
  readonly project: string;
  /** The Pulumi project's name. */
  readonly projectName: string;
  /** The saved plan, parsed. */
  readonly plan: unknown;
  /** The exported state that the plan was made over, parsed. */
  readonly state: unknown;
  /** Path of `Pulumi.<stack>.yaml`. */
  readonly settingsFile: string;
}

/**
 * Makes the digest of a stack's preview.
 * @throws NoGitError without Git; UnreadableSettingsError; Error where plan or state are none
 */
export async function digestOf(input: DigestInput): Promise<Digest> {
  const plan = canonicalText(canonicalPlan(input.plan, input.state));
  return { plan: hashOf(input, "plan", plan), ...(await digestWithoutPlan(input)) };
}

/** The same of what can be known without a preview. */
export async function digestWithoutPlan(
  input: Omit<DigestInput, "plan">,
): Promise<Omit<Digest, "plan">> {
  const { stack, project } = input;
  const settings = canonicalText(canonicalSettings(input.settingsFile));
  const policies = treeText(await treeOf(project, policyPaths));
  return {
    state: hashOf(input, "state", canonicalText(canonicalState(input.state))),
    settings: hashOf(input, "settings", settings),
    policies: hashOf(input, "policies", `${policySdk(project)}\0${policies}`),
    code: hashOf(input, "code", treeText(await treeOf(project, codePaths(stack)))),
  };
}

/** Nobody can pass off one stack's hash, or one part's, as another's. */
function hashOf(
  { projectName, stack }: Pick<DigestInput, "projectName" | "stack">,
  part: DigestPart,
  content: string,
): string {
  return createHash("sha256")
    .update(["approval 1", projectName, stack, part, content].join("\0"))
    .digest("hex")
    .slice(0, 16);
}

/** The version of the SDK that the policies are written with, which is what runs them. */
function policySdk(project: string): string {
  const load = createRequire(join(project, "package.json"));
  try {
    return (load("@pulumi/policy/package.json") as { version: string }).version;
  } catch (error) {
    throw new Error("@pulumi/policy is not installed: run npm ci.", { cause: error });
  }
}

/** A digest is malformed; the message says what is wrong with it. */
export class DigestTextError extends Error {}

/** An approval as it is pasted: which stack, and what was seen. */
export interface Approval {
  readonly stack: string;
  readonly digest: Digest;
}

/** One word that can be pasted: `aws:plan-0123456789abcdef.state-….settings-….policies-….code-…`. */
export function formatDigest(stack: string, digest: Digest): string {
  return `${stack}:${digestParts.map((part) => `${part}-${digest[part]}`).join(".")}`;
}

const form = "stack:plan-<16 digits>.state-<16 digits>.settings-….policies-….code-…";

/**
 * Reads what {@link formatDigest} wrote.
 * @throws DigestTextError
 */
export function parseApproval(text: string): Approval {
  const word = text.trim();
  const colon = word.lastIndexOf(":");
  if (colon < 1) {
    throw new DigestTextError(
      `"${shortened(word)}" is no digest: copy the whole word from the note, as ${form}`,
    );
  }
  const given = word.slice(colon + 1).split(".");
  const read = (part: DigestPart): string => {
    const own = given[digestParts.indexOf(part)];
    const hash = new RegExp(`^${part}-([0-9a-f]{16})$`).exec(own ?? "")?.[1];
    if (hash !== undefined) return hash;
    throw new DigestTextError(
      own === undefined
        ? `The digest has no part "${part}": copy the whole word, as ${form}`
        : `"${shortened(own)}" is not the part "${part}" of a digest: ${part}- and 16 digits of 0-9 and a-f are expected there`,
    );
  };
  const digest = eachPart(read);
  if (given.length > digestParts.length) {
    throw new DigestTextError(
      `The digest ends with "${shortened(given.slice(digestParts.length).join("."))}", which is no part of one: it has five, as ${form}`,
    );
  }
  return { stack: word.slice(0, colon), digest };
}

/**
 * Reads the digest that {@link formatDigest} wrote, whichever stack it is of.
 * @throws DigestTextError
 */
export function parseDigest(text: string): Digest {
  return parseApproval(text).digest;
}

/** The parts in which two digests of a stack differ, in their order. */
export function differentParts(one: Digest, other: Digest): DigestPart[] {
  return digestParts.filter((part) => one[part] !== other[part]);
}

function eachPart(hash: (part: DigestPart) => string): Digest {
  return {
    plan: hash("plan"),
    state: hash("state"),
    settings: hash("settings"),
    policies: hash("policies"),
    code: hash("code"),
  };
}

/** A pasted text may be anything, a secret too: enough of it to recognise it. */
function shortened(text: string): string {
  return text.length > 24 ? `${text.slice(0, 24)}…` : text;
}
