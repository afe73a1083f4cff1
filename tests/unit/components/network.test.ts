import { fc } from "../../support/properties";
import { declared, ofType, only, valueOf, type Declared } from "../../support/aws-mocks";
import { AwsNetwork, AwsSecurityGroups } from "../../../components/network/aws";
import type { Flow } from "../../../components/network/contract";
import { flowRules } from "../../../components/network/flows";
import { planSubnets } from "../../../components/network/subnets";

const site = {
  prefix: "gitlab-test",
  environment: "aws",
  protection: true,
  runbooks: "https://example.com/runbooks",
};

interface Range {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

/** First and last address of a network, worked out in another way than the plan does. */
function range(cidr: string): Range {
  const [address = "", bits = ""] = cidr.split("/");
  const first = address
    .split(".")
    .reduce((sum, octet) => BigInt(sum) * 256n + BigInt(octet), 0n as bigint);
  const size = 1n << BigInt(32 - Number(bits));
  return { first: Number(first), last: Number(first + size - 1n), bits: Number(bits) };
}

/** Private networks of every allowed size, on their own boundary. */
const vpcs = fc
  .record({ bits: fc.integer({ min: 16, max: 20 }), seed: fc.nat({ max: 0xffff }) })
  .map(({ bits, seed }) => {
    const size = 2 ** (32 - bits);
    const first = 10 * 2 ** 24 + (seed % 2 ** (bits - 8)) * size;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${bits}`;
  });

describe("the plan of subnets", () => {
  test("keeps every subnet inside the VPC, on its boundary, and apart from every other", () => {
    fc.assert(
      fc.property(vpcs, fc.integer({ min: 1, max: 4 }), (cidr, zones) => {
        const vpc = range(cidr);
        const plan = planSubnets(cidr, zones);
        const all = [...plan.public, ...plan.private, ...plan.isolated].map(range);
        expect(all).toHaveLength(zones * 3);
        for (const subnet of all) {
          expect(subnet.first).toBeGreaterThanOrEqual(vpc.first);
          expect(subnet.last).toBeLessThanOrEqual(vpc.last);
          expect(subnet.first % (subnet.last - subnet.first + 1)).toBe(0);
        }
        const sorted = [...all].sort((a, b) => a.first - b.first);
        sorted.slice(1).forEach((subnet, index) => {
          expect(subnet.first).toBeGreaterThan(sorted[index]?.last ?? Infinity);
        });
      }),
    );
  });

  test("gives no zone other addresses when a later one is added", () => {
    fc.assert(
      fc.property(vpcs, fc.integer({ min: 1, max: 3 }), (cidr, zones) => {
        const few = planSubnets(cidr, zones);
        const more = planSubnets(cidr, zones + 1);
        expect(more.private.slice(0, zones)).toEqual(few.private);
        expect(more.isolated.slice(0, zones)).toEqual(few.isolated);
        expect(more.public.slice(0, zones)).toEqual(few.public);
      }),
    );
  });

  test("leaves load balancers at least a /27 in the smallest VPC", () => {
    for (const cidr of planSubnets("10.0.0.0/20", 3).public) {
      expect(range(cidr).bits).toBeLessThanOrEqual(27);
    }
  });

  test.each(["10.0.0.0/15", "10.0.0.0/21", "10.0.0.1/16", "10.0.0.256/16", "10.0.0.0", "x"])(
    "refuses %s",
    (cidr) => {
      expect(() => planSubnets(cidr, 3)).toThrow();
    },
  );

  test("refuses more zones than there is room for", () => {
    expect(() => planSubnets("10.0.0.0/16", 5)).toThrow(/zones/);
    expect(() => planSubnets("10.0.0.0/16", 0)).toThrow(/zones/);
  });
});

describe("the rules of flows", () => {
  const parties = ["balancer", "node", "data"] as const;
  type Party = (typeof parties)[number];
  const flow = (change: Partial<Flow<Party>> = {}): Flow<Party> => ({
    from: "balancer",
    to: "node",
    port: 80,
    why: "pages",
    ...change,
  });

  test("open both sides of each flow and nothing else", () => {
    const rules = flowRules(parties, [flow(), flow({ from: "node", to: "data", port: 5432 })]);
    expect(rules.map((rule) => [rule.direction, rule.party, rule.peer, rule.ports])).toEqual([
      ["egress", "balancer", "node", [80, 80]],
      ["ingress", "node", "balancer", [80, 80]],
      ["egress", "node", "data", [5432, 5432]],
      ["ingress", "data", "node", [5432, 5432]],
    ]);
  });

  test("have one side where the internet is the other", () => {
    const rules = flowRules(parties, [
      flow({ from: "internet", to: "balancer", port: 443 }),
      flow({ from: "node", to: "internet", port: "all" }),
    ]);
    expect(rules.map((rule) => [rule.direction, rule.party, rule.peer, rule.protocol])).toEqual([
      ["ingress", "balancer", "internet", "tcp"],
      ["egress", "node", "internet", "all"],
    ]);
  });

  test("have names that no order of the flows changes and no two share", () => {
    const several = [
      flow(),
      flow({ port: 8080 }),
      flow({ port: [8000, 8010] }),
      flow({ protocol: "udp" }),
      flow({ from: "node", to: "data" }),
    ];
    const names = (flows: readonly Flow<Party>[]): string[] =>
      flowRules(parties, flows)
        .map(({ name }) => name)
        .sort();
    expect(names([...several].reverse())).toEqual(names(several));
    expect(new Set(names(several)).size).toBe(several.length * 2);
  });

  test.each([
    ["an unknown party", flow({ to: "nobody" as Party })],
    ["internet to internet", flow({ from: "internet", to: "internet" })],
    ["all ports between parties", flow({ port: "all" })],
    ["all ports from the internet", flow({ from: "internet", port: "all" })],
    ["a port of 0", flow({ port: 0 })],
    ["a port over 65535", flow({ port: 65536 })],
    ["a range backwards", flow({ port: [10, 5] })],
    ["no reason", flow({ why: " " })],
  ])("refuse %s", (_, wrong) => {
    expect(() => flowRules(parties, [wrong])).toThrow();
  });

  test("refuse a flow that is there twice, whatever its reason", () => {
    expect(() => flowRules(parties, [flow(), flow({ why: "again" })])).toThrow(/twice/);
  });
});

describe("the security groups", () => {
  test("hold no rule of their own: every rule is a flow's", async () => {
    const { made, resources } = await declared(
      (opts) =>
        new AwsSecurityGroups(
          "sg",
          {
            site,
            vpcId: "vpc-1",
            parties: ["balancer", "node"],
            flows: [
              { from: "internet", to: "balancer", port: 443, why: "HTTPS" },
              { from: "balancer", to: "node", port: 80, why: "pages" },
              { from: "node", to: "internet", port: "all", why: "everything outside" },
            ],
          },
          opts,
        ),
    );
    const groups = ofType(resources, "ec2/securityGroup");
    expect(groups).toHaveLength(2);
    for (const group of groups) {
      expect(group.inputs.ingress).toBeUndefined();
      expect(group.inputs.egress).toBeUndefined();
    }
    const rules = resources.filter(({ type }) => type.startsWith("aws:vpc/"));
    expect(rules).toHaveLength(4);
    for (const rule of rules) {
      const peers = ["cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"];
      expect(peers.filter((peer) => rule.inputs[peer] !== undefined)).toHaveLength(1);
    }
    const open = ofType(resources, "vpc/securityGroupIngressRule").filter(
      (rule) => rule.inputs.cidrIpv4 !== undefined,
    );
    expect(open.map((rule) => [rule.inputs.fromPort, rule.inputs.toPort])).toEqual([[443, 443]]);
    const all = rules.find((rule) => rule.inputs.ipProtocol === "-1");
    expect([all?.inputs.fromPort, all?.inputs.toPort]).toEqual([undefined, undefined]);
    expect(await valueOf(made.ids.node)).toBe("sg-node-id");
  });
});

describe("the VPC", () => {
  const args = {
    site,
    region: "eu-central-1",
    accountId: "111111111111",
    cidr: "10.20.0.0/16",
    zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    natGateways: "perZone" as const,
    flowLogRetentionDays: 365,
    interfaceEndpoints: [] as string[],
    internalDomain: "gitlab-test.internal",
    keyArn: "arn:aws:kms:eu-central-1:111111111111:key/1",
  };
  const declare = async (change: Partial<typeof args> | { natGateways: "single" }) =>
    (await declared((opts) => new AwsNetwork("network", { ...args, ...change }, opts))).resources;
  let usual: Promise<readonly Declared[]> | undefined;
  /** As the arguments above say, made once; or with a change. */
  const build = (change?: Parameters<typeof declare>[0]): Promise<readonly Declared[]> =>
    change === undefined ? (usual ??= declare({})) : declare(change);

  /** Ids of what a route table's subnets can reach the internet by. */
  const ways = (resources: readonly Declared[], tier: string): unknown[] => {
    const subnets = new Set(
      ofType(resources, "ec2/subnet")
        .filter(({ name }) => name.includes(`-${tier}-`))
        .map(({ name }) => `${name}-id`),
    );
    return ofType(resources, "ec2/routeTableAssociation")
      .filter(({ inputs }) => subnets.has(String(inputs.subnetId)))
      .map(({ inputs }) => {
        const route = ofType(resources, "ec2/route").find(
          (each) => each.inputs.routeTableId === inputs.routeTableId,
        );
        return route?.inputs.natGatewayId ?? route?.inputs.gatewayId;
      });
  };

  test("sends machines out by the NAT gateway of their own zone", async () => {
    const resources = await build();
    expect(ways(resources, "private")).toEqual([
      "network-nat-a-id",
      "network-nat-b-id",
      "network-nat-c-id",
    ]);
    const gateways = ofType(resources, "ec2/natGateway");
    expect(gateways.map(({ inputs }) => inputs.subnetId)).toEqual([
      "network-public-a-id",
      "network-public-b-id",
      "network-public-c-id",
    ]);
  });

  test("sends all machines out by one NAT gateway where one is asked for", async () => {
    const resources = await build({ natGateways: "single" });
    expect(ofType(resources, "ec2/natGateway")).toHaveLength(1);
    expect(ofType(resources, "ec2/eip")).toHaveLength(1);
    expect(new Set(ways(resources, "private"))).toEqual(new Set(["network-nat-a-id"]));
  });

  test("gives isolated subnets no way out, and public ones the internet gateway", async () => {
    const resources = await build();
    expect(ways(resources, "isolated")).toEqual([undefined, undefined, undefined]);
    expect(new Set(ways(resources, "public"))).toEqual(new Set(["network-internet-id"]));
  });

  test("gives no machine a public address by itself", async () => {
    for (const subnet of ofType(await build(), "ec2/subnet")) {
      expect(subnet.inputs.mapPublicIpOnLaunch).toBe(false);
    }
  });

  test("empties the default security group", async () => {
    const group = only(await build(), "ec2/defaultSecurityGroup");
    expect([group.inputs.ingress, group.inputs.egress]).toEqual([[], []]);
  });

  test("logs every connection into an encrypted group that ends by itself", async () => {
    const resources = await build();
    expect(only(resources, "ec2/flowLog").inputs.trafficType).toBe("ALL");
    const group = only(resources, "cloudwatch/logGroup").inputs;
    expect([group.retentionInDays, group.kmsKeyId]).toEqual([365, args.keyArn]);
  });

  test("has gateway endpoints for S3 and DynamoDB in every private table, and no other by itself", async () => {
    const endpoints = ofType(await build(), "ec2/vpcEndpoint");
    expect(endpoints.map(({ inputs }) => inputs.serviceName)).toEqual([
      "com.amazonaws.eu-central-1.s3",
      "com.amazonaws.eu-central-1.dynamodb",
    ]);
    for (const { inputs } of endpoints) expect(inputs.routeTableIds).toHaveLength(3);
  });

  test("makes interface endpoints that answer to the services' own names, from within the VPC only", async () => {
    const resources = await build({ interfaceEndpoints: ["ecr.api", "logs", "logs"] });
    const interfaces = ofType(resources, "ec2/vpcEndpoint").filter(
      ({ inputs }) => inputs.vpcEndpointType === "Interface",
    );
    expect(interfaces).toHaveLength(2);
    for (const { inputs } of interfaces) expect(inputs.privateDnsEnabled).toBe(true);
    const rule = only(resources, "vpc/securityGroupIngressRule").inputs;
    expect([rule.cidrIpv4, rule.fromPort, rule.toPort]).toEqual([args.cidr, 443, 443]);
  });

  test("refuses a zone that is named twice", () => {
    expect(
      () => new AwsNetwork("twice", { ...args, zones: ["eu-central-1a", "eu-central-1a"] }, {}),
    ).toThrow(/zones/);
  });
});
