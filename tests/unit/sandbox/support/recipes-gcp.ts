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
  // A network has one connection to a service.
  "gcp:servicenetworking/connection:Connection": async (pantry) => {
    const { network, range } = await services(pantry);
    return { network: network.id, reservedPeeringRanges: [range.outputs["name"] as string] };
  },
};
