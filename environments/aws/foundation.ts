/** What everything else stands on: keys, network, firewall, who machines are, and where they find their files. */
import { AwsMachineIdentity } from "../../components/identity/aws";
import { AwsDataKey } from "../../components/keys/aws";
import { AwsNetwork, AwsSecurityGroups } from "../../components/network/aws";
import { AwsBucket, bucketName } from "../../components/object-storage/aws";
import type { AwsContext } from "./context";
import { flows, parties } from "./flows";

/** What the other parts see of it. */
export type AwsFoundation = ReturnType<typeof awsFoundation>;

/** Declares the foundation. */
export function awsFoundation({ account, as, settings, site }: AwsContext) {
  const { accountId, backupAccount, region } = settings;
  const dataKey = new AwsDataKey(
    "data-key",
    {
      ...account,
      purpose: "data",
      uses: ["autoScaling", "logs"],
      copyingAccountIds: [backupAccount.accountId],
    },
    as("keys"),
  );
  const alertKey = new AwsDataKey(
    "alert-key",
    { ...account, purpose: "alerts", uses: ["alarms"] },
    as("keys"),
  );
  const keyArn = dataKey.arn;

  const network = new AwsNetwork(
    "network",
    {
      ...account,
      ...settings.network,
      zones: settings.network.zones ?? ["a", "b", "c"].map((letter) => `${region}${letter}`),
      keyArn,
    },
    as("network"),
  );
  const groups = new AwsSecurityGroups(
    "firewall",
    { site, vpcId: network.vpcId, parties, flows: flows(settings) },
    as("network"),
  );
  const identities = {
    application: new AwsMachineIdentity(
      "application-identity",
      { ...account, machine: "application", description: "Machines that run GitLab's Rails" },
      as("instance"),
    ),
    gitaly: new AwsMachineIdentity(
      "gitaly-identity",
      { ...account, machine: "gitaly", description: "The machine that runs Gitaly" },
      as("instance"),
    ),
    backup: new AwsMachineIdentity(
      "backup-identity",
      {
        ...account,
        machine: "backup",
        description: "The one-shot machine that makes GitLab's backups",
      },
      as("backup"),
    ),
  };

  const nodeFilesBucket = new AwsBucket(
    "node-files",
    {
      site,
      bucket: bucketName(site, accountId, "node-files"),
      holdsData: false,
      encryption: { keyArn },
    },
    as("instance"),
  );
  return { keyArn, alertKey, network, groups, identities, nodeFilesBucket };
}
