import { Secret } from "@pulumi/azure-native/keyvault/secret";
import * as pulumi from "@pulumi/pulumi";
import { AzureRights, type AzureRoleName } from "../identity/azure-roles";
import { Component } from "../shared/component";
import type { SecretReference } from "../shared/secret";
import { stateful, type Site } from "../shared/site";
import { azureId } from "../shared/azure";
import type { AzureVaultFacts } from "./azure";

/** What a secret holds until a machine has put a value in: Key Vault knows no secret without one. */
export const unsetValue = "not set yet";

/** Arguments of AzureStoredSecret. */
export interface AzureStoredSecretArgs {
  readonly site: Site;
  readonly vault: AzureVaultFacts;
  /** Name in the vault: letters, digits and `-`. */
  readonly secretName: string;
  /** A Pulumi secret; left out where a machine puts the value in. */
  readonly value?: pulumi.Input<string>;
  /** `text/plain`, `application/json`; shown in the portal. @default "text/plain" */
  readonly contentType?: string;
  /** Whether a machine keeps something in it that can't be made again. @default false */
  readonly holdsData?: boolean;
  /** Who may read it, by a short name: object ids of identities. */
  readonly readers?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Who may put a value in. */
  readonly writers?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** One secret, and who may read or write it: nobody has rights on the vault as a whole. */
export class AzureStoredSecret extends Component {
  readonly secretName: string;
  readonly reference: SecretReference;
  /** Value and rights: wait for them before a machine is started that reads it. */
  readonly ready: pulumi.Resource[];

  /** @throws if the name is none that Key Vault takes */
  constructor(name: string, args: AzureStoredSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "keys",
      "AzureStoredSecret",
      name,
      { setBy: args.value === undefined ? "machine" : "settings" },
      opts,
    );
    if (!/^[A-Za-z0-9-]{1,127}$/.test(args.secretName)) {
      throw new Error(
        `secretName: found ${args.secretName}, allowed: 1 to 127 letters, digits and -`,
      );
    }
    const own = { parent: this };
    const byMachine = args.value === undefined;
    const secret = new Secret(
      `${name}-secret`,
      {
        resourceGroupName: args.vault.place.resourceGroupName,
        vaultName: args.vault.name,
        secretName: args.secretName,
        properties: {
          value: args.value ?? unsetValue,
          contentType: args.contentType ?? "text/plain",
          attributes: { enabled: true },
        },
      },
      {
        ...(args.holdsData === true ? stateful(args.site, own) : own),
        // Any later update, one of its tags too, would put the placeholder over what the machine has stored.
        ...(byMachine ? { ignoreChanges: ["properties", "tags"] } : {}),
      },
    );
    const scope = secretScope(args.vault, args.secretName);
    const rights = (who: string, principalId: pulumi.Input<string>, role: AzureRoleName) =>
      new AzureRights(
        `${name}-${who}`,
        {
          site: args.site,
          subscriptionId: args.vault.place.subscriptionId,
          principalId,
          principalType: "ServicePrincipal",
          on: { [role === "keyVaultSecretsUser" ? "read" : "write"]: { role, scope } },
        },
        { ...own, dependsOn: [secret] },
      );
    const given = [
      ...Object.entries(args.readers ?? {}).map(([who, id]) =>
        rights(who, id, "keyVaultSecretsUser"),
      ),
      ...Object.entries(args.writers ?? {}).map(([who, id]) =>
        rights(who, id, "keyVaultSecretsOfficer"),
      ),
    ];
    this.secretName = args.secretName;
    this.reference = {
      store: "azure-key-vault",
      id: pulumi.interpolate`https://${args.vault.name}.vault.azure.net/secrets/${args.secretName}`,
    };
    this.ready = [secret, ...given.flatMap(({ ready }) => ready)];
    this.registerOutputs({});
  }
}

/** Id of a secret without its version, as a scope for rights. */
export function secretScope(vault: AzureVaultFacts, secretName: string): string {
  return `${azureId(vault.place, `Microsoft.KeyVault/vaults/${vault.vaultName}`)}/secrets/${secretName}`;
}
