/** EC2: the record of a network's traffic. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  arnOf,
  block,
  blockSet,
  bool,
  BUCKET,
  id,
  int,
  LOG_GROUP,
  named,
  NAT_GATEWAY,
  newer,
  oneOf,
  out,
  region,
  registry,
  roleArn,
  set,
  str,
  SUBNET,
  VPC,
} from "./common";
import { VPC_GUIDE, EC2_API } from "./pages";

const sources = ["eniId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"];

const sourceOf = (model: PropertyModel): PropertyModel => ({
  ...model,
  replace: true,
  exactlyOneOf: [...sources, "regionalNatGatewayId"],
  deviates: "regionalNatGatewayId of the newer provider is one more source to choose from",
});

/** The record of the traffic of a VPC, subnet or interface. */
export const flowLog: ResourceModel = {
  token: "aws:ec2/flowLog:FlowLog",
  source: registry("ec2/flowlog"),
  schema: "aws_flow_log",
  id: "fl-0{hex:16}",
  tags: true,
  properties: {
    region,
    deliverCrossAccountRole: roleArn({ replace: true }),
    destinationOptions: block(
      {
        fileFormat: oneOf(["plain-text", "parquet"], { replace: true, default: "plain-text" }),
        hiveCompatiblePartitions: bool({ replace: true }),
        perHourPartition: bool({ replace: true }),
      },
      { replace: true },
    ),
    eniId: sourceOf(id("eni")),
    iamRoleArn: roleArn({ replace: true }),
    logDestination: str({
      optionalComputed: true,
      value: "",
      replace: true,
      ref: [
        named(LOG_GROUP, "arn"),
        // A prefix may follow the bucket: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
        named(BUCKET, "arn", "arn:aws(-[a-z]+)*:s3:::[a-z0-9.-]+/.+"),
        named("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "arn"),
      ],
    }),
    logDestinationType: oneOf(["cloud-watch-logs", "s3", "kinesis-data-firehose"], {
      replace: true,
      default: "cloud-watch-logs",
    }),
    logFormat: str({
      optionalComputed: true,
      value:
        "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
      replace: true,
      pattern: "\\$\\{[a-z-]+\\}( \\$\\{[a-z-]+\\})*",
      example: "${interface-id} ${srcaddr} ${dstaddr} ${action}",
    }),
    maxAggregationInterval: int({ replace: true, default: 600, enum: [60, 600] }),
    regionalNatGatewayId: sourceOf(str({ ref: named(NAT_GATEWAY) })),
    subnetId: sourceOf(str({ ref: named(SUBNET) })),
    tagFieldSpecifications: blockSet(
      {
        resourceType: str({ required: true }),
        tagKeys: set(str(), { required: true }),
      },
      { replace: true, ...newer },
    ),
    trafficType: oneOf(["ACCEPT", "REJECT", "ALL"], { replace: true }),
    transitGatewayAttachmentId: sourceOf(id("tgw-attach")),
    transitGatewayId: sourceOf(id("tgw")),
    vpcId: sourceOf(str({ ref: named(VPC) })),
    arn: out(arnOf("ec2", "vpc-flow-log/{id}")),
  },
  rules: [
    {
      name: "flow logs in CloudWatch need a role",
      when: { not: { property: "logDestinationType", in: ["s3", "kinesis-data-firehose"] } },
      then: { property: "iamRoleArn", present: true },
      message:
        "InvalidParameter: iamRoleArn (DeliverLogsPermissionArn) can't be empty if logDestinationType is cloud-watch-logs",
      source: `${EC2_API}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "flow logs in S3 take no role",
      when: { property: "logDestinationType", equals: "s3" },
      then: { property: "iamRoleArn", present: false },
      message:
        "InvalidParameter: iamRoleArn (DeliverLogsPermissionArn) is not applicable for S3 delivery",
      source: `${EC2_API}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "a flow log has a destination",
      then: { property: "logDestination", present: true },
      message: "MissingParameter: logDestination must be given",
      source: `${EC2_API}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "a flow log of a VPC, subnet or interface names the traffic",
      when: {
        not: {
          any: [
            { property: "transitGatewayId", present: true },
            { property: "transitGatewayAttachmentId", present: true },
          ],
        },
      },
      then: { property: "trafficType", present: true },
      message: "MissingParameter: trafficType is required (ACCEPT, REJECT or ALL)",
      source: `${EC2_API}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "a transit gateway's flow log is taken every minute and for all traffic",
      when: {
        any: [
          { property: "transitGatewayId", present: true },
          { property: "transitGatewayAttachmentId", present: true },
        ],
      },
      then: { property: "maxAggregationInterval", equals: 60 },
      message: "InvalidParameter: maxAggregationInterval must be 60 for a transit gateway",
      source: `${EC2_API}API_CreateFlowLogs.html`,
      at: "apply",
    },
    {
      name: "file options are for S3",
      when: { property: "destinationOptions", present: true },
      then: { property: "logDestinationType", equals: "s3" },
      message: "InvalidParameter: destinationOptions are for logDestinationType s3",
      source: `${VPC_GUIDE}flow-logs-s3.html`,
      at: "apply",
    },
  ],
};
