/** A configuration of the aws stack that is right, for tests to break one thing in. */
import type { SettingsChange, SettingsValue, StackConfig } from "../../engine/environment";
import { stackConfig } from "./stack-settings";

const secrets = {
  databasePassword: "correct-horse-battery-staple",
  redisToken: "a-token-of-more-than-thirty-two-characters",
  initialRootPassword: "correct-horse-battery-staple",
};

/** The committed stack file with secrets, changed as asked: dotted paths, `undefined` takes a key away. */
export function awsConfig(
  changes: Readonly<Record<string, SettingsValue | undefined>> = {},
): StackConfig {
  return stackConfig("aws", secrets, changes);
}

export type { SettingsChange };
