/** Settings of the `aws` environment: what can be set is in ./schema, what must be true between settings in ./rules. */
import type { StackConfig } from "../../engine/environment";
import { parseSettings, type SecretSetting } from "../shared/settings";
import { rules } from "./rules";
import { fields, type AwsSettings } from "./schema";

export { hostNames, type AwsSettings } from "./schema";

/**
 * Secrets of this environment. Each a key of its own.
 *
 * RDS refuses `/`, `"`, `@` and spaces in a master password, at most 128 characters (RDS docs: CreateDBInstance).
 * ElastiCache takes 16 to 128 printable characters for AUTH, of the symbols only `! & # $ ^ < > -` (ElastiCache docs: auth).
 */
export const secretSettings: readonly SecretSetting[] = [
  {
    key: "databasePassword",
    purpose: "PostgreSQL master user",
    allowed: '16 to 128 printable ASCII characters without / " @ and spaces',
    pattern: /^[!#-.0-?A-~]{16,128}$/,
  },
  {
    key: "redisToken",
    purpose: "ElastiCache AUTH",
    allowed: "32 to 128 letters, digits and ! & # $ ^ < > -",
    pattern: /^[A-Za-z0-9!&#$^<>-]{32,128}$/,
  },
  {
    key: "initialRootPassword",
    purpose: "GitLab's first administrator",
    allowed: "16 to 128 characters",
    pattern: /^[\x21-\x7e]{16,128}$/,
  },
  {
    key: "smtpPassword",
    purpose: "mail",
    allowed: "any text without line breaks",
    pattern: /^[^\r\n]+$/,
  },
];

/**
 * Parses the stack's configuration.
 * @throws SettingsError with every problem at once, before any resource is touched
 */
export function parseAwsSettings(config: StackConfig): AwsSettings {
  return parseSettings(
    {
      stack: "aws",
      fields,
      rules,
      secrets: secretSettings,
      requiredSecrets: (settings) => [
        "databasePassword",
        "redisToken",
        "initialRootPassword",
        ...(settings.smtp === undefined ? [] : ["smtpPassword"]),
      ],
    },
    config,
  );
}
