/**
 * The process of one stack's program, for one run. It starts before it is needed, loads the
 * environment (most of a program's starting time), answers the driver's questions about it, and
 * then, told to run, becomes `@pulumi/pulumi/cmd/run`: what the official language host starts, with
 * the same arguments, so that the rehearsed program runs, fails and reports as the real one does.
 */
import "./lean-sdk";
import { join } from "node:path";
import { resetOptions, setAllConfig } from "@pulumi/pulumi/runtime";
import type { EnvironmentModule, EnvironmentRegistry } from "./environment";
import { SettingsError } from "./environment";
import type { Description, RunOrder, StackProcessMethods } from "./stack-protocol";

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
      if (error instanceof SettingsError) return error.message;
      throw error;
    }
  },
};

/**
 * Takes on the role of the official program runner; the process ends when the program has. What it
 * reads from its arguments and variables when the SDK is first loaded is set by hand, since the
 * environment has loaded the SDK by now.
 */
async function run(order: RunOrder): Promise<void> {
  await loaded.catch(() => undefined);
  const runner = require.resolve("@pulumi/pulumi/cmd/run");
  const flag = (name: string, value: string): string[] =>
    value === "" ? [] : [`--${name}`, value];
  process.argv = [
    process.argv[0] ?? "node",
    runner,
    ...flag("monitor", order.monitor),
    ...flag("engine", order.engine),
    ...flag("organization", order.organization),
    ...flag("project", order.project),
    ...flag("stack", order.stack),
    ...flag("root-directory", order.rootDirectory),
    ...flag("pwd", order.programDirectory),
    ...(order.dryRun ? ["--dry-run"] : []),
    ...flag("parallel", String(order.parallel)),
    order.program,
  ];
  process.env.PULUMI_CONFIG = JSON.stringify(order.config);
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(order.secretKeys);
  resetOptions(
    order.project,
    order.stack,
    order.parallel,
    order.engine,
    order.monitor,
    order.dryRun,
    order.organization,
  );
  setAllConfig(order.config, order.secretKeys);
  // An open channel would keep the process alive; its closing must still end it.
  process.channel?.unref();
  await import(runner);
}

process.on("disconnect", () => process.exit(130));
process.on("message", (message: { id: number; method: string; params: unknown }) => {
  const answer = (result: unknown, error?: string): void => {
    process.send?.({ id: message.id, result, error });
  };
  if (message.method === "run") {
    void run(message.params as RunOrder);
    return;
  }
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
