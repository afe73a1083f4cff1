import * as pulumi from "@pulumi/pulumi";

/**
 * Forms of values that a cloud makes when it makes a resource, by the outputs that hold them. What is known of them
 * before is the form, and that is enough to judge what they are named for.
 */
const forms = new WeakMap<object, string>();

/**
 * Notes what is known beforehand of a value that a cloud makes: its text, with `{what}` for each part that is not.
 * @returns the output itself: that very one is known by its form wherever it stands in a document
 */
export function withForm(output: pulumi.Output<string>, form: string): pulumi.Output<string> {
  forms.set(output, form);
  return output;
}

/** The content with forms in place of what a cloud makes; other outputs stay, secrets among them. */
function inForm(content: unknown): unknown {
  if (typeof content !== "object" || content === null) return content;
  if (pulumi.Output.isInstance(content)) return forms.get(content) ?? content;
  if (content instanceof Promise) return content;
  if (Array.isArray(content)) return content.map(inForm);
  return Object.fromEntries(Object.entries(content).map(([key, inner]) => [key, inForm(inner)]));
}

/**
 * A document as policies see it at preview: by property of the resource that takes its text. Apart from the components,
 * whose own inputs cannot name what stands in them: each would wait for the other.
 */
class JsonDocument extends pulumi.ComponentResource {
  constructor(
    name: string,
    property: string,
    content: object,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("gitlab:shared:JsonDocument", name, { [property]: inForm(content) }, opts);
    this.registerOutputs({});
  }
}

/**
 * A document as the JSON text that a resource takes. One id in it that is not known yet makes the whole text unknown at
 * preview; so the same content is registered beside it as a component `gitlab:shared:JsonDocument`, by which the pack
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
  const document = new JsonDocument(
    name,
    property,
    content,
    parent === undefined ? {} : { parent },
  );
  // Behind the component, which is then known when the resource is judged.
  return pulumi.all([pulumi.jsonStringify(content), document.urn]).apply(([text]) => text);
}
