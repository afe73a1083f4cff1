/** Cloud Monitoring: checks from outside. */
import type { Condition, ResourceModel } from "../../model";
import {
  ABANDONED,
  WRITE_ONLY,
  block,
  blocks,
  bool,
  deletionPolicy,
  int,
  labelMap,
  list,
  map,
  oneOf,
  out,
  prevented,
  project,
  registry,
  seconds,
  str,
} from "./common";

const PAGE = registry("monitoring/uptimecheckconfig");
const API = "https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs";
const present = (property: string): Condition => ({ property, present: true });
const absent = (property: string): Condition => ({ property, present: false });
const ping = block({ pingsCount: int({ required: true, min: 1, max: 3 }) });

/** The labels of what can be checked: https://cloud.google.com/monitoring/api/resources */
const labels: Readonly<Record<string, readonly string[]>> = {
  uptime_url: ["host", "project_id"],
  gce_instance: ["instance_id", "zone", "project_id"],
  gae_app: ["module_id", "project_id"],
  aws_ec2_instance: ["instance_id", "region", "aws_account", "project_id"],
  aws_elb_load_balancer: ["name", "region", "aws_account", "project_id"],
  k8s_service: ["project_id", "location", "cluster_name", "namespace_name", "service_name"],
  servicedirectory_service: ["project_id", "location", "namespace_name", "service_name"],
  cloud_run_revision: [
    "project_id",
    "location",
    "service_name",
    "revision_name",
    "configuration_name",
  ],
};

/** An uptime check. */
export const uptimeCheck: ResourceModel = {
  token: "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig",
  source: PAGE,
  schema: "google_monitoring_uptime_check_config",
  api: "monitoring.googleapis.com",
  id: "{name}",
  properties: {
    checkerType: oneOf(["STATIC_IP_CHECKERS", "VPC_CHECKERS"], {
      optionalComputed: true,
      value: "STATIC_IP_CHECKERS",
      replace: true,
    }),
    contentMatchers: blocks({
      content: str({ required: true, maxBytes: 1024 }),
      jsonPathMatcher: block({
        jsonMatcher: oneOf(["EXACT_MATCH", "REGEX_MATCH"], { default: "EXACT_MATCH" }),
        jsonPath: str({ required: true }),
      }),
      matcher: oneOf(
        [
          "CONTAINS_STRING",
          "NOT_CONTAINS_STRING",
          "MATCHES_REGEX",
          "NOT_MATCHES_REGEX",
          "MATCHES_JSON_PATH",
          "NOT_MATCHES_JSON_PATH",
        ],
        { default: "CONTAINS_STRING" },
      ),
    }),
    deletionPolicy,
    displayName: str({ required: true, minLength: 1, maxLength: 512 }),
    httpCheck: block({
      acceptedResponseStatusCodes: blocks({
        statusClass: oneOf([
          "STATUS_CLASS_1XX",
          "STATUS_CLASS_2XX",
          "STATUS_CLASS_3XX",
          "STATUS_CLASS_4XX",
          "STATUS_CLASS_5XX",
          "STATUS_CLASS_ANY",
        ]),
        statusValue: int({ min: 100, max: 599 }),
      }),
      authInfo: block({
        password: str({ secret: true }),
        passwordWo: str({ secret: true, writeOnly: true, deviates: WRITE_ONLY }),
        passwordWoVersion: str({ replace: true }),
        username: str({ required: true }),
      }),
      body: str({ format: "base64", maxBytes: 1048576 }),
      contentType: oneOf(["TYPE_UNSPECIFIED", "URL_ENCODED", "USER_PROVIDED"]),
      customContentType: str(),
      headers: map({ optionalComputed: true, value: { json: {} }, maxItems: 100 }),
      maskHeaders: bool(),
      path: str({ default: "/" }),
      pingConfig: ping,
      port: int({
        optionalComputed: true,
        min: 1,
        max: 65535,
        value: {
          cases: [
            { when: { property: "useSsl", equals: true }, value: { json: 443 } },
            { value: { json: 80 } },
          ],
        },
      }),
      requestMethod: oneOf(["METHOD_UNSPECIFIED", "GET", "POST"], {
        default: "GET",
        replace: true,
      }),
      serviceAgentAuthentication: block({
        type: oneOf(["SERVICE_AGENT_AUTHENTICATION_TYPE_UNSPECIFIED", "OIDC_TOKEN"]),
      }),
      useSsl: bool(),
      validateSsl: bool(),
    }),
    logCheckFailures: bool(),
    monitoredResource: block(
      {
        labels: map({
          required: true,
          replace: true,
          example: { host: "gitlab.example.com", project_id: "gitlab-ops" },
        }),
        type: oneOf(Object.keys(labels), { required: true, replace: true }),
      },
      {
        replace: true,
        exactlyOneOf: ["resourceGroup", "syntheticMonitor"],
        example: {
          type: "uptime_url",
          labels: { host: "gitlab.example.com", project_id: "gitlab-ops" },
        },
      },
    ),
    period: oneOf(["60s", "300s", "600s", "900s"], { default: "300s" }),
    project,
    resourceGroup: block(
      {
        groupId: str({ replace: true }),
        resourceType: oneOf(["RESOURCE_TYPE_UNSPECIFIED", "INSTANCE", "AWS_ELB_LOAD_BALANCER"], {
          replace: true,
        }),
      },
      { replace: true, exactlyOneOf: ["monitoredResource", "syntheticMonitor"] },
    ),
    selectedRegions: list(
      oneOf([
        "USA",
        "EUROPE",
        "SOUTH_AMERICA",
        "ASIA_PACIFIC",
        "USA_OREGON",
        "USA_IOWA",
        "USA_VIRGINIA",
      ]),
    ),
    syntheticMonitor: block(
      {
        cloudFunctionV2: block(
          {
            name: str({
              required: true,
              replace: true,
              pattern: "projects/[^/]+/locations/[^/]+/functions/[^/]+",
              example: "projects/gitlab-ops/locations/europe-west4/functions/check",
            }),
          },
          { required: true, replace: true },
        ),
      },
      { replace: true, exactlyOneOf: ["monitoredResource", "resourceGroup"] },
    ),
    tcpCheck: block({ pingConfig: ping, port: int({ required: true, min: 1, max: 65535 }) }),
    timeout: seconds({ required: true, example: "10s" }),
    userLabels: labelMap(),
    name: out("projects/{account}/uptimeCheckConfigs/{uptimeCheckId}"),
    uptimeCheckId: out("{displayName~^([A-Za-z0-9-]+)}-{alnum:11}"),
  },
  rules: [
    {
      name: "http-or-tcp",
      when: { any: [present("monitoredResource"), present("resourceGroup")] },
      then: {
        any: [
          { all: [present("httpCheck"), absent("tcpCheck")] },
          { all: [present("tcpCheck"), absent("httpCheck")] },
        ],
      },
      message: "Error 400: exactly one of `httpCheck` and `tcpCheck` must be given",
      source: API,
      at: "apply",
    },
    {
      name: "at-most-a-minute",
      then: {
        all: [
          { property: "timeout", part: "^(\\d+)", atLeast: 1 },
          { property: "timeout", part: "^(\\d+)", atMost: 60 },
        ],
      },
      message: "Error 400: `timeout` must be between 1 and 60 seconds",
      source: PAGE,
      at: "apply",
    },
    ...Object.entries(labels).map(([type, names]) => ({
      name: `labels-of-${type}`,
      when: { property: "monitoredResource.type", equals: type },
      then: {
        all: names.map((name) => ({
          property: `monitoredResource.labels.${name}`,
          present: true,
        })),
      },
      message: `Error 400: \`monitoredResource.labels\` of ${type} must have ${names.join(", ")}`,
      source: "https://cloud.google.com/monitoring/api/resources",
      at: "apply" as const,
    })),
    {
      name: "a-host-without-a-scheme",
      when: present("monitoredResource.labels.host"),
      then: {
        property: "monitoredResource.labels.host",
        matches: "[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[?[0-9a-f:]+\\]?",
      },
      message:
        "Error 400: `monitoredResource.labels`: host is a host name or an address, without scheme, port or path",
      source: API,
      at: "apply",
    },
    {
      name: "three-places",
      when: present("selectedRegions"),
      then: {
        any: [
          // The USA has three places of its own.
          { property: "selectedRegions[]", equals: "USA" },
          { property: "selectedRegions", lengthAtLeast: 3 },
        ],
      },
      message:
        "Error 400: `selectedRegions` must include at least 3 locations (USA has three, every other region one)",
      source: API,
      at: "apply",
    },
    {
      name: "certificates-of-urls",
      when: { property: "httpCheck.validateSsl", equals: true },
      then: { property: "monitoredResource.type", equals: "uptime_url" },
      message:
        "Error 400: `httpCheck.validateSsl` only applies to checks of `monitoredResource` uptime_url",
      source: PAGE,
      at: "apply",
    },
    {
      name: "a-body-is-posted",
      when: present("httpCheck.body"),
      then: { property: "httpCheck.requestMethod", equals: "POST" },
      message: "Error 400: `httpCheck.body` needs requestMethod POST",
      source: PAGE,
      at: "apply",
    },
    {
      name: "content-type-of-the-user",
      when: { property: "httpCheck.contentType", equals: "USER_PROVIDED" },
      then: present("httpCheck.customContentType"),
      message: "Error 400: `httpCheck.customContentType` must be set with USER_PROVIDED",
      source: PAGE,
      at: "apply",
    },
    {
      name: "one-password",
      when: present("httpCheck.authInfo"),
      then: {
        any: [
          {
            all: [present("httpCheck.authInfo.password"), absent("httpCheck.authInfo.passwordWo")],
          },
          {
            all: [
              present("httpCheck.authInfo.passwordWo"),
              present("httpCheck.authInfo.passwordWoVersion"),
              absent("httpCheck.authInfo.password"),
            ],
          },
        ],
      },
      message:
        "`httpCheck.authInfo`: exactly one of password and passwordWo (with its version) must be specified",
      source: PAGE,
    },
    {
      name: "a-path-in-json",
      then: {
        property: "contentMatchers[]",
        every: {
          any: [{ property: "matcher", notMatches: ".*JSON_PATH" }, present("jsonPathMatcher")],
        },
      },
      message: "Error 400: `contentMatchers`: MATCHES_JSON_PATH needs jsonPathMatcher",
      source: API,
      at: "apply",
    },
  ],
  deleteRefusedWhile: [prevented],
  leftWhile: ABANDONED,
  seconds: { create: 2, update: 2, delete: 2 },
};
