/** Openings that are told, and changes that are none. */
import { dangersOf } from "../../../review/dangers";
import { fact, told, unknown } from "./facts";

const sshRule = {
  securityGroupId: "sg-1",
  ipProtocol: "tcp",
  fromPort: 22,
  toPort: 22,
  cidrIpv4: "10.0.0.0/8",
};
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::";
const group = (...rules: readonly object[]) => ({ securityRules: rules });
const nsg = "azure-native:network:NetworkSecurityGroup::network";
const allow = {
  access: "Allow",
  direction: "Inbound",
  protocol: "Tcp",
  priority: 200,
  sourceAddressPrefix: "Internet",
  destinationAddressPrefix: "*",
  destinationPortRange: "443",
};
const deny = { ...allow, access: "Deny", priority: 100 };
const firewall = "gcp:compute/firewall:Firewall::rule";
const gcp = {
  network: "n",
  direction: "INGRESS",
  sourceRanges: ["10.0.0.0/8"],
  targetTags: ["web"],
};
const allows = [{ protocol: "tcp", ports: ["443"] }];

describe("exposure of AWS", () => {
  test("a rule that is made counts, from nothing on", () => {
    expect(
      told(fact({ of: `${ingress}ssh`, after: { ...sshRule, cidrIpv4: "0.0.0.0/0" } })),
    ).toEqual(["exposure-widened ssh: tcp port 22 is opened to 0.0.0.0/0; before: closed"]);
  });

  test("a wider network is told with what was before, and a narrower one is not", () => {
    const rule = (after: string) =>
      told(
        fact({
          of: `${ingress}ssh`,
          before: sshRule,
          after: { ...sshRule, cidrIpv4: after },
          changed: ["cidrIpv4"],
        }),
      );
    expect(rule("0.0.0.0/0")).toEqual([
      "exposure-widened ssh: tcp port 22 is opened to 0.0.0.0/0; before: tcp port 22 to 10.0.0.0/8",
    ]);
    expect(rule("10.0.0.0/9")).toEqual([]);
  });

  test("rules that are split or renamed over several resources are no widening", () => {
    expect(
      told(
        fact({ of: `${ingress}whole`, before: sshRule }),
        fact({ of: `${ingress}low`, after: { ...sshRule, cidrIpv4: "10.0.0.0/9" } }),
        fact({ of: `${ingress}high`, after: { ...sshRule, cidrIpv4: "10.128.0.0/9" } }),
      ),
    ).toEqual([]);
  });

  test("the same rule at another group is one", () => {
    expect(
      told(
        fact({ of: `${ingress}one`, before: sshRule }),
        fact({ of: `${ingress}other`, after: { ...sshRule, securityGroupId: "sg-2" } }),
      ),
    ).toHaveLength(1);
  });

  test("a source that is not known is said, never passed over", () => {
    expect(
      told(
        fact({
          of: `${ingress}ssh`,
          before: sshRule,
          after: { ...sshRule, cidrIpv4: unknown },
          changed: ["cidrIpv4"],
        }),
      )[0],
    ).toContain("to a source that is not known before up (cidrIpv4)");
  });

  test("a group that is replaced, and not known yet, is compared with what its rule let in", () => {
    const after = { ...sshRule, securityGroupId: unknown };
    expect(
      told(fact({ of: `${ingress}ssh`, before: sshRule, after, changed: ["!securityGroupId"] })),
    ).toEqual([]);
  });

  test("rules within a group are read as well", () => {
    const rule = { protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlocks: ["::/0"] };
    expect(
      told(
        fact({
          of: "aws:ec2/securityGroup:SecurityGroup::web",
          id: "sg-1",
          before: { ingress: [] },
          after: { ingress: [{ ...rule, fromPort: -1 }] },
        }),
      )[0],
    ).toContain("every port is opened to ::/0");
  });

  test("a load balancer that turns to the internet, and its listener, are told; an internal one's are not", () => {
    const lb = "aws:lb/loadBalancer:LoadBalancer::lb";
    const listener = fact({
      of: "aws:lb/listener:Listener::https",
      parent: "x::edge",
      after: { loadBalancerArn: unknown, port: 443, protocol: "HTTPS" },
    });
    const balancer = (before: boolean, after: boolean) =>
      fact({
        of: lb,
        parent: "x::edge",
        before: { internal: before },
        after: { internal: after },
        changed: ["!internal"],
      });
    expect(told(balancer(true, false), listener)).toEqual([
      "exposure-widened https: the load balancer listens on https port 443",
      "exposure-widened lb: the load balancer faces the internet",
    ]);
    expect(told(balancer(false, true), listener)).toEqual([]);
  });

  test("a database's public address and a template's are told", () => {
    const db = { of: "aws:rds/instance:Instance::db", changed: ["publiclyAccessible"] };
    expect(
      told(
        fact({ ...db, before: { publiclyAccessible: false }, after: { publiclyAccessible: true } }),
      ),
    ).toEqual(["exposure-widened db: the database gets a public address"]);
    const card = (value: string) => ({ networkInterfaces: [{ associatePublicIpAddress: value }] });
    expect(
      told(
        fact({
          of: "aws:ec2/launchTemplate:LaunchTemplate::t",
          before: card("false"),
          after: card("true"),
        }),
      ),
    ).toEqual(["exposure-widened t: its machines get public addresses"]);
  });

  test("a public access block that is loosened or deleted is told, unless the bucket goes too", () => {
    const block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::block";
    const on = { bucket: "b", blockPublicPolicy: true, restrictPublicBuckets: true };
    expect(
      told(fact({ of: block, before: on, after: { ...on, blockPublicPolicy: false } })),
    ).toEqual([
      "exposure-widened block: the bucket's public access block is loosened: blockPublicPolicy is off",
    ]);
    expect(told(fact({ of: block, id: "b", before: on }))).toHaveLength(1);
    const bucket = fact({ of: "aws:s3/bucket:Bucket::bucket", id: "b", before: { bucket: "b" } });
    expect(told(fact({ of: block, id: "b", before: on }), bucket).join()).not.toContain("loosened");
  });

  test("a policy for everybody is told, unless a condition of fixed values narrows it", () => {
    const policy = (principal: unknown, condition?: object) => ({
      policy: JSON.stringify({
        Statement: [
          {
            Effect: "Allow",
            Principal: principal,
            Action: "s3:GetObject",
            Resource: "*",
            Condition: condition,
          },
        ],
      }),
    });
    const of = "aws:s3/bucketPolicy:BucketPolicy::policy";
    const before = policy({ AWS: "arn:aws:iam::111122223333:root" });
    const change = (after: object) => told(fact({ of, before, after: { ...after } }));
    const open = "exposure-widened policy: its policy lets everybody in: s3:GetObject";
    expect(change(policy("*"))).toEqual([open]);
    expect(change(policy({ AWS: ["*"] }))).toEqual([open]);
    expect(change(policy("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } }))).toEqual([]);
    expect(change(policy("*", { StringLike: { "aws:PrincipalOrgID": "*" } }))).toEqual([open]);
    expect(change(policy("*", { Bool: { "aws:SecureTransport": "true" } }))).toEqual([open]);
    expect(change(policy("*", { StringNotEquals: { "aws:SourceAccount": "1" } }))).toEqual([open]);
    expect(change({ policy: unknown })[0]).toContain("not known before up (policy)");
    expect(change(policy({ AWS: "arn:aws:iam::999900001111:root" }))[0]).toContain("999900001111");
  });
});

describe("exposure of Azure", () => {
  const change = (before: object, after: object) =>
    told(fact({ of: nsg, before: { ...before }, after: { ...after }, changed: ["securityRules"] }));

  test("an allow behind a denial opens nothing until the denial goes", () => {
    expect(change(group(), group(deny, allow))).toEqual([]);
    expect(change(group(deny, allow), group(allow))[0]).toContain(
      "tcp port 443 is opened to 0.0.0.0/0 and ::/0",
    );
    expect(change(group(deny, allow), group({ ...deny, priority: 300 }, allow))).toHaveLength(1);
  });

  test("a list of ports that is the same in another form is no widening", () => {
    const split = (...ranges: string[]) => ({
      ...allow,
      destinationPortRange: undefined,
      destinationPortRanges: ranges,
    });
    expect(change(group(split("80-90")), group(split("80-85", "86-90")))).toEqual([]);
    expect(change(group(split("80-90")), group(split("80-91")))).toHaveLength(1);
  });

  test("a destination that widens is a widening", () => {
    const narrow = { ...allow, destinationAddressPrefix: "10.0.0.4" };
    expect(change(group(narrow), group(allow))).toHaveLength(1);
    expect(change(group(allow), group(narrow))).toEqual([]);
  });

  test("what goes out is no door", () => {
    expect(change(group(), group({ ...allow, direction: "Outbound" }))).toEqual([]);
  });

  test("an attached public address and a firewall taken off are told", () => {
    const card = (address?: object) => ({
      ipConfigurations: [{ name: "a", publicIPAddress: address }],
    });
    const of = "azure-native:network:NetworkInterface::card";
    expect(told(fact({ of, before: card(), after: card({ id: "x" }) }))).toEqual([
      "exposure-widened card: a public address is attached to it",
    ]);
    const subnet = {
      of: "azure-native:network:Subnet::subnet",
      before: { networkSecurityGroup: { id: "x" } },
    };
    expect(told(fact({ ...subnet, after: {} }))).toEqual([
      "exposure-widened subnet: it has no network security group any more",
    ]);
  });

  test("a vault is open unless its firewall denies or public access is off", () => {
    const vault = (properties: object) => ({ properties });
    const closed = vault({ networkAcls: { defaultAction: "Deny" } });
    const of = "azure-native:keyvault:Vault::vault";
    const after = (properties: object) =>
      told(fact({ of, before: closed, after: vault(properties) }));
    expect(after({ networkAcls: { defaultAction: "Allow" } })).toHaveLength(1);
    expect(after({})).toHaveLength(1);
    expect(after({ publicNetworkAccess: "Disabled" })).toEqual([]);
    expect(
      after({ networkAcls: { defaultAction: "Deny", ipRules: [{ value: "192.0.2.0/24" }] } })[0],
    ).toContain("192.0.2.0/24");
  });
});

describe("exposure of Google Cloud", () => {
  const change = (before: object, after: object) =>
    told(
      fact({
        of: firewall,
        before: { ...gcp, allows, ...before },
        after: { ...gcp, allows, ...after },
      }),
    );

  test("more sources, more ports, fewer targets are told; the reverse is not", () => {
    expect(change({}, { sourceRanges: ["0.0.0.0/0"] })).toHaveLength(1);
    expect(change({}, { allows: [{ protocol: "tcp" }] })[0]).toContain("every tcp port");
    expect(change({}, { targetTags: undefined })).toHaveLength(1);
    expect(change({ targetTags: undefined }, {})).toEqual([]);
    expect(change({}, { sourceRanges: ["10.0.0.0/9", "10.128.0.0/9"] })).toEqual([]);
  });

  test("a rule without a source is open to everybody", () => {
    expect(change({}, { sourceRanges: [] })[0]).toContain("0.0.0.0/0 and ::/0");
  });

  test("a denial that goes opens what it shut, and is what is told", () => {
    const open = { ...gcp, sourceRanges: ["0.0.0.0/0"], allows };
    const kept = fact({ of: firewall, before: open, after: open });
    const shut = { ...gcp, sourceRanges: ["0.0.0.0/0"], denies: allows, priority: 10 };
    expect(
      told(kept, fact({ of: "gcp:compute/firewall:Firewall::denial", before: shut }))[0],
    ).toContain("exposure-widened denial: tcp port 443 is opened to 0.0.0.0/0");
  });

  test("a denial of the way out that goes is told", () => {
    const out = {
      network: "n",
      direction: "EGRESS",
      denies: [{ protocol: "all" }],
      destinationRanges: ["0.0.0.0/0"],
    };
    expect(told(fact({ of: firewall, before: out }))[0]).toContain("may go out now");
  });

  test("public addresses of machines and databases, and their networks, are told", () => {
    const card = (configs: object[]) => ({ networkInterfaces: [{ accessConfigs: configs }] });
    expect(
      told(fact({ of: "gcp:compute/instance:Instance::m", before: card([]), after: card([{}]) })),
    ).toHaveLength(1);
    const sql = (ip: object) => ({ settings: { ipConfiguration: ip } });
    const of = "gcp:sql/databaseInstance:DatabaseInstance::db";
    expect(
      told(
        fact({
          of,
          before: sql({ ipv4Enabled: false }),
          after: sql({ ipv4Enabled: true, authorizedNetworks: [{ value: "198.51.100.0/24" }] }),
        }),
      )[0],
    ).toMatch(/198\.51\.100\.0\/24.*public address/);
  });

  test("rights for everybody are told, and those of one identity are not", () => {
    const of = "gcp:storage/bucketIAMMember:BucketIAMMember::m";
    const member = (who: string) =>
      told(fact({ of, after: { bucket: "b", role: "r", member: who } }));
    expect(member("allUsers")).toEqual(["exposure-widened m: allUsers gets r"]);
    expect(member("allAuthenticatedUsers")).toHaveLength(1);
    expect(member("domain:example.com")).toHaveLength(1);
    expect(member("serviceAccount:a@b.iam.gserviceaccount.com")).toEqual([]);
    expect(member(unknown)[0]).toContain("not known before up");
    const renamed = { bucket: "b", role: "r", member: "allUsers" };
    expect(told(fact({ of, after: renamed }), fact({ of: `${of}2`, before: renamed }))).toEqual([]);
  });

  test("a bucket's guards that are taken off are told", () => {
    const of = "gcp:storage/bucket:Bucket::b";
    const before = { publicAccessPrevention: "enforced", uniformBucketLevelAccess: true };
    expect(
      told(fact({ of, before, after: { ...before, publicAccessPrevention: "inherited" } })),
    ).toHaveLength(1);
  });

  test("a control plane that gets a public endpoint or more networks is told", () => {
    const of = "gcp:container/cluster:Cluster::c";
    const blocks = (...cidrs: string[]) => ({
      masterAuthorizedNetworksConfig: { cidrBlocks: cidrs.map((cidrBlock) => ({ cidrBlock })) },
    });
    expect(
      told(fact({ of, before: blocks("10.0.0.0/8"), after: blocks("10.0.0.0/8", "0.0.0.0/0") })),
    ).toHaveLength(1);
    const closed = { privateClusterConfig: { enablePrivateEndpoint: true } };
    expect(told(fact({ of, before: closed, after: {} }))[0]).toContain("0.0.0.0/0");
  });

  test("a rule of Cloud Armor that goes or only looks on is told, one that moves is not", () => {
    const of = "gcp:compute/securityPolicy:SecurityPolicy::armor";
    const rule = {
      action: "deny(403)",
      priority: 1,
      match: { expr: { expression: "x" } },
      description: "x",
    };
    const change = (...rules: object[]) =>
      told(fact({ of, before: { rules: [rule] }, after: { rules } }));
    expect(change()).toHaveLength(1);
    expect(change({ ...rule, preview: true })).toHaveLength(1);
    expect(change({ ...rule, priority: 9 })).toEqual([]);
  });
});

describe("exposure of Kubernetes", () => {
  const service = (spec: object, annotations: object = {}) => ({
    metadata: { annotations },
    spec: { ports: [{ port: 80, protocol: "TCP" }], ...spec },
  });
  const of = "kubernetes:core/v1:Service::web";

  test("a Service that gets a balancer or a node port is told, one within the network is not", () => {
    const change = (after: object) =>
      told(fact({ of, before: service({ type: "ClusterIP" }), after: { ...after } }));
    expect(change(service({ type: "LoadBalancer" }))[0]).toContain(
      "tcp port 80 is opened to 0.0.0.0/0",
    );
    expect(change(service({ type: "NodePort" }))).toHaveLength(1);
    expect(
      change(
        service({ type: "LoadBalancer" }, { "networking.gke.io/load-balancer-type": "Internal" }),
      ),
    ).toEqual([]);
  });

  test("an Ingress that is made is told", () => {
    const after = { spec: { rules: [{ host: "a.example.com" }] } };
    expect(told(fact({ of: "kubernetes:networking.k8s.io/v1:Ingress::i", after }))[0]).toContain(
      "a.example.com",
    );
  });

  test("a NetworkPolicy that goes or lets more in is told; the first in a namespace opens nothing", () => {
    const policy = (ingress: object[]) => ({
      metadata: { namespace: "n" },
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress },
    });
    const np = "kubernetes:networking.k8s.io/v1:NetworkPolicy::";
    const open = policy([{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }]);
    expect(told(fact({ of: `${np}p`, after: open }))).toEqual([]);
    expect(told(fact({ of: `${np}p`, before: policy([]), after: open }))).toHaveLength(1);
    expect(told(fact({ of: `${np}p`, before: policy([]) }))[0]).toContain("no NetworkPolicy");
    const namespace = fact({
      of: "kubernetes:core/v1:Namespace::n",
      before: { metadata: { name: "n" } },
    });
    expect(told(fact({ of: `${np}p`, before: policy([]) }), namespace).join()).not.toContain(
      "NetworkPolicy",
    );
  });

  test("a redirect to HTTPS that is turned off is told", () => {
    const config = (enabled: boolean) => ({ spec: { redirectToHttps: { enabled } } });
    const frontend = "kubernetes:networking.gke.io/v1beta1:FrontendConfig::f";
    expect(told(fact({ of: frontend, before: config(true), after: config(false) }))).toHaveLength(
      1,
    );
  });

  test("a binding for every account is told", () => {
    const subjects = (name: string) => ({
      roleRef: { name: "edit" },
      subjects: [{ kind: "Group", name }],
    });
    const rb = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding::b";
    expect(
      told(fact({ of: rb, before: subjects("team"), after: subjects("system:authenticated") })),
    ).toHaveLength(1);
  });
});

test("a first stand-up lists in one danger what is open to the whole internet, and nothing else", () => {
  const resources = [
    { ...fact({ of: "pulumi:pulumi:Stack::gitlab-test", after: {} }), custom: false },
    fact({ of: `${ingress}web`, after: { ...sshRule, cidrIpv4: "0.0.0.0/0" } }),
    fact({ of: `${ingress}office`, after: { ...sshRule, cidrIpv4: "192.0.2.0/24" } }),
    fact({ of: `${ingress}later`, after: { ...sshRule, cidrIpv4: unknown } }),
  ];
  const found = dangersOf({ resources, policies: [], diagnostics: [] }, { text: (text) => text });
  expect(found.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    "gitlab-test: open to the whole internet from the first stand-up on: web: tcp port 22 is opened to 0.0.0.0/0 | later: tcp port 22 is opened to a source that is not known before up (cidrIpv4)",
  ]);
});
