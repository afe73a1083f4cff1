/** What a person would add next to the networks, machines and data of Google Cloud, and other forms of what is there. */
import { gone } from "./change";
import type { Next } from "./next-types";

type One = Omit<Next, "place">;

const web = {
  network: "projects/p/global/networks/gitlab",
  description: "people use GitLab",
  allows: [{ protocol: "tcp", ports: ["443"] }],
  sourceRanges: ["0.0.0.0/0"],
  targetServiceAccounts: ["gitlab@p.iam.gserviceaccount.com"],
};
const rule = {
  action: "allow",
  direction: "INGRESS",
  description: "people use GitLab",
  match: { layer4Configs: [{ ipProtocol: "tcp", ports: ["443"] }], srcIpRanges: ["0.0.0.0/0"] },
  targetSecureTags: [{ name: "tagValues/1" }],
};

const firewalls: readonly One[] = [
  {
    rule: "network-open-to-all",
    type: "gcp:compute/firewall:Firewall",
    props: web,
    forms: [
      ["allows[0]", { protocol: "6", ports: ["443-443", "22"] }],
      ["sourceRanges", ["2000::/3", "203.0.113.0/24"]],
      ["disabled", true],
    ],
    changes: [
      ["allows[0].ports", ["8443"]],
      ["allows[0].ports", ["22-25"]],
      ["allows[0].protocol", "ALL"],
      ["allows[0].protocol", "udp"],
      ["allows[0].ports", gone],
      ["allows[1]", { protocol: "tcp", ports: ["3389"] }],
      ["targetServiceAccounts", gone],
    ],
  },
  // Each is everybody: no port but the three may be open to it.
  ...[["0.0.0.0/1"], ["10.0.0.0/8", "128.0.0.0/1"], ["::/0"], ["2000::/3"], []].map(
    (sourceRanges, index): One => ({
      rule: "network-open-to-all",
      type: "gcp:compute/firewall:Firewall",
      title: `everybody, form ${index + 1}`,
      props: { ...web, sourceRanges },
      changes: [["allows[0].ports", ["5432"]]],
    }),
  ),
  {
    rule: "network-open-to-all",
    type: "gcp:compute/firewall:Firewall",
    title: "within",
    props: { ...web, sourceRanges: ["10.0.0.0/8"], targetServiceAccounts: undefined },
    forms: [
      ["allows[0]", { protocol: "icmp" }],
      ["allows[0].ports", ["8000-8100"]],
      ["sourceRanges", ["fd20::/20", "10.0.0.0/8"]],
    ],
    changes: [
      ["allows[0].ports", ["0-65535"]],
      ["allows[0].ports", gone],
      ["allows[0].protocol", "all"],
    ],
  },
  ...["networkFirewallPolicyRule", "regionNetworkFirewallPolicyRule"].map((kind): One => ({
    rule: "network-open-to-all",
    type: `gcp:compute/${kind}:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    props: rule,
    forms: [
      ["action", "deny"],
      ["targetServiceAccounts", ["gitlab@p.iam.gserviceaccount.com"]],
    ],
    changes: [
      ["match.layer4Configs[0].ports", ["3389"]],
      ["match.layer4Configs[0].ports", gone],
      ["match.layer4Configs[0].ipProtocol", "all"],
      ["targetSecureTags", gone],
    ],
  })),
  {
    rule: "network-egress-named",
    type: "gcp:compute/firewall:Firewall",
    props: {
      ...web,
      direction: "EGRESS",
      sourceRanges: undefined,
      destinationRanges: ["0.0.0.0/0"],
    },
    forms: [
      ["allows[0]", { protocol: "icmp" }],
      ["destinationRanges", ["199.36.153.8/30"]],
    ],
    changes: [
      ["allows[0].protocol", "all"],
      ["allows[0].ports", ["1-65535"]],
      ["allows[0].ports", ["8000-8100"]],
      ["allows[0].ports", gone],
    ],
  },
  {
    rule: "network-egress-named",
    type: "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    props: {
      ...rule,
      direction: "EGRESS",
      match: { layer4Configs: [{ ipProtocol: "tcp", ports: ["443"] }] },
    },
    changes: [["match.layer4Configs[0]", { ipProtocol: "all" }]],
  },
  {
    rule: "network-default-closed",
    type: "gcp:compute/firewall:Firewall",
    props: web,
    changes: [
      ["network", "default"],
      ["network", "projects/p/global/networks/default"],
    ],
  },
  {
    rule: "network-subnets-guarded",
    type: "gcp:compute/subnetwork:Subnetwork",
    props: { privateIpGoogleAccess: true },
    changes: [["privateIpGoogleAccess", false]],
  },
  {
    rule: "network-subnets-guarded",
    type: "gcp:compute/subnetwork:Subnetwork",
    title: "of a balancer's proxies, which has no machines",
    props: { purpose: "REGIONAL_MANAGED_PROXY" },
    changes: [["purpose", gone]],
  },
  ...["targetHttpsProxy:TargetHttpsProxy", "targetSSLProxy:TargetSSLProxy"].map((kind): One => ({
    rule: "balancer-tls",
    type: `gcp:compute/${kind}`,
    props: { sslPolicy: "modern" },
    changes: [["sslPolicy", gone]],
  })),
  {
    rule: "balancer-behind-firewall",
    type: "gcp:compute/backendService:BackendService",
    props: {
      loadBalancingScheme: "EXTERNAL_MANAGED",
      securityPolicy: "armor",
      logConfig: { enable: true },
    },
    changes: [
      ["securityPolicy", gone],
      ["logConfig", gone],
      ["logConfig.enable", false],
    ],
  },
  {
    rule: "balancer-behind-firewall",
    type: "gcp:compute/backendService:BackendService",
    title: "within",
    props: { loadBalancingScheme: "INTERNAL_MANAGED" },
    changes: [["loadBalancingScheme", gone]],
  },
  {
    rule: "balancer-redirects-clear",
    type: "gcp:compute/targetHttpProxy:TargetHttpProxy",
    props: { urlMap: "web" },
    never: true,
    changes: [],
  },
  {
    rule: "dns-zones-signed",
    type: "gcp:dns/managedZone:ManagedZone",
    props: { dnssecConfig: { state: "on", defaultKeySpecs: [{ algorithm: "ecdsap256sha256" }] } },
    forms: [["visibility", "public"]],
    changes: [
      ["dnssecConfig.state", "off"],
      ["dnssecConfig", gone],
      ["dnssecConfig.defaultKeySpecs[0].algorithm", "rsasha1"],
    ],
  },
];

const template = {
  metadata: { "enable-oslogin": "TRUE", "block-project-ssh-keys": "true" },
  disks: [{ sourceImage: "projects/debian-cloud/global/images/debian-12-bookworm-v20260901" }],
  networkInterfaces: [{ subnetwork: "projects/p/regions/r/subnetworks/workers" }],
  serviceAccount: { email: "gitlab-ops-gitlab@gitlab-ops-example.iam.gserviceaccount.com" },
  shieldedInstanceConfig: { enableSecureBoot: true },
};
const regional = "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate";

const machines: readonly One[] = [
  {
    rule: "gce-shielded",
    changes: [["shieldedInstanceConfig.enableSecureBoot", false] as const],
  },
  {
    rule: "gce-login-by-identity",
    forms: [["metadata.enable-oslogin", "yes"] as const, ["metadata.enable-oslogin", "1"] as const],
    changes: [
      ["metadata.enable-oslogin", "no"] as const,
      ["metadata.block-project-ssh-keys", gone] as const,
      ["metadata.serial-port-enable", "Y"] as const,
      ["metadata.serial-port-enable", "1"] as const,
    ],
  },
  { rule: "gce-own-account", changes: [["serviceAccount", {}] as const] },
  { rule: "gce-no-forwarding", changes: [["canIpForward", true] as const] },
  {
    rule: "network-no-addresses-by-itself",
    changes: [
      ["networkInterfaces[0].accessConfigs", [{}]] as const,
      ["networkInterfaces[0].ipv6AccessConfigs", [{}]] as const,
    ],
  },
  {
    rule: "network-default-closed",
    changes: [
      ["networkInterfaces[0].subnetwork", gone] as const,
      ["networkInterfaces[0]", { network: "default" }] as const,
    ],
  },
  {
    rule: "no-secrets-in-boot-data",
    changes: [
      ["metadata.startup-script", "password: Qx7zK2pV9mL4"] as const,
      ["metadataStartupScript", "password: Qx7zK2pV9mL4"] as const,
    ],
  },
  {
    rule: "images-pinned",
    changes: [["disks[0].sourceImage", "debian-cloud/debian-12"] as const],
  },
  {
    rule: "gcp-accounts-of-the-stack",
    changes: [["serviceAccount.email", "another@elsewhere.iam.gserviceaccount.com"] as const],
  },
].map((one) => ({ ...one, type: regional, props: template }));

const projectWide: readonly One[] = [
  {
    rule: "gce-login-by-identity",
    type: "gcp:compute/projectMetadata:ProjectMetadata",
    props: { metadata: { "enable-oslogin": "TRUE" } },
    changes: [
      ["metadata.enable-oslogin", "FALSE"],
      ["metadata.ssh-keys", "me:ssh-ed25519 AAAA me"],
      ["metadata.serial-port-enable", "TRUE"],
    ],
  },
  {
    rule: "gce-login-by-identity",
    type: "gcp:compute/projectMetadataItem:ProjectMetadataItem",
    props: { key: "enable-oslogin", value: "TRUE" },
    forms: [["key", "VmDnsSetting"]],
    changes: [
      ["key", "ssh-keys"],
      ["value", "FALSE"],
    ],
  },
];

const data: readonly One[] = [
  ...["bucketACL:BucketACL", "defaultObjectACL:DefaultObjectACL", "objectACL:ObjectACL"].map(
    (kind): One => ({
      rule: "gcs-not-public",
      type: `gcp:storage/${kind}`,
      props: { predefinedAcl: "publicRead" },
      never: true,
      changes: [],
    }),
  ),
  {
    rule: "gcs-lifecycle-spares-data",
    type: "gcp:storage/bucket:Bucket",
    protect: true,
    props: {
      lifecycleRules: [
        { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
        { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30 } },
      ],
    },
    forms: [
      ["lifecycleRules[1].condition", { numNewerVersions: 3 }],
      ["lifecycleRules[1].condition", { age: 30, withState: "ARCHIVED" }],
      [
        "lifecycleRules[1]",
        { action: { type: "SetStorageClass", storageClass: "NEARLINE" }, condition: { age: 30 } },
      ],
    ],
    changes: [
      ["lifecycleRules[1].condition", { age: 30 }],
      ["lifecycleRules[1].condition", { age: 365, withState: "ANY" }],
      ["lifecycleRules[1].condition", { createdBefore: "2026-01-01" }],
    ],
  },
  {
    rule: "gcs-lifecycle-spares-data",
    type: "gcp:storage/bucket:Bucket",
    title: "of backups",
    protect: true,
    within: ["gitlab:backupSchedule:PackageBackupGcs"],
    props: {
      retentionPolicy: { retentionPeriod: "3024000" },
      lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 36 } }],
    },
    changes: [
      ["lifecycleRules[0].condition.age", 7],
      ["lifecycleRules[0].condition", { createdBefore: "2026-01-01" }],
    ],
  },
  {
    rule: "gcp-secrets-recoverable",
    type: "gcp:secretmanager/secret:Secret",
    props: { versionDestroyTtl: "86400s" },
    changes: [
      ["ttl", "2592000s"],
      ["expireTime", "2027-01-01T00:00:00Z"],
    ],
  },
  {
    rule: "gcp-disk-snapshots",
    type: "gcp:compute/regionDisk:RegionDisk",
    props: {},
    never: true,
    changes: [],
  },
  {
    rule: "cloudsql-not-public",
    type: "gcp:sql/databaseInstance:DatabaseInstance",
    props: {
      settings: {
        ipConfiguration: {
          ipv4Enabled: false,
          privateNetwork: "projects/p/global/networks/gitlab",
        },
      },
    },
    forms: [
      [
        "settings.ipConfiguration",
        { ipv4Enabled: false, pscConfigs: [{ pscEnabled: true, allowedConsumerProjects: ["p"] }] },
      ],
    ],
    changes: [
      ["settings.ipConfiguration.privateNetwork", "projects/p/global/networks/default"],
      ["settings.ipConfiguration.authorizedNetworks", [{ value: "203.0.113.0/24" }]],
      ["settings.ipConfiguration", { ipv4Enabled: false, pscConfigs: [{ pscEnabled: false }] }],
    ],
  },
  {
    rule: "cloudsql-flags-safe",
    type: "gcp:sql/databaseInstance:DatabaseInstance",
    props: { settings: { databaseFlags: [{ name: "log_statement", value: "ddl" }] } },
    changes: [
      ["settings.databaseFlags[0].value", "all"],
      ["settings.databaseFlags[0].value", "mod"],
      ["settings.databaseFlags[1]", { name: "password_encryption", value: "md5" }],
    ],
  },
  {
    rule: "cloudsql-users-by-password-or-identity",
    type: "gcp:sql/user:User",
    props: { name: "admins@example.com", type: "CLOUD_IAM_GROUP" },
    changes: [
      ["type", "CLOUD_IAM_USER"],
      ["type", "BUILT_IN"],
    ],
  },
  {
    rule: "memorystore-private-tls-auth",
    type: "gcp:redis/instance:Instance",
    props: {
      authEnabled: true,
      transitEncryptionMode: "SERVER_AUTHENTICATION",
      authorizedNetwork: "projects/p/global/networks/gitlab",
    },
    changes: [["authorizedNetwork", "projects/p/global/networks/default"]],
  },
];

const nodeConfig = {
  serviceAccount: "gitlab-ops-gitlab@gitlab-ops-example.iam.gserviceaccount.com",
  shieldedInstanceConfig: { enableSecureBoot: true },
  workloadMetadataConfig: { mode: "GKE_METADATA" },
};
const clusterType = "gcp:container/cluster:Cluster";
const cluster = {
  network: "projects/p/global/networks/gitlab",
  controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
  anonymousAuthenticationConfig: { mode: "LIMITED" },
  rbacBindingConfig: {
    enableInsecureBindingSystemAuthenticated: false,
    enableInsecureBindingSystemUnauthenticated: false,
  },
  workloadIdentityConfig: { workloadPool: "p.svc.id.goog" },
  nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
  nodePools: [{ nodeConfig }],
  clusterAutoscaling: { enabled: true, autoProvisioningDefaults: nodeConfig },
  releaseChannel: { channel: "REGULAR" },
  maintenancePolicy: {},
};

const clusters: readonly One[] = [
  {
    rule: "gke-nodes-hardened",
    forms: [["clusterAutoscaling", { enabled: false }] as const],
    changes: [
      ["nodePools[0].nodeConfig.serviceAccount", gone] as const,
      ["nodePools[0].nodeConfig.shieldedInstanceConfig.enableSecureBoot", false] as const,
      ["clusterAutoscaling.autoProvisioningDefaults", gone] as const,
      ["clusterAutoscaling.autoProvisioningDefaults.serviceAccount", "default"] as const,
      ["clusterAutoscaling.autoProvisioningDefaults.management", { autoRepair: false }] as const,
    ],
  },
  {
    rule: "gke-workload-identity",
    changes: [["nodePools[0].nodeConfig.workloadMetadataConfig.mode", "GCE_METADATA"] as const],
  },
  {
    rule: "gcp-accounts-of-the-stack",
    changes: [
      [
        "clusterAutoscaling.autoProvisioningDefaults.serviceAccount",
        "another@elsewhere.iam.gserviceaccount.com",
      ] as const,
      ["nodePools[0].nodeConfig.serviceAccount", "default"] as const,
    ],
  },
  {
    rule: "gke-control-plane-closed",
    forms: [
      [
        "masterAuthorizedNetworksConfig",
        { cidrBlocks: [{ cidrBlock: "203.0.113.0/24" }] },
      ] as const,
    ],
    changes: [
      ["masterAuthorizedNetworksConfig", { cidrBlocks: [{ cidrBlock: "128.0.0.0/1" }] }] as const,
      ["controlPlaneEndpointsConfig.dnsEndpointConfig", { enableK8sCertsViaDns: true }] as const,
    ],
  },
  { rule: "gke-kept-current", changes: [["enableKubernetesAlpha", true] as const] },
  {
    rule: "network-default-closed",
    changes: [["network", gone] as const, ["network", "default"] as const],
  },
].map((one) => ({ ...one, type: clusterType, props: cluster }));

export const nextOfGoogleNetwork: readonly One[] = [
  ...[...firewalls, ...machines, ...projectWide],
  ...[...data, ...clusters],
];
