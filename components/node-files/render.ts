import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "./contract";

/** SHA-256 of a text as UTF-8, in hexadecimal: the name under which the bucket keeps it. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A machine's list of files: what the loader fetches first. */
export interface Manifest {
  /** One line a file, sorted by path: `<sha256> <mode> <path>`. */
  readonly text: string;
  /** SHA-256 of `text`: the manifest's own name, and part of the user data. */
  readonly sha256: string;
}

/**
 * The manifest of a machine's files.
 * @throws if a path is not absolute, stands twice or has what the manifest's line form cannot hold, or a mode is not octal.
 */
export function renderManifest(files: readonly NodeFile[]): Manifest {
  const seen = new Set<string>();
  const lines = files.map(({ path, mode, content }) => {
    if (!/^(\/[A-Za-z0-9_@.-]+)+$/.test(path) || path.split("/").includes(".."))
      throw new Error(`node file path ${JSON.stringify(path)}: want an absolute path of plain characters`);
    if (!/^0[0-7]{3}$/.test(mode))
      throw new Error(`mode of ${path} is ${JSON.stringify(mode)}: want four octal digits, for example 0644`);
    if (seen.has(path)) throw new Error(`node file ${path} stands twice in the list`);
    seen.add(path);
    return { path, line: `${sha256(content)} ${mode} ${path}\n` };
  });
  const text = lines
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ line }) => line)
    .join("");
  return { text, sha256: sha256(text) };
}

/** What a machine's loader must know; all of it plain, none of it secret. */
export interface LoaderFacts {
  /** Bucket with `manifests/<sha256>` and `files/<sha256>`. */
  readonly bucket: string;
  readonly region: string;
  /** SHA-256 of the manifest, hexadecimal. */
  readonly manifest: string;
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

const loaderTemplate = join(__dirname, "templates", "loader.sh");

/**
 * The loader: the whole of a machine's user data. It fetches the files named by the manifest, proves each by its
 * SHA-256 and starts `/opt/gitlab-node/boot`.
 * @throws if a value has a form that it cannot have in AWS, or the result is over EC2's limit.
 */
export function renderLoader(facts: LoaderFacts): string {
  const rules: Record<keyof LoaderFacts, RegExp> = {
    bucket: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    region: /^[a-z]{2}(-[a-z]+)+-\d$/,
    manifest: /^[0-9a-f]{64}$/,
    logGroup: /^[A-Za-z0-9_./#-]{1,512}$/,
    environment: /^[a-z][a-z0-9-]*$/,
    role: /^[a-z][a-z0-9-]*$/,
    alertTopicArn: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/,
  };
  let script = readFileSync(loaderTemplate, "utf8");
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
    throw new Error(`the loader is ${bytes} bytes; EC2 takes user data of at most ${userDataLimitBytes}`);
  return script;
}
