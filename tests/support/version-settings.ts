/** A configuration of the version stack that is right, for tests to break one thing in. */
import type { SettingsValue, StackConfig } from "../../engine/environment";
import { stackConfig } from "./stack-settings";

const secrets = {
  secretKeyBase: "0123456789abcdef".repeat(8),
  registryToken: "a-token-to-pull-with",
};

/** The committed stack file with secrets, changed as asked: dotted paths, `undefined` takes a key away. */
export function versionConfig(
  changes: Readonly<Record<string, SettingsValue | undefined>> = {},
): StackConfig {
  return stackConfig("version", secrets, changes);
}
