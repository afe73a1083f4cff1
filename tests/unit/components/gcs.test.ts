import { declared, ofType, only, valueOf, type Declared } from "../../support/cloud-mocks";
import { objectTypes } from "../../../components/object-storage/contract";
import {
  GcsBucket,
  GcsObjects,
  GcsRunnerCache,
  gcsBucketName,
  type GcsAccess,
  type GcsBucketArgs,
} from "../../../components/object-storage/gcs";
import { gcsLifecycle } from "../../../components/object-storage/gcs-bucket";

const site = {
  prefix: "gitlab-dev",
  environment: "dev",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const place = { site, project: "acme-objects-1", location: "europe-west4" };
const byKey: GcsAccess = { kind: "key", accountId: "gitlab-dev-objects" };
const byIdentity: GcsAccess = { kind: "identity", email: "vm@acme.iam.gserviceaccount.com" };

async function objects(access: GcsAccess, protection = true) {
  return declared(
    (opts) => new GcsObjects("objects", { ...place, site: { ...site, protection }, access }, opts),
  );
}
const bucketOf = (resources: readonly Declared[], type: string): Declared => {
  const name = gcsBucketName(site, place.project, type);
  const found = ofType(resources, "gcp:storage/bucket").find(({ inputs }) => inputs.name === name);
  if (found === undefined) throw new Error(`no bucket ${name}`);
  return found;
};

describe("GitLab's object storage in GCS", () => {
  test("is a bucket a type, each with a fixed name of its own that the program hands on", async () => {
    const { made, resources } = await objects(byKey);
    const names = await valueOf(made.buckets);
    expect(Object.keys(names).sort()).toEqual([...objectTypes].sort());
    expect(new Set(Object.values(names)).size).toBe(objectTypes.length);
    expect(names.ci_secure_files).toBe("gitlab-dev-acme-objects-1-ci-secure-files");
    expect(ofType(resources, "gcp:storage/bucket")).toHaveLength(objectTypes.length);
  });

  test("is closed to the public, reached by IAM alone, and in the location as the API spells it", async () => {
    const { resources } = await objects(byKey);
    for (const { inputs } of ofType(resources, "gcp:storage/bucket")) {
      expect(inputs).toMatchObject({
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        location: "EUROPE-WEST4",
        project: place.project,
      });
      expect(inputs.retentionPolicy).toBeUndefined();
    }
  });

  test.each([
    [true, false],
    [false, true],
  ])(
    "with protection %s is protected alike, and is emptied by a delete: %s",
    async (protection, emptied) => {
      const { resources } = await objects(byKey, protection);
      const buckets = ofType(resources, "gcp:storage/bucket");
      for (const { protect, inputs } of buckets) {
        expect([protect, inputs.forceDestroy]).toEqual([protection, emptied]);
      }
      expect(resources.filter(({ protect }) => protect)).toHaveLength(
        protection ? buckets.length : 0,
      );
    },
  );

  test("keeps old versions of all but the registry's, and deleted objects of all for a week", async () => {
    const { resources } = await objects(byKey);
    for (const type of objectTypes) {
      const { inputs } = bucketOf(resources, type.replace(/_/g, "-"));
      expect([type, inputs.versioning]).toEqual([type, { enabled: type !== "registry" }]);
      expect(inputs.softDeletePolicy).toEqual({ retentionDurationSeconds: 604_800 });
    }
  });

  test("by key: an account that is given each bucket and nothing else, and a key that is a secret", async () => {
    const { made, resources } = await objects(byKey);
    const email = "gitlab-dev-objects@project.iam.gserviceaccount.com";
    const grants = ofType(resources, "gcp:storage/bucketIAMMember");
    expect(grants.map(({ inputs }) => [inputs.bucket, inputs.role, inputs.member]).sort()).toEqual(
      objectTypes
        .flatMap((type) =>
          ["roles/storage.legacyBucketReader", "roles/storage.objectUser"].map((role) => [
            gcsBucketName(site, place.project, type),
            role,
            `serviceAccount:${email}`,
          ]),
        )
        .sort(),
    );
    expect(
      resources.filter(({ type }) => /projects?\/iAM|iAMBinding|iAMPolicy/.test(type)),
    ).toEqual([]);
    if (made.key === undefined) throw new Error("no key");
    expect(JSON.parse(await valueOf(made.key))).toMatchObject({ type: "service_account" });
    expect(await (made.key as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(true);
  });

  test("by identity: the machine's own account, and neither account nor key is made", async () => {
    const { made, resources } = await objects(byIdentity);
    expect(made.key).toBeUndefined();
    expect(ofType(resources, "gcp:serviceaccount/account")).toEqual([]);
    expect(ofType(resources, "gcp:serviceaccount/key")).toEqual([]);
    const members = ofType(resources, "gcp:storage/bucketIAMMember").map(
      ({ inputs }) => inputs.member,
    );
    expect(new Set(members)).toEqual(new Set(["serviceAccount:vm@acme.iam.gserviceaccount.com"]));
  });

  test("keys overlap while they are changed: all that are named exist, and the last is handed out", async () => {
    const { made, resources } = await objects({ ...byKey, keyGenerations: ["1", "2"] });
    expect(ofType(resources, "gcp:serviceaccount/key").map(({ name }) => name)).toEqual([
      "objects-identity-key-1",
      "objects-identity-key-2",
    ]);
    if (made.key === undefined) throw new Error("no key");
    expect(await valueOf(made.key)).toContain("objects-identity-key-2");
  });

  test.each<[string, Partial<Extract<GcsAccess, { kind: "key" }>>]>([
    ["no key at all", { keyGenerations: [] }],
    ["the same key twice", { keyGenerations: ["1", "1"] }],
    ["an account id that is too short", { accountId: "short" }],
    ["an account id that starts with a digit", { accountId: "1gitlab-dev" }],
  ])("%s is refused", (_what, change) => {
    expect(() => new GcsObjects("bad", { ...place, access: { ...byKey, ...change } })).toThrow(
      /keyGenerations|accountId/,
    );
  });

  test("keeps names apart that are too long for Cloud Storage", () => {
    const names = objectTypes.map((type) => gcsBucketName({ prefix: "x".repeat(60) }, "p", type));
    expect(new Set(names).size).toBe(objectTypes.length);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(63);
  });
});

test("a runner cache is kept in no way: no versions, no soft delete, gone after its days, not protected", async () => {
  const { made, resources } = await declared(
    (opts) =>
      new GcsRunnerCache("cache", { ...place, fleet: "builds", access: byKey, days: 5 }, opts),
  );
  const bucket = only(resources, "gcp:storage/bucket");
  expect(bucket.protect).toBe(false);
  expect(bucket.inputs).toMatchObject({
    name: "gitlab-dev-acme-objects-1-runner-cache-builds",
    versioning: { enabled: false },
    softDeletePolicy: { retentionDurationSeconds: 0 },
    forceDestroy: true,
    lifecycleRules: [
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
      { action: { type: "Delete" }, condition: { age: 5 } },
    ],
  });
  expect(await valueOf(made.bucket)).toBe(bucket.inputs.name);
});

describe("a bucket", () => {
  const args: GcsBucketArgs = { ...place, bucket: "gitlab-dev-things", holdsData: true };

  test.each(["Upper", "a.b", "ab", "-ab", "goog-things", "my-google-things", "a".repeat(64)])(
    "is never called %s",
    (bucket) => {
      expect(() => new GcsBucket(`bad-${bucket}`, { ...args, bucket })).toThrow(/bucket: found/);
    },
  );

  test.each([1, 6, 91, 7.5])("keeps nothing for %d days after its deletion", (softDeleteDays) => {
    expect(() => new GcsBucket(`bad-${softDeleteDays}`, { ...args, softDeleteDays })).toThrow(
      "allowed: 0, or 7 to 90",
    );
  });

  test.each([0, -1, 1.5])("has no lifecycle of %d days, which would delete everything", (days) => {
    expect(() => gcsLifecycle({ versioned: true, noncurrentDays: days })).toThrow(/days/);
    expect(() => gcsLifecycle({ versioned: true, noncurrentDays: 1, expireDays: days })).toThrow(
      /days/,
    );
  });

  test("deletes no current object unless it is told after how many days", () => {
    const rules = gcsLifecycle({ versioned: true, noncurrentDays: 30 });
    expect(rules.filter(({ action }) => action.type === "Delete")).toEqual([
      { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30 } },
    ]);
  });
});
