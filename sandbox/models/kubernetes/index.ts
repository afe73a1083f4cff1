/** The Kubernetes package: its provider and every kind that is modelled. */
import type { PackageModel } from "../../model";
import { models as access } from "./access";
import { models as configuration } from "./configuration";
import { models as custom } from "./custom";
import { models as namespaces } from "./namespaces";
import { models as ingress } from "./ingress";
import { models as jobs } from "./jobs";
import { models as networkPolicies } from "./network-policies";
import { place, provider } from "./provider";
import { models as scaling } from "./scaling";
import { models as services } from "./services";
import { models as workloads } from "./workloads";

/** The Kubernetes package at the SDK's version. */
export const kubernetes: PackageModel = {
  package: "kubernetes",
  version: "4.34.2",
  kind: "kubernetes",
  provider,
  place,
  resources: [
    ...access,
    ...configuration,
    ...custom,
    ...ingress,
    ...jobs,
    ...namespaces,
    ...networkPolicies,
    ...scaling,
    ...services,
    ...workloads,
  ],
};
