import { createHash } from "node:crypto";
import { Vault, type VaultArgs } from "@pulumi/azure-native/keyvault/vault";
import { DiagnosticSetting } from "@pulumi/azure-native/monitor/diagnosticSetting";
import type * as pulumi from "@pulumi/pulumi";
import type { AzurePlace } from "../shared/azure";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";

export {
  AzureStoredSecret,
  secretScope,
  unsetValue,
  type AzureStoredSecretArgs,
} from "./azure-secret";

/** Arguments of AzureVault. */
export interface AzureVaultArgs {
  readonly site: Site;
  readonly place: AzurePlace;
  readonly tenantId: string;
  /** 3 to 24 characters, unique in all of Azure. @default made from the prefix and the subscription */
  readonly name?: string;
  /** 7 to 90; can't be changed later. */
  readonly softDeleteDays: number;
  /** Subnets whose machines read secrets; each has a service endpoint of Key Vault. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Public networks that people and pipelines read secrets from. */
  readonly readerCidrs: readonly string[];
  /** Log Analytics workspace that gets a record of each access. */
  readonly workspaceId: pulumi.Input<string>;
}

/** A vault, as those see it who put secrets in and read them. */
export interface AzureVaultFacts {
  readonly place: AzurePlace;
  /** Known before the vault stands. */
  readonly vaultName: string;
  /** `https://<vault>.vault.azure.net`; known before the vault stands. */
  readonly url: string;
  /** The name, once the vault stands. */
  readonly name: pulumi.Output<string>;
}

/**
 * A key vault of one environment: rights by roles alone, no access policies; closed to all networks but the machines'
 * own; what is deleted, the vault too, can be had back for a while and purged by nobody.
 *
 * That, and Pulumi's own protection, guards it; a management lock does not stand on it: it would also hold back the
 * rights on single secrets, which come and go with runner fleets
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
 *
 * The network rules hold for reading and writing values, not for the management of secrets, which is how Pulumi sets
 * them (https://learn.microsoft.com/azure/key-vault/general/network-security).
 */
export class AzureVault extends Component implements AzureVaultFacts {
  readonly place: AzurePlace;
  readonly vaultName: string;
  readonly url: string;
  readonly name: pulumi.Output<string>;
  readonly vaultId: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  /** @throws if the days of soft delete are not 7 to 90 */
  constructor(name: string, args: AzureVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("keys", "AzureVault", name, { softDeleteDays: args.softDeleteDays }, opts);
    if (args.softDeleteDays < 7 || args.softDeleteDays > 90) {
      throw new Error(`softDeleteDays: found ${args.softDeleteDays}, allowed: 7 to 90`);
    }
    const { resourceGroupName, location } = args.place;
    this.place = args.place;
    this.vaultName = args.name ?? vaultName(args.site, args.place.subscriptionId);
    this.url = `https://${this.vaultName}.vault.azure.net`;
    const properties: VaultProperties = {
      tenantId: args.tenantId,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: args.softDeleteDays,
      enablePurgeProtection: true,
      enabledForDeployment: false,
      enabledForDiskEncryption: false,
      enabledForTemplateDeployment: false,
      publicNetworkAccess: "Enabled",
      networkAcls: {
        bypass: "AzureServices",
        defaultAction: "Deny",
        virtualNetworkRules: args.subnetIds.map((id) => ({ id })),
        ipRules: args.readerCidrs.map((value) => ({ value })),
      },
    };
    const vault = new Vault(
      `${name}-vault`,
      {
        resourceGroupName,
        location,
        vaultName: this.vaultName,
        properties,
      },
      stateful(args.site, { parent: this, transformations: [asWritten(properties)] }),
    );
    const log = new DiagnosticSetting(
      `${name}-log`,
      {
        name: "audit",
        resourceUri: vault.id,
        workspaceId: args.workspaceId,
        logs: [{ categoryGroup: "audit", enabled: true }],
      },
      { parent: this },
    );
    this.name = vault.name;
    this.vaultId = vault.id;
    this.ready = [vault, log];
    this.registerOutputs({ vaultId: this.vaultId });
  }
}

type VaultProperties = Required<VaultArgs>["properties"];

/**
 * Gives a vault its properties as they are written. The SDK fills in what is left out within one apply
 * (vaultPropertiesArgsProvideDefaults of @pulumi/azure-native 3.28.0), so that a single subnet's id, which nobody knows
 * before the subnet stands, would hide all of them from a preview and from the policies that judge it. Nothing that
 * the SDK has a default for is left out here.
 */
function asWritten(properties: VaultProperties): pulumi.ResourceTransformation {
  return ({ props, opts }) => ({ props: { ...props, properties }, opts });
}

/** Names of vaults are shared by all of Azure: eight digits of the subscription's hash make it this one's. */
function vaultName(site: Pick<Site, "prefix">, subscriptionId: string): string {
  const digest = createHash("sha256").update(subscriptionId).digest("hex").slice(0, 8);
  return `${fixedName({ maxLength: 15 }, site.prefix)}-${digest}`;
}
