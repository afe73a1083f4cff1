/** Runs the policy pack over previews of stacks, in the sandbox, with what they need stood up before them. */
import { join } from "node:path";
import type { EnvironmentRegistry } from "./environment";
import { addPolicyLauncher, makeScratch, type Scratch } from "./isolation";
import { PlantedSecrets } from "./planted";
import { PolicyReader, type PolicyResult, type TypeCoverage } from "./policy-events";
import { prepareStack, type PreparedStack } from "./prepare";
import { groups, withPrerequisites } from "./rehearsal";
import { Sandbox } from "./sandbox";

/** What to run. */
export interface PolicyRunOptions {
  readonly project: string;
  readonly registry: EnvironmentRegistry;
  readonly stacks: readonly string[];
  /** Absolute path of the engine. */
  readonly binary: string;
  /** Types of the rules about a whole stack, by id. */
  readonly typesOf: ReadonlyMap<string, readonly string[]>;
  /** Hears what is being done. */
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** What the pack said of one stack. */
export interface StackPolicies {
  readonly stack: string;
  readonly results: readonly PolicyResult[];
  readonly coverage: readonly TypeCoverage[];
  /** What kept the preview from coming to its end, policies apart. */
  readonly errors: readonly string[];
}

/**
 * Previews each stack with the pack.
 * @throws UnknownStackError; WrongSettingsError; Error where a prerequisite does not stand up
 */
export async function runPolicies(options: PolicyRunOptions): Promise<StackPolicies[]> {
  const ordered = withPrerequisites(options.stacks, options.registry);
  const found: StackPolicies[] = [];
  for (const group of groups(ordered, options.registry)) {
    found.push(...(await runGroup(options, group)));
  }
  return options.stacks.flatMap((name) => found.filter(({ stack }) => stack === name));
}

async function runGroup(
  options: PolicyRunOptions,
  group: readonly string[],
): Promise<StackPolicies[]> {
  const { project, stacks, binary, onProgress, signal } = options;
  const scratch: Scratch = makeScratch();
  const planted = new PlantedSecrets();
  const prepared: PreparedStack[] = [];
  addPolicyLauncher(scratch);
  const sandbox = Sandbox.start(scratch);
  const cancel = (): void => {
    for (const { driver } of prepared) driver.kill();
  };
  signal?.addEventListener("abort", cancel);
  try {
    const found: StackPolicies[] = [];
    for (const [index, stack] of group.entries()) {
      signal?.throwIfAborted();
      const named = stacks.includes(stack);
      const reader = new PolicyReader(stack);
      const ready = await prepareStack(
        {
          ...{ project, stack, scratch, sandbox, binary, planted },
          policyPacks: named ? [join(project, "policies")] : [],
          onEvent: (event) => {
            reader.add(event);
          },
        },
        {},
      );
      prepared.push(ready);
      if (named) {
        onProgress?.(`previewing ${stack}`);
        const { errors } = await ready.driver.preview();
        const results = reader.results();
        found.push({
          stack,
          results,
          coverage: reader.coverage(options.typesOf),
          // What a policy stopped is in the results.
          errors: errors.filter((error) => !/: policy \S+: /.test(error)),
        });
      }
      // Whoever comes after may read this one's outputs.
      if (index === group.length - 1) continue;
      onProgress?.(`standing up ${stack}, which others need`);
      const { succeeded, errors } = await ready.driver.up();
      if (!succeeded) throw new Error(`${stack} does not stand up:\n${errors.join("\n")}`);
    }
    return found;
  } finally {
    signal?.removeEventListener("abort", cancel);
    await Promise.all(prepared.map(({ driver }) => driver.close()));
    await sandbox.stop();
    scratch.remove();
  }
}
