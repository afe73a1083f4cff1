/**
 * The folder of a run's previews: `DIR/<stack>/preview.json`, `DIR/<stack>/events.jsonl`, `DIR/widgets/`. It is handed
 * from job to job as an artifact, so what is read from it is checked like any other input.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { z } from "zod";
import { dangerKinds, type Digest, type Masked, type PreviewRecord } from "./record";

/** Folder for the files that GitLab shows in the merge request by itself. */
export const widgetsFolder = "widgets";

/** The folder does not hold what it should; the message names the file and what is wrong with it. */
export class StoreError extends Error {}

const masked: z.ZodType<Masked> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    z.number(),
    z.string(),
    z.array(masked),
    z.record(z.string(), masked),
  ]),
);

const property = z.strictObject({
  path: z.string(),
  kind: z.enum(["add", "update", "delete"]),
  replaces: z.boolean(),
  before: masked.optional(),
  after: masked.optional(),
});

const change = z.strictObject({
  urn: z.string(),
  type: z.string(),
  name: z.string(),
  components: z.array(z.string()),
  operation: z.enum(["create", "update", "replace", "delete", "import", "same"]),
  stateful: z.boolean(),
  protectionLifted: z.boolean(),
  retained: z.boolean().optional(),
  leftover: z.boolean().optional(),
  properties: z.array(property),
});

const counted = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{16}$/);
const digest: z.ZodType<Digest> = z.strictObject({
  plan: hash,
  state: hash,
  settings: hash,
  policies: hash,
  code: hash,
});

/** As stacks may be called; the name is a folder's too. https://www.pulumi.com/docs/iac/concepts/stacks/ */
const stackName = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/);

const record = z.strictObject({
  format: z.literal(1),
  stack: stackName,
  summary: z.string(),
  production: z.boolean(),
  mode: z.enum(["cloud", "sandbox"]),
  base: z.string().optional(),
  status: z.enum(["previewed", "failed"]),
  errors: z.array(z.string()),
  counts: z.strictObject({
    create: counted,
    update: counted,
    replace: counted,
    delete: counted,
    same: counted,
  }),
  changes: z.array(change),
  outputs: z.array(property).optional(),
  dangers: z.array(
    z.strictObject({
      kind: z.enum(dangerKinds),
      urn: z.string(),
      type: z.string(),
      name: z.string(),
      message: z.string(),
    }),
  ),
  policies: z.strictObject({
    rules: counted,
    results: z.array(
      z.strictObject({
        stack: z.string(),
        rule: z.string(),
        urn: z.string(),
        state: z.enum(["failed", "exempted", "undecided"]),
        mandatory: z.boolean(),
        message: z.string(),
      }),
    ),
  }),
  drift: z
    .strictObject({
      status: z.enum(["looked", "failed"]),
      errors: z.array(z.string()),
      changes: z.array(change),
    })
    .optional(),
  digest: digest.optional(),
  seconds: z.number().min(0),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
}) satisfies z.ZodType<PreviewRecord>;

/** Writes what a run found. */
export class PreviewStore {
  constructor(readonly folder: string) {}

  /**
   * Makes the stack's folder anew: nothing of an earlier run stays beside what this one writes.
   * @throws Error where the folder cannot be written
   */
  begin(stack: string): void {
    rmSync(this.path(stack), { recursive: true, force: true });
    mkdirSync(this.path(stack), { recursive: true });
    rmSync(join(this.folder, widgetsFolder), { recursive: true, force: true });
  }

  /** Adds an event, which has to be masked. */
  event(stack: string, event: EngineEvent): void {
    appendFileSync(join(this.path(stack), "events.jsonl"), `${JSON.stringify(event)}\n`);
  }

  /** Writes a stack's record. */
  write(written: PreviewRecord): void {
    writeFileSync(
      join(this.path(written.stack), "preview.json"),
      `${JSON.stringify(written, null, 2)}\n`,
    );
  }

  /** Writes a file for GitLab's own display. */
  widget(name: string, content: string): void {
    mkdirSync(join(this.folder, widgetsFolder), { recursive: true });
    writeFileSync(join(this.folder, widgetsFolder, name), content);
  }

  private path(stack: string): string {
    return join(this.folder, stackName.parse(stack));
  }
}

/**
 * Reads every stack's record, ordered by stack.
 * @throws StoreError where the folder is missing or a record is not what this version writes
 */
export function readRecords(folder: string): PreviewRecord[] {
  if (!existsSync(folder)) throw new StoreError(`${folder} does not exist`);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== widgetsFolder)
    .map(({ name }) => ({ name, file: join(folder, name, "preview.json") }))
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => {
      const read = parseRecord(readFileSync(file, "utf8"), file);
      if (read.stack !== name) throw new StoreError(`${file} is the record of ${read.stack}`);
      return read;
    })
    .sort((one, other) => (one.stack < other.stack ? -1 : 1));
}

function parseRecord(text: string, file: string): PreviewRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StoreError(`${file} is not valid JSON`);
  }
  const parsed = record.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new StoreError(`${file}: ${where}${issue?.message ?? "not a preview's record"}`);
}
