/** Where alarms of the aws environment are told. */
import type * as pulumi from "@pulumi/pulumi";
import { AwsAlertTopic } from "../../components/alerts/aws";
import { AwsDataKey } from "../../components/keys/aws";
import type { AwsContext } from "./context";
import type { AwsFoundation } from "./foundation";

/** Declares the topic, and one more in us-east-1 where the environment is elsewhere. */
export function alertTopics(
  { account, as, global, main, settings }: AwsContext,
  { alertKey }: Pick<AwsFoundation, "alertKey">,
) {
  const topicArgs = {
    ...account,
    keyArn: alertKey.arn,
    subscriptions: settings.alerts.emails.map((endpoint) => ({
      protocol: "email" as const,
      endpoint,
    })),
  };
  const topic = new AwsAlertTopic("alert-topic", topicArgs, as("alerts"));
  const globalTopic = global === main ? topic : globalAlertTopic(topicArgs, as("alerts", global));
  return { topic, globalTopic, subscriptions: topicArgs.subscriptions };
}

/** The same topic in us-east-1, with a key there: topics and alarms must be in one region. */
function globalAlertTopic(
  atHome: ConstructorParameters<typeof AwsAlertTopic>[1],
  opts: pulumi.ComponentResourceOptions,
): AwsAlertTopic {
  const args = { ...atHome, region: "us-east-1" };
  const key = new AwsDataKey(
    "global-alert-key",
    {
      site: args.site,
      accountId: args.accountId,
      region: args.region,
      purpose: "global-alerts",
      uses: ["alarms"],
    },
    opts,
  );
  return new AwsAlertTopic("global-alert-topic", { ...args, keyArn: key.arn }, opts);
}
