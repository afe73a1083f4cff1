/** What `tags: true` stands for: the two properties that every taggable AWS resource has. */
import type { ResourceModel } from "../../model";
import { map } from "./common";

/**
 * Keys have 1 to 128 characters, values up to 256; 50 tags on most resources. `tagsAll` is made by the
 * provider: the resource's tags over the provider's default tags.
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
const properties = {
  tags: map({ items: { type: "string", maxLength: 256 }, maxItems: 50 }),
  tagsAll: map({
    computed: true,
    deviates: "only the provider sets it; the schema lets it be given",
  }),
};

/** A model with `tags` and `tagsAll` among its properties, where it says that it has them. */
export const withTags = (model: ResourceModel): ResourceModel =>
  model.tags === true ? { ...model, properties: { ...properties, ...model.properties } } : model;
