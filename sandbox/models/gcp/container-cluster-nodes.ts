/** GKE: what a cluster says of credentials and of its nodes at large. */
import { RFC1035, block, blocks, bool, int, list, map, out, str } from "./common";
import { enabling, known } from "./container-fields";
import { loggingVariant, readonlyPort } from "./container-node";

export const masterAuth = block(
  {
    clientCertificate: out(""),
    clientCertificateConfig: block(
      { issueClientCertificate: bool({ required: true, replace: true }) },
      { required: true, replace: true },
    ),
    clientKey: out("", { secret: true }),
    clusterCaCertificate: out("{base64Bytes:1100}"),
  },
  {
    optionalComputed: true,
    value: {
      json: {
        clientCertificate: "",
        clientCertificateConfig: { issueClientCertificate: false },
        clientKey: "",
        clusterCaCertificate: "{base64Bytes:1100}",
      },
    },
  },
);

export const nodePoolDefaults = block(
  {
    nodeConfigDefaults: block(
      {
        gcfsConfig: enabling(),
        insecureKubeletReadonlyPortEnabled: readonlyPort(),
        loggingVariant: loggingVariant(),
      },
      { omits: "containerd's configuration is not modelled" },
    ),
  },
  { optionalComputed: true },
);

export const nodePoolAutoConfig = block(
  {
    linuxNodeConfig: block(
      { cgroupMode: str({ optionalComputed: true }) },
      { omits: "the loading of kernel modules is not modelled" },
    ),
    networkTags: block({ tags: list(str({ pattern: RFC1035, example: "gitlab" })) }),
    nodeKubeletConfig: block(
      { insecureKubeletReadonlyPortEnabled: readonlyPort() },
      { optionalComputed: true },
    ),
    resourceManagerTags: map({ items: str({ pattern: "tagValues/\\d+|[^/]+/[^/]+/[^/]+" }) }),
  },
  { optionalComputed: true },
);

/** Node auto-provisioning, of which the autoscaler's profile counts without it too. */
export const clusterAutoscaling = block(
  {
    autoProvisioningLocations: list(str(), { optionalComputed: true }),
    autoscalingProfile: known(["BALANCED", "OPTIMIZE_UTILIZATION"], { default: "BALANCED" }),
    defaultComputeClassEnabled: bool(),
    enabled: bool({ optionalComputed: true, value: { json: false } }),
    resourceLimits: blocks(
      {
        maximum: int({ required: true, min: 0 }),
        minimum: int({ min: 0 }),
        resourceType: str({
          required: true,
          pattern: "cpu|memory|nvidia-[a-z0-9-]+",
          example: "cpu",
        }),
      },
      { optionalComputed: true },
    ),
  },
  {
    optionalComputed: true,
    value: { json: { autoscalingProfile: "BALANCED", enabled: false } },
    omits: "pools that GKE makes by itself are not modelled",
  },
);

/** Rotation of secrets that are brought into pods. */
export const secretManagerConfig = block({
  enabled: bool({ required: true }),
  rotationConfig: block(
    { enabled: bool({ required: true }), rotationInterval: str({ optionalComputed: true }) },
    { optionalComputed: true },
  ),
});

export const rbacBindingConfig = block(
  {
    enableInsecureBindingSystemAuthenticated: bool(),
    enableInsecureBindingSystemUnauthenticated: bool(),
  },
  { optionalComputed: true },
);
