/** A configuration of the ops stack that is right, for tests to break one thing in. */
import type { SettingsValue, StackConfig } from "../../engine/environment";
import { stackConfig } from "./stack-settings";

const secrets = {
  databasePassword: "correct-horse-battery-staple",
  initialRootPassword: "correct-horse-battery-staple",
  license: "a licence of more than sixteen characters",
  slackWebhook: "https://hooks.slack.example/services/T0/B0/x",
  pullMirrorToken: "a-token-to-read-with",
  pushMirrorToken: "a-token-to-write-with",
};

/** The committed stack file with secrets, changed as asked: dotted paths, `undefined` takes a key away. */
export function opsConfig(
  changes: Readonly<Record<string, SettingsValue | undefined>> = {},
): StackConfig {
  return stackConfig("ops", secrets, changes);
}
