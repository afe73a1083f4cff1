/** Words of Azure's API, which takes them in any case: `allow` opens as `Allow` does. */
import { type Truth, type Value } from "../reader";

/** Whether a text is one of these words, whatever the case. */
export function says(value: Pick<Value, "test">, ...words: readonly string[]): Truth {
  const wanted = new Set(words.map((word) => word.toLowerCase()));
  return value.test((text) => typeof text === "string" && wanted.has(text.toLowerCase()));
}
