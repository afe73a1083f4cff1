/** GKE: clusters. Their blocks: `container-cluster-nodes.ts`; their rules: `container-cluster-rules.ts`. */
import type { ResourceModel } from "../../model";
import {
  ABANDONED,
  CLUSTER,
  CONTAINER_API,
  NETWORK,
  SUBNETWORK,
  block,
  bool,
  cidrV4,
  deletionPolicy,
  heldLinkTo,
  int,
  labelMap,
  map,
  out,
  prevented,
  project,
  registry,
  set,
  str,
  zoneName,
} from "./common";
import * as nodes from "./container-cluster-nodes";
import { enabling, known } from "./container-fields";
import * as net from "./container-network";
import * as operations from "./container-operations";
import { rules } from "./container-cluster-rules";
import { confidentialType, nodeConfig } from "./container-node";

const PAGE = registry("container/cluster");
const AUTOPILOT = "not modelled: it is for Autopilot clusters";
const BETA = "not modelled: the API has it in beta alone";

const LABELS_SECRET = "kept secret by the SDK (additionalSecretOutputs)";

/** The versions that GKE gives now: https://cloud.google.com/kubernetes-engine/docs/release-notes */
const VERSION = "1.33.5-gke.1162000";

const cluster: ResourceModel = {
  token: CLUSTER,
  source: PAGE,
  schema: "google_container_cluster",
  api: CONTAINER_API,
  id: "projects/{account}/locations/{location}/clusters/{name}",
  name: { property: "name", auto: true, maxLength: 40 },
  unique: [{ properties: ["name", "location"], scope: "account", source: PAGE }],
  omitted: {
    allowNetAdmin: AUTOPILOT,
    autopilotClusterPolicyConfig: AUTOPILOT,
    autopilotPrivilegedAdmissions: AUTOPILOT,
    clusterTelemetry: BETA,
    dataplaneOptimizationMode: "not modelled: it is for clusters of thousands of nodes",
    defaultSnatStatus: "not modelled: pods leave with their node's address",
    desiredEmulatedVersion: "not modelled: two-step upgrades are begun by hand",
    disableL4LbFirewallReconciliation: "not modelled: load balancers have their firewall rules",
    enableK8sBetaApis: "not modelled: beta APIs go away with a version",
    enableKubernetesAlpha: "not modelled: such clusters are deleted after 30 days",
    enableMultiNetworking: "not modelled: nodes have one network",
    enableTpu: "not modelled: there are no TPUs",
    enterpriseConfig: "deprecated: the features come without a tier",
    fleet: "not modelled: a cluster stands alone",
    gkeAutoUpgradeConfig: "not modelled: patches come at the pace of the channel",
    identityServiceConfig: "not modelled: people sign in with Google's identities",
    ignoreNodeCountChanges: "not modelled: node pools are resources of their own",
    loggingService: "replaced by loggingConfig",
    managedMachineLearningDiagnosticsConfig: "not modelled: there is no machine learning",
    managedOpentelemetryConfig: BETA,
    meshCertificates: "not modelled: there is no service mesh",
    monitoringService: "replaced by monitoringConfig",
    networkPerformanceConfig: "not modelled: nodes have the default tier",
    nodeCreationConfig: BETA,
    nodePools:
      "node pools are resources of their own: those in a cluster can't be changed without a new cluster",
    podAutoscaling: "not modelled: autoscalers have their usual profile",
    podSecurityPolicyConfig: "Kubernetes 1.25 has no PodSecurityPolicy any more",
    privateIpv6GoogleAccess: "not modelled: clusters have IPv4",
    protectConfig: "deprecated: use securityPostureConfig",
    resourceUsageExportConfig: "not modelled: costs are seen by costManagementConfig",
    rollbackSafeUpgrade: "not modelled: two-step upgrades are begun by hand",
    secretSyncConfig: "not modelled: secrets are read by secretManagerConfig",
    skipNodePoolRefresh: "not modelled: node pools are resources of their own",
    tpuConfig: "not modelled: there are no TPUs",
    userManagedKeysConfig: "not modelled: Google keeps the keys of the control plane",
    workloadAltsConfig: BETA,
  },
  properties: {
    addonsConfig: operations.addonsConfig,
    anonymousAuthenticationConfig: block(
      { mode: known(["ENABLED", "LIMITED"], { required: true }) },
      { optionalComputed: true, value: { json: { mode: "ENABLED" } } },
    ),
    authenticatorGroupsConfig: block(
      {
        securityGroup: str({
          required: true,
          pattern: "gke-security-groups@[a-z0-9.-]+",
          example: "gke-security-groups@example.com",
        }),
      },
      { optionalComputed: true },
    ),
    binaryAuthorization: block({
      evaluationMode: known(["DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"], {
        optionalComputed: true,
        conflicts: ["enabled"],
        value: "DISABLED",
      }),
    }),
    clusterAutoscaling: nodes.clusterAutoscaling,
    clusterIpv4Cidr: cidrV4({
      optionalComputed: true,
      replace: true,
      conflicts: ["ipAllocationPolicy"],
      value: "{ipAllocationPolicy.clusterIpv4CidrBlock}",
    }),
    confidentialNodes: block(
      {
        confidentialInstanceType: confidentialType(),
        enabled: bool({ required: true, replace: true }),
      },
      { optionalComputed: true, replace: true },
    ),
    controlPlaneEndpointsConfig: net.controlPlaneEndpointsConfig,
    costManagementConfig: enabling(false),
    databaseEncryption: operations.databaseEncryption,
    datapathProvider: known(["LEGACY_DATAPATH", "ADVANCED_DATAPATH"], {
      optionalComputed: true,
      replace: true,
      value: "LEGACY_DATAPATH",
    }),
    defaultMaxPodsPerNode: int({
      optionalComputed: true,
      replace: true,
      conflicts: ["enableAutopilot"],
      min: 8,
      max: 256,
      value: { json: 110 },
    }),
    deletionPolicy,
    deletionProtection: bool({ default: true }),
    description: str({ replace: true }),
    dnsConfig: net.dnsConfig,
    enableAutopilot: bool({ replace: true }),
    enableCiliumClusterwideNetworkPolicy: bool(),
    enableFqdnNetworkPolicy: bool(),
    enableIntranodeVisibility: bool({
      optionalComputed: true,
      conflicts: ["enableAutopilot"],
      value: { json: false },
    }),
    enableL4IlbSubsetting: bool({ optionalComputed: true, value: { json: false } }),
    enableLegacyAbac: bool(),
    enableShieldedNodes: bool({ default: true, conflicts: ["enableAutopilot"] }),
    gatewayApiConfig: block(
      {
        channel: known(["CHANNEL_DISABLED", "CHANNEL_STANDARD", "CHANNEL_EXPERIMENTAL"], {
          required: true,
        }),
      },
      { optionalComputed: true },
    ),
    inTransitEncryptionConfig: known([
      "IN_TRANSIT_ENCRYPTION_DISABLED",
      "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT",
    ]),
    initialNodeCount: int({ replace: true, min: 0 }),
    ipAllocationPolicy: net.ipAllocationPolicy,
    location: str({
      optionalComputed: true,
      replace: true,
      pattern: "[a-z]+(-[a-z]+)+\\d+(-[a-z])?",
      example: "europe-west1",
      value: "{zone}",
    }),
    loggingConfig: operations.loggingConfig,
    maintenancePolicy: operations.maintenancePolicy,
    masterAuth: nodes.masterAuth,
    masterAuthorizedNetworksConfig: net.masterAuthorizedNetworksConfig,
    minMasterVersion: str({
      pattern: "1\\.\\d+(\\.\\d+(-gke\\.\\d+)?)?|latest",
      example: "1.33",
    }),
    monitoringConfig: operations.monitoringConfig,
    name: str({
      optionalComputed: true,
      replace: true,
      pattern: "[a-z]([-a-z0-9]{0,38}[a-z0-9])?",
      example: "gitlab-version",
    }),
    network: heldLinkTo(NETWORK, { replace: true, default: "default" }),
    networkPolicy: block(
      {
        enabled: bool({ required: true }),
        provider: known(["PROVIDER_UNSPECIFIED", "CALICO"]),
      },
      { conflicts: ["enableAutopilot"] },
    ),
    networkingMode: known(["VPC_NATIVE", "ROUTES"], {
      optionalComputed: true,
      replace: true,
      value: "VPC_NATIVE",
    }),
    nodeConfig,
    // GKE chooses three zones of a region: here always b, c and d.
    nodeLocations: set(zoneName(), {
      optionalComputed: true,
      value: {
        cases: [
          { when: { property: "location", matches: ".+-[a-z]" }, value: { json: [] } },
          { value: { json: ["{location}-b", "{location}-c", "{location}-d"] } },
        ],
      },
    }),
    nodePoolAutoConfig: nodes.nodePoolAutoConfig,
    nodePoolDefaults: nodes.nodePoolDefaults,
    nodeVersion: str({
      optionalComputed: true,
      pattern: "1\\.\\d+(\\.\\d+(-gke\\.\\d+)?)?|latest",
      example: VERSION,
      value: "{masterVersion}",
    }),
    notificationConfig: operations.notificationConfig,
    privateClusterConfig: net.privateClusterConfig,
    project,
    rbacBindingConfig: nodes.rbacBindingConfig,
    releaseChannel: block(
      {
        channel: known(["REGULAR", "UNSPECIFIED", "RAPID", "STABLE", "EXTENDED"], {
          required: true,
        }),
      },
      { optionalComputed: true, value: { json: { channel: "REGULAR" } } },
    ),
    removeDefaultNodePool: bool({ conflicts: ["enableAutopilot"] }),
    resourceLabels: labelMap(),
    secretManagerConfig: nodes.secretManagerConfig,
    securityPostureConfig: operations.securityPostureConfig,
    serviceExternalIpsConfig: enabling(false),
    subnetwork: heldLinkTo(SUBNETWORK, {
      optionalComputed: true,
      replace: true,
      value: "",
    }),
    verticalPodAutoscaling: enabling(),
    workloadIdentityConfig: block(
      {
        workloadPool: str({
          pattern: "[^\\s]+\\.svc\\.id\\.goog",
          example: "gitlab-tests.svc.id.goog",
        }),
      },
      { optionalComputed: true },
    ),
    effectiveLabels: map({
      computed: true,
      secret: true,
      planned: true,
      value: "{resourceLabels}",
      changesWith: ["resourceLabels"],
      deviates: LABELS_SECRET,
    }),
    emulatedVersion: out("{masterVersion~^(\\d+\\.\\d+)}"),
    endpoint: {
      type: "string",
      computed: true,
      value: {
        cases: [
          {
            when: {
              property: "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled",
              equals: false,
            },
            value: "",
          },
          {
            when: { property: "privateClusterConfig.enablePrivateEndpoint", equals: true },
            value: "{privateClusterConfig.privateEndpoint}",
          },
          { value: "{privateClusterConfig.publicEndpoint}" },
        ],
      },
      changesWith: ["controlPlaneEndpointsConfig", "privateClusterConfig"],
    },
    labelFingerprint: out("{hex:8}", { changesWith: ["resourceLabels"] }),
    masterVersion: {
      type: "string",
      computed: true,
      value: {
        cases: [
          {
            when: { property: "minMasterVersion", matches: "1\\.\\d+\\.\\d+-gke\\.\\d+" },
            value: "{minMasterVersion}",
          },
          {
            when: { property: "minMasterVersion", matches: "1\\.\\d+\\.\\d+" },
            value: "{minMasterVersion}-gke.1162000",
          },
          {
            when: { property: "minMasterVersion", matches: "1\\.\\d+" },
            value: "{minMasterVersion}.5-gke.1162000",
          },
          { value: VERSION },
        ],
      },
      changesWith: ["minMasterVersion"],
    },
    operation: out("operation-{digits:13}-{uuid}"),
    pulumiLabels: map({
      computed: true,
      secret: true,
      planned: true,
      value: "{resourceLabels}",
      changesWith: ["resourceLabels"],
      deviates: LABELS_SECRET,
    }),
    selfLink: out("https://container.googleapis.com/v1/{id}"),
    servicesIpv4Cidr: out("{ipAllocationPolicy.servicesIpv4CidrBlock}"),
    tpuIpv4CidrBlock: out(""),
  },
  rules,
  deleteRefusedWhile: [
    prevented,
    {
      condition: { property: "deletionProtection", equals: true },
      message:
        "Cannot destroy cluster because `deletionProtection` is set to true. Set it to false to proceed with cluster deletion.",
      source: PAGE,
    },
  ],
  leftWhile: ABANDONED,
  seconds: { create: 480, update: 180, delete: 240 },
};

/** Clusters. */
export const models: readonly ResourceModel[] = [cluster];
