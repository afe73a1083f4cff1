/** The azure-native package: its provider and every resource type that is modelled. */
import type { PackageModel } from "../../model";
import { models as authorization } from "./authorization";
import { models as diagnostics } from "./diagnostics";
import { models as dns } from "./dns";
import { models as identity } from "./identity";
import { models as keyvault } from "./keyvault";
import { models as network } from "./network";
import { models as networkAddresses } from "./network-addresses";
import { models as networkInterfaces } from "./network-interfaces";
import { models as networkSecurity } from "./network-security";
import { models as resources } from "./resources";
import { models as computeDisk } from "./compute-disk";
import { models as computeMachine } from "./compute-machine";
import { models as computeScaleSet } from "./compute-scale-set";
import { models as dataprotection } from "./dataprotection";
import { models as insights } from "./insights";
import { models as monitor } from "./monitor";
import { place, provider } from "./provider";

/** The azure-native package at the SDK's version. */
export const azureNative: PackageModel = {
  package: "azure-native",
  version: "3.28.0",
  kind: "native",
  ignoresCase: true,
  provider,
  place,
  resources: [
    ...monitor,
    ...insights,
    ...dataprotection,
    ...computeScaleSet,
    ...computeMachine,
    ...computeDisk,
    ...authorization,
    ...diagnostics,
    ...dns,
    ...identity,
    ...keyvault,
    ...network,
    ...networkAddresses,
    ...networkInterfaces,
    ...networkSecurity,
    ...resources,
  ],
};
