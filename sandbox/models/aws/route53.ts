/** Route 53: zones, records and health checks. Route 53 has no regions. */
import type { ResourceModel } from "../../model";
import {
  blockSet,
  bool,
  named,
  newer,
  out,
  outJson,
  RECORD,
  registry,
  str,
  VPC,
  ZONE,
} from "./common";
import { nameText, arn } from "./route53-forms";
import { healthCheck } from "./route53-health-check";
import { record } from "./route53-record";

const zone: ResourceModel = {
  token: ZONE,
  source: registry("route53/zone"),
  schema: "aws_route53_zone",
  id: "Z{ALNUM:20}",
  tags: true,
  name: { property: "name", auto: true, maxLength: 1024 },
  seconds: { create: 40, delete: 40 },
  properties: {
    comment: str({
      default: "Managed by Pulumi",
      maxLength: 256,
      deviates: "Pulumi's provider puts its own name into the default",
    }),
    delegationSetId: str({ replace: true, pattern: "N[A-Z0-9]{6,31}", conflicts: ["vpcs"] }),
    enableAcceleratedRecovery: bool({ optionalComputed: true, value: { json: false }, ...newer }),
    forceDestroy: bool({ default: false, deviates: "false, which the reference leaves out" }),
    name: str({
      optionalComputed: true,
      replace: true,
      minLength: 1,
      maxLength: 1024,
      pattern: nameText,
      same: "trailing-dot",
      example: "example.com",
    }),
    vpcs: blockSet(
      {
        vpcId: str({ required: true, ref: named(VPC) }),
        vpcRegion: str({ optionalComputed: true, value: "{region}" }),
      },
      { minItems: 1, conflicts: ["delegationSetId"] },
    ),
    arn: out(arn("hostedzone/{id}")),
    nameServers: outJson(
      "list",
      [
        "ns-{int:0-511}.awsdns-{int:10-63}.com",
        "ns-{int:512-1023}.awsdns-{int:10-63}.net",
        "ns-{int:1024-1535}.awsdns-{int:10-63}.org",
        "ns-{int:1536-2047}.awsdns-{int:10-63}.co.uk",
      ],
      { items: str() },
    ),
    primaryNameServer: out("{nameServers~^([^,]+)}"),
    zoneId: out("{id}"),
  },
  // HostedZoneNotEmpty: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html
  contains: [{ type: RECORD, property: "zoneId", unless: "forceDestroy" }],
};

/** Names, where they lead, and whether it answers there. */
export const models: readonly ResourceModel[] = [zone, record, healthCheck];
