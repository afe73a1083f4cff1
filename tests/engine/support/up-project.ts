/**
 * `npm run up` for a project of a test, as a process of its own.
 * Argument: JSON with the project's folder, the engine's environment and what was typed.
 */
import { resolveEngine } from "../../../engine/binary";
import { runUp } from "../../../review/approval/up-command";
import { environments } from "../project/environments/registry";

/** What the process is started with. */
export interface UpOrder {
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stack: string;
  readonly approved: string;
  readonly json?: string;
}

const { project, env, stack, approved, json } = JSON.parse(process.argv[2] ?? "{}") as UpOrder;

void runUp({
  ...{ project, env, approved, json },
  registry: environments,
  stacks: [stack],
  engine: resolveEngine,
}).then((code) => {
  process.exitCode = code;
});
