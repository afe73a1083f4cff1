import * as azure from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";
import { allZones, type AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** Arguments of AzureBastion. */
export interface AzureBastionArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  /** Subnet `AzureBastionSubnet`, /26 or larger. */
  readonly subnetId: pulumi.Input<string>;
  /** The subnet's rules: Azure checks them when Bastion is made. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * The only way to a machine's own sshd: signed in at Azure, never from the internet.
 *
 * Standard and not Basic, since another port than 22 and `az network bastion ssh` need it
 * (https://learn.microsoft.com/azure/bastion/configuration-settings#skus).
 */
export class AzureBastion extends Component {
  readonly bastionId: pulumi.Output<string>;
  readonly bastionName: pulumi.Output<string>;

  constructor(name: string, args: AzureBastionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("network", "AzureBastion", name, {}, opts);
    const own = { parent: this };
    const { resourceGroupName, location } = args.place;
    const address = new azure.PublicIPAddress(
      `${name}-address`,
      {
        resourceGroupName,
        location,
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
        sku: { name: "Standard", tier: "Regional" },
        zones: [...allZones],
      },
      own,
    );
    const bastion = new azure.BastionHost(
      `${name}-host`,
      {
        resourceGroupName,
        location,
        sku: { name: "Standard" },
        enableTunneling: true,
        enableShareableLink: false,
        enableIpConnect: false,
        scaleUnits: 2,
        ipConfigurations: [
          {
            name: "bastion",
            subnet: { id: args.subnetId },
            publicIPAddress: { id: address.id },
            privateIPAllocationMethod: "Dynamic",
          },
        ],
      },
      { ...own, dependsOn: [...args.ready] },
    );
    this.bastionId = bastion.id;
    this.bastionName = bastion.name;
    this.registerOutputs({ bastionName: this.bastionName });
  }
}
