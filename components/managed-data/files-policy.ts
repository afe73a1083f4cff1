import type * as pulumi from "@pulumi/pulumi";
import type { InputStatement } from "../shared/policy-json";

/** What a client may ask of a file system. */
const clientActions = [
  "elasticfilesystem:ClientMount",
  "elasticfilesystem:ClientWrite",
  "elasticfilesystem:ClientRootAccess",
];

/**
 * Policy of a file system: TLS only, through a mount target, by access point, for the named roles and nobody else.
 * https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 *
 * Root access because Omnibus sets owners below its directories: root is squashed without it, and reconfigure then
 * fails at its first chown. The last statement is needed beside the allowing ones, since an IAM policy of the account
 * could let somebody in too; a client that shows no identity has no `aws:PrincipalArn` and is refused by it as well.
 */
export function filesPolicy(
  fileSystemArn: pulumi.Input<string>,
  points: readonly {
    readonly key: string;
    readonly arn: pulumi.Input<string>;
    readonly roleArns: readonly pulumi.Input<string>[];
  }[],
): readonly InputStatement[] {
  const roles = [...new Set(points.flatMap((point) => point.roleArns))];
  return [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: "*",
      Resource: fileSystemArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    ...points.map((point) => ({
      Sid: `Mount${point.key.replace(/[^A-Za-z0-9]/g, "")}`,
      Effect: "Allow" as const,
      Principal: { AWS: [...new Set(point.roleArns)] },
      Action: clientActions,
      Resource: fileSystemArn,
      Condition: {
        StringEquals: { "elasticfilesystem:AccessPointArn": point.arn },
        Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
      },
    })),
    {
      Sid: "NobodyElse",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: clientActions,
      Resource: fileSystemArn,
      Condition: { StringNotEquals: { "aws:PrincipalArn": roles } },
    },
  ];
}
