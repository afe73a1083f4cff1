/** Private services access: a VPC network joined to the networks of Google's managed services. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  CONNECTION,
  GLOBAL_ADDRESS,
  NETWORK,
  REDIS_INSTANCE,
  SQL_INSTANCE,
  bool,
  deletionPolicy,
  heldLinkTo,
  list,
  out,
  prevented,
  registry,
  str,
} from "./common";

const PAGE = "https://cloud.google.com/vpc/docs/configure-private-services-access";
const SERVICE = "servicenetworking.googleapis.com";

const connection: ResourceModel = {
  token: CONNECTION,
  source: registry("servicenetworking/connection"),
  schema: "google_service_networking_connection",
  api: SERVICE,
  id: "{network}:{service}",
  unique: [{ properties: ["network", "service"], scope: "global", source: PAGE }],
  properties: {
    deletionPolicy,
    network: heldLinkTo(NETWORK, { required: true, replace: true }),
    // Ranges of PEERING type by name; Google keeps what it took from them.
    reservedPeeringRanges: list(str({ ref: { type: GLOBAL_ADDRESS, by: "name" } }), {
      required: true,
      minItems: 1,
    }),
    service: str({
      required: true,
      replace: true,
      pattern: "[a-z.-]+\\.googleapis\\.com",
      example: SERVICE,
    }),
    updateOnCreationFail: bool(),
    peering: out("servicenetworking-googleapis-com"),
  },
  rules: [
    {
      name: "ranges-for-peering",
      then: {
        property: "reservedPeeringRanges",
        every: {
          property: ".",
          companion: {
            type: GLOBAL_ADDRESS,
            property: "name",
            where: {
              all: [
                { property: "purpose", equals: "VPC_PEERING" },
                { property: "addressType", equals: "INTERNAL" },
              ],
            },
          },
        },
      },
      message:
        "Invalid value at `reservedPeeringRanges`: an address range needs `purpose` VPC_PEERING and `addressType` INTERNAL",
      source: PAGE,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [
    prevented,
    ...[
      { type: SQL_INSTANCE, property: "settings.ipConfiguration.privateNetwork" },
      {
        type: REDIS_INSTANCE,
        property: "authorizedNetwork",
        where: { property: "connectMode", equals: "PRIVATE_SERVICE_ACCESS" },
      },
    ].map((companion) => ({
      condition: {
        property: "network->id",
        companion,
      },
      message:
        "Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection",
      source:
        "https://cloud.google.com/vpc/docs/configure-private-services-access#removing-connection",
    })),
  ],
  leftWhile: ABANDONED,
  seconds: { create: 60, update: 30, delete: 30 },
};

export const models: readonly ResourceModel[] = [connection];
