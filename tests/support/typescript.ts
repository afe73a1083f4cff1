/** How tests start TypeScript programs of this checkout as processes of their own. */
import { join } from "node:path";
import { checkout } from "../../engine/isolation";

/**
 * Node's arguments before the program's file: as engine/child.ts has it, what was transpiled once is loaded, where
 * `@swc-node/register` loads the whole TypeScript compiler each time, half a second of every process.
 */
export const typescript: readonly string[] = [
  "--require",
  join(checkout, "engine", "transpile.cjs"),
];
