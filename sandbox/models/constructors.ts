/** Short constructors for properties, shared by every package's models. */
import type { Json, PropertyModel, Template } from "../model";

type More = Partial<Omit<PropertyModel, "type">>;

/** For a property that must be given. */
export const required = { required: true } as const;

/** A string. */
export const str = (more: More = {}): PropertyModel => ({ type: "string", ...more });
/** A whole number. */
export const int = (more: More = {}): PropertyModel => ({ type: "integer", ...more });
/** A number that may have a fraction. */
export const num = (more: More = {}): PropertyModel => ({ type: "number", ...more });
/** A boolean. */
export const bool = (more: More = {}): PropertyModel => ({ type: "boolean", ...more });
/** One of the given strings. */
export const oneOf = (values: readonly string[], more: More = {}): PropertyModel => ({
  type: "string",
  enum: values,
  ...more,
});
/** A list in which order counts. */
export const list = (items: PropertyModel, more: More = {}): PropertyModel => ({
  type: "list",
  items,
  ...more,
});
/** A list in which order has no meaning. */
export const set = (items: PropertyModel, more: More = {}): PropertyModel => ({
  type: "list",
  set: true,
  items,
  ...more,
});
/** A map with free keys; its values are strings unless `items` says otherwise. */
export const map = (more: More = {}): PropertyModel => ({
  type: "map",
  items: { type: "string" },
  ...more,
});
/** A block with these keys. */
export const block = (
  fields: Readonly<Record<string, PropertyModel>>,
  more: More = {},
): PropertyModel => ({ type: "object", fields, ...more });
/** A list of blocks with these keys. */
export const blocks = (
  fields: Readonly<Record<string, PropertyModel>>,
  more: More = {},
): PropertyModel => ({ type: "list", items: { type: "object", fields }, ...more });
/** A set of blocks with these keys. */
export const blockSet = (
  fields: Readonly<Record<string, PropertyModel>>,
  more: More = {},
): PropertyModel => ({ type: "list", set: true, items: { type: "object", fields }, ...more });
/** A string that only the cloud sets. */
export const out = (value: Template, more: More = {}): PropertyModel => ({
  type: "string",
  computed: true,
  value,
  ...more,
});
/** A value of any other type that only the cloud sets. */
export const outJson = (
  type: PropertyModel["type"],
  json: Json,
  more: More = {},
): PropertyModel => ({
  type,
  computed: true,
  value: { json },
  ...more,
});
