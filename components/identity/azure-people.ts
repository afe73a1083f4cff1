import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import { AzureRights, type AzureRoleName } from "./azure-roles";

/** What groups of people can be let reach. */
export interface AzurePeopleScopes {
  readonly group: pulumi.Input<string>;
  readonly machine: pulumi.Input<string>;
  readonly interface: pulumi.Input<string>;
  readonly bastion: pulumi.Input<string>;
}

/** People's roles: what each may reach, and as what. Nobody else has any right of this program's making. */
export const peopleRoles = {
  /**
   * Sign in to the machine through Bastion, which wants to see Bastion, the machine and its interface
   * (https://learn.microsoft.com/azure/bastion/bastion-faq#roles), and see what `support` sees.
   */
  production: {
    bastion: "reader",
    machine: "reader",
    interface: "reader",
    group: "monitoringReader",
  },
  /** See alerts, metrics and logs. */
  support: { group: "monitoringReader" },
} as const satisfies Readonly<
  Record<string, Partial<Readonly<Record<keyof AzurePeopleScopes, AzureRoleName>>>>
>;
export type PeopleRole = keyof typeof peopleRoles;

/** Arguments of AzurePeople. */
export interface AzurePeopleArgs {
  readonly site: Site;
  readonly subscriptionId: string;
  /** Object ids of Entra's groups, by role. */
  readonly groups: Readonly<Record<PeopleRole, readonly string[]>>;
  readonly scopes: AzurePeopleScopes;
}

/** Groups of people, each bound to what its role may reach. */
export class AzurePeople extends Component {
  constructor(name: string, args: AzurePeopleArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "identity",
      "AzurePeople",
      name,
      { groups: Object.values(args.groups).flat().length },
      opts,
    );
    for (const role of Object.keys(peopleRoles) as PeopleRole[]) {
      for (const principalId of args.groups[role]) {
        new AzureRights(
          `${name}-${role}-${principalId}`,
          {
            site: args.site,
            subscriptionId: args.subscriptionId,
            principalId,
            principalType: "Group",
            on: Object.fromEntries(
              Object.entries(peopleRoles[role]).map(([what, given]) => [
                what,
                { role: given, scope: args.scopes[what as keyof AzurePeopleScopes] },
              ]),
            ),
          },
          { parent: this },
        );
      }
    }
    this.registerOutputs({});
  }
}
