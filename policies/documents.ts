/**
 * Documents that a preview knows in part. The text that a resource takes is unknown as a whole as soon as one id in it
 * is; beside it the program registers the same content as a component (components/shared/documents.ts), with the form
 * of what a cloud makes in its place, and only that unknown of which nothing is known. Rules read it where the text is
 * not known; where it is, as always at up, they read the text itself and nothing else.
 */
import type { Value } from "./reader";
import type { ResourceView } from "./rule";

/** Type of the components that show a document. */
export const documentType = "gitlab:shared:ShownDocument";

type Place = Pick<ResourceView, "urn" | "type">;

/** A document and the resource that it is for have the same parent and the same name. */
function placeOf({ urn, type }: Place): string {
  return urn.replace(`${type}::`, "::");
}

/** The documents of one run, by where they belong. */
export class Documents {
  private readonly shown = new Map<string, Value>();

  /**
   * A resource with its documents, as far as they have been shown before it; itself where it shows one, or needs none.
   */
  complete<R extends Place & { readonly props: Value }>(resource: R): R {
    if (resource.type === documentType) {
      this.shown.set(placeOf(resource), resource.props);
      return resource;
    }
    const document = this.shown.size === 0 ? undefined : this.shown.get(placeOf(resource));
    if (document === undefined) return resource;
    return { ...resource, props: resource.props.completedBy(document) };
  }
}
