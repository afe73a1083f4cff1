import type { MachineCloud } from "../gitlab-instance/package/contract";

/**
 * What `cloud.sh` wants to find in `/etc/gitlab-node/node.env`, beside NODE_ENVIRONMENT and NODE_ROLE. Names alone.
 * @throws on a value that it cannot have in its cloud: each goes into an address.
 */
export function cloudEnvironment(cloud: MachineCloud): Record<string, string> {
  const forms: Record<string, readonly [value: string, form: RegExp]> =
    cloud.kind === "azure"
      ? {
          AZURE_IDENTITY: [cloud.identityClientId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
          AZURE_VAULT_URL: [
            cloud.vaultUrl.replace(/\/$/, ""),
            /^https:\/\/[a-z][a-z0-9-]{1,22}[a-z0-9]\.vault\.azure\.net$/,
          ],
          AZURE_LOCATION: [cloud.location, /^[a-z][a-z0-9]+$/],
          AZURE_METRICS_RESOURCE: [
            cloud.metricsResourceId,
            /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[\w().-]+(\/[A-Za-z.]+){2,3}\/[\w.-]+$/,
          ],
        }
      : {
          GCP_PROJECT: [cloud.project, /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/],
          GCP_ZONE: [cloud.zone, /^[a-z]+-[a-z]+\d+-[a-z]$/],
        };
  const values: Record<string, string> = { NODE_CLOUD: cloud.kind };
  for (const [name, [value, form]] of Object.entries(forms)) {
    if (!form.test(value))
      throw new Error(`${name}: found ${JSON.stringify(value)}, want ${form.source}`);
    values[name] = value;
  }
  return values;
}
