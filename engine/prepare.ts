/** Gets a stack ready for the engine: a scratch project, made-up secrets, settings that are checked. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { SettingsChange } from "./environment";
import { StackDriver, type DriverOptions } from "./driver";
import { SettingsFileError, type SettingsPath, settingsPath, StackSettings } from "./settings";
import { StackProgram } from "./stack-program";
import type { Description } from "./stack-protocol";

/** A stack that can be operated, and what its environment says of itself. */
export interface PreparedStack {
  readonly driver: StackDriver;
  readonly description: Description;
}

/** The settings are wrong; the message says every problem. No engine operation has been started. */
export class WrongSettingsError extends Error {}

/**
 * Reads the project's name from its `Pulumi.yaml`.
 * @throws SettingsFileError where there is none
 */
export function projectName(project: string): string {
  const name: unknown = parseDocument(readFileSync(join(project, "Pulumi.yaml"), "utf8")).get(
    "name",
  );
  if (typeof name !== "string") throw new SettingsFileError("Pulumi.yaml has no name");
  return name;
}

/** A path as `pulumi config set --path` takes it. */
function enginePath([key, ...rest]: SettingsPath): string {
  return rest.reduce<string>(
    (path, part) => path + (typeof part === "number" ? `[${part}]` : `["${part}"]`),
    key,
  );
}

/**
 * Prepares a stack.
 * @param changes `--set` changes, made before anything is checked
 * @param standing the stack is there already, prepared from another program or other settings with the same secrets
 *   planted: it is not made again, and a secret that has a value keeps it. @default false
 * @throws WrongSettingsError, SettingsFileError where settings are wrong; Error where the
 *   environment cannot be loaded or the engine does not run
 */
export async function prepareStack(
  options: DriverOptions,
  changes: SettingsChange,
  { standing = false }: { standing?: boolean } = {},
): Promise<PreparedStack> {
  const { project, stack, scratch, planted } = options;
  const name = projectName(project);
  const settings = StackSettings.read(project, name, stack);
  settings.change(changes);
  const program = new StackProgram({ project, stack, projectName: name, scratch });
  const driver = new StackDriver(options, program, settings);
  try {
    const description = await program.describe();
    const secretPaths = new Map<string, SettingsPath>();
    for (const path of settings.encrypted) secretPaths.set(enginePath(path), path);
    for (const key of description.secrets) {
      const path = settingsPath(key, name);
      secretPaths.set(enginePath(path), path);
    }
    refuseSetSecrets(changes, name, new Set([...secretPaths.values()].map(([key]) => key)));

    const markers = Object.fromEntries(
      [...secretPaths.values()].map((path) => {
        const key = ownKey(path, name);
        return [key, planted.marker(`${stack}:${key}`)];
      }),
    );
    const values = Object.fromEntries(
      Object.entries(await program.makeUp(markers)).map(([key, value]) => [
        key,
        planted.value(`${stack}:${key}`) ?? value,
      ]),
    );
    for (const [key, value] of Object.entries(values)) planted.plant(`${stack}:${key}`, value);

    writeProject(project, scratch.work(stack));
    driver.writeSettings();
    if (!standing) await driver.init();
    await driver.setSecrets(
      Object.fromEntries(
        [...secretPaths].map(([path, parts]) => [path, values[ownKey(parts, name)] ?? ""]),
      ),
    );
    const problems = await program.check(await driver.config());
    if (problems !== null) throw new WrongSettingsError(planted.redact(problems));
    return { driver, description };
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/** `rootPassword`, `smtp.password`: the key as a person writes it. */
function ownKey([key, ...rest]: SettingsPath, project: string): string {
  return [key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key, ...rest].join(".");
}

function refuseSetSecrets(
  changes: SettingsChange,
  project: string,
  secret: ReadonlySet<string>,
): void {
  for (const key of Object.keys(changes)) {
    if (secret.has(settingsPath(key, project)[0])) {
      throw new WrongSettingsError(
        `--set ${key}: it is a secret, and a rehearsal makes up every secret`,
      );
    }
  }
}

/** Copies `Pulumi.yaml` to where the engine runs, with the program's place made absolute. */
function writeProject(project: string, work: string): void {
  const document = parseDocument(readFileSync(join(project, "Pulumi.yaml"), "utf8"));
  const main: unknown = document.get("main");
  document.set("main", join(project, typeof main === "string" ? main : "index.ts"));
  document.delete("backend");
  writeFileSync(join(work, "Pulumi.yaml"), document.toString());
}
