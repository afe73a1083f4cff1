/**
 * `npm run preview` and `npm run drift` for a project of a test, as a process of its own.
 * Argument: JSON.
 */
import { resolveEngine } from "../../../engine/binary";
import type { EnvironmentRegistry } from "../../../engine/environment";
import { runDrift } from "../../../review/run/drift-command";
import { runPreview } from "../../../review/run/preview-command";

/** What the process is started with. */
export interface PreviewOrder {
  readonly command: "preview" | "drift";
  readonly project: string;
  /** File of the registry; the project's own unless it is another's program. */
  readonly registry: string;
  readonly stacks: readonly string[];
  readonly json: string;
  readonly sandbox?: boolean;
  readonly base?: string;
  readonly set?: readonly string[];
  readonly drift?: boolean;
  /** Environment in which the engine is looked for, where the process has another. */
  readonly engine?: string;
}

const order = JSON.parse(process.argv[2] ?? "{}") as PreviewOrder;

async function main(): Promise<number> {
  const { project, stacks, json, sandbox = false, base, set = [], drift = false } = order;
  const { environments: registry } = (await import(order.registry)) as {
    environments: EnvironmentRegistry;
  };
  const engine: typeof resolveEngine = (options) =>
    resolveEngine({
      ...options,
      env:
        order.engine === undefined ? process.env : (JSON.parse(order.engine) as NodeJS.ProcessEnv),
    });
  const common = { project, registry, stacks, json, engine };
  if (order.command === "drift")
    return runDrift({ ...common, issue: false, connection: {}, environment: {} });
  return runPreview({ ...common, sandbox, base, set, drift, rules: [], typesOf: new Map() });
}

void main().then((code) => {
  process.exitCode = code;
});
