/** What the models of Cloud Storage, Secret Manager, KMS and DNS let through and what they refuse. */
import type { Wire } from "../sandbox/support/client";
import { Project } from "./gcp-support";

const BUCKET = "gcp:storage/bucket:Bucket";
const GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember";
const OBJECT = "gcp:storage/bucketObject:BucketObject";
const SECRET = "gcp:secretmanager/secret:Secret";
const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
const READER = "gcp:secretmanager/secretIamMember:SecretIamMember";
const RING = "gcp:kms/keyRing:KeyRing";
const KEY = "gcp:kms/cryptoKey:CryptoKey";
const ZONE = "gcp:dns/managedZone:ManagedZone";
const RECORD = "gcp:dns/recordSet:RecordSet";

let project: Project;
beforeEach(async () => {
  project = await Project.open(["iam", "secretmanager", "cloudkms", "dns"]);
});
afterEach(() => project.close());

describe("a bucket", () => {
  const bucket = (more: Wire = {}): Wire => ({
    name: "gitlab-tests-artifacts",
    location: "EUROPE-WEST4",
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    ...more,
  });

  test("has its true links and the provider's labels", async () => {
    const { id, outputs } = await project.make(BUCKET, bucket({ labels: { environment: "ops" } }));
    expect(id).toBe("gitlab-tests-artifacts");
    expect(outputs["url"]).toBe("gs://gitlab-tests-artifacts");
    expect(outputs["selfLink"]).toBe(
      "https://www.googleapis.com/storage/v1/b/gitlab-tests-artifacts",
    );
    expect(outputs["softDeletePolicy"]).toMatchObject({ retentionDurationSeconds: 604800 });
  });

  test("a name belongs to everybody", async () => {
    await project.make(BUCKET, bucket());
    const other = await project.bench.connect("gcp", { project: "elsewhere-1" });
    await expect(
      other.make("urn:pulumi:test::sandbox::gcp:storage/bucket:Bucket::other", bucket()),
    ).rejects.toThrow(/exists already/);
  });

  const rule = (action: Wire, condition: Wire): Wire => ({
    lifecycleRules: [{ action, condition }],
  });
  test.each<[string, Wire, RegExp]>([
    ["a name in capitals", { name: "Artifacts" }, /name/],
    ["a name of Google's", { name: "my-google-bucket" }, /google/],
    ["a name of two letters", { name: "ab" }, /name/],
    ["a location that is none", { location: "Amsterdam" }, /location/],
    [
      "versions under a retention policy",
      { versioning: { enabled: true }, retentionPolicy: { retentionPeriod: "86400" } },
      /versioning/,
    ],
    [
      "five days of soft deletion",
      { softDeletePolicy: { retentionDurationSeconds: 432000 } },
      /604800/,
    ],
    ["a rule without a condition", rule({ type: "Delete" }, {}), /at least one condition/],
    ["a rule after no days", rule({ type: "Delete" }, { age: 0 }), /IfZero/],
    ["a class without its name", rule({ type: "SetStorageClass" }, { age: 30 }), /storageClass/],
    [
      "uploads by their versions",
      rule({ type: "AbortIncompleteMultipartUpload" }, { numNewerVersions: 2 }),
      /AbortIncompleteMultipartUpload/,
    ],
    ["replication of one region", { rpo: "DEFAULT" }, /rpo/],
    [
      "one place of two",
      { location: "EU", customPlacementConfig: { dataLocations: ["EUROPE-WEST4"] } },
      /two regions/,
    ],
  ])("%s is refused", async (_, more, problem) => {
    await expect(project.make(BUCKET, bucket(more))).rejects.toThrow(problem);
  });

  test("no days of soft deletion are taken, and a location in small letters is the same", async () => {
    const made = await project.make(
      BUCKET,
      bucket({ softDeletePolicy: { retentionDurationSeconds: 0 } }),
    );
    expect(await project.replaced(made, bucket({ location: "europe-west4" }))).toEqual([]);
    expect(await project.replaced(made, bucket({ location: "EUROPE-WEST1" }))).toEqual([
      "location",
    ]);
  });

  test("a locked retention is only made longer", async () => {
    const locked = (retentionPeriod: string): Wire =>
      bucket({ retentionPolicy: { isLocked: true, retentionPeriod } });
    const made = await project.make(BUCKET, locked("86400"));
    await expect(project.change(made, locked("3600"))).rejects.toThrow(/locked/);
    await expect(project.change(made, bucket())).rejects.toThrow(/locked/);
    await project.change(made, locked("172800"));
  });

  test("is deleted with its objects only where it says so", async () => {
    const made = await project.make(BUCKET, bucket());
    await project.make(OBJECT, { bucket: made.id, name: "a", content: "planted-content" });
    expect(JSON.stringify(project.bench.sandbox.objects({}))).not.toContain("planted-content");
    await expect(project.provider.delete(made)).rejects.toThrow(/not empty/);
    await project.provider.delete(await project.change(made, bucket({ forceDestroy: true })));
  });

  test("objects under retention are not deleted", async () => {
    const made = await project.make(
      BUCKET,
      bucket({ retentionPolicy: { retentionPeriod: "86400" } }),
    );
    const object = await project.make(OBJECT, { bucket: made.id, name: "a", content: "b" });
    await expect(project.provider.delete(object)).rejects.toThrow(/retention policy/);
  });

  test("is given only to those who are there, and never to everybody where that is prevented", async () => {
    const made = await project.make(BUCKET, bucket());
    const role = "roles/storage.objectUser";
    const account = await project.account("gitlab-objects");
    await project.make(GRANT, {
      bucket: made.id,
      role,
      member: account.outputs["member"] as string,
    });
    await expect(
      project.make(GRANT, {
        bucket: made.id,
        role,
        member: "serviceAccount:nobody@gitlab-tests.iam.gserviceaccount.com",
      }),
    ).rejects.toThrow(/nobody@/);
    await expect(
      project.make(GRANT, { bucket: made.id, role, member: "allUsers" }),
    ).rejects.toThrow(/public access prevention/);
    await expect(
      project.make(GRANT, { bucket: made.id, role, member: "jane@example.com" }),
    ).rejects.toThrow(/member/);
    await expect(
      project.make(GRANT, {
        bucket: made.id,
        role: "roles/compute.admin",
        member: "user:jane@example.com",
      }),
    ).rejects.toThrow(/not supported/);
  });

  test("conditions need uniform access", async () => {
    const made = await project.make(BUCKET, bucket({ uniformBucketLevelAccess: false }));
    await expect(
      project.make(GRANT, {
        bucket: made.id,
        role: "roles/storage.objectViewer",
        member: "user:jane@example.com",
        condition: {
          title: "soon",
          expression: 'request.time < timestamp("2030-01-01T00:00:00Z")',
        },
      }),
    ).rejects.toThrow(/uniformBucketLevelAccess/);
  });
});

describe("Secret Manager", () => {
  const secret = (more: Wire = {}): Wire => ({
    secretId: "gitlab-root-password",
    replication: { auto: {} },
    ...more,
  });

  test("a version is named by its secret, with the project's number, and hides its value", async () => {
    const made = await project.make(SECRET, secret());
    expect(made.id).toBe("projects/gitlab-tests/secrets/gitlab-root-password");
    const version = await project.make(VERSION, { secret: made.id, secretData: "planted-value" });
    expect(version.id).toMatch(/^projects\/\d+\/secrets\/gitlab-root-password\/versions\/\d+$/);
    expect(JSON.stringify(project.bench.sandbox.objects({}))).not.toContain("planted-value");
  });

  test.each<[string, Wire, RegExp]>([
    ["no replication", { replication: {} }, /exactly one of/],
    [
      "both replications",
      { replication: { auto: {}, userManaged: { replicas: [{ location: "europe-west4" }] } } },
      /exactly one of/,
    ],
    ["a name with a slash", { secretId: "gitlab/root" }, /secretId/],
    ["an hour before destruction", { versionDestroyTtl: "3600s" }, /24 hours/],
    [
      "rotation without topics",
      { rotation: { nextRotationTime: "2027-01-01T00:00:00Z" } },
      /topics/,
    ],
    ["two ways to expire", { ttl: "86400s", expireTime: "2030-01-01T00:00:00Z" }, /only one of/],
  ])("%s is refused", async (_, more, problem) => {
    await expect(project.make(SECRET, secret(more))).rejects.toThrow(problem);
  });

  test("a version has exactly one value of at most 64 KiB", async () => {
    const made = await project.make(SECRET, secret());
    await expect(project.make(VERSION, { secret: made.id })).rejects.toThrow(/exactly one of/);
    await expect(
      project.make(VERSION, { secret: made.id, secretData: "x".repeat(65537) }),
    ).rejects.toThrow(/65536 bytes/);
    await expect(project.make(VERSION, { secret: made.id, secretDataWo: "value" })).rejects.toThrow(
      /secretDataWoVersion/,
    );
  });

  test("a reader names the secret by its short name or its full one", async () => {
    const made = await project.make(SECRET, secret());
    const reader = { role: "roles/secretmanager.secretAccessor", member: "group:ops@example.com" };
    await project.make(READER, { secretId: "gitlab-root-password", ...reader });
    await expect(project.make(READER, { secretId: made.id, ...reader })).rejects.toThrow(
      /exists already/,
    );
    await expect(project.make(READER, { secretId: "no-secret", ...reader })).rejects.toThrow(
      /no-secret/,
    );
  });
});

describe("Cloud KMS", () => {
  test("rings and keys keep their names for ever", async () => {
    const ring = { name: "gitlab", location: "europe-west4" };
    const made = await project.make(RING, ring);
    expect(made.id).toBe("projects/gitlab-tests/locations/europe-west4/keyRings/gitlab");
    const key = await project.make(KEY, {
      name: "disks",
      keyRing: made.id,
      rotationPeriod: "7776000s",
    });
    expect(key.id).toBe(`${made.id}/cryptoKeys/disks`);
    await project.provider.delete(key);
    await expect(project.make(KEY, { name: "disks", keyRing: made.id })).rejects.toThrow(
      /can't be used again ever/,
    );
    await project.provider.delete(made);
    await expect(project.make(RING, ring)).rejects.toThrow(/can't be used again ever/);
  });

  test.each<[string, Wire, RegExp]>([
    ["an hour of rotation", { rotationPeriod: "3600s" }, /86400s/],
    ["days of rotation", { rotationPeriod: "90d" }, /rotationPeriod/],
    [
      "a key that signs and rotates",
      {
        purpose: "ASYMMETRIC_SIGN",
        rotationPeriod: "7776000s",
        versionTemplate: { algorithm: "EC_SIGN_P256_SHA256" },
      },
      /ENCRYPT_DECRYPT rotate/,
    ],
  ])("%s is refused", async (_, more, problem) => {
    const ring = await project.make(RING, { name: "gitlab", location: "europe-west4" });
    await expect(project.make(KEY, { name: "disks", keyRing: ring.id, ...more })).rejects.toThrow(
      problem,
    );
  });
});

describe("Cloud DNS", () => {
  const record = (more: Wire = {}): Wire => ({
    managedZone: "example",
    name: "gitlab.example.com.",
    type: "A",
    ttl: 300,
    rrdatas: ["203.0.113.10"],
    ...more,
  });
  beforeEach(async () => {
    await project.make(ZONE, { name: "example", dnsName: "example.com." });
  });

  test("a record has its true id", async () => {
    const made = await project.make(RECORD, record());
    expect(made.id).toBe("projects/gitlab-tests/managedZones/example/rrsets/gitlab.example.com./A");
    await expect(project.make(RECORD, record())).rejects.toThrow(/exists already/);
  });

  test.each<[string, Wire, RegExp]>([
    ["a name without its dot", { name: "gitlab.example.com" }, /name/],
    ["a name of another zone", { name: "gitlab.example.org." }, /inside the zone/],
    ["an address that is none", { rrdatas: ["203.0.113.300"] }, /another form/],
    ["an alias without its dot", { type: "CNAME", rrdatas: ["ops.example.com"] }, /another form/],
    ["a type that is none", { type: "WWW" }, /type/],
    ["no data", { rrdatas: undefined as never }, /exactly one of/],
  ])("%s is refused", async (_, more, problem) => {
    await expect(project.make(RECORD, record(more))).rejects.toThrow(problem);
  });

  test("an alias stands alone under its name", async () => {
    await project.make(RECORD, record());
    await expect(
      project.make(RECORD, record({ type: "CNAME", rrdatas: ["ops.example.com."] })),
    ).rejects.toThrow(/beside other records/);
  });
});
