/** Inputs for GCP's types whose rules ask for other objects. */
import type { Known, Wire } from "./client";
import type { Pantry } from "./recipes";

/** A network and a range of it that is kept for Google's services. */
async function services({
  object,
  make,
  index,
}: Pantry): Promise<{ network: Known; range: Known }> {
  const network = await object("gcp:compute/network:Network", index);
  const range = await make("gcp:compute/globalAddress:GlobalAddress", {
    purpose: "VPC_PEERING",
    addressType: "INTERNAL",
    prefixLength: 20,
    network: network.id,
  });
  return { network, range };
}

/** By type token: inputs that the generator starts from. */
export const gcpRecipes: Readonly<Record<string, (pantry: Pantry) => Promise<Wire>>> = {
  "gcp:container/cluster:Cluster": async ({ make, object }) => {
    const network = await object("gcp:compute/network:Network");
    const subnet = await make("gcp:compute/subnetwork:Subnetwork", {
      network: network.id,
      ipCidrRange: "10.20.0.0/24",
      secondaryIpRanges: [
        { rangeName: "pods", ipCidrRange: "10.96.0.0/16" },
        { rangeName: "services", ipCidrRange: "10.97.0.0/20" },
      ],
    });
    return {
      network: network.id,
      subnetwork: subnet.id,
      location: "europe-west1",
      initialNodeCount: 1,
      ipAllocationPolicy: {
        clusterSecondaryRangeName: "pods",
        servicesSecondaryRangeName: "services",
      },
    };
  },
  // A network has one connection to a service.
  "gcp:servicenetworking/connection:Connection": async (pantry) => {
    const { network, range } = await services(pantry);
    return { network: network.id, reservedPeeringRanges: [range.outputs["name"] as string] };
  },
};
