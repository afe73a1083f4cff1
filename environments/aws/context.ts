/** What every part of the aws environment is made with: names, tags, and a provider an account and region. */
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { tagged } from "../shared/tags";
import { hostNames, type AwsSettings } from "./settings";

/** The same for all parts. */
export type AwsContext = ReturnType<typeof awsContext>;

/** Declares the providers, and settles what parts have in common. */
export function awsContext(settings: AwsSettings) {
  const config = new pulumi.Config("gitlab");
  const { accountId, backupAccount, region } = settings;
  const hosts = hostNames(settings);
  const site = {
    prefix: "gitlab-aws",
    environment: "aws",
    protection: settings.protection,
    runbooks: settings.runbooks,
  };
  const tags = { Environment: "aws", Owner: settings.owner, Stack: pulumi.getStack() };

  // One provider an account and region; each names the account that it may touch, so that other credentials are refused.
  const provider = (name: string, where: string, account: string, roleArn?: string) =>
    new Provider(name, {
      region: where,
      allowedAccountIds: [account],
      defaultTags: { tags },
      ...(roleArn === undefined ? {} : { assumeRoles: [{ roleArn }] }),
    });
  const main = provider("main", region, accountId);
  const backupProvider = provider(
    "backup-account",
    region,
    backupAccount.accountId,
    backupAccount.roleArn,
  );
  const { copyRegion } = settings.backup;
  const copy =
    copyRegion === undefined
      ? undefined
      : {
          region: copyRegion,
          provider: provider(
            "backup-copy",
            copyRegion,
            backupAccount.accountId,
            backupAccount.roleArn,
          ),
        };
  // Route 53 reports its health checks in us-east-1 only.
  const global = region === "us-east-1" ? main : provider("us-east-1", "us-east-1", accountId);
  const as = (component: string, using: Provider = main): pulumi.ComponentResourceOptions => ({
    provider: using,
    transformations: [tagged(component)],
  });
  const machineTags = (component: string) => ({ ...tags, Component: component });

  const account = { site, accountId, region };
  return {
    settings,
    config,
    site,
    account,
    hosts,
    main,
    backupProvider,
    copy,
    global,
    as,
    machineTags,
  };
}
