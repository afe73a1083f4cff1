/**
 * The `version` environment.
 */
import { Provider } from "@pulumi/gcp/provider";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentRehearsal } from "../../engine/environment";
import { parseVersionSettings, secretSettings } from "./settings";
import { readSignIn } from "./sign-in";

export { parseVersionSettings as parse } from "./settings";

/** The project's own keys that are secret. */
export const secrets = secretSettings.map(({ key }) => key);

/** What the rehearsal does with this environment. */
export const rehearsal: EnvironmentRehearsal = {
  day2: [
    {
      name: "a larger node pool",
      set: { "cluster.pool.maxPerZone": 4 },
    },
  ],
  unprotect: { set: { protection: false } },
};

/** Declares the environment; resolves to the stack's outputs. */
export async function program(): Promise<Record<string, unknown>> {
  const settings = parseVersionSettings(pulumi.runtime.allConfig());
  const signIn = await readSignIn(settings.signIn.application);
  new Provider("setup", { project: settings.project, region: settings.region });
  return { site: signIn.site, secret: signIn.clientSecret };
}
