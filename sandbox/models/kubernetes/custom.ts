/**
 * Kinds that GKE adds to the API, made with `CustomResource`.
 *
 * https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration
 */
import type { PropertyModel, ResourceModel } from "../../model";
import {
  block,
  blocks,
  bool,
  dnsSubdomain,
  int,
  kube,
  list,
  num,
  oneOf,
  required,
  str,
} from "./common";

const GUIDE = "https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration";
/** A name in Compute Engine, or none: https://cloud.google.com/compute/docs/naming-resources */
const computeName = "([a-z]([-a-z0-9]{0,61}[a-z0-9])?)?";

/** https://cloud.google.com/cdn/docs/using-ttl-overrides: at most a year */
const ttl = (): PropertyModel => int({ min: 0, max: 31_622_400 });

const cdn: PropertyModel = block({
  bypassCacheOnRequestHeaders: blocks({ headerName: str() }, { maxItems: 5 }),
  cacheMode: oneOf(["CACHE_ALL_STATIC", "FORCE_CACHE_ALL", "USE_ORIGIN_HEADERS"]),
  cachePolicy: block({
    includeHost: bool(),
    includeProtocol: bool(),
    includeQueryString: bool(),
    queryStringBlacklist: list(str(), { conflicts: ["queryStringWhitelist"] }),
    queryStringWhitelist: list(str()),
  }),
  clientTtl: ttl(),
  defaultTtl: ttl(),
  enabled: bool(required),
  maxTtl: ttl(),
  negativeCaching: bool(),
  negativeCachingPolicy: blocks({
    code: int({ min: 300, max: 501 }),
    ttl: int({ min: 0, max: 1800 }),
  }),
  requestCoalescing: bool(),
  serveWhileStale: int({ min: 0, max: 604_800 }),
  signedUrlCacheMaxAgeSec: int({ min: 0 }),
  signedUrlKeys: blocks({
    keyName: str({ pattern: "[a-z]([-a-z0-9]{0,61}[a-z0-9])?", example: "key" }),
    keyValue: str({ secret: true }),
    secretName: dnsSubdomain(),
  }),
});

/** Bounds: https://cloud.google.com/compute/docs/reference/rest/v1/healthChecks */
const healthCheck: PropertyModel = block({
  checkIntervalSec: int({ min: 1, max: 300 }),
  healthyThreshold: int({ min: 1, max: 10 }),
  port: int({ min: 1, max: 65_535 }),
  requestPath: str({ pattern: "/.*", example: "/healthz" }),
  timeoutSec: int({ min: 1, max: 300 }),
  type: oneOf(["HTTP", "HTTP2", "HTTPS"]),
  unhealthyThreshold: int({ min: 1, max: 10 }),
});

const backendConfig: ResourceModel = kube({
  group: "cloud.google.com/v1",
  kind: "BackendConfig",
  source: GUIDE,
  generation: true,
  properties: {
    spec: block({
      cdn,
      // https://cloud.google.com/load-balancing/docs/enabling-connection-draining
      connectionDraining: block({ drainingTimeoutSec: int({ min: 0, max: 3600 }) }),
      customRequestHeaders: block({
        headers: list(
          str({ pattern: "[!#$%&'*+.^_`|~0-9A-Za-z-]+:.*", example: "X-Client:{client_region}" }),
        ),
      }),
      healthCheck,
      iap: block({
        enabled: bool(required),
        oauthclientCredentials: block(
          {
            clientID: str(),
            clientSecret: str({ secret: true }),
            secretName: dnsSubdomain(required),
          },
          required,
        ),
      }),
      logging: block({ enable: bool(), sampleRate: num({ min: 0, max: 1, example: 0.5 }) }),
      securityPolicy: block({
        name: str({ required: true, pattern: computeName, example: "web" }),
      }),
      sessionAffinity: block({
        affinityCookieTtlSec: int({ min: 0, max: 1_209_600 }),
        affinityType: oneOf(["CLIENT_IP", "GENERATED_COOKIE", "NONE"]),
      }),
      timeoutSec: int({ min: 1, max: 2_147_483_647 }),
    }),
  },
  rules: [
    {
      name: "a check is over before the next one",
      when: { property: "spec.healthCheck.checkIntervalSec", present: true },
      then: {
        any: [
          { property: "spec.healthCheck.timeoutSec", present: false },
          {
            property: "spec.healthCheck.timeoutSec",
            atMostProperty: "spec.healthCheck.checkIntervalSec",
          },
        ],
      },
      message: "spec.healthCheck.timeoutSec: must be at most checkIntervalSec",
      source: `${GUIDE}#direct_health`,
    },
    {
      name: "only what is logged is sampled",
      when: { property: "spec.logging.sampleRate", present: true },
      then: { property: "spec.logging.enable", equals: true },
      message: "spec.logging.sampleRate: can only be given where enable is true",
      source: `${GUIDE}#http_logging`,
    },
  ],
});

const frontendConfig: ResourceModel = kube({
  group: "networking.gke.io/v1beta1",
  kind: "FrontendConfig",
  source: `${GUIDE}#configuring_ingress_features_through_frontendconfig_parameters`,
  generation: true,
  properties: {
    spec: block({
      redirectToHttps: block({
        enabled: bool(required),
        responseCodeName: oneOf([
          "FOUND",
          "MOVED_PERMANENTLY_DEFAULT",
          "PERMANENT_REDIRECT",
          "TEMPORARY_REDIRECT",
        ]),
      }),
      sslPolicy: str({ pattern: computeName, example: "modern" }),
    }),
  },
});

export const models: readonly ResourceModel[] = [backendConfig, frontendConfig];
