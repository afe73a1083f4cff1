import * as pulumi from "@pulumi/pulumi";

/**
 * What is known beforehand of values that a cloud makes, and of what is made of them, by the outputs that hold them.
 * That very output is known by it wherever it stands; nothing is told of others.
 */
const knownParts = new WeakMap<object, pulumi.Input<unknown>>();

/** Form of a host's address, where its place takes no braces. */
export const unknownHost = "known-after-up";

/** Form of a certificate, by its frame. */
export const unknownCertificate =
  "-----BEGIN CERTIFICATE-----\nknown after up\n-----END CERTIFICATE-----\n";

/**
 * Notes what is known beforehand of a value that a cloud makes: its text, with `{what}` for each part that is not. That
 * is enough to judge what the value is named for.
 * @returns the output itself
 */
export function withForm(output: pulumi.Output<string>, form: string): pulumi.Output<string> {
  knownParts.set(output, form);
  return output;
}

/**
 * What a function makes of some content, whose outputs it is given as values. As much of it is known beforehand as the
 * function makes of what is known of the content; nothing where it refuses that.
 */
export function derived<Known, Made>(
  content: object,
  make: (known: Known) => Made,
): pulumi.Output<Made> {
  // The SDK's types know no output of a type that is not known.
  const output = (of: unknown): pulumi.Output<string> => pulumi.output(of as string);
  const made = output(content).apply((known) => make(known as Known));
  const shown = output(inForm(content)).apply((known): pulumi.Input<Made> => {
    try {
      return make(known as Known);
    } catch {
      return made;
    }
  });
  knownParts.set(made, shown);
  return made;
}

/** The content with what is known beforehand in place of what a cloud makes; other outputs stay, secrets among them. */
function inForm(content: unknown): unknown {
  if (typeof content !== "object" || content === null) return content;
  if (pulumi.Output.isInstance(content)) return knownParts.get(content) ?? content;
  if (content instanceof Promise) return content;
  if (Array.isArray(content)) return content.map(inForm);
  return Object.fromEntries(Object.entries(content).map(([key, inner]) => [key, inForm(inner)]));
}

/**
 * A document as policies see it at preview: by property of the resource that takes its text. Apart from the components,
 * whose own inputs cannot name what stands in them: each would wait for the other.
 */
class ShownDocument extends pulumi.ComponentResource {
  constructor(
    name: string,
    property: string,
    content: pulumi.Input<unknown>,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("gitlab:shared:ShownDocument", name, { [property]: content }, opts);
    this.registerOutputs({});
  }
}

/**
 * A document as the JSON text that a resource takes. One id in it that is not known yet makes the whole text unknown at
 * preview; so the same content is registered beside it as a component `gitlab:shared:ShownDocument`, by which the pack
 * decides on all that settings fix (policies/documents.ts). What up writes is the text alone.
 *
 * @param name name of the resource, which has the same parent
 * @param property the resource's property
 * @param content plain values, and outputs where it waits for something
 * @param opts the resource's options; the parent alone is taken
 */
export function documentText(
  name: string,
  property: string,
  content: object,
  { parent }: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return behind(name, property, inForm(content), pulumi.jsonStringify(content), parent);
}

/**
 * As `documentText`, of a text that `derived` made.
 * @param path the resource's property, and the key in it where it is a map
 * @param packed makes what is shown smaller, in a form that policies unpack
 */
export function shownText(
  name: string,
  path: readonly [property: string, key?: string],
  text: pulumi.Output<string>,
  { parent }: pulumi.CustomResourceOptions,
  packed: (text: string) => string = (whole) => whole,
): pulumi.Output<string> {
  const shown = pulumi.output(inForm(text) as pulumi.Input<string>).apply(packed);
  const [property, key] = path;
  return behind(name, property, key === undefined ? shown : { [key]: shown }, text, parent);
}

/** A text behind what is shown of it, which is then there when the resource that takes the text is judged. */
function behind(
  name: string,
  property: string,
  shown: pulumi.Input<unknown>,
  text: pulumi.Output<string>,
  parent: pulumi.Resource | undefined,
): pulumi.Output<string> {
  const opts = parent === undefined ? {} : { parent };
  const document = new ShownDocument(name, property, shown, opts);
  return pulumi.all([text, document.urn]).apply(([known]) => known);
}
