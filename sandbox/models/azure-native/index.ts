/** The azure-native package: its provider and every resource type that is modelled. */
import type { PackageModel } from "../../model";
import { place, provider } from "./provider";

/** The azure-native package at the SDK's version. */
export const azureNative: PackageModel = {
  package: "azure-native",
  version: "3.28.0",
  kind: "native",
  ignoresCase: true,
  provider,
  place,
  resources: [],
};
