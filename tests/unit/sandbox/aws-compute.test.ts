/** The AWS models of networks, machines and load balancers, asked through the provider protocol. */
import { aws } from "../../../sandbox/models/aws";
import { Bench, urnOf, type Connection, type Known, type Wire } from "./support/client";

const types = {
  vpc: "aws:ec2/vpc:Vpc",
  subnet: "aws:ec2/subnet:Subnet",
  eip: "aws:ec2/eip:Eip",
  nat: "aws:ec2/natGateway:NatGateway",
  gateway: "aws:ec2/internetGateway:InternetGateway",
  table: "aws:ec2/routeTable:RouteTable",
  route: "aws:ec2/route:Route",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  securityGroup: "aws:ec2/securityGroup:SecurityGroup",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  flowLog: "aws:ec2/flowLog:FlowLog",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  group: "aws:autoscaling/group:Group",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  targets: "aws:lb/targetGroup:TargetGroup",
  listener: "aws:lb/listener:Listener",
  listenerRule: "aws:lb/listenerRule:ListenerRule",
  certificate: "aws:acm/certificate:Certificate",
  validation: "aws:acm/certificateValidation:CertificateValidation",
  zone: "aws:route53/zone:Zone",
  record: "aws:route53/record:Record",
  role: "aws:iam/role:Role",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  profile: "aws:iam/instanceProfile:InstanceProfile",
} as const;
type Kind = keyof typeof types;

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } },
  ],
});
const allow = (statement: Record<string, unknown>): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

let bench: Bench;
let provider: Connection;
beforeAll(async () => {
  bench = await Bench.start([aws]);
});
afterAll(() => bench.stop());

/** What Delete answers where something else needs the object. */
const KEPT = /DependencyViolation|DeleteConflict|contains|in use/;

let number = 0;
/** A fresh account for each test, so that names and addresses are free. */
beforeEach(async () => {
  const account = String(100000000000 + ++number);
  provider = await bench.connect("aws", {
    region: "eu-west-1",
    allowedAccountIds: JSON.stringify([account]),
    defaultTags: JSON.stringify({ tags: { owner: "infra" } }),
  });
});

const make = (kind: Kind, news: Wire, name = `${kind}-${++number}`): Promise<Known> =>
  provider.make(urnOf(types[kind], name), news);
const text = (known: Known, output: string): string => known.outputs[output] as string;

interface Network {
  readonly vpc: Known;
  readonly subnets: readonly Known[];
}
/** A VPC with a subnet in each of so many zones. */
async function network(zones = 2): Promise<Network> {
  const vpc = await make("vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
  const subnets: Known[] = [];
  for (const [at, zone] of ["a", "b", "c"].slice(0, zones).entries()) {
    const placed = { cidrBlock: `10.0.${at}.0/24`, availabilityZone: `eu-west-1${zone}` };
    subnets.push(await make("subnet", { vpcId: vpc.id, ...placed }));
  }
  return { vpc, subnets };
}

describe("networks", () => {
  test("a VPC has its id, its ARN and what comes with it in their true form", async () => {
    const { vpc } = await network(0);
    expect(vpc.id).toMatch(/^vpc-0[0-9a-f]{16}$/);
    expect(vpc.outputs).toMatchObject({
      arn: `arn:aws:ec2:eu-west-1:${text(vpc, "ownerId")}:vpc/${vpc.id}`,
      mainRouteTableId: vpc.outputs["defaultRouteTableId"],
      instanceTenancy: "default",
      enableDnsSupport: true,
      tagsAll: { owner: "infra" },
    });
    expect(vpc.outputs["defaultSecurityGroupId"]).toMatch(/^sg-0[0-9a-f]{16}$/);
  });

  test("a zone's id has the short form of its region", async () => {
    const { subnets } = await network(1);
    expect(subnets[0]?.outputs["availabilityZoneId"]).toMatch(/^euw1-az[1-3]$/);
  });

  test.each([
    ["outside the VPC's block", { cidrBlock: "10.1.0.0/24" }, /InvalidSubnet\.Range/],
    ["over another subnet", { cidrBlock: "10.0.0.128/25" }, /conflicts with/],
    [
      "in another region's zone",
      { cidrBlock: "10.0.9.0/24", availabilityZone: "us-east-1a" },
      /not an availability zone/,
    ],
    ["smaller than a /28", { cidrBlock: "10.0.9.0/29" }, /cidrBlock/],
    ["with host bits set", { cidrBlock: "10.0.9.1/24" }, /cidrBlock/],
  ])("a subnet %s is refused", async (_, news, problem) => {
    const { vpc } = await network(1);
    await expect(make("subnet", { vpcId: vpc.id, ...news })).rejects.toThrow(problem);
  });

  test("a NAT gateway has its Elastic IP's address and an address of its subnet", async () => {
    const { subnets } = await network(1);
    const eip = await make("eip", { domain: "vpc" });
    const nat = await make("nat", { allocationId: eip.id, subnetId: subnets[0]?.id ?? "" });
    expect(nat.outputs["publicIp"]).toBe(eip.outputs["publicIp"]);
    expect(nat.outputs["privateIp"]).toMatch(/^10\.0\.0\.\d+$/);
    await expect(provider.delete(eip)).rejects.toThrow(KEPT);
  });

  test("what lies in a VPC keeps it from being deleted", async () => {
    const { vpc, subnets } = await network(1);
    await expect(provider.delete(vpc)).rejects.toThrow(subnets[0]?.id);
  });

  test("a route leads to one target and stands once in its table", async () => {
    const { vpc } = await network(0);
    const gateway = await make("gateway", { vpcId: vpc.id });
    const table = await make("table", { vpcId: vpc.id });
    const news = {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    };
    expect((await make("route", news)).id).toMatch(/^r-rtb-0[0-9a-f]{16}\d{10}$/);
    await expect(make("route", news)).rejects.toThrow(/exists/i);
    await expect(make("route", { ...news, natGatewayId: "nat-1" })).rejects.toThrow(/exactly one/i);
  });

  test("a subnet has one route table, of its own VPC", async () => {
    const { vpc, subnets } = await network(1);
    const other = await make("vpc", { cidrBlock: "10.9.0.0/16" });
    const [ours, theirs] = [
      await make("table", { vpcId: vpc.id }),
      await make("table", { vpcId: other.id }),
    ];
    const subnetId = subnets[0]?.id ?? "";
    await expect(make("association", { subnetId, routeTableId: theirs.id })).rejects.toThrow(
      /different VPCs/,
    );
    await make("association", { subnetId, routeTableId: ours.id });
    await expect(make("association", { subnetId, routeTableId: ours.id })).rejects.toThrow(
      /exists/i,
    );
  });

  test("an interface endpoint has one network interface a subnet and needs the VPC's DNS", async () => {
    const { vpc, subnets } = await network(2);
    const news = {
      vpcId: vpc.id,
      vpcEndpointType: "Interface",
      serviceName: "com.amazonaws.eu-west-1.secretsmanager",
      subnetIds: subnets.map(({ id }) => id),
      privateDnsEnabled: true,
    };
    const endpoint = await make("endpoint", news);
    expect(endpoint.outputs["networkInterfaceIds"]).toHaveLength(2);
    expect(endpoint.outputs["dnsEntries"]).toMatchObject([
      {
        dnsName: expect.stringMatching(
          /^vpce-0[0-9a-f]{16}-\w{8}\.secretsmanager\.eu-west-1\.vpce\.amazonaws\.com$/,
        ) as string,
      },
    ]);
    const plain = await make("vpc", { cidrBlock: "10.8.0.0/16" });
    await expect(make("endpoint", { ...news, vpcId: plain.id, subnetIds: [] })).rejects.toThrow(
      /enableDnsHostnames/,
    );
    await expect(
      make("endpoint", { ...news, serviceName: "com.amazonaws.us-east-1.sqs" }),
    ).rejects.toThrow(/InvalidServiceName/);
    await expect(make("endpoint", { ...news, vpcEndpointType: "Gateway" })).rejects.toThrow(
      /Gateway/,
    );
  });

  test("a flow log keeps the format that AWS writes", async () => {
    const { vpc } = await network(0);
    const log = await provider.check(urnOf(types.flowLog, "log"), {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "s3",
      logDestination: "arn:aws:s3:::flows/vpc/",
    });
    expect(log.failures).toEqual([]);
    const made = await provider.create(urnOf(types.flowLog, "log"), log.inputs);
    expect(made.outputs["logFormat"]).toContain("${version} ${account-id}");
  });
});

describe("security groups", () => {
  test("two groups may name one another, and neither is deleted while the other names it", async () => {
    const { vpc } = await network(0);
    const [web, database] = [
      await make("securityGroup", { vpcId: vpc.id }),
      await make("securityGroup", { vpcId: vpc.id }),
    ];
    const news = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432 };
    await make("ingress", {
      ...news,
      securityGroupId: database.id,
      referencedSecurityGroupId: web.id,
    });
    await expect(provider.delete(web)).rejects.toThrow(KEPT);
  });

  test.each([
    [
      "with two sources",
      { cidrIpv4: "10.0.0.0/8", cidrIpv6: "::/0", fromPort: 1, toPort: 1 },
      /exactly one/i,
    ],
    ["for all protocols with ports", { ipProtocol: "-1", fromPort: 0, toPort: 0 }, /not allowed/],
    ["for TCP without ports", {}, /required/],
    [
      "with an apostrophe in its description",
      { description: "it's", fromPort: 1, toPort: 1 },
      /description/,
    ],
    ["downwards", { fromPort: 90, toPort: 80 }, /range/],
  ])("a rule %s is refused", async (_, news, problem) => {
    const { vpc } = await network(0);
    const securityGroup = await make("securityGroup", { vpcId: vpc.id });
    const rule = {
      securityGroupId: securityGroup.id,
      ipProtocol: "tcp",
      cidrIpv4: "10.0.0.0/8",
      ...news,
    };
    await expect(make("ingress", rule)).rejects.toThrow(problem);
  });

  test("another kind of source makes a new rule, another range of the kind does not", async () => {
    const { vpc } = await network(0);
    const group = await make("securityGroup", { vpcId: vpc.id });
    const base = { securityGroupId: group.id, ipProtocol: "tcp", fromPort: 22, toPort: 22 };
    const rule = await make("ingress", { ...base, cidrIpv4: "10.0.0.0/8" });
    const diff = async (news: Wire) => {
      const { inputs } = await provider.check(rule.urn, { ...base, ...news }, rule.inputs);
      return provider.diff(rule, inputs);
    };
    expect((await diff({ cidrIpv4: "10.0.0.0/16" })).replaces).toEqual([]);
    expect((await diff({ referencedSecurityGroupId: group.id })).replaces).not.toEqual([]);
  });
});

describe("machines", () => {
  const image = { imageId: "ami-0123456789abcdef0", instanceType: "m7i.large" };

  test("a changed template has the next version, which its preview does not know", async () => {
    const template = await make("template", { ...image, updateDefaultVersion: true });
    expect(template.id).toMatch(/^lt-0[0-9a-f]{16}$/);
    expect(template.outputs).toMatchObject({ latestVersion: 1, defaultVersion: 1 });
    const { inputs } = await provider.check(
      template.urn,
      { ...template.inputs, instanceType: "m7i.xlarge" },
      template.inputs,
    );
    expect((await provider.update(template, inputs, true)).outputs["latestVersion"]).not.toBe(1);
    const updated = await provider.update(template, inputs);
    expect(updated.outputs).toMatchObject({ latestVersion: 2, defaultVersion: 2 });
    const tagged = { ...updated.inputs, tags: { a: "b" } };
    expect((await provider.update(updated, tagged)).outputs["latestVersion"]).toBe(2);
  });

  test("user data may hold 16 KB before it is encoded, and no byte more", async () => {
    const data = (bytes: number) => ({
      ...image,
      userData: Buffer.alloc(bytes, "x").toString("base64"),
    });
    await make("template", data(16384));
    await expect(make("template", data(16385))).rejects.toThrow(/userData/);
  });

  test.each([
    ["IOPS on gp2", { volumeType: "gp2", iops: 3000 }, /iops/],
    ["too few IOPS on gp3", { volumeType: "gp3", iops: 1000 }, /3000/],
    ["a key without encryption", { volumeType: "gp3", kmsKeyId: "alias/aws/ebs" }, /encrypted/],
    ["a cold disk of 10 GiB", { volumeType: "sc1", volumeSize: 10 }, /125/],
  ])("a template with %s is refused", async (_, ebs, problem) => {
    const news = { ...image, blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }] };
    await expect(make("template", news)).rejects.toThrow(problem);
  });

  const sizes = { minSize: 1, maxSize: 2 };
  test("a group is named by the provider and starts with its least size", async () => {
    const { subnets } = await network(2);
    const template = await make("template", image);
    const group = await make(
      "group",
      {
        ...sizes,
        vpcZoneIdentifiers: subnets.map(({ id }) => id),
        launchTemplate: { id: template.id, version: "1" },
      },
      "web",
    );
    expect(group.id).toMatch(/^web-[0-9a-f]{7}$/);
    expect(group.outputs).toMatchObject({ desiredCapacity: 1, healthCheckType: "EC2" });
    expect(group.outputs["arn"]).toMatch(
      /:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/web-/,
    );
  });

  test.each([
    ["whose sizes are out of order", { minSize: 3 }, /minSize <= desiredCapacity/],
    ["with two kinds of template", { launchConfiguration: "old" }, /exactly one/i],
    [
      "whose template does not exist",
      { launchTemplate: { id: "lt-0123456789abcdef0" } },
      /lt-0123456789abcdef0/,
    ],
    ["with a misspelt process", { suspendedProcesses: ["AzRebalance"] }, /suspendedProcesses/],
    [
      "that rolls back to $Latest",
      { instanceRefresh: { strategy: "Rolling", preferences: { autoRollback: true } } },
      /autoRollback/,
    ],
    ["whose lifetime is an hour", { maxInstanceLifetime: 3600 }, /86400/],
  ])("a group %s is refused", async (_, news, problem) => {
    const { subnets } = await network(1);
    const template = await make("template", image);
    const launchTemplate = { id: template.id, version: "$Latest" };
    const base = { ...sizes, vpcZoneIdentifiers: [subnets[0]?.id ?? ""], launchTemplate };
    await expect(make("group", { ...base, ...news })).rejects.toThrow(problem);
  });

  test("a group of mixed instances takes no template that asks for Spot itself", async () => {
    const { subnets } = await network(1);
    const mixed = async (news: Wire) => ({
      ...sizes,
      vpcZoneIdentifiers: [subnets[0]?.id ?? ""],
      mixedInstancesPolicy: {
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId: (await make("template", news)).id },
          overrides: [{ instanceType: "m7i.large" }, { instanceType: "m6i.large" }],
        },
        instancesDistribution: { spotAllocationStrategy: "price-capacity-optimized" },
      },
    });
    await make("group", await mixed({ imageId: image.imageId }));
    const spot = { ...image, instanceMarketOptions: { marketType: "spot" } };
    await expect(make("group", await mixed(spot))).rejects.toThrow(/Spot/);
  });
});

describe("roles", () => {
  test("a role with policies is deleted only when they are gone, or by force", async () => {
    const role = await make("role", { assumeRolePolicy: trust });
    expect(role.outputs["uniqueId"]).toMatch(/^AROA[0-9A-Z]{17}$/);
    const policy = allow({ Action: "s3:GetObject", Resource: "*" });
    const inline = await make("rolePolicy", { role: text(role, "name"), policy });
    await expect(provider.delete(role)).rejects.toThrow(KEPT);
    await provider.delete(inline);
    await provider.delete(role);
  });

  test("policies that AWS manages may be attached, unknown ones may not", async () => {
    const role = await make("role", { assumeRolePolicy: trust });
    const attach = (policyArn: string) =>
      make("attachment", { role: text(role, "name"), policyArn });
    await attach("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    await expect(attach("arn:aws:iam::123456789012:policy/nobody")).rejects.toThrow(/nobody/);
  });

  test.each([
    ["an action without a service", { Action: "GetObject", Resource: "*" }, /prefaced/],
    ["a principal", { Action: "s3:GetObject", Resource: "*", Principal: "*" }, /principal/],
    ["no resource", { Action: "s3:GetObject" }, /resources/],
    ["a resource that is no ARN", { Action: "s3:GetObject", Resource: "my-bucket" }, /ARN/],
    ["a Sid with a space", { Sid: "a b", Action: "s3:GetObject", Resource: "*" }, /Sid/],
    [
      "more than 10,240 characters",
      {
        Action: "s3:GetObject",
        Resource: Array.from({ length: 500 }, (_, at) => `arn:aws:s3:::bucket-${at}/*`),
      },
      /10240/,
    ],
  ])("an inline policy with %s is refused", async (_, statement, problem) => {
    const role = await make("role", { assumeRolePolicy: trust });
    const news = { role: text(role, "name"), policy: allow(statement) };
    await expect(make("rolePolicy", news)).rejects.toThrow(problem);
  });

  test.each([
    ["no principal", { Action: "sts:AssumeRole" }, /Principal/],
    [
      "a resource",
      { Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" }, Resource: "*" },
      /Resource/,
    ],
    [
      "a role that does not exist",
      { Action: "sts:AssumeRole", Principal: { AWS: "{own}:role/nobody" } },
      /principal/i,
    ],
  ])("a trust policy with %s is refused", async (_, statement, problem) => {
    const role = await make("role", { assumeRolePolicy: trust });
    const own = text(role, "arn").replace(/:role.*/, "");
    const assumeRolePolicy = allow(statement).replace("{own}", own);
    await expect(make("role", { assumeRolePolicy })).rejects.toThrow(problem);
  });

  test("a role in an instance profile is not deleted", async () => {
    const role = await make("role", { assumeRolePolicy: trust });
    await make("profile", { role: text(role, "name") });
    await expect(provider.delete(role)).rejects.toThrow(KEPT);
  });
});

describe("load balancers", () => {
  async function balanced(news: Wire = {}) {
    const { vpc, subnets } = await network(2);
    const balancer = await make("balancer", { subnets: subnets.map(({ id }) => id), ...news });
    return { vpc, subnets, balancer };
  }
  const fixed = [{ type: "fixed-response", fixedResponse: { contentType: "text/plain" } }];

  test("names and ARNs of load balancer, listener and rule fit together", async () => {
    const { vpc, balancer } = await balanced({ internal: true, name: "web" });
    expect(balancer.outputs["arnSuffix"]).toMatch(/^app\/web\/[0-9a-f]{16}$/);
    expect(balancer.outputs["dnsName"]).toMatch(
      /^internal-web-\d{10}\.eu-west-1\.elb\.amazonaws\.com$/,
    );
    expect(balancer.outputs["vpcId"]).toBe(vpc.id);
    const listener = await make("listener", {
      loadBalancerArn: balancer.id,
      port: 80,
      protocol: "HTTP",
      defaultActions: fixed,
    });
    expect(listener.id).toContain(`:listener/${text(balancer, "arnSuffix")}/`);
    const conditions = [{ pathPattern: { values: ["/x"] } }];
    const rule = await make("listenerRule", {
      listenerArn: listener.id,
      actions: fixed,
      conditions,
    });
    expect(rule.id).toContain(`:listener-rule/${text(balancer, "arnSuffix")}/`);
  });

  test("a network load balancer's name carries the hash of its ARN", async () => {
    const { balancer } = await balanced({ loadBalancerType: "network", name: "git" });
    const hash = text(balancer, "arnSuffix").split("/").at(-1);
    expect(balancer.outputs["dnsName"]).toBe(`git-${hash}.elb.eu-west-1.amazonaws.com`);
  });

  test("an application load balancer wants two zones", async () => {
    const { vpc, subnets } = await network(2);
    const [first, second] = subnets.map(({ id }) => id);
    await expect(make("balancer", { subnets: [first ?? ""] })).rejects.toThrow(/two subnets/);
    const twin = await make("subnet", {
      vpcId: vpc.id,
      cidrBlock: "10.0.7.0/24",
      availabilityZone: "eu-west-1a",
    });
    await expect(
      make("balancer", { subnets: [first ?? "", second ?? "", twin.id] }),
    ).rejects.toThrow(/same Availability Zone/);
  });

  test("deletion protection keeps a load balancer", async () => {
    const { balancer } = await balanced({ enableDeletionProtection: true });
    await expect(provider.delete(balancer)).rejects.toThrow(/deletion protection/);
  });

  test.each([
    ["HTTPS without a certificate", { protocol: "HTTPS", port: 443 }, /certificate/],
    ["TCP", { protocol: "TCP", port: 22 }, /HTTP, HTTPS/],
    [
      "a forward to nowhere",
      { protocol: "HTTP", port: 80, defaultActions: [{ type: "forward" }] },
      /targetGroupArn/,
    ],
    [
      "a redirect to itself",
      {
        protocol: "HTTP",
        port: 80,
        defaultActions: [{ type: "redirect", redirect: { statusCode: "HTTP_301" } }],
      },
      /must change/,
    ],
  ])("a listener of an application load balancer with %s is refused", async (_, news, problem) => {
    const { balancer } = await balanced();
    const all = { loadBalancerArn: balancer.id, defaultActions: fixed, ...news } as Wire;
    await expect(make("listener", all)).rejects.toThrow(problem);
  });

  test("a target group in use is kept, and has to fit the load balancer", async () => {
    const { vpc, balancer } = await balanced();
    const targets = await make("targets", { port: 80, protocol: "HTTP", vpcId: vpc.id });
    const forward = (targetGroupArn: string) => [{ type: "forward", targetGroupArn }];
    const base = { loadBalancerArn: balancer.id, protocol: "HTTP" };
    await make("listener", { ...base, port: 80, defaultActions: forward(targets.id) });
    await expect(provider.delete(targets)).rejects.toThrow(KEPT);
    const tcp = await make("targets", { port: 22, protocol: "TCP", vpcId: vpc.id });
    await expect(
      make("listener", { ...base, port: 81, defaultActions: forward(tcp.id) }),
    ).rejects.toThrow(/not compatible/);
  });

  test.each([
    ["TCP checks of HTTP", { healthCheck: { protocol: "TCP" } }, /TCP is not supported/],
    [
      "a timeout as long as the interval",
      { healthCheck: { interval: 10, timeout: 10 } },
      /interval/,
    ],
    ["client addresses kept", { preserveClientIp: "true" }, /network load balancers/],
    ["no VPC", { vpcId: null }, /vpcId/],
    ["a slow start of 5 seconds", { slowStart: 5 }, /slowStart/],
  ])("a target group for HTTP with %s is refused", async (_, news, problem) => {
    const { vpc } = await network(0);
    const all: Wire = { port: 80, protocol: "HTTP", vpcId: vpc.id, ...news };
    if (all["vpcId"] === null) delete all["vpcId"];
    await expect(make("targets", all)).rejects.toThrow(problem);
  });

  test("a certificate serves once its names are validated", async () => {
    const { balancer } = await balanced();
    const zone = await make("zone", { name: "example.com" });
    const certificate = await make("certificate", {
      domainName: "gitlab.example.com",
      subjectAlternativeNames: ["gitlab.example.com", "*.pages.example.com"],
      validationMethod: "DNS",
    });
    const options = certificate.outputs["domainValidationOptions"] as Record<string, string>[];
    expect(options).toHaveLength(2);
    expect(options[1]?.["resourceRecordName"]).toMatch(/^_[0-9a-f]{32}\.pages\.example\.com\.$/);

    const news = {
      loadBalancerArn: balancer.id,
      port: 443,
      protocol: "HTTPS",
      certificateArn: certificate.id,
      defaultActions: fixed,
    };
    await expect(make("listener", news)).rejects.toThrow(/not issued/);

    const records: Known[] = [];
    for (const option of options) {
      records.push(
        await make("record", {
          zoneId: zone.id,
          name: option["resourceRecordName"] ?? "",
          type: option["resourceRecordType"] ?? "",
          records: [option["resourceRecordValue"] ?? ""],
          ttl: 60,
        }),
      );
    }
    const names = records.map((record) => text(record, "fqdn"));
    expect(names.some((name) => name.endsWith("."))).toBe(false);
    const part = { certificateArn: certificate.id, validationRecordFqdns: names.slice(0, 1) };
    await expect(make("validation", part)).rejects.toThrow(/missing/);
    await make("validation", { certificateArn: certificate.id, validationRecordFqdns: names });
    const listener = await make("listener", news);
    expect(listener.outputs["sslPolicy"]).toMatch(/^ELBSecurityPolicy-/);
  });
});

describe("DNS", () => {
  test("a zone has a name server in each of four domains, and is not deleted with records in it", async () => {
    const zone = await make("zone", { name: "example.com" });
    const servers = zone.outputs["nameServers"] as string[];
    expect(servers.map((name) => name.replace(/^ns-\d+\.awsdns-\d+\./, ""))).toEqual([
      "com",
      "net",
      "org",
      "co.uk",
    ]);
    expect(zone.outputs["primaryNameServer"]).toBe(servers[0]);
    await make("record", {
      zoneId: zone.id,
      name: "a.example.com",
      type: "A",
      records: ["192.0.2.1"],
      ttl: 60,
    });
    await expect(provider.delete(zone)).rejects.toThrow(KEPT);
  });

  test("an alias stands in its target's zone", async () => {
    const { subnets } = await network(2);
    const balancer = await make("balancer", { subnets: subnets.map(({ id }) => id) });
    const zone = await make("zone", { name: "example.com" });
    const alias = (zoneId: string) => ({
      zoneId: zone.id,
      name: "gitlab.example.com",
      type: "A",
      aliases: [{ name: text(balancer, "dnsName"), zoneId, evaluateTargetHealth: true }],
    });
    await expect(make("record", alias(zone.id))).rejects.toThrow(/target zone/);
    const record = await make("record", alias(text(balancer, "zoneId")));
    expect(record.id).toBe(`${zone.id}_gitlab.example.com_A`);
  });

  test.each([
    ["an A record with a name", { type: "A", records: ["host.example.com"], ttl: 60 }, /IPv4/],
    [
      "a CNAME at the top",
      { name: "example.com", type: "CNAME", records: ["a.example.org"], ttl: 60 },
      /apex/,
    ],
    [
      "a CNAME with two values",
      { type: "CNAME", records: ["a.example.org", "b.example.org"], ttl: 60 },
      /one value/,
    ],
    ["records without a time to live", { type: "A", records: ["192.0.2.1"] }, /ttl/],
    ["neither records nor alias", { type: "A" }, /exactly one/i],
  ])("%s is refused", async (_, news, problem) => {
    const zone = await make("zone", { name: "example.com" });
    const all = { zoneId: zone.id, name: "x.example.com", ...news } as Wire;
    await expect(make("record", all)).rejects.toThrow(problem);
  });
});
