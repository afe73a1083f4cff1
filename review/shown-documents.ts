/**
 * Components that show policies what is known of a document whose text is not (components/shared/documents.ts). They
 * stand for nothing in a cloud: the text itself is an input of the resource that takes it, and reviewed there.
 */
import type { Facts, ResourceFact } from "../engine/facts";

/** Their type. */
export const shownDocument = "gitlab:shared:ShownDocument";

/** The resources that reviewers are told of: without what is there for the policies alone. */
export function reviewed({ resources }: Facts): ResourceFact[] {
  return resources.filter(({ type }) => type !== shownDocument);
}
