import { join } from "node:path";
import { checkout } from "../../../engine/isolation";

/** The tests' own Pulumi project. */
export const project = join(checkout, "tests", "engine", "project");
