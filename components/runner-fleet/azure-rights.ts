import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition";
import type * as pulumi from "@pulumi/pulumi";
import { fixedGuid, standingId, type AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/**
 * What the fleeting plugin does with a scale set: see it and its machines, set its capacity, delete single machines,
 * read their addresses. Microsoft.Compute/virtualMachineScaleSets/write is the right to set the capacity and there is
 * no smaller one; without a right to assign identities it can't give workers any. Setting it needs `join` on the subnet
 * that the machines come into.
 *
 * Sources: https://gitlab.com/gitlab-org/fleeting/plugins/azure,
 * https://learn.microsoft.com/azure/role-based-access-control/permissions/compute and …/networking
 */
export const scaleSetActions: readonly string[] = [
  "Microsoft.Compute/virtualMachineScaleSets/read",
  "Microsoft.Compute/virtualMachineScaleSets/write",
  "Microsoft.Compute/virtualMachineScaleSets/delete/action",
  "Microsoft.Compute/virtualMachineScaleSets/instanceView/read",
  "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
  "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/delete",
  "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/instanceView/read",
  "Microsoft.Compute/virtualMachineScaleSets/networkInterfaces/read",
  "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/read",
  "Microsoft.Network/virtualNetworks/subnets/join/action",
];

/** Arguments of AzureManagerRights. */
export interface AzureManagerRightsArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  readonly fleet: string;
  /** Object id of the manager's identity. */
  readonly principalId: pulumi.Input<string>;
  readonly scaleSetId: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
}

/** What a manager may do with its own scale set and its subnet, and with no other. */
export class AzureManagerRights extends Component {
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AzureManagerRightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("runnerFleet", "AzureManagerRights", name, { fleet: args.fleet }, opts);
    const own = { parent: this };
    const { place, site } = args;
    const guid = (what: string) =>
      fixedGuid([place.subscriptionId, site.prefix, name, what].join("/"));
    const group = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.groupName}`;
    const roleGuid = guid("role");
    const role = new RoleDefinition(
      `${name}-role`,
      {
        roleDefinitionId: roleGuid,
        // Unique in the whole directory.
        roleName: `${site.prefix} runner manager ${args.fleet} (${place.subscriptionId})`,
        roleType: "CustomRole",
        description: `What the manager of runner fleet ${args.fleet} does with its workers`,
        scope: group,
        assignableScopes: [group],
        permissions: [
          { actions: [...scaleSetActions], notActions: [], dataActions: [], notDataActions: [] },
        ],
      },
      own,
    );
    const roleId = standingId(
      role,
      `${group}/providers/Microsoft.Authorization/roleDefinitions/${roleGuid}`,
    );
    this.ready = Object.entries({ "scale-set": args.scaleSetId, subnet: args.subnetId }).map(
      ([what, scope]) =>
        new RoleAssignment(
          `${name}-${what}`,
          {
            roleAssignmentName: guid(what),
            principalId: args.principalId,
            principalType: "ServicePrincipal",
            roleDefinitionId: roleId,
            scope,
          },
          // As AzureRights: none of it can be changed in place, and the name is taken while the old one stands.
          {
            ...own,
            deleteBeforeReplace: true,
            replaceOnChanges: ["principalId", "roleDefinitionId", "scope"],
          },
        ),
    );
    this.registerOutputs({});
  }
}
