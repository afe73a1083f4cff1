/** Rules about several resources of AWS, and forms of resources that no stack of the program has. */
import { judge, judgeStack, type Verdict } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { type Plain, planned, stackOf, viewOf } from "./support/planned";

const stack = planned("aws");

function ruleOf(id: string) {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return rule;
}

function ofStack(id: string, resources: readonly Plain[]): Verdict["state"] | undefined {
  const rule = ruleOf(id);
  if (rule.kind !== "stack") throw new Error(`${id} is about single resources`);
  return judgeStack(rule, stackOf(resources))?.state;
}

function one(
  id: string,
  type: string,
  props: Record<string, unknown>,
  component = "",
): Verdict["state"] | undefined {
  const rule = ruleOf(id);
  if (rule.kind !== "resource") throw new Error(`${id} is about a whole stack`);
  const urn = `urn:pulumi:aws::gitlab::${component}${type}::it`;
  return judge(rule, viewOf({ urn, type, name: "it", props, protect: false, dependencies: [] }))
    ?.state;
}

const urnOf = (type: string, name: string): string => {
  const found = stack.find((r) => r.type === type && r.name === name);
  if (found === undefined) throw new Error(`no ${type} ${name}`);
  return found.urn;
};

describe("data-subnets-isolated", () => {
  const route = (props: Record<string, unknown>, table: string): Plain => ({
    ...{ urn: "urn:pulumi:aws::gitlab::aws:ec2/route:Route::added", type: "aws:ec2/route:Route" },
    ...{ name: "added", props, protect: false },
    dependencies: [urnOf("aws:ec2/routeTable:RouteTable", table)],
  });

  test("holds for what is planned, and for a route out of another table", () => {
    expect(ofStack("data-subnets-isolated", stack)).toBe("passed");
    const added = route({ gatewayId: "igw-1" }, "network-public");
    expect(ofStack("data-subnets-isolated", [...stack, added])).toBe("passed");
  });

  test.each(["gatewayId", "natGatewayId", "egressOnlyGatewayId"])("is broken by a %s", (key) => {
    const added = route({ [key]: "x-1" }, "network-isolated");
    expect(ofStack("data-subnets-isolated", [...stack, added])).toBe("failed");
  });
});

describe("balancer-nothing-in-clear", () => {
  const rule = (listener: string, actions: unknown): Plain => ({
    ...{ urn: "urn:pulumi:aws::gitlab::aws:lb/listenerRule:ListenerRule::added" },
    ...{ type: "aws:lb/listenerRule:ListenerRule", name: "added", protect: false },
    props: { actions },
    dependencies: [urnOf("aws:lb/listener:Listener", listener)],
  });
  const forward = [{ type: "forward", targetGroupArn: "arn" }];
  const redirect = [{ type: "redirect", redirect: { protocol: "HTTPS", statusCode: "HTTP_301" } }];

  test.each([
    ["edge-web-http", forward, "failed"],
    ["edge-web-http", redirect, "passed"],
    ["edge-web-https", forward, "passed"],
    [
      "edge-web-http",
      [{ type: "redirect", redirect: { protocol: "#{protocol}", statusCode: "HTTP_301" } }],
      "failed",
    ],
  ])("of a rule on %s", (listener, actions, state) => {
    expect(ofStack("balancer-nothing-in-clear", [...stack, rule(listener, actions)])).toBe(state);
  });
});

describe("iam-no-strangers", () => {
  const policy = (Principal: unknown, Effect = "Allow"): Plain[] =>
    stack.map((r) =>
      r.name === "alert-topic-policy"
        ? { ...r, props: { policy: { Statement: { Effect, Principal, Action: "sns:Publish" } } } }
        : r,
    );

  test.each([
    ["an own role", { AWS: "arn:aws:iam::111122223333:role/x" }],
    ["an own account, by its number", { AWS: ["111122223333"] }],
    ["the account for backups", { AWS: "arn:aws:iam::444455556666:root" }],
    ["a session of an own role", { AWS: "arn:aws:sts::111122223333:assumed-role/x/y" }],
    ["a service", { Service: "cloudwatch.amazonaws.com" }],
  ])("lets %s be", (_, principal) => {
    // What else is planned has documents that only up knows.
    expect(ofStack("iam-no-strangers", policy(principal))).not.toBe("failed");
  });

  test.each([
    ["another account", { AWS: "arn:aws:iam::999988887777:root" }],
    ["another account among own ones", { AWS: ["111122223333", "999988887777"] }],
    ["a user that is gone", { AWS: "AIDAEXAMPLE1234567890" }],
  ])("finds %s", (_, principal) => {
    expect(ofStack("iam-no-strangers", policy(principal))).toBe("failed");
    expect(ofStack("iam-no-strangers", policy(principal, "Deny"))).not.toBe("failed");
  });
});

describe("schedules", () => {
  const schedule = (scheduleExpression: string, component: string) =>
    one(
      "backup-schedule-on",
      "aws:scheduler/schedule:Schedule",
      { scheduleExpression, target: { deadLetterConfig: { arn: "arn" } } },
      component,
    );

  test.each([
    ["cron(0 2 * * ? *)", "passed"],
    ["cron(0 */6 ? * * *)", "passed"],
    ["rate(1 day)", "passed"],
    ["rate(24 hours)", "passed"],
    ["rate(25 hours)", "failed"],
    ["rate(2 days)", "failed"],
    ["cron(0 2 ? * MON *)", "failed"],
    ["cron(0 2 * 1 ? *)", "failed"],
    ["at(2030-01-01T00:00:00)", "failed"],
  ])("%s: a backup's schedule %s", (expression, state) => {
    expect(schedule(expression, "gitlab:backupSchedule:AwsBackupJob$")).toBe(state);
    expect(schedule(expression, "gitlab:other:Thing$")).toBe("passed");
  });

  test("a plan may have a monthly rule beside the daily one, and keep points for ever", () => {
    const plan = (...rules: object[]) =>
      one("backup-plan-daily-and-away", "aws:backup/plan:Plan", { rules });
    const copyActions = [{ destinationVaultArn: "arn", lifecycle: { deleteAfter: 35 } }];
    const day = { schedule: "cron(0 2 * * ? *)", lifecycle: { deleteAfter: 35 }, copyActions };
    const month = { schedule: "cron(0 2 1 * ? *)" };
    expect(plan(day)).toBe("passed");
    expect(plan(month, day)).toBe("passed");
    expect(plan(month)).toBe("failed");
    expect(plan(day, { ...month, lifecycle: { deleteAfter: 3 } })).toBe("failed");
  });
});

describe("security groups", () => {
  const rule = (props: Record<string, unknown>) =>
    one("network-open-to-all", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
      ...{ ipProtocol: "tcp", fromPort: 443, toPort: 443 },
      ...props,
    });

  test.each([
    [{ cidrIpv4: "0.0.0.0/0" }, "passed"],
    [{ cidrIpv6: "::/0", ipProtocol: "6" }, "passed"],
    [{ cidrIpv4: "0.0.0.0/0", ipProtocol: "udp" }, "failed"],
    [{ cidrIpv4: "0.0.0.0/0", toPort: 444 }, "failed"],
    [{ cidrIpv4: "10.0.0.0/8", fromPort: 5432, toPort: 5432 }, "passed"],
    [{ cidrIpv6: "fd00::/8", fromPort: 5432, toPort: 5432 }, "passed"],
    [{ cidrIpv6: "2001:db8::/32", fromPort: 5432, toPort: 5432 }, "passed"],
    [{ cidrIpv4: "64.0.0.0/2", fromPort: 5432, toPort: 5432 }, "failed"],
    [{ cidrIpv6: "2000::/3", fromPort: 5432, toPort: 5432 }, "failed"],
    [{ cidrIpv4: "10.0.0.0/8", fromPort: 0, toPort: 65535 }, "failed"],
    [{ referencedSecurityGroupId: "sg-1", ipProtocol: "-1" }, "failed"],
  ])("%j is %s", (props, state) => {
    expect(rule(props)).toBe(state);
  });

  test("a rule of the older kind is refused whatever it says", () => {
    expect(
      one("network-groups-one-rule-each", "aws:ec2/securityGroupRule:SecurityGroupRule", {}),
    ).toBe("failed");
  });
});

test("a machine of its own is held to what launch templates are", () => {
  const of = (id: string, props: Record<string, unknown>) =>
    one(id, "aws:ec2/instance:Instance", props);
  const metadataOptions = { httpTokens: "required", httpPutResponseHopLimit: 2 };
  const disk = { encrypted: true, kmsKeyId: "arn:key" };
  const group = { vpcSecurityGroupIds: ["sg-1"] };
  const secret = "export TOKEN=glrt-Zx7kP2mQ9vL4nB8cT5wY";
  for (const [id, props, state] of [
    ["ec2-imdsv2", { metadataOptions }, "passed"],
    ["ec2-imdsv2", {}, "failed"],
    ["ec2-imdsv2", { metadataOptions: { ...metadataOptions, httpTokens: "optional" } }, "failed"],
    ["ec2-volumes-encrypted", { rootBlockDevice: disk }, "passed"],
    ["ec2-volumes-encrypted", {}, "failed"],
    ["ec2-volumes-encrypted", { rootBlockDevice: disk, ebsBlockDevices: [{}] }, "failed"],
    ["ec2-no-way-in-from-outside", group, "passed"],
    ["ec2-no-way-in-from-outside", { ...group, keyName: "k" }, "failed"],
    ["ec2-no-way-in-from-outside", { ...group, associatePublicIpAddress: true }, "failed"],
    ["ec2-no-way-in-from-outside", {}, "failed"],
    ["no-secrets-in-boot-data", { userData: "#!/bin/bash" }, "passed"],
    ["no-secrets-in-boot-data", { userData: secret }, "failed"],
    [
      "no-secrets-in-boot-data",
      { userDataBase64: Buffer.from(secret).toString("base64") },
      "failed",
    ],
  ] as const)
    expect([id, props, of(id, props)]).toEqual([id, props, state]);
});

describe("launch templates", () => {
  const volumes = (...blockDeviceMappings: object[]) =>
    one("ec2-volumes-encrypted", "aws:ec2/launchTemplate:LaunchTemplate", { blockDeviceMappings });
  const good = { deviceName: "/dev/xvda", ebs: { encrypted: "true", kmsKeyId: "arn:key" } };

  test("a disk without a name, and one of the machine itself, need no key", () => {
    expect(volumes(good, { deviceName: "/dev/sdb", virtualName: "ephemeral0" })).toBe("passed");
    expect(volumes({ deviceName: "/dev/xvda", ebs: { encrypted: "true" } })).toBe("failed");
    expect(volumes({ ...good, ebs: { encrypted: "true", kmsKeyId: "alias/aws/ebs" } })).toBe(
      "failed",
    );
  });
});
