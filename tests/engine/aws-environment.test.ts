/**
 * What must be true of the aws environment as it stands after an up, read from the sandbox's own objects and from the
 * stack's state: rules over every object, so that a new resource is held to them too.
 */
import { isDeepStrictEqual } from "node:util";
import type { LedgerObject } from "../../sandbox/control";
import { arnForm, arnOf, type MadeKind, type NamedKind } from "../../components/shared/aws";
import { flows } from "../../environments/aws/flows";
import { plainText } from "../../policies/secrets-scan";
import type { TestStack } from "./support/stack";
import { nameOf, standing, type StateResource } from "./support/standing";
import { actionsCalled, actionsOf, allowed, never, superfluous } from "../support/iam-actions";

let stack: TestStack;
let objects: LedgerObject[];
let state: Map<string, StateResource>;

beforeAll(async () => {
  ({ stack, objects, state } = await standing("aws"));
}, 300_000);

afterAll(async () => {
  await stack.end();
});

const ofType = (...types: string[]) =>
  objects.filter(({ type }) => types.some((one) => type === `aws:${one}`));
const field = <T>(object: LedgerObject, key: string): T => object.outputs[key] as T;

/** Types that hold data which can't be made again. */
const statefulTypes = [
  "backup/vault:Vault",
  "dynamodb/table:Table",
  "ec2/volume:Volume",
  "efs/fileSystem:FileSystem",
  "elasticache/replicationGroup:ReplicationGroup",
  "kms/key:Key",
  "rds/instance:Instance",
  "s3/bucket:Bucket",
  "secretsmanager/secret:Secret",
];
/** Objects of those types that hold nothing of the kind. */
const replaceable = [/^node-files-/, /-logs-bucket$/, /^runners-/];

describe("protection", () => {
  test("everything that holds data is protected, and nothing else is", () => {
    const wanted = ofType(...statefulTypes)
      .filter((object) => !replaceable.some((pattern) => pattern.test(nameOf(object))))
      .map(({ urn }) => urn)
      .sort();
    const found = [...state.values()]
      .filter(({ protect }) => protect === true)
      .map(({ urn }) => urn)
      .sort();
    expect(found).toEqual(wanted);
    expect(found.length).toBeGreaterThan(20);
  });

  test("what its cloud can protect from deletion is protected there too", () => {
    const [database] = ofType("rds/instance:Instance");
    expect(database?.outputs).toMatchObject({
      deletionProtection: true,
      skipFinalSnapshot: false,
      deleteAutomatedBackups: false,
    });
    for (const table of ofType("dynamodb/table:Table")) {
      expect(field(table, "deletionProtectionEnabled")).toBe(true);
    }
    for (const balancer of ofType("lb/loadBalancer:LoadBalancer")) {
      expect(field(balancer, "enableDeletionProtection")).toBe(true);
    }
    for (const bucket of ofType("s3/bucket:Bucket")) {
      if (replaceable.some((pattern) => pattern.test(nameOf(bucket)))) continue;
      expect([nameOf(bucket), field(bucket, "forceDestroy")]).toEqual([nameOf(bucket), false]);
    }
  });
});

/** Kinds whose ARN the program makes of the name, by the type that has it. */
const namedTypes: Readonly<Record<NamedKind, string>> = {
  eventRule: "cloudwatch/eventRule:EventRule",
  imageRepository: "ecr/repository:Repository",
  instanceProfile: "iam/instanceProfile:InstanceProfile",
  logGroup: "cloudwatch/logGroup:LogGroup",
  queue: "sqs/queue:Queue",
  role: "iam/role:Role",
  table: "dynamodb/table:Table",
  topic: "sns/topic:Topic",
  // On dev alone.
  user: "iam/user:User",
};

/** A form as a pattern: what stands in braces is AWS' own. */
function formOf(form: string): RegExp {
  const escaped = form.replace(/[.*+?^$()[\]\\|/]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{\w+\}/g, "[^: ]+").replace(/[{}]/g, "\\$&")}$`);
}

/** Texts in the order in which they stand; what policies cannot know of a bundle is its digest. */
function lines(text: string): string[] {
  const listed = /^[0-9a-f]{64} (0\d{3}) \d+ (\/)/gm;
  return plainText(text)
    .replace(listed, "$1 $2")
    .replace(/[0-9a-f]{64}/g, "digest")
    .split("\n");
}

/** Whether what is shown is a document or a text, but for what AWS makes, in its form. */
function isShown(shown: unknown, real: unknown): boolean {
  const same = (one: unknown, other: unknown): boolean => {
    if (typeof one === "string" && typeof other === "string")
      return one === other || formOf(one).test(other);
    if (typeof one !== "object" || one === null) return one === other;
    if (typeof other !== "object" || other === null) return false;
    return (
      isDeepStrictEqual(Object.keys(one).sort(), Object.keys(other).sort()) &&
      Object.entries(one).every(([key, inner]) =>
        same(inner, (other as Record<string, unknown>)[key]),
      )
    );
  };
  return typeof shown === "string"
    ? same(lines(shown), lines(String(real)))
    : same(shown, JSON.parse(String(real)));
}

describe("ARNs", () => {
  test.each(Object.entries(namedTypes).filter(([kind]) => kind !== "user"))(
    "what the program makes of a name is what AWS gives: %s",
    (kind, type) => {
      const found = ofType(type);
      expect(found.length).toBeGreaterThan(0);
      for (const object of found) {
        const own = field<string>(object, "arn");
        const [, , , region = "", accountId = ""] = own.split(":");
        const path = (object.outputs["path"] as string | undefined) ?? "/";
        const made = arnOf(
          kind as NamedKind,
          { accountId, region },
          field<string>(object, "name"),
          path,
        );
        expect([nameOf(object), made]).toEqual([nameOf(object), own]);
      }
    },
  );

  test.each<[MadeKind, string]>([
    ["accessPoint", "efs/accessPoint:AccessPoint"],
    ["fileSystem", "efs/fileSystem:FileSystem"],
    ["key", "kms/key:Key"],
    ["launchTemplate", "ec2/launchTemplate:LaunchTemplate"],
    ["secret", "secretsmanager/secret:Secret"],
    ["subnet", "ec2/subnet:Subnet"],
  ])("what AWS makes has the form that policies are shown: %s", (kind, type) => {
    const found = ofType(type);
    expect(found.length).toBeGreaterThan(0);
    for (const object of found) expect(field(object, "arn")).toMatch(formOf(arnForm(kind)));
  });

  test("what policies are shown of a document is its text, but for what AWS makes", () => {
    const shown = [...state.values()].filter(({ type }) => type === "gitlab:shared:ShownDocument");
    expect(shown.length).toBeGreaterThan(10);
    for (const { urn, type, inputs = {} } of shown) {
      const place = urn.replace(`${type}::`, "::");
      const taker = [...state.values()].find(
        (one) => one.urn !== urn && one.urn.replace(`${one.type}::`, "::") === place,
      );
      for (const [property, known] of Object.entries(inputs))
        expect([urn, isShown(known, taker?.inputs?.[property])]).toEqual([urn, true]);
    }
  });

  test("every ARN that a name makes and that something is told belongs to an object that stands", () => {
    const standing = new Set(objects.map(({ outputs }) => outputs["arn"]));
    const forms =
      /arn:aws:(?:sns|sqs|ecr|dynamodb|logs|events|iam):[a-z0-9-]*:(\d{12}):(?:role\/|instance-profile\/|table\/|repository\/|rule\/|log-group:|(?=[\w-]+["\\]))[\w/.-]+(?![\w/.*-])/g;
    const foreign = /:role\/aws-service-role\/|:root$|:\*$/;
    const told = objects.flatMap((object) =>
      [...JSON.stringify(object.inputs).matchAll(forms)].map(([arn]) => [nameOf(object), arn]),
    );
    expect(told.length).toBeGreaterThan(50);
    expect(told.filter(([, arn = ""]) => !standing.has(arn) && !foreign.test(arn))).toEqual([]);
  });
});

describe("tags", () => {
  test("whatever takes tags says whose it is and which part of the program made it", () => {
    const tagged = objects.filter(({ outputs }) => "tagsAll" in outputs);
    expect(tagged.length).toBeGreaterThan(150);
    const untagged = tagged.filter(({ outputs }) => {
      const tags = (outputs["tagsAll"] ?? {}) as Record<string, string>;
      return ["Environment", "Owner", "Stack", "Component", "Resource"].some((key) => !tags[key]);
    });
    expect(untagged.map(nameOf)).toEqual([]);
  });

  test("machines, volumes and groups carry environment, component and owner, which default tags do not reach", () => {
    for (const template of ofType("ec2/launchTemplate:LaunchTemplate")) {
      const specifications = field<{ resourceType: string; tags: Record<string, string> }[]>(
        template,
        "tagSpecifications",
      );
      const kinds = specifications.map(({ resourceType }) => resourceType);
      expect(kinds).toEqual(expect.arrayContaining(["instance", "volume"]));
      for (const { tags } of specifications) {
        expect(Object.keys(tags)).toEqual(
          expect.arrayContaining(["Component", "Environment", "Owner"]),
        );
      }
    }
    for (const group of ofType("autoscaling/group:Group")) {
      const keys = field<{ key: string }[]>(group, "tags").map(({ key }) => key);
      expect(keys).toEqual(expect.arrayContaining(["Component", "Environment", "Owner"]));
    }
  });
});

describe("network paths", () => {
  test("only HTTPS, its redirect and Git over SSH are open to the internet, at load balancers", () => {
    const open = ofType("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter((rule) => rule.outputs["cidrIpv4"] === "0.0.0.0/0" || "cidrIpv6" in rule.inputs)
      .map((rule) => [
        groupName(rule),
        field<number>(rule, "fromPort"),
        field<number>(rule, "toPort"),
      ]);
    expect(open.sort()).toEqual([
      ["firewall-ssh-balancer", 22, 22],
      ["firewall-web-balancer", 443, 443],
      ["firewall-web-balancer", 80, 80],
    ]);
  });

  test("every rule stands in the table of flows, and every flow has its two rules", () => {
    const settings = {
      topology: "distributed",
      objectData: "s3",
      gitaly: { data: "efs" },
    } as never;
    const list = flows(settings);
    const inside = list.filter(({ from, to }) => from !== "internet" && to !== "internet").length;
    const outside = list.length - inside;
    const rules = ofType(
      "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    ).filter((rule) => groupName(rule).startsWith("firewall-"));
    expect(rules).toHaveLength(inside * 2 + outside);
  });

  function groupName(rule: LedgerObject): string {
    const group = ofType("ec2/securityGroup:SecurityGroup").find(
      ({ id }) => id === rule.outputs["securityGroupId"],
    );
    return group === undefined ? "?" : nameOf(group);
  }
});

describe("no single point of failure", () => {
  const zoneOf = (subnetId: string) =>
    ofType("ec2/subnet:Subnet")
      .filter(({ id }) => id === subnetId)
      .map((subnet) => field<string>(subnet, "availabilityZone"))[0];
  const zones = (ids: readonly string[]) => new Set(ids.map(zoneOf));

  test("load balancers, groups, databases, caches and file systems span three zones", () => {
    for (const balancer of ofType("lb/loadBalancer:LoadBalancer")) {
      expect(zones(field<string[]>(balancer, "subnets")).size).toBe(3);
    }
    for (const group of ofType("autoscaling/group:Group")) {
      expect(zones(field<string[]>(group, "vpcZoneIdentifiers")).size).toBe(3);
    }
    for (const group of ofType(
      "rds/subnetGroup:SubnetGroup",
      "elasticache/subnetGroup:SubnetGroup",
    )) {
      expect(zones(field<string[]>(group, "subnetIds")).size).toBe(3);
    }
    const targets = ofType("efs/mountTarget:MountTarget").map((one) =>
      field<string>(one, "subnetId"),
    );
    expect(zones(targets).size).toBe(3);
  });

  test("the loss of any one zone leaves an application node, the database's standby, a cache and a way out", () => {
    const application = ofType("autoscaling/group:Group").find((group) =>
      nameOf(group).includes("application"),
    );
    expect(application?.outputs["minSize"]).toBeGreaterThanOrEqual(2);
    expect(ofType("rds/instance:Instance")[0]?.outputs["multiAz"]).toBe(true);
    expect(ofType("elasticache/replicationGroup:ReplicationGroup")[0]?.outputs).toMatchObject({
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
    });
    const gateways = ofType("ec2/natGateway:NatGateway");
    const routes = ofType("ec2/route:Route").filter(({ outputs }) => "natGatewayId" in outputs);
    for (const association of ofType("ec2/routeTableAssociation:RouteTableAssociation")) {
      const route = routes.find(
        ({ outputs }) => outputs["routeTableId"] === association.outputs["routeTableId"],
      );
      if (route === undefined) continue;
      const gateway = gateways.find(({ id }) => id === route.outputs["natGatewayId"]);
      expect(zoneOf(field(association, "subnetId"))).toBe(
        zoneOf(gateway === undefined ? "" : field(gateway, "subnetId")),
      );
    }
  });

  test("the group that writes Git data never has two machines and is not rebalanced", () => {
    const group = ofType("autoscaling/group:Group").find((one) => nameOf(one).includes("gitaly"));
    expect(group?.outputs).toMatchObject({
      minSize: 1,
      maxSize: 1,
      suspendedProcesses: expect.arrayContaining(["AZRebalance"]) as unknown,
      instanceMaintenancePolicy: { minHealthyPercentage: 0, maxHealthyPercentage: 100 },
    });
    expect(group?.outputs["instanceRefresh"]).toMatchObject({
      preferences: { minHealthyPercentage: 0, maxHealthyPercentage: 100 },
    });
  });
});

describe("machines", () => {
  test("user data is a loader under EC2's 16 KB, and metadata needs a session token", () => {
    const templates = ofType("ec2/launchTemplate:LaunchTemplate");
    expect(templates.length).toBeGreaterThanOrEqual(4);
    for (const template of templates) {
      const userData = Buffer.from(field<string>(template, "userData"), "base64");
      expect(userData.length).toBeLessThanOrEqual(16 * 1024);
      expect(userData.toString("utf8")).toMatch(/^#!/);
      expect(template.outputs["metadataOptions"]).toMatchObject({ httpTokens: "required" });
      const worker = nameOf(template).includes("worker");
      expect(template.outputs["metadataOptions"]).toMatchObject({
        httpPutResponseHopLimit: worker ? 1 : 2,
      });
      expect(template.outputs["iamInstanceProfile"] === undefined).toBe(worker);
    }
  });

  test("a group of GitLab nodes waits for routes, rules, mounts, listeners, secrets and its own rights", () => {
    for (const group of ofType("autoscaling/group:Group")) {
      if (!group.urn.includes("AwsNodeGroup")) continue;
      const before = reach(group.urn);
      for (const type of [
        "aws:ec2/route:Route",
        "aws:ec2/natGateway:NatGateway",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:efs/mountTarget:MountTarget",
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        "aws:lb/listener:Listener",
        "aws:rds/instance:Instance",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:s3/bucketObjectv2:BucketObjectv2",
      ]) {
        expect([nameOf(group), type, [...before].some((urn) => urn.includes(type))]).toEqual([
          nameOf(group),
          type,
          true,
        ]);
      }
    }
  });

  test("what holds data has a fixed name: no make-up of the provider's", () => {
    for (const object of ofType(...statefulTypes)) {
      const auto = new RegExp(`^${nameOf(object)}-[0-9a-f]{7}$`);
      expect(
        Object.values(object.inputs).filter((v) => typeof v === "string" && auto.test(v)),
      ).toEqual([]);
    }
  });

  /** Everything that a resource waits for, over any number of steps. */
  function reach(urn: string, seen = new Set<string>()): Set<string> {
    for (const next of state.get(urn)?.dependencies ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      reach(next, seen);
    }
    return seen;
  }
});

describe("rights", () => {
  const policies = () => ofType("iam/rolePolicy:RolePolicy", "iam/policy:Policy");

  test("nobody may do everything, and no statement allows all actions on all resources", () => {
    for (const policy of policies()) {
      for (const { effect, actions, resources } of actionsOf(field<string>(policy, "policy"))) {
        if (effect !== "Allow") continue;
        expect([
          nameOf(policy),
          actions.filter((action) => action === "*" || action.endsWith(":*")),
        ]).toEqual([nameOf(policy), []]);
        expect(resources.length).toBeGreaterThan(0);
      }
    }
  });

  test.each([
    ["application", "gitlab-application-files-bundle", "gitlab-application-policy"],
    ["gitaly", "gitlab-gitaly-files-bundle", "gitlab-gitaly-policy"],
    ["backup", "backup-files-bundle", "backup-machine-rights"],
    ["runners", "runners-shared-files-bundle", "runners-shared-rights"],
  ])(
    "the %s role may do every AWS call in its machines' files, and nothing else",
    (role, bundle, name) => {
      const policy = policies().find((one) => nameOf(one) === name);
      const statements = actionsOf(policy === undefined ? "" : field<string>(policy, "policy"));
      const [files] = ofType("s3/bucketObjectv2:BucketObjectv2")
        .filter((one) => nameOf(one) === bundle)
        .map((one) => field<string>(one, "content"));
      const called = actionsCalled(files ?? "");
      expect(called.length).toBeGreaterThan(5);
      const missing = called.filter((action) => !allowed(statements, action));
      expect(missing).toEqual([...(never[role] ?? [])].sort());
      expect(superfluous(role, files ?? "", statements)).toEqual([]);
    },
  );

  test("the backup role can neither read nor delete what it has stored", () => {
    const role = "gitlab-aws-backup";
    const own = policies().filter((one) => field(one, "role") === role);
    expect(own.length).toBeGreaterThan(0);
    const text = JSON.stringify(own.map((one) => field<string>(one, "policy")));
    const statements = own.flatMap((one) => actionsOf(field<string>(one, "policy")));
    const onBackups = statements.filter(
      ({ effect, resources }) =>
        effect === "Allow" &&
        resources.some((arn) => arn.includes("444455556666") || arn.includes("-backup-")),
    );
    const actions = onBackups
      .flatMap(({ actions: list }) => list)
      .filter((action) => action.startsWith("s3:"));
    expect(actions.filter((action) => /Get|Delete|Bypass|Restore|\*/.test(action))).toEqual([]);
    expect(actions).toEqual(
      expect.arrayContaining(["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListBucket"]),
    );
    expect(text).not.toContain("BypassGovernanceRetention");
  });
});
