/** Every package that the sandbox stands in for. */
import type { PackageModel } from "./model";
import { aws } from "./models/aws";

export const packages: readonly PackageModel[] = [aws];
