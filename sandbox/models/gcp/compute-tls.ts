/** Compute Engine: what load balancers say of TLS. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  COMPUTE_API,
  autoName,
  block,
  computeName,
  creationTimestamp,
  deletionPolicy,
  list,
  oneOf,
  out,
  prevented,
  project,
  registry,
  selfLink,
  set,
  str,
} from "./common";

const NAMING = "https://cloud.google.com/compute/docs/naming-resources";
const POLICIES = "https://cloud.google.com/load-balancing/docs/ssl-policies-concepts";
const CERTIFICATES =
  "https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs";

const ciphers = (...names: string[]) => names.map((name) => `TLS_${name}`);
/** https://cloud.google.com/load-balancing/docs/ssl-policies-concepts#defining_an_ssl_policy */
const RESTRICTED = ciphers(
  ...["ECDSA", "RSA"].flatMap((kind) =>
    ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"].map(
      (cipher) => `ECDHE_${kind}_WITH_${cipher}`,
    ),
  ),
);
const MODERN = [
  ...RESTRICTED,
  ...ciphers("ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE_RSA_WITH_AES_256_CBC_SHA"),
  ...ciphers("ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
];
const COMPATIBLE = [
  ...MODERN,
  ...ciphers("RSA_WITH_AES_128_CBC_SHA", "RSA_WITH_AES_128_GCM_SHA256"),
  ...ciphers("RSA_WITH_AES_256_CBC_SHA", "RSA_WITH_AES_256_GCM_SHA384"),
  ...ciphers("RSA_WITH_3DES_EDE_CBC_SHA"),
];

const sslPolicy: ResourceModel = {
  token: "gcp:compute/sSLPolicy:SSLPolicy",
  source: registry("compute/sslpolicy"),
  schema: "google_compute_ssl_policy",
  id: "projects/{account}/global/sslPolicies/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "account", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 5, update: 5, delete: 5 },
  properties: {
    customFeatures: set(
      str({ pattern: "TLS_[A-Z0-9_]+", example: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" }),
    ),
    deletionPolicy,
    description: str({ replace: true }),
    minTlsVersion: oneOf(["TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"], { default: "TLS_1_0" }),
    name: computeName(),
    postQuantumKeyExchange: oneOf(["DEFAULT", "ENABLED", "DEFERRED"]),
    profile: oneOf(["COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"], {
      default: "COMPATIBLE",
    }),
    project,
    creationTimestamp,
    enabledFeatures: {
      type: "list",
      items: str(),
      computed: true,
      changesWith: ["profile", "customFeatures"],
      value: {
        cases: [
          { when: { property: "profile", equals: "CUSTOM" }, value: "{customFeatures}" },
          {
            when: { property: "profile", in: ["RESTRICTED", "FIPS_202205"] },
            value: { json: RESTRICTED },
          },
          { when: { property: "profile", equals: "MODERN" }, value: { json: MODERN } },
          { value: { json: COMPATIBLE } },
        ],
      },
    },
    fingerprint: out("{alnum:11}=", { changesWith: "*" }),
    selfLink: selfLink(),
  },
  rules: [
    {
      name: "features are named where the profile is custom",
      when: { property: "profile", equals: "CUSTOM" },
      then: { property: "customFeatures", present: true },
      message: "`customFeatures` must be specified with profile CUSTOM",
      source: POLICIES,
    },
    {
      name: "features are named only where the profile is custom",
      when: { property: "customFeatures", present: true },
      then: { property: "profile", equals: "CUSTOM" },
      message: "`customFeatures` can only be set for profile CUSTOM",
      source: POLICIES,
    },
    {
      name: "TLS 1.3 alone goes with the restricted profile",
      when: { property: "minTlsVersion", equals: "TLS_1_3" },
      then: { property: "profile", equals: "RESTRICTED" },
      message:
        "Invalid value for field 'resource.minTlsVersion': TLS_1_3 needs `profile` RESTRICTED",
      source: POLICIES,
      at: "apply",
    },
  ],
};

const managedCertificate: ResourceModel = {
  token: "gcp:compute/managedSslCertificate:ManagedSslCertificate",
  source: registry("compute/managedsslcertificate"),
  schema: "google_compute_managed_ssl_certificate",
  id: "projects/{account}/global/sslCertificates/{name}",
  api: COMPUTE_API,
  name: autoName,
  unique: [{ properties: ["name"], scope: "account", source: NAMING }],
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  seconds: { create: 5, delete: 5 },
  properties: {
    deletionPolicy,
    description: str({ replace: true }),
    managed: block(
      {
        // No wildcards: https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs#limitations
        domains: list(
          str({
            pattern: "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,63}\\.?",
            maxLength: 254,
            example: "version.example.com",
          }),
          { required: true, replace: true, maxItems: 100 },
        ),
      },
      { replace: true },
    ),
    name: computeName(),
    project,
    type: oneOf(["MANAGED"], { replace: true, default: "MANAGED" }),
    certificateId: { type: "integer", computed: true, value: "{int:1000000000-9000000000}" },
    creationTimestamp,
    // There is none until Google has seen the names lead to the load balancer.
    expireTime: out(""),
    selfLink: selfLink(),
    subjectAlternativeNames: {
      type: "list",
      items: str(),
      computed: true,
      value: { json: [] },
    },
  },
  rules: [
    {
      name: "a managed certificate has domains",
      then: { property: "managed.domains", lengthAtLeast: 1 },
      message: "Invalid value for field 'resource.managed.domains': `managed` must be given",
      source: CERTIFICATES,
      at: "apply",
    },
    {
      name: "each domain once",
      then: { property: "managed.domains", distinct: true },
      message: "Invalid value for field 'resource.managed.domains': a domain is given twice",
      source: CERTIFICATES,
      at: "apply",
    },
    {
      name: "the first domain fits into a common name",
      then: {
        any: [
          { property: "managed.domains[]", lengthAtMost: 64 },
          { property: "managed.domains", lengthAtLeast: 2 },
        ],
      },
      message:
        "Invalid value for field 'resource.managed.domains': the first name has at most 64 characters",
      source: `${CERTIFICATES}#limitations`,
      at: "apply",
    },
  ],
};

/** TLS policies and Google's own certificates. */
export const models: readonly ResourceModel[] = [sslPolicy, managedCertificate];
