/** GKE: what a node is made of, in a cluster's default pool and in pools of their own. */
import type { PropertyModel } from "../../model";
import { accountOf, diskType, machineType, metadata } from "./compute-fields";
import {
  CRYPTO_KEY,
  RFC1035,
  block,
  blocks,
  bool,
  int,
  labelMap,
  list,
  map,
  oneOf,
  out,
  set,
  str,
} from "./common";
import { ANEW } from "./container-fields";

/** `TRUE` or `FALSE`, as GKE's API has it for the kubelet's read-only port. */
export const readonlyPort = (): PropertyModel =>
  oneOf(["TRUE", "FALSE"], { optionalComputed: true, value: "FALSE" });

/** Agents for logs: https://cloud.google.com/kubernetes-engine/docs/how-to/adjust-log-throughput */
export const loggingVariant = (): PropertyModel =>
  str({ pattern: "DEFAULT|MAX_THROUGHPUT", example: "DEFAULT", optionalComputed: true });

/** A Kubernetes label's key and value: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
const labelKey = `([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?${NAME}`;

/** Confidential nodes: https://cloud.google.com/kubernetes-engine/docs/how-to/confidential-gke-nodes */
export const confidentialType = (): PropertyModel =>
  str({ pattern: "SEV|SEV_SNP|TDX", example: "SEV", replace: true });

/** Metadata that every node has: https://cloud.google.com/kubernetes-engine/docs/how-to/protecting-cluster-metadata#disable-legacy-apis */
const DEFAULT_METADATA = { "disable-legacy-endpoints": "true" };

const SCOPES = [
  "devstorage.read_only",
  "logging.write",
  "monitoring",
  "service.management.readonly",
  "servicecontrol",
  "trace.append",
].map((scope) => `https://www.googleapis.com/auth/${scope}`);

const kubeletConfig = block(
  {
    allowedUnsafeSysctls: list(str()),
    containerLogMaxFiles: int({ min: 2, max: 10 }),
    containerLogMaxSize: str({ pattern: "\\d+(Ki|Mi|Gi)", example: "10Mi" }),
    cpuCfsQuota: bool({ optionalComputed: true }),
    cpuCfsQuotaPeriod: str({ pattern: "\\d+(\\.\\d+)?(us|µs|ms|s)", example: "100ms" }),
    cpuManagerPolicy: str({ pattern: "none|static", example: "static" }),
    imageGcHighThresholdPercent: int({ min: 10, max: 85 }),
    imageGcLowThresholdPercent: int({ min: 10, max: 85 }),
    insecureKubeletReadonlyPortEnabled: readonlyPort(),
    podPidsLimit: int({ min: 1024, max: 4194304 }),
  },
  {
    optionalComputed: true,
    omits: "evictions, pulls and shutdowns of the kubelet are not modelled",
  },
);

/** `nodeConfig` of a cluster's default pool and of a NodePool. */
export const nodeConfig: PropertyModel = block(
  {
    bootDiskKmsKey: str({ replace: true, ref: { type: CRYPTO_KEY } }),
    confidentialNodes: block(
      { confidentialInstanceType: confidentialType(), enabled: bool({ required: true }) },
      { optionalComputed: true },
    ),
    // At least 10 GB: https://cloud.google.com/kubernetes-engine/docs/how-to/custom-boot-disks
    diskSizeGb: int({ optionalComputed: true, value: { json: 100 }, min: 10, max: 65536 }),
    diskType: diskType({ optionalComputed: true, value: "pd-balanced" }),
    effectiveTaints: blocks(
      { effect: out(""), key: out(""), value: out("") },
      { computed: true, value: { json: [] } },
    ),
    gcfsConfig: block({ enabled: bool({ required: true }) }, { optionalComputed: true }),
    gvnic: block({ enabled: bool({ required: true }) }),
    // https://cloud.google.com/kubernetes-engine/docs/concepts/node-images
    imageType: str({
      optionalComputed: true,
      value: "COS_CONTAINERD",
      same: "lowercase",
      pattern:
        "(?:COS_CONTAINERD|UBUNTU_CONTAINERD|WINDOWS_LTSC_CONTAINERD|WINDOWS_SAC_CONTAINERD)",
      example: "COS_CONTAINERD",
    }),
    kubeletConfig,
    labels: map({
      items: str({ pattern: `(?:${NAME})?` }),
      keys: str({ pattern: labelKey }),
      optionalComputed: true,
      value: { json: {} },
      example: { tier: "web" },
    }),
    localSsdCount: int({ optionalComputed: true, value: { json: 0 }, replace: true, min: 0 }),
    loggingVariant: loggingVariant(),
    machineType: machineType({ optionalComputed: true, value: "e2-medium" }),
    maxRunDuration: str({ replace: true, pattern: "\\d+(\\.\\d{1,9})?s", example: "86400s" }),
    metadata: metadata({
      optionalComputed: true,
      value: { json: DEFAULT_METADATA },
      replace: true,
      example: DEFAULT_METADATA,
    }),
    minCpuPlatform: str({ optionalComputed: true, replace: true, example: "Intel Ice Lake" }),
    // Aliases (`cloud-platform`) and links mean the same to the provider; links alone stand here.
    oauthScopes: set(
      str({
        pattern: "https://www\\.googleapis\\.com/auth/[a-z0-9._-]+",
        example: "https://www.googleapis.com/auth/cloud-platform",
      }),
      { optionalComputed: true, value: { json: SCOPES }, replace: true },
    ),
    preemptible: bool({ replace: true }),
    resourceLabels: labelMap(),
    resourceManagerTags: map({ items: str({ pattern: "tagValues/\\d+|[^/]+/[^/]+/[^/]+" }) }),
    serviceAccount: nodeAccount(),
    shieldedInstanceConfig: block(
      {
        enableIntegrityMonitoring: bool({ replace: true, default: true }),
        enableSecureBoot: bool({ replace: true }),
      },
      {
        optionalComputed: true,
        value: { json: { enableIntegrityMonitoring: true, enableSecureBoot: false } },
        replace: true,
      },
    ),
    spot: bool({ replace: true }),
    tags: list(str({ pattern: RFC1035, example: "gitlab" }), { maxItems: 64 }),
    taints: blocks({
      effect: str({
        required: true,
        pattern: "NO_SCHEDULE|PREFER_NO_SCHEDULE|NO_EXECUTE",
        example: "NO_SCHEDULE",
      }),
      key: str({ required: true, pattern: labelKey, example: "dedicated" }),
      value: str({ required: true, pattern: `(?:${NAME})?`, example: "web" }),
    }),
    // https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity#migrate_applications_to
    workloadMetadataConfig: block(
      {
        mode: oneOf(["MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"], { required: true }),
      },
      { optionalComputed: true },
    ),
  },
  {
    optionalComputed: true,
    ...ANEW,
    omits:
      "accelerators, local disks, sandboxes, reservations, sole tenants and the tuning of kernel and container runtime are not modelled",
  },
);

/** A node's service account: `default` is Google's default one of Compute Engine. */
function nodeAccount(): PropertyModel {
  const base = accountOf();
  return {
    ...base,
    value: "default",
    replace: true,
    ref: [
      ...[base.ref ?? []].flat(),
      { type: "gcp:serviceaccount/account:Account", outside: "default" },
    ],
    example: "default",
  };
}
