/** Route 53: health checks. */
import type { ResourceModel, Rule } from "../../model";
import { arnPattern, bool, int, map, named, newer, oneOf, out, registry, set, str } from "./common";
import { ROUTE53_API } from "./pages";
import { arn } from "./route53-forms";

const endpointChecks = ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"];

const checkers = [
  "us-east-1",
  "us-west-1",
  "us-west-2",
  "eu-west-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "sa-east-1",
];

/** That a property is given with one type of check and with no other. */
const onlyWith = (property: string, of: readonly string[]): Rule => ({
  name: `${property} is for ${of.join(", ")}`,
  when: { property, present: true },
  then: { property: "type", in: of },
  message: `InvalidInput: ${property}: only with type ${of.join(", ")}`,
  source: `${ROUTE53_API}API_HealthCheckConfig.html`,
  at: "apply",
});

const neededBy = (property: string, of: readonly string[]): Rule => ({
  name: `${of.join(", ")} need ${property}`,
  when: { property: "type", in: of },
  then: { property, present: true },
  message: `InvalidInput: ${property}: required with type ${of.join(", ")}`,
  source: `${ROUTE53_API}API_HealthCheckConfig.html`,
  at: "apply",
});

/** A check of an endpoint, of other checks or of an alarm. */
export const healthCheck: ResourceModel = {
  token: "aws:route53/healthCheck:HealthCheck",
  source: registry("route53/healthcheck"),
  schema: "aws_route53_health_check",
  id: "{uuid}",
  tags: true,
  properties: {
    childHealthThreshold: int({ min: 0, max: 256 }),
    childHealthchecks: set(str({ ref: named("aws:route53/healthCheck:HealthCheck") }), {
      maxItems: 256,
    }),
    cloudwatchAlarmName: str({ minLength: 1, maxLength: 256 }),
    cloudwatchAlarmRegion: str(),
    disabled: bool(),
    enableSni: bool({
      optionalComputed: true,
      value: {
        cases: [
          {
            when: { property: "type", in: ["HTTPS", "HTTPS_STR_MATCH"] },
            value: { json: true },
          },
          { value: { json: false } },
        ],
      },
    }),
    failureThreshold: int({ optionalComputed: true, value: { json: 3 }, min: 1, max: 10 }),
    fqdn: str({ maxLength: 255, format: "hostname", example: "gitlab.example.com" }),
    insufficientDataHealthStatus: oneOf(["Healthy", "Unhealthy", "LastKnownStatus"]),
    invertHealthcheck: bool(),
    ipAddress: str({
      pattern: "(\\d{1,3}\\.){3}\\d{1,3}|[0-9a-f:]+",
      example: "203.0.113.10",
    }),
    measureLatency: bool({ replace: true }),
    port: int({ min: 1, max: 65535 }),
    referenceName: str({ replace: true, maxLength: 27 }),
    regions: set(oneOf(checkers), {
      optionalComputed: true,
      value: { json: [] },
      minItems: 3,
      maxItems: 64,
    }),
    requestInterval: int({ replace: true, enum: [10, 30] }),
    resourcePath: str({ maxLength: 255, pattern: "/.*", example: "/-/health" }),
    routingControlArn: str({
      replace: true,
      format: "arn",
      pattern: arnPattern("route53-recovery-control", "controlpanel/.+"),
    }),
    searchString: str({ minLength: 1, maxLength: 255 }),
    triggers: map({ optionalComputed: true, ...newer }),
    type: oneOf([...endpointChecks, "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"], {
      required: true,
      replace: true,
    }),
    arn: out(arn("healthcheck/{id}")),
  },
  rules: [
    onlyWith("childHealthchecks", ["CALCULATED"]),
    onlyWith("childHealthThreshold", ["CALCULATED"]),
    onlyWith("cloudwatchAlarmName", ["CLOUDWATCH_METRIC"]),
    onlyWith("cloudwatchAlarmRegion", ["CLOUDWATCH_METRIC"]),
    onlyWith("insufficientDataHealthStatus", ["CLOUDWATCH_METRIC"]),
    onlyWith("searchString", ["HTTP_STR_MATCH", "HTTPS_STR_MATCH"]),
    onlyWith("routingControlArn", ["RECOVERY_CONTROL"]),
    onlyWith("resourcePath", ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH"]),
    onlyWith("requestInterval", endpointChecks),
    onlyWith("fqdn", endpointChecks),
    onlyWith("ipAddress", endpointChecks),
    onlyWith("port", endpointChecks),
    neededBy("childHealthchecks", ["CALCULATED"]),
    neededBy("cloudwatchAlarmName", ["CLOUDWATCH_METRIC"]),
    neededBy("cloudwatchAlarmRegion", ["CLOUDWATCH_METRIC"]),
    neededBy("searchString", ["HTTP_STR_MATCH", "HTTPS_STR_MATCH"]),
    neededBy("routingControlArn", ["RECOVERY_CONTROL"]),
    neededBy("port", ["TCP"]),
    {
      name: "a check of an endpoint has its address or name",
      when: { property: "type", in: endpointChecks },
      then: {
        any: [
          { property: "fqdn", present: true },
          { property: "ipAddress", present: true },
        ],
      },
      message: "InvalidInput: one of fqdn and ipAddress is required for a check of an endpoint",
      source: `${ROUTE53_API}API_HealthCheckConfig.html`,
      at: "apply",
    },
  ],
};
