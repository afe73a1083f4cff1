/** What a rehearsal found, as the JSON file says it and as the table at the end shows it. */

/**
 * One stack's report; the structure of `--json`. Seconds are wall-clock. A step that was not reached
 * has zeros, and `ok` is false then.
 */
export interface StackReport {
  readonly stack: string;
  /** Every step held. */
  ok: boolean;
  /** What up created, the stack and its components included, as the engine counts. */
  resources: number;
  /** From the start of the stack's preparation to the end of its destroy. */
  seconds: number;
  readonly steps: {
    readonly preview: { create: number; seconds: number };
    readonly up: { create: number; seconds: number };
    /** Second preview: what it would change, which must be nothing. */
    readonly noop: { changes: number; seconds: number };
    /** Every everyday change together. */
    readonly day2: {
      readonly planned: { update: number; replace: number };
      update: number;
      replace: number;
      /** Replaced resources that were protected, which must be none. */
      replacedStateful: number;
      seconds: number;
    };
    readonly drift: { injected: number; found: number; seconds: number };
    readonly destroy: {
      /** The destroy preview was refused, and each protected resource was named or stands behind a named one. */
      refused: boolean;
      /** Resources that were protected. */
      protected: number;
      /** Names of those that the engine did not come to, since a protected resource that it named needs them. */
      behind: readonly string[];
      /** Calls to the sandbox during that, which must be none. */
      callsWhileRefused: number;
      /** Objects of this stack in the sandbox after the destroy. */
      left: number;
      seconds: number;
    };
    /** Made-up secrets found in clear in anything written, over all steps. */
    secretsFound: number;
  };
}

/** The whole file. */
export interface RehearsalReport {
  readonly stacks: readonly StackReport[];
}

/** A report with nothing done yet. */
export function emptyReport(stack: string): StackReport {
  return {
    stack,
    ok: false,
    resources: 0,
    seconds: 0,
    steps: {
      preview: { create: 0, seconds: 0 },
      up: { create: 0, seconds: 0 },
      noop: { changes: 0, seconds: 0 },
      day2: {
        planned: { update: 0, replace: 0 },
        update: 0,
        replace: 0,
        replacedStateful: 0,
        seconds: 0,
      },
      drift: { injected: 0, found: 0, seconds: 0 },
      destroy: {
        refused: false,
        protected: 0,
        behind: [],
        callsWhileRefused: 0,
        left: 0,
        seconds: 0,
      },
      secretsFound: 0,
    },
  };
}

/** Rounds seconds to hundredths, all through a report. */
export function rounded(report: RehearsalReport): RehearsalReport {
  return JSON.parse(
    JSON.stringify(report, (key, value: unknown) =>
      key === "seconds" && typeof value === "number" ? Math.round(value * 100) / 100 : value,
    ),
  ) as RehearsalReport;
}

/** Lays cells out in columns: the first left-aligned, numbers to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * The table at the end: per stack its resources, seconds per step, what each step changed, what was
 * left over.
 */
export function table({ stacks }: RehearsalReport): string {
  const seconds = (value: number): string => `${value.toFixed(1)} s`;
  const times = [
    ["seconds", "preview", "up", "no-op", "day 2", "drift", "destroy", "all"],
    ...stacks.map(({ stack, seconds: all, steps: { preview, up, noop, day2, drift, destroy } }) => [
      stack,
      ...[preview, up, noop, day2, drift, destroy].map((step) => seconds(step.seconds)),
      seconds(all),
    ]),
  ];
  const results = [
    [
      "stack",
      "held",
      "resources",
      "no-op",
      "day 2 updated",
      "replaced",
      "stateful",
      "drift",
      "refused",
      "left",
      "secrets",
    ],
    ...stacks.map(
      ({ stack, ok, resources, steps: { noop, day2, drift, destroy, secretsFound } }) => [
        stack,
        ok ? "yes" : "NO",
        String(resources),
        `${noop.changes} changes`,
        String(day2.update),
        String(day2.replace),
        String(day2.replacedStateful),
        `${drift.found} of ${drift.injected}`,
        destroy.refused ? "yes" : "no",
        String(destroy.left),
        String(secretsFound),
      ],
    ),
  ];
  return `${columns(results)}\n\n${columns(times)}`;
}
