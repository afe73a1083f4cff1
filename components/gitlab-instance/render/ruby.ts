/** A piece of Ruby source that is not a plain value. */
export class RubyExpression {
  constructor(readonly source: string) {}
}

/** What a setting of `gitlab.rb` may be. `null` is Ruby's `nil`. */
export type RubyValue =
  | string
  | number
  | boolean
  | null
  | RubyExpression
  | readonly RubyValue[]
  | { readonly [key: string]: RubyValue };

/**
 * Ruby for the content of a file, without surrounding blanks: how secrets get into `gitlab.rb`, which itself holds none.
 * @param folder Where GitLab sees the file. @default inside the container
 */
export function secretFile(name: string, folder = "/etc/gitlab-secrets"): RubyExpression {
  return new RubyExpression(`File.read(${rubyLiteral(`${folder}/${name}`)}).strip`);
}

/**
 * A value as Ruby source. Strings are single-quoted, so that nothing in them is interpolated.
 * @throws on numbers that Ruby could not read back, and on line breaks in strings, which no setting needs.
 */
export function rubyLiteral(value: RubyValue, indent = ""): string {
  if (value === null) return "nil";
  if (value instanceof RubyExpression) return value.source;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error(`no Ruby integer: ${value}`);
    return String(value);
  }
  if (typeof value === "string") {
    if (/[\u0000-\u001f]/.test(value))
      throw new Error("a gitlab.rb string with control characters");
    return `'${value.replace(/[\\']/g, "\\$&")}'`;
  }
  const inner = `${indent}  `;
  if (isList(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((entry) => `${inner}${rubyLiteral(entry, inner)},\n`).join("")}${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{\n${entries.map(([key, entry]) => `${inner}${rubyLiteral(key)} => ${rubyLiteral(entry, inner)},\n`).join("")}${indent}}`;
}

function isList(value: RubyValue): value is readonly RubyValue[] {
  return Array.isArray(value);
}

/** One setting: its key as `gitlab.rb` writes it (`external_url`, `gitlab_rails['db_host']`), and its value. */
export type Setting = readonly [key: string, value: RubyValue];

/** A titled group of settings. */
export interface Section {
  readonly title: string;
  readonly settings: readonly Setting[];
}

/**
 * `gitlab.rb` from sections.
 * @throws if a key stands twice: the later one would win without a word.
 */
export function renderRuby(sections: readonly Section[]): string {
  const seen = new Set<string>();
  const parts = sections
    .filter(({ settings }) => settings.length > 0)
    .map(({ title, settings }) => {
      const lines = settings.map(([key, value]) => {
        if (seen.has(key)) throw new Error(`gitlab.rb: ${key} is set twice`);
        seen.add(key);
        // `external_url` and its like are methods, not members of a hash.
        return `${key} ${key.includes("[") ? "= " : ""}${rubyLiteral(value)}\n`;
      });
      return `# ${title}\n${lines.join("")}`;
    });
  return parts.join("\n");
}
