/** Five typical changes, of which docs/examples shows the note that each gets. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { resolveEngine } from "../../engine/binary";
import type { SettingsChange } from "../../engine/environment";
import { checkout } from "../../engine/isolation";
import { environments } from "../../environments/registry";
import { plainText } from "../../policies/secrets-scan";
import { digestParts, type Digest, type PreviewRecord } from "../../review/record";
import { previewInSandbox } from "../../review/run/sandbox";
import { typesOf } from "../../scripts/support/listed-rules";

/** A change, made of settings on top of those that are committed. */
export interface NoteExample {
  /** Of its file in docs/examples and of its folder in tests/golden/notes. */
  readonly name: string;
  readonly title: string;
  /** What is changed, and what to look at. */
  readonly about: string;
  /** Stack to its changed settings. */
  readonly set: Readonly<Record<string, SettingsChange>>;
}

export const noteExamples: readonly NoteExample[] = [
  {
    name: "no-change",
    title: "Nothing changes",
    about: "A refactoring. The note is a line, and stays out of the way.",
    set: { ops: { "machine.type": "n2-standard-8" } },
  },
  {
    name: "gitlab-version",
    title: "A new GitLab version on `aws`",
    about:
      "19.2.2 to 19.3.1. What is replaced are the bundles of files that machines boot from; the diffs show which lines of them change.",
    set: {
      aws: {
        "release.version": "19.3.1",
        // gitlab/gitlab-ce:19.3.1-ce.0
        "release.digest": "sha256:f63df4c43029fe91db370609c0b40a1e3585cebd06e3e9637d93a9a3030eb86e",
        "release.upgradeFrom": "19.2.2",
      },
    },
  },
  {
    name: "larger-database",
    title: "A larger database for `ops`",
    about: "The engine calls it one update in place. The note says that connections break.",
    set: { ops: { "database.tier": "db-custom-8-32768" } },
  },
  {
    name: "lost-data",
    title: "Protection lifted, and disks of another kind, in one change",
    about:
      "What must not be merged. In the engine's own summary the lifted protection is no change at all, and the replaced disks are two of many.",
    set: { ops: { protection: false, "disks.type": "pd-balanced" } },
  },
  {
    name: "several-environments",
    title: "Three environments, one of them beyond its budget",
    about: "A routine change on `dev`, none on `ops`, and on `aws` one that a policy stops.",
    set: {
      aws: { "application.type": "m6i.16xlarge" },
      dev: { "upgrade.cron": "30 2 * * *" },
      ops: { "machine.type": "n2-standard-8" },
    },
  },
];

/** The previews of an example, by the real engine in the sandbox, on top of the settings that are committed. */
export async function previewExample({ set }: NoteExample): Promise<PreviewRecord[]> {
  const { path: binary } = await resolveEngine();
  const never = new AbortController().signal;
  const found = await Promise.all(
    Object.entries(set).map(([stack, changes]) =>
      previewInSandbox({
        project: checkout,
        registry: environments,
        stacks: [stack],
        set: changes,
        base: { project: checkout, registry: environments, label: "the same settings" },
        drift: true,
        binary,
        typesOf,
        listener: { stage: () => undefined, say: () => undefined, event: () => undefined },
        signal: never,
        force: never,
        onScratch: () => undefined,
      }),
    ),
  );
  return found.flat().map(({ record }) => asReviewed(record));
}

/**
 * A sandbox preview as the same one against a backend would be kept: with a digest, here a made-up one. Seconds, commit
 * and the random ends of made-up names, which no two runs share, are taken out.
 */
function asReviewed(record: PreviewRecord): PreviewRecord {
  const settled = JSON.parse(
    JSON.stringify({ ...record, base: undefined, commit: undefined }).replace(
      /-[0-9a-f]{7}(?=["\\/,;:\s]|$)/g,
      "-1a2b3c4",
    ),
  ) as PreviewRecord;
  return { ...settled, mode: "cloud", seconds: 0, digest: exampleDigest(record.stack) };
}

function exampleDigest(stack: string): Digest {
  const hash = (part: string): string =>
    createHash("sha256").update(`example ${stack} ${part}`).digest("hex").slice(0, 16);
  return Object.fromEntries(digestParts.map((part) => [part, hash(part)])) as Record<
    keyof Digest,
    string
  >;
}

/**
 * A record without what differs from run to run by nature: random ends of made-up names, and the digests and packed
 * texts of files that such a name stands in.
 */
export function settled(value: unknown): unknown {
  if (typeof value === "string") {
    return plainText(value)
      .replace(/-[0-9a-f]{7}(?![0-9a-z])/g, "-1a2b3c4")
      .replace(/(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])/g, "(digest)");
  }
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, settled(one)]));
}

/** Where the records of an example are kept, in the layout of `npm run preview -- --json`. */
export function exampleFolder({ name }: Pick<NoteExample, "name">): string {
  return join(checkout, "tests", "golden", "notes", name);
}
