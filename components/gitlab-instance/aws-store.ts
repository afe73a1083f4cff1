import { LogGroup } from "@pulumi/aws/cloudwatch";
import { Table } from "@pulumi/aws/dynamodb";
import { LifecyclePolicy, Repository } from "@pulumi/aws/ecr";
import type { Secret } from "@pulumi/aws/secretsmanager";
import type * as pulumi from "@pulumi/pulumi";
import { standingArn, type AwsPlace } from "../shared/aws";
import { storedSecret } from "../shared/aws-secret";
import { Component } from "../shared/component";
import { fixedName } from "../shared/names";
import { stateful, type Site } from "../shared/site";

/** Arguments of AwsInstanceStore. */
export interface AwsInstanceStoreArgs extends AwsPlace {
  readonly site: Site;
  readonly keyArn: pulumi.Input<string>;
  /** Days that the machines' logs are kept. @default 90 */
  readonly logRetentionDays?: number;
  /** Password of the first administrator; a Pulumi secret. Read once, when the database is empty. */
  readonly initialRootPassword: pulumi.Input<string>;
  /** Password of the mail account; a Pulumi secret. */
  readonly smtpPassword?: pulumi.Input<string>;
}

/** What the machines of an instance share and keep when all of them are gone. */
export class AwsInstanceStore extends Component {
  /** Lease, locks, version record, presence. */
  readonly table: Table;
  readonly tableArn: pulumi.Output<string>;
  /** GitLab's own secrets; Pulumi owns the secret, the machines its value. */
  readonly gitlabSecret: Secret;
  readonly rootPassword: Secret;
  readonly smtpPassword: Secret | undefined;
  /** The private copy of the image. */
  readonly images: Repository;
  readonly imagesArn: pulumi.Output<string>;
  /** Where images are pushed to and pulled from: made of account, region and name, so known before it stands. */
  readonly imagesUrl: pulumi.Output<string>;
  readonly logs: LogGroup;
  readonly logsArn: pulumi.Output<string>;
  /** What machines need of it, values that Pulumi sets among them. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AwsInstanceStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gitlabInstance", "AwsInstanceStore", name, {}, opts);
    const parent = { parent: this };
    const { site } = args;

    this.table = new Table(
      `${name}-coordination`,
      {
        name: fixedName({ maxLength: 255 }, site.prefix, "coordination"),
        billingMode: "PAY_PER_REQUEST",
        hashKey: "id",
        attributes: [{ name: "id", type: "S" }],
        // Only presence items carry it: a node that is gone for good leaves nothing behind.
        ttl: { attributeName: "expiresAt", enabled: true },
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true, kmsKeyArn: args.keyArn },
        deletionProtectionEnabled: site.protection,
      },
      stateful(site, parent),
    );

    const secret = (key: string, description: string, value?: pulumi.Input<string>) =>
      storedSecret(
        `${name}-${key}`,
        {
          site,
          secretName: fixedName({ maxLength: 512, allowed: /[a-z0-9/-]/ }, site.prefix, key),
          description,
          keyArn: args.keyArn,
          recoveryDays: site.protection ? 30 : 0,
          ...(value === undefined ? {} : { value: { name: `${name}-${key}-value`, text: value } }),
        },
        parent,
      );
    const gitlab = secret(
      "gitlab-secrets",
      "GitLab's own secrets, SSH host keys and Gitaly token; made and completed by the machines",
    );
    const root = secret(
      "initial-root-password",
      "Password of GitLab's first administrator",
      args.initialRootPassword,
    );
    const mail =
      args.smtpPassword === undefined
        ? undefined
        : secret("smtp-password", "Password of the mail account", args.smtpPassword);
    this.gitlabSecret = gitlab.secret;
    this.rootPassword = root.secret;
    this.smtpPassword = mail?.secret;

    this.images = new Repository(
      `${name}-images`,
      {
        name: fixedName({ maxLength: 256, allowed: /[a-z0-9/_.-]/ }, site.prefix, "gitlab"),
        // A tag is set once, for the digest that the settings name; the machines pull by digest all the same.
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.keyArn }],
        // A copy: what is lost with it is made again by the next machine that boots.
        forceDelete: true,
      },
      parent,
    );
    new LifecyclePolicy(
      `${name}-images-lifecycle`,
      {
        repository: this.images.name,
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: "Keep the ten newest copies: no machine runs older ones",
              selection: {
                tagStatus: "tagged",
                tagPatternList: ["*"],
                countType: "imageCountMoreThan",
                countNumber: 10,
              },
              action: { type: "expire" },
            },
          ],
        }),
      },
      parent,
    );

    this.logs = new LogGroup(
      `${name}-logs`,
      {
        name: `/gitlab/${site.environment}/nodes`,
        retentionInDays: args.logRetentionDays ?? 90,
        kmsKeyId: args.keyArn,
      },
      parent,
    );
    this.tableArn = standingArn("table", args, this.table.name);
    this.imagesArn = standingArn("imageRepository", args, this.images.name);
    // https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
    this.imagesUrl = this.images.name.apply(
      (images) => `${args.accountId}.dkr.ecr.${args.region}.amazonaws.com/${images}`,
    );
    this.logsArn = standingArn("logGroup", args, this.logs.name);
    this.ready = [
      this.table,
      this.gitlabSecret,
      this.images,
      this.logs,
      ...root.values,
      ...(mail?.values ?? []),
    ];
    this.registerOutputs({ table: this.table.name, images: this.imagesUrl });
  }
}
