import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { standingArn, type AwsPlace } from "../shared/aws";
import { Component } from "../shared/component";
import { policyDocument, serviceTrust } from "../shared/iam";
import type { Site } from "../shared/site";

/** Arguments of VpcFlowLogs. */
export interface VpcFlowLogsArgs extends AwsPlace {
  readonly site: Site;
  readonly vpcId: pulumi.Input<string>;
  readonly retentionDays: number;
  readonly keyArn: pulumi.Input<string>;
}

/** Who talked to whom: accepted and refused connections of a VPC, in an encrypted log group. */
export class VpcFlowLogs extends Component {
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: VpcFlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("network", "VpcFlowLogs", name, { retentionDays: args.retentionDays }, opts);
    const own = { parent: this };
    const group = new cloudwatch.LogGroup(
      `${name}-group`,
      {
        retentionInDays: args.retentionDays,
        kmsKeyId: args.keyArn,
        tags: { Name: `${args.site.prefix}-flow-logs` },
      },
      own,
    );
    const groupArn = standingArn("logGroup", args, group.name);
    const role = new iam.Role(
      `${name}-role`,
      {
        description: "Writes the VPC's flow logs",
        assumeRolePolicy: JSON.stringify(
          serviceTrust("vpc-flow-logs.amazonaws.com", args.accountId),
        ),
      },
      own,
    );
    // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, less the right to make groups.
    const policy = new iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.id,
        policy: pulumi.jsonStringify(
          groupArn.apply((arn) =>
            policyDocument(
              {
                Sid: "Write",
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                Resource: [arn, `${arn}:*`],
              },
              // A list of groups is about all of the account and region.
              {
                Sid: "List",
                Effect: "Allow",
                Action: "logs:DescribeLogGroups",
                Resource: arn.replace(/:log-group:.*/, ":log-group:*"),
              },
            ),
          ),
        ),
      },
      own,
    );
    new ec2.FlowLog(
      `${name}-vpc`,
      {
        vpcId: args.vpcId,
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: groupArn,
        iamRoleArn: standingArn("role", args, role.name),
        tags: { Name: args.site.prefix },
      },
      { ...own, dependsOn: [policy] },
    );
    this.logGroupName = group.name;
    this.registerOutputs({ logGroupName: this.logGroupName });
  }
}
