/**
 * A stack's settings file in a rehearsal: the user's own `Pulumi.<stack>.yaml`, read and never
 * written, with `--set` changes made to a copy in the scratch folder. No encrypted value goes into
 * the copy: the engine could not open it, and the rehearsal has no business with it.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Document, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { SettingsChange, SettingsValue } from "./environment";

/** A settings problem that has nothing to do with the schema: no file, no YAML, a path that leads nowhere. */
export class SettingsFileError extends Error {}

/** A path into the settings: the full key (`gitlab:network`), then keys and indexes. */
export type SettingsPath = readonly [string, ...(string | number)[]];

/**
 * Splits a dotted path. `network.zones[0].cidr` and `network.zones.0.cidr` are the same; a key
 * without a namespace is the project's.
 */
export function settingsPath(key: string, project: string): SettingsPath {
  const parts = key.replace(/\[(\d+)\]/g, ".$1").split(".");
  const [first, ...rest] = parts;
  if (first === undefined || parts.some((part) => part === "")) {
    throw new SettingsFileError(`"${key}" is no settings path: write key or key.inner=value`);
  }
  return [
    first.includes(":") ? first : `${project}:${first}`,
    ...rest.map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
  ];
}

/**
 * Reads one `--set key=value`. The value is a YAML scalar (or a flow list or map); a number that
 * would not be written back as it was typed stays text (`18.10`, `007`, an account id).
 * @throws SettingsFileError where there is no `=`, no key, or no valid YAML after it
 */
export function parseSet(argument: string): [key: string, value: SettingsValue] {
  const at = argument.indexOf("=");
  if (at < 1) throw new SettingsFileError(`--set ${argument}: write key=value`);
  const key = argument.slice(0, at).trim();
  const text = argument.slice(at + 1);
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw new SettingsFileError(
      `--set ${key}: "${text}" is not valid YAML: ${problem.message.split("\n")[0] ?? ""}`,
    );
  }
  const value = document.toJS() as SettingsValue;
  return [key, typeof value === "number" && String(value) !== text.trim() ? text.trim() : value];
}

/** A stack's settings, to be changed and written out as often as needed. */
export class StackSettings {
  private constructor(
    private readonly stack: string,
    private readonly project: string,
    private document: Document,
    /** Where encrypted values stood in the file; they are out of it now. */
    readonly encrypted: readonly SettingsPath[],
  ) {}

  /**
   * Reads `Pulumi.<stack>.yaml` of a project folder.
   * @throws SettingsFileError where it is missing or no YAML map
   */
  static read(folder: string, project: string, stack: string): StackSettings {
    const file = join(folder, `Pulumi.${stack}.yaml`);
    if (!existsSync(file)) {
      throw new SettingsFileError(
        `Stack ${stack} has no settings file: Pulumi.${stack}.yaml is missing`,
      );
    }
    return StackSettings.parse(readFileSync(file, "utf8"), project, stack);
  }

  /** The same, from text. */
  static parse(text: string, project: string, stack: string): StackSettings {
    const document = parseDocument(text);
    const problem = document.errors[0];
    if (problem !== undefined) {
      throw new SettingsFileError(`Pulumi.${stack}.yaml is not valid YAML: ${problem.message}`);
    }
    const root = document.contents === null ? new Document({}) : document;
    if (!isMap(root.contents)) {
      throw new SettingsFileError(`Pulumi.${stack}.yaml must hold a map with the key "config"`);
    }
    // They belong to the user's own secrets provider; the scratch stack gets its own.
    for (const key of ["encryptionsalt", "secretsprovider", "encryptedkey"]) root.delete(key);
    const config = root.get("config", true);
    if (config === undefined || (isScalar(config) && config.value === null))
      root.set("config", root.createNode({}));
    else if (!isMap(config)) {
      throw new SettingsFileError(`Pulumi.${stack}.yaml: "config" must be a map`);
    }
    return new StackSettings(stack, project, root, takeEncrypted(root));
  }

  /** Full keys that stand in the settings now. */
  keys(): string[] {
    const config = this.document.get("config", true);
    return isMap(config)
      ? config.items.map(({ key }) => String(isScalar(key) ? key.value : key))
      : [];
  }

  /**
   * Makes changes; `null` takes a key out (its default holds then).
   * @throws SettingsFileError where a path leads through something that is no map or list
   */
  change(changes: SettingsChange): void {
    for (const [key, value] of Object.entries(changes))
      this.set(settingsPath(key, this.project), value);
  }

  private set(path: SettingsPath, value: SettingsValue): void {
    const full = ["config", ...path];
    for (let depth = 2; depth < full.length; depth += 1) {
      const at = full.slice(0, depth);
      const inner = this.document.getIn(at, true);
      if (inner === undefined || isMap(inner) || isSeq(inner)) continue;
      if (isScalar(inner) && inner.value === null) {
        this.document.setIn(at, this.document.createNode({}));
        continue;
      }
      throw new SettingsFileError(
        `Pulumi.${this.stack}.yaml: ${at.slice(1).join(".")} holds a single value, so ${path.join(".")} cannot be set`,
      );
    }
    if (value === null) this.document.deleteIn(full);
    // The engine hands top-level values to the program as text; quoting keeps 18.10 from becoming 18.1.
    else if (path.length === 1 && typeof value !== "object")
      this.document.setIn(full, String(value));
    else this.document.setIn(full, this.document.createNode(value));
  }

  /** Takes over the scratch copy once the engine has put the encrypted made-up secrets and their salt into it. */
  adopt(text: string): void {
    this.document = parseDocument(text);
  }

  /** The text of the scratch copy. Secrets are added to the file by the engine, which encrypts them. */
  text(): string {
    const copy = this.document.clone();
    // A resource without an explicit provider is then an error that names it, not a stray account.
    copy.setIn(["config", "pulumi:disable-default-providers"], copy.createNode(["*"]));
    return copy.toString({ lineWidth: 0 });
  }
}

/** Empties every `secure:` value of the document and says where each stood. */
function takeEncrypted(document: Document): SettingsPath[] {
  const found: SettingsPath[] = [];
  visit(document, {
    Map: (_key, node, path) => {
      if (!node.has("secure") || node.items.length !== 1) return undefined;
      const keys = path.flatMap((parent, depth): (string | number)[] => {
        if (typeof parent === "object" && "key" in parent) {
          return [String(isScalar(parent.key) ? parent.key.value : parent.key)];
        }
        if (isSeq(parent)) {
          const child = path[depth + 1] ?? node;
          return [parent.items.indexOf(child)];
        }
        return [];
      });
      const [, first, ...rest] = keys;
      if (keys[0] === "config" && first !== undefined) found.push([String(first), ...rest]);
      return visit.SKIP;
    },
  });
  // Not deleted: the places of the other items of a list would move.
  for (const path of found) document.setIn(["config", ...path], "");
  return found;
}
