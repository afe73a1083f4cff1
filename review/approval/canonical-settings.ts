/**
 * A stack's settings file as what it says, whatever its comments and the order of its keys.
 *
 * The whole file counts, not `config` alone: `environment` imports further settings, and `secretsprovider`,
 * `encryptedkey` and `encryptionsalt` decide who can read the secrets. Ciphertexts count as they stand, which is how a
 * changed secret moves this part; that setting a secret to the value that it has moves it too is the price.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from "yaml";
import { type Json } from "./values";

/** The settings file cannot be read. */
export class UnreadableSettingsError extends Error {}

/**
 * Reads a settings file.
 * @throws UnreadableSettingsError where it is missing or no valid YAML
 */
export function canonicalSettings(file: string): Json {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UnreadableSettingsError(
      `The stack has no settings file: ${basename(file)} is missing.`,
    );
  }
  const lines = new LineCounter();
  // Merge keys (`<<`) stay as they are written: what they come to follows from the rest.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    throw new UnreadableSettingsError(
      `${basename(file)} is not valid YAML: line ${line}: ${problem.message}`,
    );
  }
  return canonicalNode(document.contents, document);
}

/** Numbers, booleans and nulls as they are written: 18.10 is not 18.1, and neither is the text "18.10". */
function canonicalNode(node: unknown, document: Document): Json {
  if (isAlias(node)) return canonicalNode(node.resolve(document), document);
  if (isSeq(node)) return node.items.map((item) => canonicalNode(item, document));
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        isScalar(key) ? (key.source ?? String(key.value)) : String(key),
        canonicalNode(value, document),
      ]),
    );
  }
  if (!isScalar(node)) return null;
  return typeof node.value === "string"
    ? node.value
    : { written: node.source ?? String(node.value) };
}
