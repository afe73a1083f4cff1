import type { Change, Danger, Digest, PreviewRecord, PropertyDiff } from "../../../review/record";

/** Records as previews leave them, made by hand. */

export function urn(stack: string, type: string, name: string): string {
  return `urn:pulumi:${stack}::gitlab::${type}::${name}`;
}

export function diff(path: string, before: unknown, after: unknown, replaces = false) {
  return {
    path,
    kind: before === undefined ? "add" : after === undefined ? "delete" : "update",
    replaces,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  } as PropertyDiff;
}

export function change(stack: string, type: string, name: string, more: Partial<Change>): Change {
  return {
    urn: urn(stack, type, name),
    type,
    name,
    components: [],
    operation: "update",
    stateful: false,
    protectionLifted: false,
    properties: [],
    ...more,
  };
}

export function danger(kind: Danger["kind"], of: Change, message: string): Danger {
  return { kind, urn: of.urn, type: of.type, name: of.name, message };
}

export const digest: Digest = {
  plan: "0123456789abcdef",
  state: "1123456789abcdef",
  settings: "2123456789abcdef",
  policies: "3123456789abcdef",
  code: "4123456789abcdef",
};

export function countsOf(changes: readonly Change[]): PreviewRecord["counts"] {
  const count = (operation: Change["operation"]) =>
    changes.filter((one) => one.operation === operation).length;
  return {
    create: count("create") + count("import"),
    update: count("update"),
    replace: count("replace"),
    delete: count("delete"),
    same: 40,
  };
}

export function record(stack: string, more: Partial<PreviewRecord> = {}): PreviewRecord {
  return {
    format: 1,
    stack,
    summary: "an environment",
    production: stack !== "dev",
    mode: "cloud",
    status: "previewed",
    errors: [],
    counts: countsOf(more.changes ?? []),
    changes: [],
    dangers: [],
    policies: { rules: 61, results: [] },
    drift: { status: "looked", errors: [], changes: [] },
    digest,
    seconds: 41,
    commit: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
    ...more,
  };
}

export const links = {
  pipeline: "https://gitlab.example.com/infrastructure/gitlab/-/pipelines/4711",
  artifacts: "https://gitlab.example.com/infrastructure/gitlab/-/jobs/815/artifacts/browse",
  fullNote: "https://gitlab.example.com/infrastructure/gitlab/-/jobs/815/artifacts/file/note.md",
};
