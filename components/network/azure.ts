import * as azure from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";
import { allZones, type AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import { azureRules, type AzureParty } from "./azure-flows";
import type { Flow } from "./contract";

export { AzureBastion, type AzureBastionArgs } from "./azure-bastion";
export { AzureSiteAddress, type AzureSiteAddressArgs } from "./azure-address";
export type { AzureParty } from "./azure-flows";

/** Name that Bastion's subnet has to have (https://learn.microsoft.com/azure/bastion/configuration-settings#subnet). */
const bastionSubnet = "AzureBastionSubnet";

/** Arguments of AzureNetwork. */
export interface AzureNetworkArgs<Subnet extends string, Service extends string> {
  readonly site: Site;
  readonly place: AzurePlace;
  /** Zone of the NAT gateway: that of the machines behind it. */
  readonly zone: string;
  /** Addresses of the virtual network. */
  readonly cidr: string;
  /** Subnets by what is in them, with their part of `cidr`. One called `bastion` gets the name that Azure wants. */
  readonly subnets: Readonly<Record<Subnet, string>>;
  /** What the flows name beside subnets and the internet, by service tag. */
  readonly services: Readonly<Record<Service, string>>;
  /** The environment's whole firewall. */
  readonly flows: readonly Flow<NoInfer<Subnet | Service>>[];
}

/** Facts of a virtual network. */
export interface AzureNetworkFacts<Subnet extends string = string> {
  readonly subnetIds: Readonly<Record<Subnet, pulumi.Output<string>>>;
  /** Address that everything without one of its own goes out with. */
  readonly outboundAddress: pulumi.Output<string>;
  /** What a machine's boot needs of the network (subnets, rules, NAT): pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];
}

/**
 * A virtual network whose subnets have a security group each, from one table of flows, and one way out through a NAT
 * gateway. The two subnets with machines reach Key Vault by a service endpoint, so that the vault knows them.
 */
export class AzureNetwork<Subnet extends string, Service extends string>
  extends Component
  implements AzureNetworkFacts<Subnet>
{
  readonly subnetIds: Readonly<Record<Subnet, pulumi.Output<string>>>;
  readonly outboundAddress: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if a flow is wrong (see `azureRules`) */
  constructor(
    name: string,
    args: AzureNetworkArgs<Subnet, Service>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const subnetNames = Object.keys(args.subnets) as Subnet[];
    super(
      "network",
      "AzureNetwork",
      name,
      { cidr: args.cidr, subnets: subnetNames.length, flows: args.flows.length },
      opts,
    );
    const own = { parent: this };
    const { resourceGroupName, location } = args.place;
    const place = { resourceGroupName, location };
    const parties: Record<string, AzureParty> = {};
    for (const subnet of subnetNames) {
      parties[subnet] = { kind: "subnet", cidr: args.subnets[subnet] };
    }
    for (const service of Object.keys(args.services) as Service[]) {
      parties[service] = { kind: "service", tag: args.services[service] };
    }
    const rules = azureRules(parties as Record<Subnet | Service, AzureParty>, args.flows);

    const network = new azure.VirtualNetwork(
      `${name}-network`,
      { ...place, addressSpace: { addressPrefixes: [args.cidr] } },
      own,
    );
    const address = new azure.PublicIPAddress(
      `${name}-outbound`,
      {
        ...place,
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
        sku: { name: "Standard", tier: "Regional" },
        zones: [...allZones],
      },
      own,
    );
    const gateway = new azure.NatGateway(
      `${name}-nat`,
      {
        ...place,
        sku: { name: "Standard" },
        // A NAT gateway is in one zone; in another than its machines' it would only add a zone to lose
        // (https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones).
        zones: [args.zone],
        idleTimeoutInMinutes: 4,
        publicIpAddresses: [{ id: address.id }],
      },
      own,
    );
    const groups = new Map(
      subnetNames.map((subnet) => [
        subnet,
        new azure.NetworkSecurityGroup(
          `${name}-${subnet}`,
          { ...place, securityRules: [...(rules.get(subnet) ?? [])] },
          own,
        ),
      ]),
    );
    const subnets: azure.Subnet[] = [];
    for (const subnet of subnetNames) {
      const isBastion = subnet === "bastion";
      subnets.push(
        new azure.Subnet(
          `${name}-${subnet}`,
          {
            resourceGroupName,
            virtualNetworkName: network.name,
            subnetName: isBastion ? bastionSubnet : subnet,
            addressPrefix: args.subnets[subnet],
            networkSecurityGroup: { id: groups.get(subnet)?.id },
            ...(isBastion
              ? {}
              : {
                  natGateway: { id: gateway.id },
                  // Outbound through NAT alone, never by an address that Azure lends.
                  defaultOutboundAccess: false,
                  serviceEndpoints: [{ service: "Microsoft.KeyVault" }],
                }),
          },
          // Azure changes one subnet of a network at a time and refuses the others (AnotherOperationInProgress).
          { ...own, dependsOn: subnets.slice(-1) },
        ),
      );
    }
    this.subnetIds = Object.fromEntries(
      subnetNames.map((subnet, index) => [subnet, subnets[index]?.id]),
    ) as Record<Subnet, pulumi.Output<string>>;
    this.outboundAddress = address.ipAddress.apply((ip) => ip ?? "");
    this.ready = [...groups.values(), gateway, ...subnets];
    this.registerOutputs({ subnetIds: this.subnetIds });
  }
}
