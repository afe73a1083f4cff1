import { declared, ofType, only, valueOf, type Declared } from "../../support/aws-mocks";
import { AwsEdge, type AwsEdgeArgs } from "../../../components/edge/aws";
import { Certificate } from "../../../components/edge/certificate-aws";

const args: AwsEdgeArgs = {
  site: {
    prefix: "gitlab-test",
    environment: "aws",
    protection: true,
    runbooks: "https://example.com/runbooks",
  },
  accountId: "111111111111",
  region: "eu-central-1",
  topology: "distributed",
  vpcId: "vpc-1",
  publicSubnetIds: ["subnet-public-a", "subnet-public-b", "subnet-public-c"],
  privateSubnetIds: ["subnet-private-a", "subnet-private-b", "subnet-private-c"],
  webHost: "gitlab.example.com",
  registryHost: "registry.example.com",
  sshHost: "ssh.example.com",
  publicZoneId: "ZPUBLIC",
  internalZoneId: "ZINTERNAL",
  internalDomain: "gitlab-test.internal",
  securityGroupIds: { web: "sg-web", ssh: "sg-ssh", internal: "sg-internal" },
};
const build = (change: Partial<AwsEdgeArgs> = {}) =>
  declared((opts) => new AwsEdge("edge", { ...args, ...change }, opts));
let usual: ReturnType<typeof build> | undefined;
const edge = (): ReturnType<typeof build> => (usual ??= build());

const named = (resources: readonly Declared[], type: string, name: string): Declared => {
  const found = ofType(resources, type).find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${type} ${name}`);
  return found;
};
interface Check {
  readonly protocol: string;
  readonly path?: string;
  readonly matcher?: string;
  readonly interval: number;
  readonly timeout: number;
}
const check = (group: Declared): Check => group.inputs.healthCheck as Check;

describe("the certificate", () => {
  test("is proved by each host's own record, whatever order ACM names them in", async () => {
    const { resources } = await edge();
    const records = ofType(resources, "route53/record").filter(
      ({ inputs }) => inputs.type === "CNAME",
    );
    expect(records.map(({ name, inputs }) => [name, inputs.name, inputs.records])).toEqual([
      [
        "edge-certificate-gitlab.example.com",
        "_x.gitlab.example.com.",
        ["_y.gitlab.example.com.acm-validations.aws."],
      ],
      [
        "edge-certificate-registry.example.com",
        "_x.registry.example.com.",
        ["_y.registry.example.com.acm-validations.aws."],
      ],
    ]);
  });

  test("is waited for before a listener takes it", async () => {
    const { resources } = await edge();
    const validation = only(resources, "acm/certificateValidation").inputs;
    const https = named(resources, "lb/listener", "edge-web-https");
    expect(https.inputs.certificateArn).toBe(validation.certificateArn);
    expect(validation.validationRecordFqdns).toHaveLength(2);
  });

  test.each([[[]], [["*.example.com"]], [["a.example.com", "a.example.com"]]])(
    "refuses the hosts %j",
    (hosts) => {
      expect(
        () => new Certificate(`bad-${hosts.join()}`, { site: args.site, hosts, zoneId: "Z" }),
      ).toThrow(/hosts/);
    },
  );
});

describe("the way in over HTTPS", () => {
  test("takes TLS 1.2 with forward secrecy at least, and sends plain HTTP there", async () => {
    const { resources } = await edge();
    const https = named(resources, "lb/listener", "edge-web-https").inputs;
    expect([https.port, https.protocol]).toEqual([443, "HTTPS"]);
    expect(https.sslPolicy).toMatch(/^ELBSecurityPolicy-TLS13-1-2-Res-/);
    expect(named(resources, "lb/listener", "edge-web-http").inputs).toMatchObject({
      port: 80,
      defaultActions: [
        { type: "redirect", redirect: { protocol: "HTTPS", statusCode: "HTTP_301" } },
      ],
    });
  });

  test("leads by host name, and a strange host to no machine", async () => {
    const { resources } = await edge();
    const https = named(resources, "lb/listener", "edge-web-https").inputs;
    expect(https.defaultActions).toMatchObject([
      { type: "fixed-response", fixedResponse: { statusCode: "404" } },
    ]);
    const rules = ofType(resources, "lb/listenerRule").map(({ inputs }) => [
      inputs.conditions,
      (inputs.actions as { targetGroupArn: string }[])[0]?.targetGroupArn,
    ]);
    expect(rules).toEqual([
      [[{ hostHeader: { values: ["gitlab.example.com"] } }], expect.stringMatching(/web-app$/)],
      [
        [{ hostHeader: { values: ["registry.example.com"] } }],
        expect.stringMatching(/web-registry$/),
      ],
    ]);
  });

  test("asks for readiness and not for all=1: a database failover must not replace every node", async () => {
    const { resources } = await edge();
    const app = named(resources, "lb/targetGroup", "edge-web-app");
    expect(app.inputs.port).toBe(80);
    expect(check(app)).toMatchObject({ protocol: "HTTP", path: "/-/readiness", matcher: "200" });
    const registry = named(resources, "lb/targetGroup", "edge-web-registry");
    expect(registry.inputs.port).toBe(5050);
    expect(check(registry)).toMatchObject({ path: "/v2/", matcher: "200,401" });
  });

  test("is let go by the load balancer before nginx in the container closes it", async () => {
    const nginxKeepaliveSeconds = 65;
    const { idleTimeout } = named(
      (await edge()).resources,
      "lb/loadBalancer",
      "edge-web-lb",
    ).inputs;
    expect(idleTimeout).toBeLessThan(nginxKeepaliveSeconds);
  });

  test("is logged into a bucket that load balancers may write to: S3's own key, and a policy", async () => {
    const { resources } = await edge();
    const bucket = only(resources, "s3/bucket").inputs.bucket;
    const { accessLogs } = named(resources, "lb/loadBalancer", "edge-web-lb").inputs;
    expect(accessLogs).toEqual({ bucket, prefix: "web", enabled: true });
    const [rule] = only(resources, "s3/bucketServerSideEncryptionConfiguration").inputs
      .rules as object[];
    expect(rule).toEqual({ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } });
    const policy = only(resources, "s3/bucketPolicy").inputs.policy;
    expect(String(policy)).toContain(`arn:aws:s3:::${String(bucket)}/web/AWSLogs/111111111111/*`);
  });
});

describe("the load balancers", () => {
  test("have a security group each, stand in all zones, and can't be deleted by mistake", async () => {
    const { resources } = await edge();
    const balancers = ofType(resources, "lb/loadBalancer");
    expect(
      balancers.map(({ inputs }) => [
        inputs.loadBalancerType,
        inputs.internal,
        inputs.securityGroups,
        inputs.subnets,
      ]),
    ).toEqual([
      ["application", false, ["sg-web"], args.publicSubnetIds],
      ["network", false, ["sg-ssh"], args.publicSubnetIds],
      ["network", true, ["sg-internal"], args.privateSubnetIds],
    ]);
    for (const { inputs } of balancers) expect(inputs.enableDeletionProtection).toBe(true);
    for (const { inputs } of balancers.slice(1)) {
      expect(inputs.enableCrossZoneLoadBalancing).toBe(true);
    }
  });

  test("hold no data: nothing of the edge is protected by Pulumi", async () => {
    expect((await edge()).resources.filter(({ protect }) => protect)).toEqual([]);
  });

  test("have names that fit: 32 characters with the random ending", async () => {
    const { resources } = await edge();
    for (const type of ["lb/loadBalancer", "lb/targetGroup"]) {
      for (const { name, inputs } of ofType(resources, type)) {
        expect(inputs.name).toBeUndefined();
        expect(`${name}-1234567`.length).toBeLessThanOrEqual(32);
      }
    }
  });

  test("check no longer than they wait between two checks", async () => {
    for (const group of ofType((await edge()).resources, "lb/targetGroup")) {
      expect(check(group).timeout).toBeLessThan(check(group).interval);
    }
  });
});

describe("Git over SSH", () => {
  test("has a name of its own, shows who the client is, and may be silent for an hour", async () => {
    const { resources } = await edge();
    expect(named(resources, "route53/record", "edge-ssh-host").inputs).toMatchObject({
      zoneId: "ZPUBLIC",
      name: "ssh.example.com",
      type: "A",
    });
    const group = named(resources, "lb/targetGroup", "edge-ssh-git");
    expect(group.inputs).toMatchObject({ protocol: "TCP", port: 22, preserveClientIp: "true" });
    expect(named(resources, "lb/listener", "edge-ssh-tcp").inputs).toMatchObject({
      port: 22,
      tcpIdleTimeoutSeconds: 3600,
    });
  });
});

describe("the way to Gitaly", () => {
  test("is an internal name on port 8075, across zones, without the client's address", async () => {
    const { made, resources } = await edge();
    expect(made.internal).toEqual({
      gitalyHost: "gitaly.gitlab-test.internal",
      gitalyPort: 8075,
      apiUrl: "http://app.gitlab-test.internal:8080",
    });
    const group = named(resources, "lb/targetGroup", "edge-int-gitaly");
    expect(group.inputs).toMatchObject({
      protocol: "TCP",
      port: 8075,
      preserveClientIp: "false",
      connectionTermination: true,
    });
    expect(check(group).protocol).toBe("TCP");
    expect(named(resources, "route53/record", "edge-int-gitaly").inputs).toMatchObject({
      zoneId: "ZINTERNAL",
      name: "gitaly.gitlab-test.internal",
    });
    expect(await valueOf(made.targetGroupArns.gitaly)).toContain("edge-int-gitaly");
  });

  test("has a way back for its hooks, to application nodes that are ready, on port 8080", async () => {
    const { made, resources } = await edge();
    const group = named(resources, "lb/targetGroup", "edge-int-app");
    expect(group.inputs).toMatchObject({ protocol: "TCP", port: 8080, preserveClientIp: "false" });
    expect(check(group)).toMatchObject({ protocol: "HTTP", path: "/-/readiness" });
    expect(made.targetGroupArns.internalApi).toBeDefined();
  });

  test("has no way back where all is on one machine", async () => {
    const { made, resources } = await build({ topology: "single" });
    expect(made.targetGroupArns.internalApi).toBeUndefined();
    expect(made.targetGroupSuffixes.internalApi).toBeUndefined();
    expect(ofType(resources, "lb/targetGroup").map(({ name }) => name)).toEqual([
      "edge-web-app",
      "edge-web-registry",
      "edge-ssh-git",
      "edge-int-gitaly",
    ]);
  });
});
