import type { NodeFile } from "../node-files/contract";
import { managerFiles, type ManagerCloud, type ManagerFacts } from "./files";
import { credentialFiles, credentialPath, metadataManagerFiles } from "./metadata-files";
import { ubuntuUser } from "./worker";

/** What a manager on Azure knows beside. */
export interface AzureManagerFacts extends ManagerFacts {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Azure's region name: `eastus2`. */
  readonly location: string;
  /** Scale set of the workers. */
  readonly scaleSet: string;
  /** `https://<vault>.vault.azure.net`. */
  readonly vaultUrl: string;
  /** Client id of the manager's identity. */
  readonly identityClientId: string;
  /** Resource id of the manager's machine. */
  readonly machineId: string;
  /** Bucket in GCS. */
  readonly cacheBucket: string;
  /** Names in the vault. */
  readonly secrets: {
    readonly token: string;
    readonly workerKey: string;
    readonly cacheKey: string;
  };
}

/** The files of a manager on Azure, which its loader reads from its user data. */
export function azureManagerFiles(facts: AzureManagerFacts): NodeFile[] {
  return managerFiles(facts, azureManager(facts));
}

/**
 * Azure's part in a manager's files: a scale set, Key Vault by the manager's own identity, and the cache in GCS, where
 * the rest of the environment's objects are, by a key that opens that bucket alone.
 */
export function azureManager(facts: AzureManagerFacts): ManagerCloud {
  return {
    library: "azure",
    environment: {
      AZURE_IDENTITY: facts.identityClientId,
      AZURE_VAULT_URL: facts.vaultUrl,
      AZURE_LOCATION: facts.location,
      AZURE_METRICS_RESOURCE: facts.machineId,
    },
    tokenSecret: facts.secrets.token,
    metrics: { up: "runner_manager_up", tokenMissing: "runner_token_missing" },
    plugin: {
      name: "azure",
      config: {
        name: facts.scaleSet,
        subscription_id: facts.subscriptionId,
        resource_group_name: facts.resourceGroup,
      },
    },
    workerUser: ubuntuUser,
    // The plugin brings no key to a worker: the executor's documented example has credentials of the scale set's own.
    workerKey: credentialPath("worker-key"),
    cache: {
      Type: "gcs",
      gcs: { BucketName: facts.cacheBucket, CredentialsFile: credentialPath("cache-key") },
    },
    files: [
      ...metadataManagerFiles(),
      ...credentialFiles(
        { "worker-key": facts.secrets.workerKey, "cache-key": facts.secrets.cacheKey },
        // Which of the machine's identities the plugin takes
        // (https://learn.microsoft.com/azure/developer/go/sdk/authentication/system-assigned-managed-identity).
        { AZURE_CLIENT_ID: facts.identityClientId },
      ),
    ],
  };
}
