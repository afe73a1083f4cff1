/** Ways to lose data or to let somebody in, one property each: told when it is taken, and not when it is taken back. */
import type { Values } from "../../../engine/facts";
import { fact, told, unknown } from "./facts";

type Way = readonly [of: string, before: Values | undefined, after: Values | undefined, RegExp];

/** Both sides of a resource in which one property at a path differs. */
function both(path: string, before: unknown, after: unknown, rest: Values = {}): [Values, Values] {
  const side = (value: unknown): Values => {
    if (value === undefined) return rest;
    const [first = "", ...more] = path.split(".");
    const inner = more.reduceRight<unknown>((inside, key) => ({ [key]: inside }), value);
    const beside = rest[first];
    return {
      ...rest,
      [first]:
        typeof beside === "object" && beside !== null && !Array.isArray(beside)
          ? { ...beside, ...(inner as Values) }
          : inner,
    };
  };
  return [side(before), side(after)];
}

/** A change of one resource, that may replace it. */
function change(of: string, before: Values | undefined, after: Values | undefined) {
  return fact({ of, before, after, changed: Object.keys({ ...before, ...after }) });
}

const daily = { ruleName: "daily", schedule: "cron(0 2 * * ? *)" };
const rule = (days: number, status = "Enabled") => [{ id: "a", status, expiration: { days } }];
const closed = { controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } } };
const deny = '{"Statement":[{"Sid":"Tls","Effect":"Deny","Principal":"*","Action":"s3:*"}]}';
const inner = (values: Values) => ({ spec: { template: { spec: values } } });

const data: readonly Way[] = [
  [
    "aws:elasticache/replicationGroup:ReplicationGroup::a",
    ...both("finalSnapshotIdentifier", "x", undefined),
    /no final snapshot/,
  ],
  [
    "aws:backup/plan:Plan::a",
    ...both("rules", [daily], [{ ...daily, schedule: "cron(0 2 ? * 1 *)" }]),
    /more rarely/,
  ],
  [
    "aws:backup/plan:Plan::a",
    ...both("rules", [{ ...daily, copyActions: [{ lifecycle: { deleteAfter: 35 } }] }], [daily]),
    /copies in the other vault are kept of daily: 35 before, nothing after/,
  ],
  [
    "aws:backup/selection:Selection::a",
    ...both("resources", ["a", "b"], ["a"]),
    /backed up: 2 before, 1 after/,
  ],
  [
    "aws:scheduler/schedule:Schedule::backup",
    ...both("state", "ENABLED", "DISABLED"),
    /started no more/,
  ],
  [
    "aws:scheduler/schedule:Schedule::backup",
    ...both("scheduleExpression", "rate(12 hours)", "rate(2 days)"),
    /more rarely/,
  ],
  ["kubernetes:batch/v1:CronJob::export", ...both("spec.suspend", false, true), /started no more/],
  [
    "kubernetes:batch/v1:CronJob::export",
    ...both("spec.schedule", "0 2 * * *", "0 2 * * 0"),
    /more rarely: 0 2 \* \* \* before/,
  ],
  ["gcp:cloudscheduler/job:Job::export", ...both("paused", false, true), /started no more/],
  [
    "gcp:compute/resourcePolicy:ResourcePolicy::a",
    ...both(
      "snapshotSchedulePolicy.schedule",
      { dailySchedule: { daysInCycle: 1 } },
      { weeklySchedule: { dayOfWeeks: [{ day: "SUNDAY" }] } },
    ),
    /more rarely: daily before, 1 a week after/,
  ],
  [
    "azure-native:dataprotection:BackupPolicy::a",
    ...both(
      "properties.policyRules",
      ...(["P1D", "P1W"].map((every) => [
        {
          name: "Daily",
          trigger: {
            schedule: { repeatingTimeIntervals: [`R/2026-01-01T02:00:00+00:00/${every}`] },
          },
        },
      ]) as [unknown, unknown]),
    ),
    /by Daily are made more rarely/,
  ],
  [
    "aws:cloudwatch/metricAlarm:MetricAlarm::backup-archives-age",
    ...both("actionsEnabled", true, false),
    /nobody is called/,
  ],
  [
    "gcp:monitoring/alertPolicy:AlertPolicy::alerts-backup-missing",
    ...both("enabled", true, false),
    /nobody is called/,
  ],
  [
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration::a",
    ...both("rules", rule(1, "Disabled"), rule(1)),
    /objects expire: for ever before, 1 after/,
  ],
  [
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig::a",
    ...both("rules", [{ status: "Enabled" }], [{ status: "Disabled" }]),
    /copy objects/,
  ],
  [
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration::a",
    ...both(
      "rule.defaultRetention",
      { mode: "COMPLIANCE", days: 35 },
      { mode: "GOVERNANCE", days: 35 },
    ),
    /the object lock: COMPLIANCE before, GOVERNANCE after/,
  ],
  ["aws:dynamodb/table:Table::a", ...both("ttl.enabled", undefined, true), /delete themselves/],
  [
    "aws:ecr/lifecyclePolicy:LifecyclePolicy::a",
    ...both(
      "policy",
      ...([30, 1].map((countNumber) =>
        JSON.stringify({ rules: [{ selection: { countNumber } }] }),
      ) as [string, string]),
    ),
    /30 before, 1 after/,
  ],
  [
    "aws:ec2/launchTemplate:LaunchTemplate::a",
    ...both(
      "blockDeviceMappings",
      ...(["false", "true"].map((deleteOnTermination) => [
        { deviceName: "/dev/sdf", ebs: { deleteOnTermination } },
      ]) as [unknown, unknown]),
    ),
    /deviceName \/dev\/sdf is from now on deleted with its machine/,
  ],
  [
    "azure-native:compute:VirtualMachine::a",
    ...both(
      "storageProfile.dataDisks",
      [{ lun: 0, deleteOption: "Detach" }],
      [{ lun: 0, deleteOption: "Delete" }],
    ),
    /lun 0 is from now on deleted with its machine/,
  ],
  [
    "gcp:compute/instanceGroupManager:InstanceGroupManager::a",
    ...both(
      "statefulDisks",
      [{ deviceName: "d", deleteRule: "NEVER" }],
      [{ deviceName: "d", deleteRule: "ON_PERMANENT_INSTANCE_DELETION" }],
    ),
    /deleted with its machine/,
  ],
  [
    "azure-native:storage:BlobServiceProperties::a",
    ...both("deleteRetentionPolicy", { enabled: true, days: 30 }, { enabled: true, days: 1 }),
    /can be restored for: 30 before, 1 after/,
  ],
  [
    "azure-native:storage:BlobServiceProperties::a",
    ...both("containerDeleteRetentionPolicy", { enabled: true, days: 7 }, { enabled: false }),
    /soft delete of containers is turned off/,
  ],
  [
    "azure-native:storage:ManagementPolicy::a",
    ...both(
      "policy.rules",
      [],
      [
        {
          definition: {
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 1 } } },
          },
        },
      ],
    ),
    /objects are deleted: for ever before, 1 after/,
  ],
  [
    "azure-native:keyvault:Key::a",
    ...both("properties.attributes.enabled", true, false),
    /turned off/,
  ],
  [
    "azure-native:authorization:ManagementLockByScope::a",
    ...both("level", "ReadOnly", "CanNotDelete"),
    /the lock: ReadOnly before/,
  ],
  [
    "gcp:sql/database:Database::a",
    ...both("deletionPolicy", "ABANDON", undefined),
    /deletion policy: ABANDON before, left out after/,
  ],
  [
    "gcp:kms/cryptoKey:CryptoKey::a",
    ...both("destroyScheduledDuration", undefined, "86400s"),
    /2592000 before, 86400 after/,
  ],
  [
    "gcp:kms/cryptoKeyVersion:CryptoKeyVersion::a",
    ...both("state", "ENABLED", "DISABLED"),
    /ENABLED before, DISABLED after/,
  ],
  [
    "gcp:secretmanager/secret:Secret::a",
    ...both("versionDestroyTtl", "86400s", undefined),
    /86400 before, nothing after/,
  ],
  [
    "gcp:secretmanager/secret:Secret::a",
    ...both("expireTime", undefined, "2027-01-01T00:00:00Z"),
    /deleted with all its versions/,
  ],
  [
    "gcp:secretmanager/secretVersion:SecretVersion::a",
    ...both("enabled", true, false),
    /the version is turned off/,
  ],
  [
    "gcp:storage/bucket:Bucket::a",
    ...both(
      "lifecycleRules",
      ...([30, 1].map((daysSinceNoncurrentTime) => [
        { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime } },
      ]) as [unknown, unknown]),
    ),
    /earlier versions of objects are deleted: 30 before, 1 after/,
  ],
  [
    "gcp:storage/bucket:Bucket::a",
    ...both(
      "lifecycleRules",
      [],
      [{ action: { type: "Delete" }, condition: { matchesPrefixes: ["a"] } }],
    ),
    /objects are deleted: for ever before, 0 after/,
  ],
  [
    "kubernetes:core/v1:PersistentVolume::a",
    ...both("spec.persistentVolumeReclaimPolicy", "Retain", "Delete"),
    /Retain before, Delete after/,
  ],
];

const doors: readonly Way[] = [
  [
    "aws:lb/listener:Listener::a",
    ...both("defaultActions", [{ type: "redirect" }], [{ type: "forward" }], {
      protocol: "HTTP",
      port: 80,
    }),
    /no longer sent on to HTTPS/,
  ],
  [
    "aws:lb/listener:Listener::a",
    ...both("sslPolicy", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-2016-08", {
      protocol: "HTTPS",
      port: 443,
    }),
    /TLS older than 1\.2/,
  ],
  [
    "aws:wafv2/webAclAssociation:WebAclAssociation::a",
    { resourceArn: "x" },
    undefined,
    /no web application firewall/,
  ],
  [
    "aws:ec2/networkAclRule:NetworkAclRule::a",
    ...both("ruleAction", "deny", "allow", {
      networkAclId: "x",
      ruleNumber: 1,
      cidrBlock: "0.0.0.0/0",
      protocol: "-1",
    }),
    /every port is opened to 0\.0\.0\.0\/0/,
  ],
  [
    "aws:ec2/route:Route::a",
    { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" },
    { destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" },
    /joined with the internet/,
  ],
  [
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::a",
    ...both("cidrIpv4", "10.0.0.0/8", "0.0.0.0/0", {
      securityGroupId: "sg",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    }),
    /the way out by tcp port 443 is opened to 0\.0\.0\.0\/0/,
  ],
  [
    "aws:ec2/launchTemplate:LaunchTemplate::a",
    ...both("metadataOptions", { httpTokens: "required" }, { httpTokens: "optional" }),
    /without a token/,
  ],
  [
    "aws:ec2/launchTemplate:LaunchTemplate::a",
    ...both("metadataOptions", { httpPutResponseHopLimit: 1 }, { httpPutResponseHopLimit: 2 }),
    /containers on the machines reach/,
  ],
  [
    "aws:s3/bucketPolicy:BucketPolicy::a",
    ...both("policy", deny, '{"Statement":[]}', { bucket: "b" }),
    /no longer denies what it did: Tls \(s3:\*\)/,
  ],
  [
    "aws:s3/bucketPolicy:BucketPolicy::a",
    { bucket: "b", policy: deny },
    undefined,
    /no longer denies/,
  ],
  [
    "aws:lambda/functionUrl:FunctionUrl::a",
    ...both("authorizationType", "AWS_IAM", "NONE"),
    /everybody on the internet/,
  ],
  [
    "aws:elasticache/replicationGroup:ReplicationGroup::a",
    ...both("transitEncryptionEnabled", true, false),
    /can be read on the way/,
  ],
  [
    "aws:rds/parameterGroup:ParameterGroup::a",
    ...both(
      "parameters",
      [{ name: "rds.force_ssl", value: "1" }],
      [{ name: "rds.force_ssl", value: "0" }],
    ),
    /without TLS/,
  ],
  [
    "azure-native:containerregistry:Registry::a",
    ...both("publicNetworkAccess", "Disabled", undefined),
    /answers the internet/,
  ],
  [
    "azure-native:dbforpostgresql:Server::a",
    ...both("network.publicNetworkAccess", "Disabled", "Enabled"),
    /answers the internet/,
  ],
  [
    "azure-native:storage:StorageAccount::a",
    ...both("minimumTlsVersion", "TLS1_2", "TLS1_0", { publicNetworkAccess: "Disabled" }),
    /TLS older than 1\.2/,
  ],
  [
    "azure-native:network:NetworkSecurityGroup::a",
    ...both(
      "securityRules",
      [
        {
          access: "Deny",
          priority: 4096,
          direction: "Inbound",
          sourceAddressPrefix: "VirtualNetwork",
          destinationPortRange: "*",
          protocol: "*",
        },
      ],
      [],
    ),
    /every port is opened to VirtualNetwork/,
  ],
  [
    "azure-native:network:NetworkSecurityGroup::a",
    ...both(
      "securityRules",
      [
        {
          access: "Deny",
          priority: 10,
          direction: "Outbound",
          destinationAddressPrefix: "Internet",
          destinationPortRange: "*",
          protocol: "*",
        },
      ],
      [],
    ),
    /denial to Internet/,
  ],
  [
    "azure-native:network:LoadBalancer::a",
    ...both("loadBalancingRules", [], [{ frontendPort: 22 }], {
      frontendIPConfigurations: [{ publicIPAddress: { id: "x" } }],
    }),
    /internet on port 22/,
  ],
  [
    "gcp:compute/sSLPolicy:SSLPolicy::a",
    ...both("minTlsVersion", "TLS_1_2", "TLS_1_0"),
    /TLS older than 1\.2/,
  ],
  [
    "kubernetes:networking.gke.io/v1beta1:FrontendConfig::a",
    ...both("spec.sslPolicy", "x", undefined),
    /no TLS policy/,
  ],
  [
    "gcp:sql/databaseInstance:DatabaseInstance::a",
    ...both(
      "settings.ipConfiguration",
      { ipv4Enabled: false, sslMode: "ENCRYPTED_ONLY" },
      { ipv4Enabled: false },
    ),
    /without TLS/,
  ],
  ["gcp:redis/instance:Instance::a", ...both("authEnabled", true, false), /needs no password/],
  [
    "gcp:container/cluster:Cluster::a",
    ...both("privateClusterConfig.enablePrivateNodes", true, false, closed),
    /nodes get public addresses/,
  ],
  [
    "gcp:container/cluster:Cluster::a",
    ...both("anonymousAuthenticationConfig.mode", "LIMITED", "ENABLED", closed),
    /nobody in particular/,
  ],
  [
    "gcp:container/nodePool:NodePool::a",
    ...both("nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA", "GCE_METADATA"),
    /nodes' account/,
  ],
  [
    "gcp:iap/tunnelInstanceIAMMember:TunnelInstanceIAMMember::a",
    ...both("condition", { expression: "x" }, undefined, { member: "group:a", role: "r" }),
    /group:a has r without the condition/,
  ],
  [
    "gcp:compute/instance:Instance::a",
    ...both("metadata", { "enable-oslogin": "TRUE" }, {}),
    /SSH keys in the metadata/,
  ],
  [
    "kubernetes:gateway.networking.k8s.io/v1:Gateway::a",
    ...both("spec.gatewayClassName", "gke-l7-rilb", "gke-l7-global-external-managed", {
      spec: { listeners: [{ port: 80, protocol: "HTTP" }] },
    }),
    /answers the internet on http port 80/,
  ],
  [
    "kubernetes:core/v1:Namespace::a",
    ...both("metadata.labels", { "pod-security.kubernetes.io/enforce": "restricted" }, {}),
    /may take over their node/,
  ],
  [
    "kubernetes:apps/v1:Deployment::a",
    inner({ hostNetwork: false }),
    inner({ hostNetwork: true }),
    /their nodes' network/,
  ],
  [
    "kubernetes:cloud.google.com/v1:BackendConfig::a",
    ...both("spec.iap.enabled", true, false),
    /need not sign in/,
  ],
  [
    "kubernetes:networking.k8s.io/v1:Ingress::a",
    ...both(
      "metadata.annotations",
      { "kubernetes.io/ingress.allow-http": "false" },
      {},
      { spec: { rules: [{ host: "a" }] } },
    ),
    /plain HTTP are answered/,
  ],
];

const named = [...data, ...doors].map(
  ([of, ...way]) => [`${of} (${String(way[2])})`, of, ...way] as const,
);

test.each(named)(
  "%s is told when it is taken, and neither before nor when it is taken back",
  (_name, of, before, after, words) => {
    expect(told(change(of, before, after))).toContainEqual(expect.stringMatching(words));
    const back = told(change(of, after, before)).join("\n");
    expect(back).not.toMatch(words);
    for (const side of [before, after]) {
      if (side !== undefined) expect(told(change(of, side, side))).toEqual([]);
    }
  },
);

test("a database that is stopped is told as stopped", () => {
  const settings = (activationPolicy: string) => ({
    settings: { activationPolicy, ipConfiguration: { ipv4Enabled: false } },
  });
  const of = "gcp:sql/databaseInstance:DatabaseInstance::a";
  const stopped = fact({
    ...{ of, before: settings("ALWAYS"), after: settings("NEVER") },
    changed: ["settings.activationPolicy"],
  });
  expect(told(stopped)).toEqual([expect.stringMatching(/ALWAYS to NEVER: .*NEVER stops it/)]);
});

test("a new rule by which things expire counts where those stand already, and not where they are made with it", () => {
  const of = "gitlab:a:B$aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration::a";
  const parent = "gitlab:a:B::a";
  const made = fact({ of, parent, after: { bucket: "b", rules: rule(1) } });
  const bucket = { of: "gitlab:a:B$aws:s3/bucket:Bucket::a", parent };
  expect(told(made, fact({ ...bucket, before: {}, after: {} }))).toEqual([
    expect.stringMatching(/objects expire: for ever before, 1 after/),
  ]);
  expect(told(made, fact({ ...bucket, after: {} }))).toEqual([]);
});

test("what is not known before up is never told as open, and never passed over", () => {
  const of = "aws:lb/listener:Listener::a";
  const rest = { protocol: "HTTPS", port: 443 };
  const policy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";
  expect(told(change(of, ...both("sslPolicy", policy, unknown, rest)))).toEqual([
    expect.stringMatching(/not known before up: whether connections with TLS older than 1\.2/),
  ]);
  const bucket = "aws:s3/bucketPolicy:BucketPolicy::a";
  const said = told(change(bucket, ...both("policy", deny, unknown, { bucket: "b" }))).join();
  expect(said).toMatch(/whom its policy lets in is not known before up/);
  expect(said).not.toMatch(/no longer denies/);
});

test("what stays in the cloud when the stack lets go of it is no loss, and is told as out of its care", () => {
  const bucket = { of: "gcp:storage/bucket:Bucket::data", before: { name: "data" } };
  const kept = fact(bucket);
  const retained = {
    ...kept,
    old: { id: "x", inputs: {}, outputs: {}, protect: false, retain: true },
  };
  expect(told(retained)).toEqual([
    expect.stringMatching(
      /^protection-lifted data: the stack lets go of it and it stays in the cloud/,
    ),
  ]);
  const replaced = { ...fact({ ...bucket, after: {}, changed: ["!name"] }), old: retained.old };
  expect(told(replaced)).toEqual([
    expect.stringMatching(
      /replaced by a new, empty one.*the former one stays in the cloud with its data/,
    ),
    expect.stringMatching(/retainOnDelete/),
  ]);
});

test("what was kept in the cloud whatever became of the stack, and is not any more, is told though nothing else changes", () => {
  const same = fact({ of: "kubernetes:apps/v1:Deployment::app", before: {}, after: {} });
  const lifted = {
    ...same,
    old: { id: "x", inputs: {}, outputs: {}, protect: false, retain: true },
  };
  expect(told(lifted)).toEqual([
    expect.stringMatching(/^protection-lifted app: .*deleted in the cloud too/),
  ]);
});

test("what an earlier replacement left behind is told as that, by its id", () => {
  const left = fact({
    of: "gcp:compute/disk:Disk::data",
    before: {},
    id: "disks/old",
    protect: [true, false],
  });
  expect(told({ ...left, leftover: true })).toEqual([
    expect.stringMatching(
      /^stateful-deleted data: is what an earlier, half-finished replacement left in the cloud \(disks\/old\), and is deleted now; lost with it: the disk$/,
    ),
  ]);
});

test("rules that were shut all the time do not stand under what was open before", () => {
  const rules = (allow: number, denied: number) => ({
    securityRules: [
      {
        access: "Allow",
        priority: allow,
        direction: "Inbound",
        sourceAddressPrefix: "*",
        destinationPortRange: "22",
        protocol: "Tcp",
      },
      {
        access: "Deny",
        priority: denied,
        direction: "Inbound",
        sourceAddressPrefix: "*",
        destinationPortRange: "*",
        protocol: "*",
      },
    ],
  });
  expect(
    told(change("azure-native:network:NetworkSecurityGroup::a", rules(200, 100), rules(100, 200))),
  ).toEqual(["exposure-widened a: tcp port 22 is opened to 0.0.0.0/0 and ::/0; before: closed"]);
});
