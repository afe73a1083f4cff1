/** The random package: values that are made up once and kept in the state. */
import type { PackageModel } from "../../model";
import { models } from "./random";

/** The random package at the SDK's version. Its provider takes no configuration. */
export const random: PackageModel = {
  package: "random",
  version: "4.18.4",
  provider: {},
  place: { account: [], otherwise: "random" },
  resources: models,
};
