import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "./contract";

/** SHA-256 of a text as UTF-8, in hexadecimal: the name under which the bucket keeps it. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** All files of a machine in one text: what the loader fetches, whole or not at all. */
export interface Bundle {
  /**
   * One line a file, sorted by path, `<sha256> <mode> <bytes> <path>`; an empty line; then the contents, one after
   * another. One object and not one a file: an object a file would be shared by files of equal content, and the
   * update of one would delete the other's.
   */
  readonly text: string;
  /** SHA-256 of `text`: part of its key in the bucket, and of the user data. */
  readonly sha256: string;
}

/**
 * The bundle of a machine's files.
 * @throws if a path is not absolute, stands twice or has what the list's line form cannot hold, or below a file,
 * or a mode is not octal.
 */
export function renderBundle(files: readonly NodeFile[]): Bundle {
  const seen = new Set<string>();
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = sorted.map(({ path, mode, content }) => {
    // A backslash stands in the names of mount units: `srv-gitlab\x2dstate.mount`.
    if (!/^(\/[A-Za-z0-9_@.\\-]+)+$/.test(path) || path.split("/").includes(".."))
      throw new Error(
        `node file path ${JSON.stringify(path)}: want an absolute path of plain characters`,
      );
    if (!/^0[0-7]{3}$/.test(mode))
      throw new Error(
        `mode of ${path} is ${JSON.stringify(mode)}: want four octal digits, for example 0644`,
      );
    if (seen.has(path)) throw new Error(`node file ${path} stands twice in the list`);
    seen.add(path);
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
      if (sorted.some((other) => other.path === path.slice(0, end)))
        throw new Error(
          `node file ${path} lies below ${path.slice(0, end)}, which is a file itself`,
        );
    return `${sha256(content)} ${mode} ${Buffer.byteLength(content, "utf8")} ${path}\n`;
  });
  const text = [...lines, "\n", ...sorted.map(({ content }) => content)].join("");
  return { text, sha256: sha256(text) };
}

/** Key of a bundle in the bucket: below the role, so that a role's rights end at its own files. */
export function bundleKey(role: string, digest: string): string {
  return `bundles/${role}/${digest}`;
}

/** What a machine's loader must know; all of it plain, none of it secret. */
export interface LoaderFacts {
  /** Bucket with `bundles/<role>/<sha256>`. */
  readonly bucket: string;
  readonly region: string;
  /** SHA-256 of the bundle, hexadecimal. */
  readonly bundle: string;
  /** CloudWatch log group; named in the failure message, so that its reader knows where to look. */
  readonly logGroup: string;
  readonly environment: string;
  readonly role: string;
  readonly alertTopicArn: string;
}

/**
 * EC2's limit for user data before it is encoded, in bytes.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html ("limited to 16 KB, in raw form").
 */
export const userDataLimitBytes = 16 * 1024;

/** A loader's text, with what all loaders share in the place that its template names. */
export function loaderTemplate(name: string): string {
  const read = (file: string): string => readFileSync(join(__dirname, "templates", file), "utf8");
  const mark = "# @include unpack.sh@\n";
  const text = read(name);
  if (!text.includes(mark)) throw new Error(`${name} has no ${mark.trim()}`);
  // Its first line is for shellcheck alone.
  return text.replace(mark, () => read("unpack.sh").replace(/^# shellcheck.*\n/, ""));
}

/**
 * The loader: the whole of a machine's user data. It fetches the bundle of its files, proves each by its
 * SHA-256 and starts `/opt/gitlab-node/boot`.
 * @throws if a value has a form that it cannot have in AWS, or the result is over EC2's limit.
 */
export function renderLoader(facts: LoaderFacts): string {
  const rules: Record<keyof LoaderFacts, RegExp> = {
    bucket: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    region: /^[a-z]{2}(-[a-z]+)+-\d$/,
    bundle: /^[0-9a-f]{64}$/,
    logGroup: /^[A-Za-z0-9_./#-]{1,512}$/,
    environment: /^[a-z][a-z0-9-]*$/,
    role: /^[a-z][a-z0-9-]*$/,
    alertTopicArn: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/,
  };
  let script = loaderTemplate("loader.sh");
  for (const key of Object.keys(rules) as (keyof LoaderFacts)[]) {
    const value = facts[key];
    if (!rules[key].test(value))
      throw new Error(`loader ${key}: found ${JSON.stringify(value)}, want ${rules[key].source}`);
    const mark = `@${key}@`;
    if (!script.includes(mark)) throw new Error(`the loader's template has no ${mark}`);
    script = script.replaceAll(mark, value);
  }
  const bytes = Buffer.byteLength(script, "utf8");
  if (bytes > userDataLimitBytes)
    throw new Error(
      `the loader is ${bytes} bytes; EC2 takes user data of at most ${userDataLimitBytes}`,
    );
  return script;
}
