/** The runner fleets of the aws environment. */
import type { AwsInstanceStore } from "../../components/gitlab-instance/aws-store";
import { AwsRunnerFleet } from "../../components/runner-fleet/aws";
import type { AwsAlertTopic } from "../../components/alerts/aws";
import type { AwsContext } from "./context";
import type { AwsFoundation } from "./foundation";

/** Declares a manager and its workers for each fleet of the settings. */
export function runnerFleets(
  { account, as, hosts, machineTags, settings }: AwsContext,
  { alertKey, groups, keyArn, network, nodeFilesBucket }: AwsFoundation,
  { store, topic }: { readonly store: AwsInstanceStore; readonly topic: AwsAlertTopic },
): AwsRunnerFleet[] {
  return settings.runners.map(
    (fleet) =>
      new AwsRunnerFleet(
        `runners-${fleet.name}`,
        {
          ...account,
          fleet,
          release: settings.runnerRelease,
          gitlabUrl: `https://${hosts.domain}`,
          vpcId: network.vpcId,
          privateSubnetIds: [...network.privateSubnetIds],
          managerSecurityGroupId: groups.ids["runner-manager"],
          workerSecurityGroupId: groups.ids["runner-worker"],
          imageId: settings.images.worker ?? settings.images.node,
          keyArn,
          filesBucket: nodeFilesBucket.bucketName,
          filesKeyArn: keyArn,
          logGroup: { name: store.logs.name, arn: store.logsArn },
          alertTopicArn: topic.arn,
          alertKeyArn: alertKey.arn,
          machineTags: machineTags("runners"),
          ready: [...network.ready, ...groups.ready, ...nodeFilesBucket.ready],
        },
        as("runners"),
      ),
  );
}
