/** Keeps secrets out of everything the sandbox says: messages, the ledger. */
import type { Json } from "./model";
import { isBlock, isSecret, type Properties, type Step, type Value } from "./values";

// Shorter text is found by chance in ordinary words, and is no secret worth the name.
const SHORTEST = 4;

// Marked as secrets by the GCP SDK to keep them out of sight: an environment's name is none.
const NO_SECRETS = new Set(["pulumiLabels", "effectiveLabels"]);

/** Learns secret texts from what the engine sends, and replaces them. */
export class Redactor {
  private readonly known = new Set<string>();
  /** Every secret in every spelling, the longest first; made anew when one is learnt. */
  private spellings: readonly string[] | undefined;

  /** Learns every secret text in the properties. */
  learn(properties: Properties): void {
    if (properties.secrets.size > 0) this.walk(properties.value, [], properties);
  }

  private walk(value: Value, path: Step[], properties: Properties): void {
    if (Array.isArray(value)) {
      value.forEach((item, at) => this.walk(item, [...path, at], properties));
    } else if (isBlock(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (path.length === 0 && NO_SECRETS.has(key)) continue;
        this.walk(item, [...path, key], properties);
      }
    } else if (typeof value === "string" && value.length >= SHORTEST) {
      if (this.known.has(value) || !isSecret(properties.secrets, path)) return;
      this.known.add(value);
      this.spellings = undefined;
    }
  }

  /** The text with `[secret]` for every secret in it; the longest are replaced first. */
  clean(text: string): string {
    this.spellings ??= [...this.known]
      .sort((left, right) => right.length - left.length)
      .flatMap((secret) => {
        // A secret shown by JSON.stringify has its quotes and line ends escaped.
        const escaped = JSON.stringify(secret).slice(1, -1);
        return escaped === secret ? [secret] : [secret, escaped];
      });
    return this.spellings.reduce((clean, secret) => clean.replaceAll(secret, "[secret]"), text);
  }

  /** The same for every text in a JSON value. */
  cleanJson(value: Json): Json {
    if (typeof value === "string") return this.clean(value);
    if (Array.isArray(value)) return value.map((item) => this.cleanJson(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.cleanJson(item)]),
    );
  }
}
