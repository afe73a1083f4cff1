/** What a person would add next to GitLab itself: another machine, another disk, another cache. */
import { type Change, gone, withProperty } from "./change";
import type { Next } from "./next-types";

const inGitLab = ["gitlab:gitlabInstance:AzureGitLabInstance"];
const repositories =
  "/subscriptions/0a1b2c3d-1111-4222-8333-444455556666/resourceGroups/gitlab-dev/providers/Microsoft.Compute/disks/gitlab-dev-repositories";

/** A cache that is a cluster by nature. */
function neverRedis(place: Next["place"], type: string): Next {
  return {
    ...{ rule: "gitlab-redis-no-cluster", place, type },
    props: {},
    never: true,
    changes: [],
  };
}

/** Files for a network, beside GitLab. */
function networkFiles(place: Next["place"], type: string): Next {
  return {
    ...{ rule: "gitlab-git-data-not-on-nfs", place, type },
    ...{ props: {}, never: true, changes: [] },
  };
}

const gitalyImage = "registry.gitlab.com/gitlab-org/build/cng/gitaly:v19.3.0";
const claimed = { name: "repositories", persistentVolumeClaim: { claimName: "repositories" } };

/** Lists of `monitoring_whitelist` that let everybody in, as a person could write them. */
const openLists = [
  "gitlab_rails['monitoring_whitelist'] = ['127.0.0.0/8', '0.0.0.0/0']",
  "gitlab_rails['monitoring_whitelist'] = [\n  '127.0.0.0/8',\n  '::/0',\n]",
  'gitlab_rails["monitoring_whitelist"] = %w[0.0.0.0/0]',
  "gitlab_rails['monitoring_whitelist'] = ['0.0.0.0/1', '128.0.0.0/1']",
  "gitlab_rails['monitoring_whitelist'] += ['0.0.0.0']",
  "gitlab_rails['monitoring_whitelist'] << '0.0.0.0/0'",
  '{"content":"gitlab_rails[\\"monitoring_whitelist\\"] = [\\"0.0.0.0/0\\"]"}',
];
const closedList =
  "gitlab_rails['monitoring_whitelist'] = ['127.0.0.0/8', '::1/128', '10.20.0.0/16']\nnginx['listen_addresses'] = ['0.0.0.0', '[::]']";

/** Where a machine's files stand, in each cloud. */
const filesOfMachines: readonly (readonly [Next["place"], string, string])[] = [
  ["aws", "aws:s3/bucketObjectv2:BucketObjectv2", "content"],
  ["aws", "aws:ec2/launchTemplate:LaunchTemplate", "userData"],
  ["dev", "azure-native:compute:VirtualMachine", "userData"],
  ["dev", "azure-native:compute:VirtualMachine", "osProfile.customData"],
  ["ops", "gcp:compute/instance:Instance", "metadata.user-data"],
  ["ops", "gcp:compute/instanceTemplate:InstanceTemplate", "metadata.user-data"],
];

export const nextOfGitLab: readonly Next[] = [
  ...filesOfMachines.map(([place, type, path]): Next => ({
    ...{ rule: "gitlab-monitoring-closed", place, type, title: path },
    props: withProperty({}, path, closedList),
    changes: openLists.flatMap((list): Change[] => [
      [path, list],
      [path, Buffer.from(list.padEnd(list.length + 2, "\n")).toString("base64")],
    ]),
  })),
  {
    ...{ rule: "size-budget", place: "dev", type: "azure-native:compute:VirtualMachineScaleSet" },
    props: { sku: { name: "Standard_D8s_v5", capacity: 0 } },
    changes: [
      ["sku.name", "Standard_D96s_v5"],
      ["sku.capacity", 500],
    ],
  },
  {
    ...{ rule: "size-budget", place: "dev", type: "azure-native:dbforpostgresql:Server" },
    props: { sku: { name: "Standard_D8ds_v5" } },
    changes: [["sku.name", "Standard_D96ds_v5"]],
  },
  ...[inGitLab, []].map((within, index): Next => ({
    rule: "gitlab-one-writer",
    place: "dev",
    type: "azure-native:compute:VirtualMachine",
    title: `a second machine ${index === 0 ? "in" : "beside"} GitLab's component`,
    within,
    props: {
      storageProfile: {
        dataDisks: [{ createOption: "Attach", managedDisk: { id: "/x/disks/own" } }],
      },
    },
    changes: [
      ["storageProfile.dataDisks[0].managedDisk.id", repositories],
      ["storageProfile.dataDisks[0].managedDisk.id", repositories.toUpperCase()],
    ],
  })),
  {
    rule: "gitlab-one-writer",
    place: "dev",
    type: "azure-native:compute:VirtualMachineScaleSet",
    within: inGitLab,
    ...{ props: {}, never: true, changes: [] },
  },
  {
    rule: "gitlab-one-writer",
    place: "ops",
    type: "gcp:compute/instance:Instance",
    title: "a second machine",
    props: { attachedDisks: [{ source: "projects/x/zones/y/disks/own" }] },
    changes: [["attachedDisks[0].source", "projects/x/zones/y/disks/gitlab-ops-repositories"]],
  },
  {
    rule: "gitlab-one-writer",
    place: "ops",
    type: "gcp:compute/attachedDisk:AttachedDisk",
    props: { disk: "own", instance: "x" },
    changes: [["disk", "gitlab-ops-repositories"]],
  },
  {
    rule: "gitlab-one-writer",
    place: "ops",
    type: "gcp:compute/disk:Disk",
    props: { name: "another" },
    changes: [
      ["accessMode", "READ_WRITE_MANY"],
      ["multiWriter", true],
    ],
  },
  {
    rule: "gitlab-one-writer",
    place: "ops",
    type: "gcp:compute/instanceTemplate:InstanceTemplate",
    props: { disks: [{ boot: true, sourceImage: "x" }] },
    changes: [["disks[1]", { source: "gitlab-ops-repositories", boot: false }]],
  },
  {
    rule: "gitlab-one-writer",
    place: "ops",
    type: "gcp:compute/instanceGroupManager:InstanceGroupManager",
    ...{ props: {}, never: true, changes: [] },
  },
  {
    rule: "gitlab-one-writer",
    place: "aws",
    type: "aws:ebs/volume:Volume",
    props: { type: "io2", size: 512 },
    changes: [["multiAttachEnabled", true]],
  },
  {
    rule: "gitlab-one-writer",
    place: "aws",
    type: "aws:autoscaling/group:Group",
    title: "a second group of Gitaly's launch template",
    dependencies: ["gitlab-gitaly-template"],
    ...{ props: {}, never: true, changes: [] },
  },
  {
    rule: "gitlab-never-burstable",
    place: "aws",
    type: "aws:autoscaling/group:Group",
    within: ["gitlab:gitlabInstance:AwsGitLabInstance"],
    props: {
      mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType: "m6i.large" }] } },
    },
    changes: [
      ["mixedInstancesPolicy.launchTemplate.overrides[0].instanceType", "t3.large"],
      [
        "mixedInstancesPolicy.launchTemplate.overrides[0].instanceRequirements",
        { burstablePerformance: "included" },
      ],
    ],
  },
  ...[
    "e2-medium",
    "e2-custom-medium-4096",
    "zones/us-east1-b/machineTypes/g1-small",
    "f1-micro",
  ].map((size): Next => ({
    rule: "gitlab-never-burstable",
    place: "ops",
    type: "gcp:compute/instance:Instance",
    title: size,
    within: ["gitlab:gitlabInstance:GcpGitLabInstance"],
    props: { machineType: "e2-standard-4" },
    changes: [["machineType", size]],
  })),
  ...["Standard_B8ms", "standard_b8s_v2", "Standard_B8as_v2", "Standard_B8ps_v2"].map(
    (size): Next => ({
      rule: "gitlab-never-burstable",
      place: "dev",
      type: "azure-native:compute:VirtualMachine",
      title: size,
      within: inGitLab,
      props: { hardwareProfile: { vmSize: "Standard_D8s_v5" } },
      changes: [["hardwareProfile.vmSize", size]],
    }),
  ),
  {
    rule: "azure-disks-outlive-machine",
    place: "dev",
    type: "azure-native:compute:VirtualMachine",
    props: { storageProfile: { dataDisks: [{ createOption: "Attach", lun: 0 }] } },
    changes: [
      ["storageProfile.dataDisks[0].createOption", "Empty"],
      ["storageProfile.dataDisks[0].deleteOption", "Delete"],
    ],
  },
  {
    ...{
      rule: "gitlab-one-writer-in-cluster",
      place: "version",
      type: "kubernetes:apps/v1:Deployment",
    },
    props: {
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        template: { spec: { containers: [{ image: gitalyImage }], volumes: [claimed] } },
      },
    },
    changes: [
      ["spec.replicas", 2],
      ["spec.strategy", gone],
    ],
  },
  {
    ...{
      rule: "gitlab-one-writer-in-cluster",
      place: "version",
      type: "kubernetes:apps/v1:StatefulSet",
    },
    props: {
      spec: {
        replicas: 2,
        template: { spec: { containers: [{ image: gitalyImage }] } },
        volumeClaimTemplates: [{ spec: { accessModes: ["ReadWriteOnce"] } }],
      },
    },
    changes: [
      ["spec.volumeClaimTemplates[0].spec.accessModes", ["ReadWriteMany"]],
      ["spec.template.spec.volumes", [claimed]],
    ],
  },
  networkFiles("aws", "aws:fsx/openZfsFileSystem:OpenZfsFileSystem"),
  networkFiles("aws", "aws:fsx/ontapFileSystem:OntapFileSystem"),
  networkFiles("dev", "azure-native:storage:FileShare"),
  networkFiles("dev", "azure-native:netapp:CapacityPoolVolume"),
  networkFiles("ops", "gcp:filestore/instance:Instance"),
  neverRedis("aws", "aws:elasticache/serverlessCache:ServerlessCache"),
  neverRedis("aws", "aws:memorydb/cluster:Cluster"),
  neverRedis("ops", "gcp:redis/cluster:Cluster"),
  {
    ...{ rule: "gitlab-redis-no-cluster", place: "aws", type: "aws:elasticache/cluster:Cluster" },
    props: { replicationGroupId: "gitlab-aws-redis" },
    changes: [["replicationGroupId", gone]],
  },
  {
    ...{ rule: "gitlab-redis-no-cluster", place: "ops", type: "gcp:memorystore/instance:Instance" },
    props: { mode: "CLUSTER_DISABLED", engineVersion: "VALKEY_7_2" },
    changes: [
      ["mode", "CLUSTER"],
      ["mode", gone],
      ["engineVersion", "VALKEY_8_0"],
    ],
  },
  {
    ...{ rule: "gitlab-redis-no-cluster", place: "dev", type: "azure-native:redis:Redis" },
    // A version that Azure does not have yet: none that it has is one that GitLab runs on.
    props: { redisVersion: "7.2" },
    changes: [
      ["redisVersion", "6.0"],
      ["redisVersion", gone],
      ["shardCount", 1],
    ],
  },
  {
    ...{
      rule: "gitlab-redis-no-cluster",
      place: "dev",
      type: "azure-native:redisenterprise:Database",
    },
    props: { clusteringPolicy: "NoCluster" },
    changes: [
      ["clusteringPolicy", "EnterpriseCluster"],
      ["clusteringPolicy", gone],
    ],
  },
  {
    ...{
      rule: "gitlab-redis-keeps-all",
      place: "aws",
      type: "aws:elasticache/replicationGroup:ReplicationGroup",
    },
    props: { parameterGroupName: "own" },
    changes: [
      ["parameterGroupName", "default.redis7"],
      ["parameterGroupName", gone],
    ],
  },
  {
    ...{ rule: "gitlab-redis-keeps-all", place: "ops", type: "gcp:memorystore/instance:Instance" },
    props: { engineConfigs: { "maxmemory-policy": "noeviction" } },
    changes: [["engineConfigs", gone]],
  },
  {
    ...{ rule: "gitlab-redis-keeps-all", place: "dev", type: "azure-native:redis:Redis" },
    props: { redisConfiguration: { maxmemoryPolicy: "noeviction" } },
    changes: [
      ["redisConfiguration.maxmemoryPolicy", "volatile-lru"],
      ["redisConfiguration", gone],
    ],
  },
  {
    ...{
      rule: "gitlab-redis-keeps-all",
      place: "dev",
      type: "azure-native:redisenterprise:Database",
    },
    props: { evictionPolicy: "NoEviction" },
    changes: [["evictionPolicy", gone]],
  },
  {
    ...{
      rule: "gitlab-redis-supported",
      place: "aws",
      type: "aws:elasticache/parameterGroup:ParameterGroup",
    },
    props: { parameters: [{ name: "cluster-enabled", value: "no" }] },
    changes: [["parameters[0].value", "yes"]],
  },
  {
    ...{
      rule: "gitlab-redis-supported",
      place: "aws",
      type: "aws:elasticache/replicationGroup:ReplicationGroup",
    },
    props: { engine: "redis", engineVersion: "7.1", parameterGroupName: "own" },
    changes: [
      ["parameterGroupName", "default.redis7.cluster.on"],
      ["clusterMode", "compatible"],
      ["numNodeGroups", 3],
    ],
  },
  {
    ...{
      rule: "gitlab-postgres-supported",
      place: "dev",
      type: "azure-native:dbforpostgresql:Server",
    },
    props: { version: "17" },
    changes: [
      ["version", "16"],
      ["version", "18"],
      ["version", gone],
      ["authConfig.passwordAuth", "Disabled"],
    ],
  },
  {
    ...{
      rule: "gitlab-database-never-burstable",
      place: "dev",
      type: "azure-native:dbforpostgresql:Server",
    },
    props: { sku: { name: "Standard_D4ds_v5", tier: "GeneralPurpose" } },
    changes: [
      ["sku.tier", "Burstable"],
      ["sku.name", "Standard_B2ms"],
    ],
  },
  {
    ...{
      rule: "gitlab-connections-enough",
      place: "dev",
      type: "azure-native:dbforpostgresql:Configuration",
    },
    props: { configurationName: "max_connections", value: "500" },
    changes: [["value", "100"]],
  },
  {
    ...{ rule: "gitlab-no-aurora", place: "dev", type: "azure-native:dbforpostgresql:Server" },
    props: {},
    changes: [["cluster", { clusterSize: 2 }]],
  },
  {
    ...{ rule: "gitlab-no-aurora", place: "ops", type: "gcp:alloydb/cluster:Cluster" },
    ...{ props: {}, never: true, changes: [] },
  },
  {
    ...{ rule: "ebs-encrypted", place: "aws", type: "aws:ebs/volume:Volume" },
    props: { encrypted: true, kmsKeyId: "x" },
    changes: [
      ["encrypted", gone],
      ["kmsKeyId", gone],
      ["@protect", true],
    ],
  },
  {
    ...{ rule: "ebs-snapshots", place: "aws", type: "aws:ebs/volume:Volume" },
    ...{ props: { tags: { "gitlab:git-volume": "x" } }, never: true, changes: [] },
  },
];
