/** A configuration of the dev stack that is right, for tests to break one thing in. */
import type { SettingsValue, StackConfig } from "../../engine/environment";
import { stackConfig } from "./stack-settings";

/** The committed stack file with secrets, changed as asked: dotted paths, `undefined` takes a key away. */
export function devConfig(
  changes: Readonly<Record<string, SettingsValue | undefined>> = {},
): StackConfig {
  return stackConfig("dev", { initialRootPassword: "correct-horse-battery-staple" }, changes);
}
