import { createHash } from "node:crypto";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component";
import { fixedName } from "./names";
import { stateful, type Site } from "./site";

/** Zones of an address that the loss of one does not take away. */
export const allZones = ["1", "2", "3"] as const;

/** Where something is in Azure. */
export interface AzurePlace {
  /** GUID. */
  readonly subscriptionId: string;
  /** Region by its programmatic name: `eastus2`. */
  readonly location: string;
  /** Name of the resource group, known before the group stands: ids are made of it. */
  readonly groupName: string;
  /** The same name, but only once the group stands: what is put in the group takes this. */
  readonly resourceGroupName: pulumi.Input<string>;
}

/**
 * Id of a resource, known before the resource stands.
 * @param path provider, type and name: `Microsoft.Compute/virtualMachines/gitlab-dev`
 */
export function azureId(
  place: Pick<AzurePlace, "subscriptionId" | "groupName">,
  path: string,
): string {
  return `/subscriptions/${place.subscriptionId}/resourceGroups/${place.groupName}/providers/${path}`;
}

/**
 * An id that settings fix, of a resource that stands: known at preview, when the provider has not given it yet, so that
 * policies see what a right holds for; whoever takes it depends on the resource as by the resource's own `id`. A
 * resource's URN is what a preview knows of it.
 */
export function standingId(resource: pulumi.CustomResource, id: string): pulumi.Output<string> {
  return resource.urn.apply(() => id);
}

/** Arguments of AzureGroup. */
export interface AzureGroupArgs {
  readonly site: Site;
  readonly subscriptionId: string;
  readonly location: string;
  /** Last part of the name; left out for the environment's main group. */
  readonly purpose?: string;
}

/**
 * A resource group with a fixed name. Deleting it deletes all that is in it, data too: it is protected as data is.
 */
export class AzureGroup extends Component {
  readonly place: AzurePlace;
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: AzureGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, subscriptionId, location } = args;
    super("shared", "AzureGroup", name, { location }, opts);
    const groupName = fixedName({ maxLength: 90 }, site.prefix, args.purpose ?? "");
    const group = new ResourceGroup(
      `${name}-group`,
      { resourceGroupName: groupName, location },
      stateful(site, { parent: this }),
    );
    this.place = { subscriptionId, location, groupName, resourceGroupName: group.name };
    this.id = standingId(group, `/subscriptions/${subscriptionId}/resourceGroups/${groupName}`);
    this.registerOutputs({ id: this.id });
  }
}

/**
 * A GUID that is always the same for the same text, where Azure wants one for a name: version 5 of RFC 9562, in a
 * namespace of this project's own (version 5 of its name in the DNS namespace).
 */
export function fixedGuid(text: string): string {
  const dns = Buffer.from("6ba7b8109dad11d180b400c04fd430c8", "hex");
  return guidText(hashed(hashed(dns, "gitlab-environments.invalid"), text));
}

/** The 16 bytes of a version 5 UUID: the first of SHA-1 over namespace and name, version and variant set. */
function hashed(namespace: Buffer, text: string): Buffer {
  const bytes = createHash("sha1").update(namespace).update(text, "utf8").digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}

function guidText(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
