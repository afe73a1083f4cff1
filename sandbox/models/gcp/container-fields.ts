/** GKE: constructors that its models share. */
import type { PropertyModel } from "../../model";
import { block, bool, str } from "./common";

/**
 * What replaces as a whole does so where it is given or taken away; of what is in it, that alone which says so itself
 * (a pool's machine type changes in place): the provider's SDK looks at each key by its own.
 */
export const ANEW = {
  replaceOnPresence: true,
  deviates: "a change inside replaces only where the key says so",
} as const;

type More = Partial<Omit<PropertyModel, "type">>;

/** A block that turns something on. */
export const enabling = (value?: boolean, more: More = {}): PropertyModel =>
  block(
    { enabled: bool({ required: true }) },
    {
      optionalComputed: true,
      ...(value === undefined ? {} : { value: { json: { enabled: value } } }),
      ...more,
    },
  );
/** A block that turns something off. */
export const disabling = (value: boolean): PropertyModel =>
  block(
    { disabled: bool({ required: true }) },
    { optionalComputed: true, value: { json: { disabled: value } } },
  );
/** A string of which the SDK's documentation names the values in words. */
export const known = (values: readonly string[], more: More = {}): PropertyModel =>
  str({ pattern: values.join("|"), example: values[0] ?? "", ...more });
