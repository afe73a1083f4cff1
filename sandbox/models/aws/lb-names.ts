/** Elastic Load Balancing: names of load balancers and target groups. */
import type { PropertyModel } from "../../model";
import { oneOf, str } from "./common";

/** Up to 32 letters, digits and hyphens: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
const nameText = "(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?";

/** `name` and `namePrefix`, of which one may be given. */
export const names = (): Record<"name" | "namePrefix", PropertyModel> => ({
  name: str({
    optionalComputed: true,
    replace: true,
    maxLength: 32,
    pattern: nameText,
    conflicts: ["namePrefix"],
  }),
  namePrefix: str({
    optionalComputed: true,
    value: "",
    replace: true,
    maxLength: 6,
    pattern: "(?!internal-)[a-zA-Z0-9][a-zA-Z0-9-]*",
    conflicts: ["name"],
  }),
});

/** `on` or `off` as text: fields in which leaving it out means something else. */
export const onOff = (more: Partial<PropertyModel> = {}): PropertyModel =>
  oneOf(["on", "off"], more);

/** Kind, name and hash: the end of an ARN, which is also what metrics go by. */
export const hash = (kind: string): string => `${kind}/{name}/{hex:16}`;
