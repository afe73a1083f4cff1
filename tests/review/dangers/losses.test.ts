/** Data that are lost, protection that is lifted, and Git storage that is touched. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dangersOf, isStateful } from "../../../review/dangers";
import { holdingOf } from "../../../review/dangers/holdings";
import { dangerKinds } from "../../../review/record";
import { dangers, fact, told } from "./facts";

const golden = join(__dirname, "..", "..", "golden");
const bucket = "aws:s3/bucket:Bucket::archives";
const disks = "gitlab:gitlabInstance:GcpInstanceDisks$gcp:compute/disk:Disk::gitlab-disks-";

describe("what holds data", () => {
  test("every type of the environments has been judged", () => {
    const types = readdirSync(golden)
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => JSON.parse(readFileSync(join(golden, name), "utf8")) as { type: string }[])
      .map(({ type }) => type);
    expect(types.length).toBeGreaterThan(500);
    expect([...new Set(types)].filter((type) => !holdingOf(type).judged)).toEqual([]);
  });

  test("a type that nobody has judged counts as holding data", () => {
    expect(holdingOf("aws:new/thing:Thing").judged).toBe(false);
    expect(isStateful({ type: "aws:new/thing:Thing" })).toBe(true);
  });

  test.each([
    ["aws:kms/key:Key", true],
    ["gcp:sql/databaseInstance:DatabaseInstance", true],
    ["kubernetes:core/v1:PersistentVolumeClaim", true],
    ["kubernetes:core/v1:Namespace", true],
    ["aws:s3/bucketPolicy:BucketPolicy", false],
    ["aws:s3/bucketObjectv2:BucketObjectv2", false],
    ["aws:s3/bucketVersioning:BucketVersioning", false],
    ["aws:secretsmanager/secretVersion:SecretVersion", false],
    ["gcp:storage/bucketIAMMember:BucketIAMMember", false],
    ["gcp:compute/instance:Instance", false],
  ])("%s: %s", (type, expected) => {
    expect(isStateful({ type })).toBe(expected);
  });

  test("whatever is or was protected counts", () => {
    const type = "gcp:compute/instance:Instance";
    const side = (protect: boolean) => ({ id: "", inputs: {}, outputs: {}, protect });
    expect(isStateful({ type, old: side(true), new: side(false) })).toBe(true);
    expect(isStateful({ type, new: side(true) })).toBe(true);
    expect(isStateful({ type, old: side(false), new: side(false) })).toBe(false);
  });
});

describe("stateful things", () => {
  test("a deletion says what is lost, and that protection stands in its way", () => {
    expect(told(fact({ of: bucket, before: {} }))).toEqual([
      "stateful-deleted archives: is deleted; lost with it: the bucket's objects",
    ]);
    expect(told(fact({ of: bucket, before: {}, protect: [true, false] }))[0]).toContain(
      "it is protected, so the up will refuse",
    );
  });

  test("a replacement names the properties that force it", () => {
    const before = { zone: "a", size: 1 };
    const [only] = told(
      fact({
        of: `${disks}state`,
        before,
        after: { zone: "b", size: 2 },
        changed: ["!zone", "size"],
      }),
    );
    expect(only).toContain(
      "is replaced by a new, empty one because of zone; lost with it: the disk",
    );
  });

  test("a replacement without a detailed diff names what differs, and one drawn in says so", () => {
    const given = { of: bucket, before: {}, after: {}, operation: "replace" } as const;
    expect(told(fact({ ...given, changed: ["region"] }))[0]).toContain("because of region");
    expect(told(fact(given))[0]).toContain("because something that it depends on is replaced");
  });

  test("the Git repositories are named", () => {
    expect(told(fact({ of: `${disks}repositories`, before: {} }))[0]).toContain(
      "the Git repositories are lost with it",
    );
  });

  test("what holds nothing is not told", () => {
    expect(told(fact({ of: "aws:kms/alias:Alias::a", before: {} }))).toEqual([]);
  });
});

describe("protection", () => {
  const lifted = (of: string, before: object, after: object, changed: string[] = ["x"]) =>
    told(fact({ of, before: { ...before }, after: { ...after }, changed })).filter((one) =>
      one.startsWith("protection-lifted"),
    );

  test("the engine's own is told though it counts as no change", () => {
    expect(told(fact({ of: bucket, before: {}, after: {}, protect: [true, false] }))).toEqual([
      "protection-lifted archives: is no longer protected: from this up on it can be deleted or replaced",
    ]);
  });

  const rds = "aws:rds/instance:Instance::db";
  const sql = "gcp:sql/databaseInstance:DatabaseInstance::db";
  const lock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration::lock";
  const retention = (days: number, mode = "COMPLIANCE") => ({
    rule: { defaultRetention: { days, mode } },
  });
  const plan = (...rules: [string, number][]) => ({
    rules: rules.map(([ruleName, deleteAfter]) => ({ ruleName, lifecycle: { deleteAfter } })),
  });
  const vault = (properties: object) => ({ properties });
  const policy = (duration: string) => ({
    properties: {
      policyRules: [{ name: "Default", lifecycles: [{ deleteAfter: { duration } }] }],
    },
  });
  const days = (retentionInDays?: number) => ({ retentionInDays });
  const noncurrent = (noncurrentDays: number) => ({
    rules: [{ id: "a", noncurrentVersionExpiration: { noncurrentDays } }],
  });

  test.each<[string, string, object, object]>([
    ["deletion protection off", rds, { deletionProtection: true }, { deletionProtection: false }],
    ["left out is off", rds, { deletionProtection: true }, {}],
    ["no final snapshot", rds, { skipFinalSnapshot: false }, { skipFinalSnapshot: true }],
    ["backups shorter", rds, { backupRetentionPeriod: 14 }, { backupRetentionPeriod: 7 }],
    ["backups off", rds, { backupRetentionPeriod: 14 }, {}],
    [
      "Cloud SQL's own",
      sql,
      { settings: { deletionProtectionEnabled: true } },
      { settings: { deletionProtectionEnabled: false } },
    ],
    ["force destroy", bucket, { forceDestroy: false }, { forceDestroy: true }],
    ["object lock shorter", lock, retention(35), retention(7)],
    ["object lock weaker", lock, retention(35), retention(35, "GOVERNANCE")],
    [
      "versioning suspended",
      "aws:s3/bucketVersioning:BucketVersioning::v",
      { versioningConfiguration: { status: "Enabled" } },
      { versioningConfiguration: { status: "Suspended" } },
    ],
    [
      "KMS window shorter",
      "aws:kms/key:Key::k",
      { deletionWindowInDays: 30 },
      { deletionWindowInDays: 7 },
    ],
    ["KMS window from the default", "aws:kms/key:Key::k", {}, { deletionWindowInDays: 7 }],
    ["a plan's rule gone", "aws:backup/plan:Plan::p", plan(["a", 35], ["b", 7]), plan(["a", 35])],
    ["a plan's rule shorter", "aws:backup/plan:Plan::p", plan(["a", 35]), plan(["a", 34])],
    [
      "purging",
      "azure-native:keyvault:Vault::v",
      vault({ enablePurgeProtection: true }),
      vault({}),
    ],
    [
      "Azure's policy",
      "azure-native:dataprotection:BackupPolicy::p",
      policy("P3M"),
      policy("P30D"),
    ],
    ["logs for ever, then less", "aws:cloudwatch/logGroup:LogGroup::l", days(), days(30)],
    [
      "earlier versions shorter",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration::l",
      noncurrent(30),
      noncurrent(1),
    ],
    [
      "persistence off",
      "gcp:redis/instance:Instance::r",
      { persistenceConfig: { persistenceMode: "RDB" } },
      { persistenceConfig: { persistenceMode: "DISABLED" } },
    ],
    [
      "retention shorter",
      "gcp:storage/bucket:Bucket::b",
      { retentionPolicy: { retentionPeriod: "3024000" } },
      { retentionPolicy: { retentionPeriod: "86400" } },
    ],
  ])("%s is told, and its reverse is not", (_, of, before, after) => {
    const stronger = of === "azure-native:dataprotection:BackupPolicy::p" ? policy("P1Y") : before;
    expect(lifted(of, before, after)).toHaveLength(1);
    expect(lifted(of, after, before)).toEqual([]);
    expect(lifted(of, before, stronger)).toEqual([]);
  });

  test("a lock that is deleted is told, unless what it guards goes too", () => {
    const of = "gitlab:a:Disks$azure-native:authorization:ManagementLockByScope::lock";
    const parent = "gitlab:a:Disks::disks";
    const deleted = fact({ of, parent, before: {} });
    expect(told(deleted)[0]).toContain("the lock is taken off");
    const disk = fact({
      of: "gitlab:a:Disks$azure-native:compute:Disk::disk",
      parent,
      before: {},
      protect: [true, false],
    });
    expect(told(deleted, disk).join()).not.toContain("the lock");
  });

  test("several of one resource are one danger", () => {
    const before = { deletionProtection: true, skipFinalSnapshot: false };
    const after = { deletionProtection: false, skipFinalSnapshot: true };
    expect(lifted(rds, before, after)).toHaveLength(1);
  });
});

describe("Git storage", () => {
  const machine =
    "gitlab:gitlabInstance:GcpGitLabInstance$gcp:compute/instance:Instance::gitlab-machine";
  const group = "gitlab:gitlabInstance:AwsNodeGroup$aws:autoscaling/group:Group::";
  const sides = { before: { a: 1 }, after: { a: 2 } };

  test("the storage changed in place is told, by property; labels are not", () => {
    expect(
      told(fact({ of: `${disks}repositories`, ...sides, changed: ["size", "labels.a"] })),
    ).toEqual([
      "git-storage-touched gitlab-disks-repositories: the storage that holds the Git repositories is changed in place: size",
    ]);
    expect(told(fact({ of: `${disks}repositories`, ...sides, changed: ["labels.a"] }))).toEqual([]);
    expect(told(fact({ of: `${disks}state`, ...sides, changed: ["size"] }))).toEqual([]);
  });

  test("a new machine is a pause, and the repositories stay", () => {
    const [only] = told(
      fact({ of: machine, ...sides, changed: ["!bootDisk.initializeParams.image"] }),
    );
    expect(only).toMatch(/^git-storage-touched .*Git pauses.*the repositories stay/);
  });

  test("a machine whose repositories go as well is not said to keep them", () => {
    const found = told(
      fact({ of: machine, before: {} }),
      fact({ of: `${disks}repositories`, before: {} }),
    );
    expect(found.join()).not.toContain("the repositories stay");
  });

  test("a machine that is stopped for a change pauses Git; new files for it do not", () => {
    expect(told(fact({ of: machine, ...sides, changed: ["machineType"] }))[0]).toContain(
      "stopped and started",
    );
    expect(told(fact({ of: machine, ...sides, changed: ["metadata.gitlab-node-files"] }))).toEqual(
      [],
    );
  });

  test("Gitaly's group is refreshed for its template, the application's is another matter", () => {
    const of = (name: string) =>
      told(
        fact({
          of: `${group}${name}-group`,
          parent: `gitlab:gitlabInstance:AwsNodeGroup::${name}`,
          ...sides,
          changed: ["launchTemplate.version"],
        }),
      );
    expect(of("gitlab-gitaly")[0]).toContain("instance refresh");
    expect(of("gitlab-single")[0]).toContain("instance refresh");
    expect(of("gitlab-application")).toEqual([]);
  });

  test("the Git file system's mounts are told, those of other file systems are not", () => {
    const target = (name: string) =>
      told(
        fact({
          of: `gitlab:managedData:AwsFiles$aws:efs/mountTarget:MountTarget::${name}-target-1`,
          parent: `gitlab:managedData:AwsFiles::${name}`,
          ...sides,
          changed: ["!subnetId"],
        }),
      );
    expect(target("git-files")[0]).toContain("may lose its mount");
    expect(target("shared-files")).toEqual([]);
  });
});

describe("databases", () => {
  const rds = "aws:rds/instance:Instance::db";
  const change = (of: string, before: object, after: object, changed: string[]) =>
    told(fact({ of, before: { ...before }, after: { ...after }, changed }));

  test("a change that interrupts says so, and when", () => {
    const before = { engineVersion: "17.6", applyImmediately: false };
    const after = { engineVersion: "17.7", applyImmediately: false };
    expect(change(rds, before, after, ["engineVersion"])).toEqual([
      "database-touched db: engineVersion 17.6 to 17.7: another engine version; the database is not available while it is made; applied in the next maintenance window",
    ]);
    expect(
      change(rds, before, { ...after, applyImmediately: true }, ["engineVersion"])[0],
    ).toContain("applied at once");
  });

  test("parameters are told by name, and which of them wait for a restart", () => {
    const flags = (connections: string) => ({
      settings: {
        databaseFlags: [
          { name: "max_connections", value: connections },
          { name: "work_mem", value: connections },
        ],
      },
    });
    expect(
      change("gcp:sql/databaseInstance:DatabaseInstance::db", flags("1"), flags("2"), [
        "settings.databaseFlags[0].value",
      ]),
    ).toEqual([
      "database-touched db: parameters max_connections, work_mem, of which max_connections with a restart: Cloud SQL restarts the instance, and its replicas, for them at once",
    ]);
    const parameters = (value: string) => ({
      parameters: [{ name: "work_mem", value, applyMethod: "immediate" }],
    });
    expect(
      change("aws:rds/parameterGroup:ParameterGroup::p", parameters("1"), parameters("2"), [
        "parameters[0].value",
      ])[0],
    ).toContain("in force at once");
  });

  test("tags are no matter of the database's", () => {
    expect(change(rds, { tags: { a: "1" } }, { tags: { a: "2" } }, ["tags.a"])).toEqual([]);
  });

  test("a password is never said", () => {
    const [only] = change(rds, { password: "before" }, { password: "after" }, ["password"]);
    expect(only).toContain("password: another password");
    expect(only).not.toMatch(/before|after/);
  });
});

test("the worst comes first, by name within a kind, and every message passes the mask", () => {
  const facts = [
    fact({
      of: "aws:rds/instance:Instance::a",
      before: { port: 1 },
      after: { port: 2 },
      changed: ["port"],
    }),
    fact({ of: "aws:s3/bucket:Bucket::z", before: {} }),
    fact({ of: "aws:s3/bucket:Bucket::b", before: {} }),
    fact({ of: "aws:s3/bucket:Bucket::c", before: {}, after: {}, protect: [true, false] }),
  ];
  const found = dangers(...facts);
  expect(found.map(({ name }) => name)).toEqual(["b", "z", "c", "a"]);
  const ranks = found.map(({ kind }) => dangerKinds.indexOf(kind));
  expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
  const masked = dangersOf(
    { resources: facts, policies: [], diagnostics: [] },
    { text: () => "masked" },
  );
  expect(masked.every(({ message }) => message === "masked")).toBe(true);
});
