/**
 * The process of one stack's program. It loads the environment, answers the driver's questions about it, and runs the
 * program as often as it is told to, until a run fails.
 */
import "./lean-sdk";
import { join } from "node:path";
import type { EnvironmentModule, EnvironmentRegistry } from "./environment";
import { runProgram } from "./program-run";
import type { Description, StackProcessMethods } from "./stack-protocol";

const [project = "", stack = ""] = process.argv.slice(2);

/** Imports the stack's environment by way of the project's registry. */
async function load(): Promise<EnvironmentModule> {
  const { environments } = (await import(join(project, "environments", "registry.ts"))) as {
    environments: EnvironmentRegistry;
  };
  const entry = environments[stack];
  if (entry === undefined) throw new Error(`environments/registry.ts has no stack ${stack}`);
  return entry.load();
}

const loaded = load();
// Said when the driver asks; until then nobody listens.
loaded.catch(() => undefined);

const methods: StackProcessMethods = {
  describe: async (): Promise<Description> => {
    const { secrets, rehearsal } = await loaded;
    return { secrets, day2: rehearsal.day2, unprotect: rehearsal.unprotect };
  },
  makeUp: async ({ markers }) => {
    const { madeUp } = (await loaded).rehearsal;
    return Object.fromEntries(
      Object.entries(markers).map(([key, marker]) => [key, madeUp?.(key, marker) ?? marker]),
    );
  },
  check: async ({ config }) => {
    try {
      (await loaded).parse(config);
      return null;
    } catch (error) {
      // By name: a project that stands elsewhere has a class of its own.
      if (error instanceof Error && error.name === "SettingsError") return error.message;
      throw error;
    }
  },
  schemaViolations: async ({ objects }) => {
    // Loaded where there are objects to check, which most stacks have none of.
    const { schemaViolations } = await import("./published-schema.ts");
    return schemaViolations(objects);
  },
  // The program meets what kept the environment from being loaded, and says it.
  run: async (order) => {
    await loaded.catch(() => undefined);
    return runProgram(order);
  },
};

process.on("disconnect", () => process.exit(130));
process.on("message", (message: { id: number; method: string; params: unknown }) => {
  const answer = (result: unknown, error?: string): void => {
    process.send?.({ id: message.id, result, error });
  };
  const ask = methods[message.method as keyof StackProcessMethods] as
    ((params: unknown) => Promise<unknown>) | undefined;
  if (ask === undefined) {
    answer(undefined, `unknown method ${message.method}`);
    return;
  }
  ask(message.params).then(answer, (error: unknown) => {
    answer(undefined, error instanceof Error ? error.message : String(error));
  });
});
