/** Compute Engine: health checks. */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  str,
  int,
  bool,
  oneOf,
  list,
  block,
  registry,
  regionName,
  project,
  computeName,
  autoName,
  selfLink,
  creationTimestamp,
  deletionPolicy,
  ABANDONED,
  prevented,
  HEALTH_CHECK,
  COMPUTE_API,
} from "./common";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";

const kinds = [
  "grpcHealthCheck",
  "grpcTlsHealthCheck",
  "http2HealthCheck",
  "httpHealthCheck",
  "httpsHealthCheck",
  "sslHealthCheck",
  "tcpHealthCheck",
];

const port = int({ min: 1, max: 65535 });
const portSpecification = oneOf(["USE_FIXED_PORT", "USE_NAMED_PORT", "USE_SERVING_PORT"]);
const proxyHeader = oneOf(["NONE", "PROXY_V1"], { default: "NONE" });
const anyPort = { port, portName: str(), portSpecification };
/** One of several kinds of check. */
const kind = (fields: Readonly<Record<string, PropertyModel>>): PropertyModel =>
  block(fields, { exactlyOneOf: kinds });
const overHttp = kind({
  host: str(),
  ...anyPort,
  proxyHeader,
  requestPath: str({ default: "/", pattern: "/\\S*", example: "/-/readiness" }),
  response: str(),
});
const overTcp = kind({ ...anyPort, proxyHeader, request: str(), response: str() });

const healthCheck: ResourceModel = {
  token: HEALTH_CHECK,
  source: registry("compute/healthCheck"),
  schema: "google_compute_health_check",
  id: "projects/{account}/global/healthChecks/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "account", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 8, update: 8, delete: 8 },
  properties: {
    checkIntervalSec: int({ default: 5, min: 1, max: 300 }),
    deletionPolicy,
    description: str(),
    grpcHealthCheck: kind({ grpcServiceName: str(), ...anyPort }),
    grpcTlsHealthCheck: kind({ grpcServiceName: str(), port, portSpecification }),
    healthyThreshold: int({ default: 2, min: 1, max: 10 }),
    http2HealthCheck: overHttp,
    httpHealthCheck: overHttp,
    httpsHealthCheck: overHttp,
    logConfig: block(
      { enable: bool() },
      { optionalComputed: true, value: { json: { enable: false } } },
    ),
    name: computeName(),
    project,
    sourceRegions: list(regionName(), { minItems: 3, maxItems: 3 }),
    sslHealthCheck: overTcp,
    tcpHealthCheck: overTcp,
    timeoutSec: int({ default: 5, min: 1, max: 300 }),
    unhealthyThreshold: int({ default: 2, min: 1, max: 10 }),
    creationTimestamp,
    selfLink: selfLink(),
    type: {
      type: "string",
      computed: true,
      value: {
        cases: [
          { when: { property: "httpHealthCheck", present: true }, value: "HTTP" },
          { when: { property: "httpsHealthCheck", present: true }, value: "HTTPS" },
          { when: { property: "http2HealthCheck", present: true }, value: "HTTP2" },
          { when: { property: "sslHealthCheck", present: true }, value: "SSL" },
          { when: { property: "grpcHealthCheck", present: true }, value: "GRPC" },
          { when: { property: "grpcTlsHealthCheck", present: true }, value: "GRPC_WITH_TLS" },
          { value: "TCP" },
        ],
      },
      changesWith: kinds,
    },
  },
  rules: [
    {
      name: "a check has its answer before the next one",
      then: { property: "timeoutSec", atMostProperty: "checkIntervalSec" },
      message: "timeoutSec must not be greater than checkIntervalSec",
      source: registry("compute/healthcheck"),
      at: "apply",
    },
    {
      name: "a check from chosen regions is not too frequent",
      when: { property: "sourceRegions", present: true },
      then: { property: "checkIntervalSec", atLeast: 30 },
      message: "checkIntervalSec must be at least 30 with sourceRegions",
      source: registry("compute/healthcheck"),
      at: "apply",
    },
  ],
};

/** Compute Engine: health checks. */
export const models: readonly ResourceModel[] = [healthCheck];
