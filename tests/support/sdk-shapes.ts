/**
 * What an installed Pulumi SDK says of a resource type, read from its declaration files: the names,
 * kinds and optionality of inputs and outputs. Only parsed, never type-checked: a checker over the
 * SDK's eleven megabytes of nested types takes minutes, a parse takes a second.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

/** One property as the SDK declares it. */
export interface SdkProperty {
  readonly kind: "string" | "number" | "boolean" | "list" | "map" | "object" | "asset" | "any";
  /** What a list or map holds. */
  readonly items?: SdkProperty;
  /** The keys of an object; a function because some types contain themselves (WAF statements). */
  readonly fields?: () => Readonly<Record<string, SdkProperty>>;
  /** True where the SDK lets it be left out (or, of an output, be undefined). */
  readonly optional: boolean;
  readonly deprecated: boolean;
  /** The first declared text, for messages. */
  readonly text: string;
  /** The values that the documentation lists. */
  readonly documented?: readonly string[];
}

/** One resource type as the SDK declares it. */
export interface SdkResource {
  readonly inputs: Readonly<Record<string, SdkProperty>>;
  readonly outputs: Readonly<Record<string, SdkProperty>>;
}

interface Source {
  readonly file: ts.SourceFile;
  /** Interfaces by dotted name: `VpcArgs`, `ec2.LaunchTemplatePlacement`. */
  readonly interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>;
  /** Type aliases of enums and strings. */
  readonly aliases: ReadonlyMap<string, ts.TypeAliasDeclaration>;
}

const sources = new Map<string, Source>();

function readSource(file: string): Source {
  const known = sources.get(file);
  if (known) return known;
  const text = fs.readFileSync(file, "utf8");
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, false);
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  const aliases = new Map<string, ts.TypeAliasDeclaration>();
  const walk = (statements: readonly ts.Statement[], prefix: string): void => {
    for (const statement of statements) {
      if (ts.isInterfaceDeclaration(statement)) {
        interfaces.set(prefix + statement.name.text, statement);
      } else if (ts.isTypeAliasDeclaration(statement)) {
        aliases.set(prefix + statement.name.text, statement);
      } else if (ts.isModuleDeclaration(statement) && statement.body) {
        if (ts.isModuleBlock(statement.body)) {
          walk(statement.body.statements, `${prefix}${statement.name.text}.`);
        }
      }
    }
  };
  walk(parsed.statements, "");
  const source = { file: parsed, interfaces, aliases };
  sources.set(file, source);
  return source;
}

/**
 * `aws:ec2/vpc:Vpc`, `azure-native:compute:Disk` -> the folder of the package, the module file and the class name.
 */
export function locate(
  root: string,
  token: string,
): { folder: string; file: string; type: string } {
  const match = /^([a-z0-9-]+):([^:]+):(\w+)$/.exec(token);
  if (!match) throw new Error(`not a Pulumi type token: ${token}`);
  const [, pkg = "", place = "", type = ""] = match;
  const folder = path.join(root, "node_modules", "@pulumi", pkg);
  const first = `${type.charAt(0).toLowerCase()}${type.slice(1)}.d.ts`;
  if (pkg === "kubernetes") {
    // The SDK's folders are called by the first word of an API group: rbac.authorization.k8s.io/v1 is rbac/v1.
    const [group = "", version = ""] = place.split("/");
    const home = path.join(folder, group.split(".")[0] ?? group, version);
    return { folder, file: path.join(home, first), type };
  }
  const [module = "", named] = place.split("/");
  const name = named ?? type.charAt(0).toLowerCase() + type.slice(1);
  // The module "index" is the package's root; a name of capitals (IAMMember) has a file in small letters.
  const home = path.join(folder, module === "index" ? "" : module);
  const file = `${name}.d.ts`;
  const all = fs.existsSync(home) ? fs.readdirSync(home) : [];
  const found = all.find((one) => one.toLowerCase() === file.toLowerCase()) ?? file;
  return { folder, file: path.join(home, all.includes(file) ? file : found), type };
}

/** The values in a sentence such as "Possible values are: `A`, `B`." */
function documentedValues(text: string): string[] | undefined {
  const list = /Possible values are:((?:\s*(?:,|and|or)?\s*`[^`]*`)+)/.exec(text)?.[1];
  return list === undefined
    ? undefined
    : [...list.matchAll(/`([^`]*)`/g)].map(([, one = ""]) => one);
}

/** The keys of several blocks: what one of them lacks is optional, what differs in kind may be anything. */
function anyOf(
  forms: readonly NonNullable<SdkProperty["fields"]>[],
): Readonly<Record<string, SdkProperty>> {
  const blocks = forms.map((form) => form());
  const names = new Set(blocks.flatMap((block) => Object.keys(block)));
  return Object.fromEntries(
    [...names].map((name) => {
      const found = blocks.flatMap((block) => block[name] ?? []);
      const [first] = found;
      if (first === undefined) throw new Error(`no form has ${name}`);
      const optional = found.length < blocks.length || found.some((one) => one.optional);
      const alike = found.every((one) => one.kind === first.kind);
      return [name, alike ? { ...merged(found), optional } : { ...first, kind: "any", optional }];
    }),
  );
}

/** One property that several blocks have, of one kind. */
function merged(found: readonly SdkProperty[]): SdkProperty {
  const [first] = found;
  if (first === undefined) throw new Error("nothing to merge");
  const fields = found.flatMap((one) => one.fields ?? []);
  const items = found.flatMap((one) => one.items ?? []);
  return {
    ...first,
    ...(fields.length > 1 ? { fields: () => anyOf(fields) } : {}),
    ...(items.length > 1 ? { items: merged(items) } : {}),
  };
}

class Reader {
  /** `published`: the source is a kind's schema as its API publishes it, with blocks written out inside each other. */
  constructor(
    private readonly folder: string,
    private readonly source: Source,
    private readonly published = false,
  ) {}

  property(member: ts.PropertySignature | ts.PropertyDeclaration): SdkProperty {
    if (!member.type)
      throw new Error(`a property without a type: ${member.getText(this.source.file)}`);
    const { shape, undefinable } = this.read(member.type);
    // Without parent pointers ts.getJSDocTags finds nothing: the parser keeps the comments here.
    const docs = (member as ts.PropertySignature & { jsDoc?: readonly ts.JSDoc[] }).jsDoc ?? [];
    const deprecated = docs.some((doc) =>
      (doc.tags ?? []).some((tag) => tag.tagName.text === "deprecated"),
    );
    const text = docs.map((doc) => doc.getText(this.source.file).replace(/\s*\n\s*\*\s*/g, " "));
    // Other SDKs' texts name some values and not others.
    const listed = this.folder.endsWith(`${path.sep}gcp`);
    const documented = listed ? documentedValues(text.join(" ")) : undefined;
    return {
      ...shape,
      optional: undefinable || member.questionToken !== undefined,
      deprecated,
      ...(documented === undefined ? {} : { documented }),
    };
  }

  members(node: ts.InterfaceDeclaration | ts.TypeLiteralNode): Record<string, SdkProperty> {
    const found: Record<string, SdkProperty> = {};
    for (const member of node.members) {
      const named = ts.isPropertySignature(member) && !ts.isComputedPropertyName(member.name);
      if (named && "text" in member.name) found[member.name.text] = this.property(member);
    }
    return found;
  }

  private read(node: ts.TypeNode): {
    shape: Omit<SdkProperty, "optional" | "deprecated">;
    undefinable: boolean;
  } {
    const text = node.getText(this.source.file).replace(/\s+/g, " ").slice(0, 120);
    const is = (
      kind: SdkProperty["kind"],
      more: Partial<SdkProperty> = {},
      undefinable = false,
    ): ReturnType<Reader["read"]> => ({ shape: { kind, text, ...more }, undefinable });
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return is("string");
      case ts.SyntaxKind.NumberKeyword:
        return is("number");
      case ts.SyntaxKind.BooleanKeyword:
        return is("boolean");
      case ts.SyntaxKind.AnyKeyword:
        return is("any");
      case ts.SyntaxKind.UndefinedKeyword:
        return is("any", {}, true);
    }
    if (ts.isLiteralTypeNode(node)) return is("string");
    if (ts.isParenthesizedTypeNode(node)) return this.read(node.type);
    if (ts.isArrayTypeNode(node)) return is("list", { items: this.item(node.elementType) });
    if (ts.isUnionTypeNode(node)) {
      const read = node.types.map((type) => this.read(type));
      const undefinable = read.some((one) => one.undefinable);
      const kept = read.filter((one) => !one.undefinable);
      // `string | PolicyDocument`, `string | Bucket`: what crosses the wire is the string.
      const chosen = kept.find((one) => one.shape.kind === "string") ?? kept[0];
      const shape = chosen?.shape ?? { kind: "any", text };
      const forms = kept.flatMap((one) => (one.shape.fields ? [one.shape.fields] : []));
      // Several blocks, told apart by one of their keys (the criteria of Azure's alerts): each key of any of them.
      const either = shape.kind === "object" && forms.length > 1;
      return { shape: either ? { ...shape, fields: () => anyOf(forms) } : shape, undefinable };
    }
    if (ts.isTypeLiteralNode(node)) {
      const index = node.members.find(ts.isIndexSignatureDeclaration);
      if (index) return is("map", { items: this.item(index.type) });
      return this.published ? is("object", { fields: () => this.members(node) }) : is("any");
    }
    if (ts.isTypeReferenceNode(node)) return this.named(node, is);
    throw new Error(
      `a type that this reader does not know: ${text} in ${this.source.file.fileName}`,
    );
  }

  private item(node: ts.TypeNode): SdkProperty {
    const { shape } = this.read(node);
    return { ...shape, optional: false, deprecated: false };
  }

  private named(
    node: ts.TypeReferenceNode,
    is: (kind: SdkProperty["kind"], more?: Partial<SdkProperty>) => ReturnType<Reader["read"]>,
  ): ReturnType<Reader["read"]> {
    const name = node.typeName.getText(this.source.file);
    const argument = node.typeArguments?.[0];
    if ((name === "pulumi.Input" || name === "pulumi.Output") && argument) {
      return this.read(argument);
    }
    if (name === "Array" && argument) return is("list", { items: this.item(argument) });
    if (name.startsWith("pulumi.asset.")) return is("asset");
    const nested = /^(inputs|outputs)\.(.+)$/.exec(name);
    if (nested) {
      const [, side = "", dotted = ""] = nested;
      const source = readSource(
        path.join(this.folder, "types", side === "inputs" ? "input.d.ts" : "output.d.ts"),
      );
      const declared = source.interfaces.get(dotted);
      if (!declared) throw new Error(`${name} is not declared in ${source.file.fileName}`);
      const reader = new Reader(this.folder, source);
      return is("object", { fields: () => reader.members(declared) });
    }
    // Enumerations (`enums.ec2.InstanceType`), `ARN` and resource classes all stand for strings.
    return is("string");
  }
}

/** API groups whose kinds GKE adds; the SDK has no classes for them, and their schemas come from another package. */
const GKE = /^kubernetes:((?:cloud\.google\.com|networking\.gke\.io)\/\w+):(\w+)$/;

/**
 * A kind of GKE's, by its published schema, as the SDK's `CustomResource` takes it: with the metadata of all kinds, and the
 * status that nobody gives.
 */
function readGkeKind(root: string, place: string, type: string): SdkResource {
  const modules = path.join(root, "node_modules");
  const source = readSource(path.join(modules, "@kubernetes-models/gke", place, `${type}.d.ts`));
  const declared = source.interfaces.get(`I${type}`);
  if (!declared) throw new Error(`${source.file.fileName} declares no I${type}`);
  const published = new Reader("", source, true).members(declared);
  delete published["status"];
  const { metadata } = readSdkResource(root, "kubernetes:core/v1:ConfigMap").inputs;
  if (metadata === undefined) throw new Error("the SDK's objects have no metadata");
  // CustomResource gives its version and kind from its own arguments.
  const fixed = Object.fromEntries(
    ["apiVersion", "kind"].map((name) => [name, { ...published[name], optional: true }]),
  ) as Record<string, SdkProperty>;
  const inputs = { ...published, ...fixed, metadata };
  return { inputs, outputs: { ...inputs, metadata: { ...metadata, fields: outputFields(root) } } };
}

/** The keys of the metadata that the SDK shows. */
function outputFields(root: string): SdkProperty["fields"] {
  return readSdkResource(root, "kubernetes:core/v1:ConfigMap").outputs["metadata"]?.fields;
}

/** Reads one resource type. @throws if the SDK has no such type or is written in a way unknown here. */
export function readSdkResource(root: string, token: string): SdkResource {
  const [, place, kind] = GKE.exec(token) ?? [];
  if (place !== undefined && kind !== undefined) return readGkeKind(root, place, kind);
  const { folder, file, type } = locate(root, token);
  if (!fs.existsSync(file)) throw new Error(`the SDK has no ${token}: ${file} does not exist`);
  const source = readSource(file);
  const reader = new Reader(folder, source);
  const args = source.interfaces.get(`${type}Args`);
  const declared = source.file.statements.find(
    (one): one is ts.ClassDeclaration => ts.isClassDeclaration(one) && one.name?.text === type,
  );
  if (!args || !declared) throw new Error(`${file} declares no ${type} with ${type}Args`);
  const outputs: Record<string, SdkProperty> = {};
  for (const member of declared.members) {
    const open = !(ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : []).some(
      (one) =>
        one.kind === ts.SyntaxKind.StaticKeyword || one.kind === ts.SyntaxKind.PrivateKeyword,
    );
    if (ts.isPropertyDeclaration(member) && ts.isIdentifier(member.name) && open) {
      outputs[member.name.text] = reader.property(member);
    }
  }
  return { inputs: reader.members(args), outputs };
}
