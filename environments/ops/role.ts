/** The secrets of ops' role, in the one document that the machine reads. */
import * as pulumi from "@pulumi/pulumi";
import type { OpsSettings } from "./settings";

/**
 * What the machine's secret `roleTokens` holds: `{"slackWebhook": …, "mirrorTokens": {"<name>": …}}`, with a mirror's
 * token being that of its direction.
 * @param secret a secret of the settings by its key; undefined where it is not set
 * @returns undefined where nothing needs one
 */
export function roleTokens(
  settings: Pick<OpsSettings, "mirrors" | "slack">,
  secret: (key: string) => pulumi.Output<string> | undefined,
): pulumi.Output<string> | undefined {
  const { mirrors, slack } = settings;
  if (mirrors.length === 0 && slack === undefined) return undefined;
  const tokens = { pull: secret("pullMirrorToken"), push: secret("pushMirrorToken") };
  return pulumi.secret(
    pulumi.jsonStringify({
      ...(slack === undefined ? {} : { slackWebhook: secret("slackWebhook") }),
      mirrorTokens: Object.fromEntries(
        mirrors.map(({ name, direction }) => [name, tokens[direction]]),
      ),
    }),
  );
}
