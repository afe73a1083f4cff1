/** Configurations of stacks that are right, for tests to break one thing in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { SettingsValue, StackConfig } from "../../engine/environment";

/**
 * A committed stack file with secrets, changed as asked: dotted paths, `undefined` takes a key away.
 * @param secrets the project's own keys to values
 */
export function stackConfig(
  stack: string,
  secrets: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, SettingsValue | undefined>>,
): StackConfig {
  const file = parse(readFileSync(join(__dirname, "..", "..", `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, SettingsValue>;
  };
  const tree: Record<string, SettingsValue> = { ...secrets };
  for (const [key, value] of Object.entries(file.config)) {
    if (key.startsWith("gitlab:")) tree[key.slice("gitlab:".length)] = value;
  }
  for (const [path, value] of Object.entries(changes)) change(tree, path.split("."), value);
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      `gitlab:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

function change(
  tree: Record<string, SettingsValue>,
  path: readonly string[],
  value: SettingsValue | undefined,
): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) delete tree[key];
    else tree[key] = value;
    return;
  }
  const inner = tree[key];
  const copy =
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? { ...inner } : {};
  change(copy, rest, value);
  tree[key] = copy;
}
