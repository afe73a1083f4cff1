import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import type * as pulumi from "@pulumi/pulumi";
import type { AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import { withForm } from "../shared/documents";
import { fixedName } from "../shared/names";
import type { Site } from "../shared/site";

export { AzureRights, azureRoles, type AzureRightsArgs, type AzureRoleName } from "./azure-roles";
export { AzurePeople, type AzurePeopleArgs } from "./azure-people";

/** Arguments of AzureMachineIdentity. */
export interface AzureMachineIdentityArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  /** What the machine is; last part of the identity's name: `machine`, `runner-builds`. */
  readonly machine: string;
}

/**
 * Who a machine is. Its own and not the system's, since a machine that is replaced would come back as somebody else:
 * its rights would have to be given anew, and would be known minutes after it has booted.
 */
export class AzureMachineIdentity extends Component {
  readonly identityId: pulumi.Output<string>;
  /** Object id, which rights are given to. */
  readonly principalId: pulumi.Output<string>;
  /** How the machine asks for its tokens. */
  readonly clientId: pulumi.Output<string>;

  constructor(
    name: string,
    args: AzureMachineIdentityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("identity", "AzureMachineIdentity", name, { machine: args.machine }, opts);
    const identity = new UserAssignedIdentity(
      `${name}-identity`,
      {
        resourceGroupName: args.place.resourceGroupName,
        location: args.place.location,
        // 3 to 128 characters (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules).
        resourceName: fixedName({ maxLength: 128 }, args.site.prefix, args.machine),
      },
      { parent: this },
    );
    this.identityId = identity.id;
    this.principalId = identity.principalId;
    // A GUID, of which nothing is known beforehand but that.
    this.clientId = withForm(identity.clientId, "00000000-0000-0000-0000-000000000000");
    this.registerOutputs({ identityId: this.identityId });
  }
}
