import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import type * as pulumi from "@pulumi/pulumi";
import { fixedGuid } from "../shared/azure";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/**
 * The built-in roles in use, by their ids
 * (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles).
 */
export const azureRoles = {
  /** See a resource and its settings; no data. */
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  /** Read the values of secrets. */
  keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  /** Read and write secrets: given on single secrets only, to who puts a value in. */
  keyVaultSecretsOfficer: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
  /** Write metrics, and nothing else. */
  monitoringMetricsPublisher: "3913510d-42f4-4e42-8a64-420c390055eb",
  /** See metrics, logs and alerts. */
  monitoringReader: "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
  /** Let a backup vault read a disk. */
  diskBackupReader: "3e5e47e6-65f7-47ef-90b5-e5dd4d455f24",
  /** Let a backup vault keep snapshots in a resource group. */
  diskSnapshotContributor: "7efff54f-a5b4-42b5-a1c5-5411624893ce",
} as const;
export type AzureRoleName = keyof typeof azureRoles;

/** Arguments of AzureRights. */
export interface AzureRightsArgs {
  readonly site: Site;
  readonly subscriptionId: string;
  /** Who gets the rights: object id in Entra. */
  readonly principalId: pulumi.Input<string>;
  /** Said, so that Azure does not look for a principal that was made a moment ago. */
  readonly principalType: "ServicePrincipal" | "Group";
  /** Which role on what, by a short name. */
  readonly on: Readonly<
    Record<string, { readonly role: AzureRoleName; readonly scope: pulumi.Input<string> }>
  >;
}

/**
 * What one identity may do. The assignments' names, GUIDs in Azure, are made from what they say, so that one whose
 * creation was not answered is found again and not doubled.
 */
export class AzureRights extends Component {
  /** Wait for them before whoever has the rights is started; they take up to ten minutes to be known everywhere. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AzureRightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("identity", "AzureRights", name, { rights: Object.keys(args.on).length }, opts);
    const roots = `/subscriptions/${args.subscriptionId}/providers/Microsoft.Authorization`;
    this.ready = Object.entries(args.on).map(([what, { role, scope }]) => {
      const child = `${name}-${what}`;
      return new RoleAssignment(
        child,
        {
          roleAssignmentName: fixedGuid(
            [args.subscriptionId, args.site.prefix, child, role].join("/"),
          ),
          principalId: args.principalId,
          principalType: args.principalType,
          roleDefinitionId: `${roots}/roleDefinitions/${azureRoles[role]}`,
          scope,
        },
        // None of it can be changed in place, and the name is taken as long as the old one stands
        // (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting: RoleAssignmentUpdateNotPermitted).
        {
          parent: this,
          deleteBeforeReplace: true,
          replaceOnChanges: ["principalId", "roleDefinitionId", "scope"],
        },
      );
    });
    this.registerOutputs({});
  }
}
