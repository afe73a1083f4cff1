/**
 * What must be true of the ops environment as it stands after an up, read from the sandbox's own objects and from the
 * stack's state: rules over every object, so that a new resource is held to them too.
 */
import { gunzipSync } from "node:zlib";
import { cachePort } from "../../components/managed-data/gcp";
import { flows } from "../../environments/ops/flows";
import type { LedgerObject } from "../../sandbox/control";
import type { TestStack } from "./support/stack";
import { nameOf, standing, type StateResource, waitsFor } from "./support/standing";

let stack: TestStack;
let objects: LedgerObject[];
let state: Map<string, StateResource>;

beforeAll(async () => {
  ({ stack, objects, state } = await standing("ops"));
}, 300_000);

afterAll(async () => {
  await stack.end();
});

const ofType = (...types: string[]) =>
  objects.filter(({ type }) => types.some((one) => type === `gcp:${one}`));
const field = <T>(object: LedgerObject | undefined, key: string): T => object?.outputs[key] as T;
const machine = () =>
  ofType("compute/instance:Instance").find((one) => nameOf(one) === "gitlab-machine");

/** Types that hold data which can't be made again. */
const statefulTypes = [
  "compute/disk:Disk",
  "redis/instance:Instance",
  "secretmanager/secret:Secret",
  "sql/database:Database",
  "sql/databaseInstance:DatabaseInstance",
  "storage/bucket:Bucket",
];
/** Objects of those types that hold nothing of the kind. */
const replaceable = [/^runners-.*-cache/];

describe("size", () => {
  test("the environment is no larger than a reader can hold", () => {
    expect(objects.length).toBeLessThan(230);
  });
});

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

  test("what Google can protect from deletion is protected there too", () => {
    expect(ofType("sql/databaseInstance:DatabaseInstance")[0]?.outputs).toMatchObject({
      deletionProtection: true,
      settings: { deletionProtectionEnabled: true, finalBackupConfig: { enabled: true } },
    });
    expect(field(ofType("redis/instance:Instance")[0], "deletionProtection")).toBe(true);
    for (const secret of ofType("secretmanager/secret:Secret")) {
      expect([nameOf(secret), field(secret, "deletionProtection")]).toEqual([nameOf(secret), true]);
    }
  });
});

describe("labels", () => {
  type Labels = Record<string, string>;
  const missing = (labels: Labels, keys: readonly string[]) => keys.some((key) => !labels[key]);

  test("whatever takes labels says which part of the program made it", () => {
    const labelled = objects.filter(({ outputs }) => "effectiveLabels" in outputs);
    expect(labelled.length).toBeGreaterThan(25);
    const without = labelled.filter(
      // A template's labels are its machines', which nobody has named.
      (object) =>
        !object.type.startsWith("gcp:compute/instanceTemplate") &&
        missing(field<Labels | undefined>(object, "labels") ?? {}, ["component", "resource"]),
    );
    expect(without.map(nameOf)).toEqual([]);
  });

  test("whose it is stands in the provider's default labels, and with what those do not reach", () => {
    const common = { environment: "ops", owner: "infrastructure", stack: "ops" };
    const main = [...state.values()].find(({ urn }) => urn.endsWith("pulumi:providers:gcp::main"));
    expect(main?.inputs?.["defaultLabels"]).toEqual(JSON.stringify(common));
    const unreached = objects.flatMap(({ type, outputs }): Labels[] => {
      if (type.startsWith("gcp:monitoring/") && "userLabels" in outputs) {
        return [outputs["userLabels"] as Labels];
      }
      if (type !== "gcp:sql/databaseInstance:DatabaseInstance") return [];
      return [(outputs["settings"] as { userLabels: Labels }).userLabels];
    });
    expect(unreached.length).toBeGreaterThan(25);
    for (const labels of unreached) expect(labels).toMatchObject(common);
  });
});

describe("network paths", () => {
  const rules = () => ofType("compute/firewall:Firewall");

  test("only HTTPS, its redirect and Git over SSH are open to the internet, on GitLab's machine", () => {
    const open = rules().filter(
      ({ outputs }) =>
        outputs["direction"] === "INGRESS" &&
        ((outputs["sourceRanges"] as string[] | undefined) ?? []).includes("0.0.0.0/0"),
    );
    const ports = open.flatMap((rule) =>
      field<{ ports: string[] }[]>(rule, "allows").flatMap((allow) => allow.ports),
    );
    expect(ports.sort()).toEqual(["22", "443", "80"]);
    const account = field<{ email: string }>(machine(), "serviceAccount").email;
    for (const rule of open) expect(field(rule, "targetServiceAccounts")).toEqual([account]);
  });

  test("every rule stands in the table of flows, but for the one that refuses the rest", () => {
    const list = flows({ hostSshPort: 2022, runners: [1] }, cachePort);
    const outside = new Set(["internet", "database", "cache", "iap"]);
    const sides = list.flatMap(({ from, to }) => [from, to]).filter((one) => !outside.has(one));
    expect(rules()).toHaveLength(sides.length + 1);
  });

  test("no machine but GitLab's has an address of its own", () => {
    const addressed = ofType("compute/instance:Instance").filter((one) =>
      field<{ accessConfigs?: unknown[] }[]>(one, "networkInterfaces").some(
        ({ accessConfigs }) => (accessConfigs ?? []).length > 0,
      ),
    );
    expect(addressed.map(nameOf)).toEqual(["gitlab-machine"]);
  });
});

describe("no single zone holds all", () => {
  test("database and cache have their other half in another zone, backups in another region", () => {
    const database = ofType("sql/databaseInstance:DatabaseInstance")[0];
    expect(database?.outputs["settings"]).toMatchObject({
      availabilityType: "REGIONAL",
      backupConfiguration: { location: "us-central1", pointInTimeRecoveryEnabled: true },
    });
    const cache = ofType("redis/instance:Instance")[0];
    expect(field(cache, "tier")).toBe("STANDARD_HA");
    expect(field(cache, "locationId")).not.toBe(field(cache, "alternativeLocationId"));
    for (const policy of ofType("compute/resourcePolicy:ResourcePolicy")) {
      expect(policy.outputs["snapshotSchedulePolicy"]).toMatchObject({
        snapshotProperties: { storageLocations: "us-central1" },
      });
    }
  });
});

describe("the machine", () => {
  test("waits for network, NAT, rules, disks, data, secrets, names, buckets and its own rights", () => {
    const before = waitsFor(state, machine()?.urn ?? "");
    for (const type of [
      "gcp:projects/service:Service",
      "gcp:compute/subnetwork:Subnetwork",
      "gcp:compute/routerNat:RouterNat",
      "gcp:compute/firewall:Firewall",
      "gcp:compute/disk:Disk",
      "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
      "gcp:dns/recordSet:RecordSet",
      "gcp:sql/user:User",
      "gcp:sql/database:Database",
      "gcp:redis/instance:Instance",
      "gcp:secretmanager/secretVersion:SecretVersion",
      "gcp:secretmanager/secretIamMember:SecretIamMember",
      "gcp:serviceaccount/iAMMember:IAMMember",
      "gcp:storage/bucketIAMMember:BucketIAMMember",
    ]) {
      expect([type, [...before].some((urn) => urn.includes(type))]).toEqual([type, true]);
    }
  });

  test("reads with its own account every secret that its files name, and no other account does", () => {
    const account = field<{ email: string }>(machine(), "serviceAccount").email;
    const packed = field<Record<string, string>>(machine(), "metadata")["gitlab-node-files"] ?? "";
    const files = gunzipSync(Buffer.from(packed, "base64")).toString("utf8");
    const secrets = ofType("secretmanager/secret:Secret").map((one) =>
      field<string>(one, "secretId"),
    );
    const readers = (secret: string) =>
      ofType("secretmanager/secretIamMember:SecretIamMember")
        .filter(
          (one) =>
            field<string>(one, "role") === "roles/secretmanager.secretAccessor" &&
            field<string>(one, "secretId").endsWith(`/${secret}`),
        )
        .map((one) => field<string>(one, "member"));
    for (const secret of secrets) {
      expect([secret, files.includes(secret)]).toEqual([secret, true]);
      if (secret === "gitlab-ops-recovery") expect(readers(secret)).toEqual([]);
      else if (secret.startsWith("gitlab-ops-runner-token-")) {
        expect(readers(secret)).toHaveLength(2);
        expect(readers(secret)).toContain(`serviceAccount:${account}`);
      } else expect([secret, readers(secret)]).toEqual([secret, [`serviceAccount:${account}`]]);
    }
  });
});

describe("rights", () => {
  const members = () =>
    objects.filter(({ type }) => /I(AM|am)Member$/.test(type) && type.startsWith("gcp:"));

  test("nobody is owner, editor or administrator of anything, and nobody is everybody", () => {
    expect(members().length).toBeGreaterThan(30);
    for (const member of members()) {
      const role = field<string>(member, "role");
      expect([nameOf(member), /^roles\/(owner|editor|viewer)$|[aA]dmin$/.test(role)]).toEqual([
        nameOf(member),
        role === "roles/compute.osAdminLogin" ? expect.anything() : false,
      ]);
      expect(field<string>(member, "member")).toMatch(/^(serviceAccount|group):/);
    }
  });

  test("machines may do nothing in the whole project but report, and managers what roles of their own say", () => {
    for (const member of ofType("projects/iAMMember:IAMMember")) {
      const role = field<string>(member, "role");
      if (role === "roles/monitoring.metricWriter") continue;
      expect([nameOf(member), role]).toEqual([
        expect.stringMatching(/^runners-/),
        expect.stringMatching(/\/roles\/gitlab_ops_runners_/),
      ]);
    }
  });

  test("backups can be made by the machine, and neither read nor deleted", () => {
    const rights = ofType("storage/bucketIAMMember:BucketIAMMember").filter((one) =>
      field<string>(one, "bucket").includes("-backup-"),
    );
    expect(rights.map((one) => field(one, "role"))).toEqual([
      "roles/storage.objectCreator",
      "roles/storage.objectCreator",
    ]);
  });

  test("people reach this machine alone, as a group, and through the tunnel", () => {
    const people = members().filter((one) => field<string>(one, "member").startsWith("group:"));
    expect(people.map((one) => field(one, "role")).sort()).toEqual([
      "roles/compute.osAdminLogin",
      "roles/iam.serviceAccountUser",
      "roles/iap.tunnelResourceAccessor",
    ]);
  });
});
