/** A stack of tests/engine/project on the real engine, for one test file. */
import { resolveEngine } from "../../../engine/binary";
import type { DriverOptions, Outcome } from "../../../engine/driver";
import type { SettingsChange } from "../../../engine/environment";
import { makeScratch, type Scratch } from "../../../engine/isolation";
import { PlantedSecrets } from "../../../engine/planted";
import { type PreparedStack, prepareStack } from "../../../engine/prepare";
import { Sandbox } from "../../../engine/sandbox";
import { project } from "./project";

/** A stack, the sandbox it stands in, and the end of both. */
export interface TestStack extends PreparedStack {
  readonly scratch: Scratch;
  readonly sandbox: Sandbox;
  readonly planted: PlantedSecrets;
  end(): Promise<void>;
}

/** Starts a sandbox and prepares a stack in it. */
export async function testStack(
  set: SettingsChange = {},
  options: Partial<DriverOptions> = {},
): Promise<TestStack> {
  const { path: binary } = await resolveEngine();
  const scratch = makeScratch();
  const planted = new PlantedSecrets();
  const sandbox = Sandbox.start(scratch);
  try {
    const stack = { project, stack: "tiny", scratch, sandbox, binary, planted, ...options };
    const prepared = await prepareStack(stack, set);
    return {
      ...prepared,
      scratch,
      sandbox,
      planted,
      end: async () => {
        await prepared.driver.close();
        await sandbox.stop();
        scratch.remove();
      },
    };
  } catch (error) {
    await sandbox.stop();
    scratch.remove();
    throw error;
  }
}

/** Fails a test with the outcome's own words where it did not go well. */
export function well<T extends Outcome>(outcome: T): T {
  const { succeeded, errors, differences, secrets } = outcome;
  expect({ succeeded, errors, differences, secrets }).toEqual({
    succeeded: true,
    errors: [],
    differences: [],
    secrets: [],
  });
  return outcome;
}
