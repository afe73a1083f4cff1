/** The secrets of a stack's settings in clear, in memory alone: what the mask strikes out wherever it stands. */
import { z } from "zod";
import type { SettingsPath } from "../../engine/settings";

/** `pulumi config --show-secrets --json`: full key to value. An object comes as JSON text and as the object itself. */
const shownSettings = z.record(
  z.string(),
  z.object({
    value: z.string().optional(),
    objectValue: z.unknown().optional(),
    secret: z.boolean().optional(),
  }),
);

/** Every text and number in a value. */
function leaves(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

function at(value: unknown, [key, ...rest]: readonly (string | number)[]): unknown {
  if (key === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  return at((value as Record<string | number, unknown>)[key], rest);
}

/**
 * Picks the secrets out of a stack's decrypted settings.
 * @param shown what `pulumi config --show-secrets --json` printed
 * @param encrypted where encrypted values stand in the stack's file. One of them inside an object makes the engine call
 *   the whole object secret, the region and the machine's size in it too, which are none; settings that no file holds
 *   (an ESC environment's) are taken whole
 * @throws Error where it is no such JSON
 */
export function secretsIn(shown: string, encrypted: readonly SettingsPath[]): string[] {
  const settings = shownSettings.parse(JSON.parse(shown));
  const found = Object.entries(settings).flatMap(([key, { value, objectValue, secret }]) => {
    if (secret !== true) return [];
    const whole = objectValue ?? value;
    const paths = encrypted.filter(([first]) => first === key).map(([, ...rest]) => rest);
    return paths.length === 0 ? leaves(whole) : paths.flatMap((path) => leaves(at(whole, path)));
  });
  return [...new Set(found)].filter((text) => text !== "");
}
