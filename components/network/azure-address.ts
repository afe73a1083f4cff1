import * as dns from "@pulumi/azure-native/dns";
import * as azure from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";
import { allZones, type AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";

/** Arguments of AzureSiteAddress. */
export interface AzureSiteAddressArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  /** Host names that lead to the site; each once. */
  readonly hosts: readonly string[];
  /** The public zone that holds all of them: a zone of Azure DNS in a resource group of its own. */
  readonly zone: { readonly name: string; readonly resourceGroup: string };
  /** Seconds that others may remember the address. @default 300 */
  readonly ttl?: number;
}

/** The site's static address, which outlives every machine, and the names that lead to it. */
export class AzureSiteAddress extends Component {
  readonly addressId: pulumi.Output<string>;
  readonly address: pulumi.Output<string>;
  /** Names have to lead here before the first boot, or Let's Encrypt finds nobody. */
  readonly ready: pulumi.Resource[];

  /** @throws if a host is not in the zone */
  constructor(name: string, args: AzureSiteAddressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("network", "AzureSiteAddress", name, { hosts: args.hosts.join(",") }, opts);
    const own = { parent: this };
    const address = new azure.PublicIPAddress(
      `${name}-address`,
      {
        resourceGroupName: args.place.resourceGroupName,
        location: args.place.location,
        // Fixed: other people's firewalls know the address, and a second one must not slip in.
        publicIpAddressName: fixedName({ maxLength: 80 }, args.site.prefix),
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
        sku: { name: "Standard", tier: "Regional" },
        zones: [...allZones],
        idleTimeoutInMinutes: 15,
      },
      own,
    );
    const ipv4Address = address.ipAddress.apply((ip) => ip ?? "");
    const records = args.hosts.map(
      (host) =>
        new dns.RecordSet(
          `${name}-${host.replace(/\./g, "-")}`,
          {
            resourceGroupName: args.zone.resourceGroup,
            zoneName: args.zone.name,
            recordType: "A",
            relativeRecordSetName: relativeName(host, args.zone.name),
            ttl: args.ttl ?? 300,
            aRecords: [{ ipv4Address }],
          },
          own,
        ),
    );
    this.addressId = address.id;
    this.address = ipv4Address;
    this.ready = [address, ...records];
    this.registerOutputs({ address: this.address });
  }
}

/** A host as its zone names it: `@` for the zone itself. */
function relativeName(host: string, zone: string): string {
  if (host === zone) return "@";
  if (!host.endsWith(`.${zone}`)) throw new Error(`${host} is not in zone ${zone}`);
  return host.slice(0, -zone.length - 1);
}
