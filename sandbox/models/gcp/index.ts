/** The GCP package: its provider and every resource type that is modelled. */
import type { PackageModel } from "../../model";
import { SERVICE, withLabels } from "./common";
import { models as computeAddress } from "./compute-address";
import { models as computeArmor } from "./compute-armor";
import { models as computeDisk } from "./compute-disk";
import { models as computeFirewall } from "./compute-firewall";
import { models as computeGroup } from "./compute-group";
import { models as computeHealth } from "./compute-health";
import { models as computeInstance } from "./compute-instance";
import { models as computeTemplate } from "./compute-template";
import { models as computeNat } from "./compute-nat";
import { models as computeNetwork } from "./compute-network";
import { models as computeTls } from "./compute-tls";
import { models as containerCluster } from "./container-cluster";
import { models as containerPool } from "./container-pool";
import { models as iam } from "./iam";
import { models as projects } from "./projects";
import { models as serviceaccount } from "./serviceaccount";
import { models as dns } from "./dns";
import { models as kms } from "./kms";
import { models as logging } from "./logging";
import { models as monitoring } from "./monitoring";
import { place, provider } from "./provider";
import { models as redis } from "./redis";
import { models as secretmanager } from "./secretmanager";
import { models as serviceIdentity } from "./service-identity";
import { models as servicenetworking } from "./servicenetworking";
import { models as sql } from "./sql";
import { models as storage } from "./storage";

/** The GCP package at the SDK's version. */
export const gcp: PackageModel = {
  package: "gcp",
  version: "9.35.0",
  provider,
  place,
  apis: {
    type: SERVICE,
    property: "service",
    enabled: [
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "servicemanagement.googleapis.com",
      "serviceusage.googleapis.com",
      "storage.googleapis.com",
    ],
    source: "https://cloud.google.com/service-usage/docs/enabled-service#default",
  },
  resources: [
    ...computeAddress,
    ...computeArmor,
    ...computeDisk,
    ...computeFirewall,
    ...computeGroup,
    ...computeHealth,
    ...computeInstance,
    ...computeTemplate,
    ...computeNat,
    ...computeNetwork,
    ...computeTls,
    ...containerCluster,
    ...containerPool,
    ...iam,
    ...projects,
    ...serviceaccount,
    ...dns,
    ...kms,
    ...logging,
    ...monitoring,
    ...redis,
    ...secretmanager,
    ...serviceIdentity,
    ...servicenetworking,
    ...sql,
    ...storage,
  ].map(withLabels),
};
