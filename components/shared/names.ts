import { createHash } from "node:crypto";

/** Rules of one kind of physical name. */
export interface NameRules {
  /** Longest name that the cloud takes, in characters. */
  readonly maxLength: number;
  /** Characters that are allowed; others become `-`. @default lower-case letters, digits and `-` */
  readonly allowed?: RegExp;
}

/**
 * A fixed physical name from parts, joined by `-`: lower case, within the cloud's length.
 * One that is too long is cut and ends in eight hexadecimal digits of the hash of the whole, so two long names stay apart.
 * @throws if nothing usable is left.
 */
export function fixedName(rules: NameRules, ...parts: readonly string[]): string {
  const allowed = rules.allowed ?? /[a-z0-9-]/;
  const whole = [
    ...parts
      .filter((part) => part !== "")
      .join("-")
      .toLowerCase(),
  ]
    .map((character) => (allowed.test(character) ? character : "-"))
    .join("")
    .replace(/-{2,}/g, "-")
    .replace(/^-+|-+$/g, "");
  if (whole === "") throw new Error(`no name can be made from: ${parts.join(", ")}`);
  if (whole.length <= rules.maxLength) return whole;
  const digest = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 8);
  return `${whole.slice(0, rules.maxLength - 9).replace(/-+$/, "")}-${digest}`;
}
