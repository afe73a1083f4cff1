import { declared, ofType, valueOf } from "../../support/cloud-mocks";
import {
  PackageBackupGcs,
  packageBackupNames,
  type PackageBackupGcsArgs,
} from "../../../components/backup-schedule/package-gcs";

const writer = "vm@acme-ops-1.iam.gserviceaccount.com";
const args: PackageBackupGcsArgs = {
  site: { prefix: "gitlab-ops", environment: "ops", protection: true, runbooks: "https://books" },
  policy: { retentionDays: 30, lockMode: "governance", maxAgeHours: 26 },
  project: "acme-ops-1",
  machineRegion: "us-east1",
  location: "us-central1",
  writer,
  notificationChannels: ["projects/acme-ops-1/notificationChannels/1"],
};
const make = (more: Partial<PackageBackupGcsArgs> = {}) =>
  declared((opts) => new PackageBackupGcs("backup", { ...args, ...more }, opts));

test("two closed buckets in another region, in which nothing can be deleted before its time, and everything is after", async () => {
  const { resources } = await make();
  const buckets = ofType(resources, "gcp:storage/bucket");
  expect(buckets.map(({ inputs }) => inputs.name)).toEqual(
    Object.values(packageBackupNames(args.site, args.project)),
  );
  for (const { inputs, protect } of buckets) {
    expect(protect).toBe(true);
    expect(inputs).toMatchObject({
      location: "US-CENTRAL1",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      forceDestroy: false,
      versioning: { enabled: false },
      retentionPolicy: { retentionPeriod: String(30 * 86_400), isLocked: false },
    });
    expect(inputs.lifecycleRules).toContainEqual({
      action: { type: "Delete" },
      condition: { age: 31 },
    });
  }
});

test("compliance locks the policy itself, and keys are given where they are", async () => {
  const { resources } = await make({
    policy: { ...args.policy, lockMode: "compliance" },
    keyNames: { archives: "key-a", secrets: "key-s" },
  });
  expect(
    ofType(resources, "gcp:storage/bucket").map(({ inputs }) => [
      inputs.retentionPolicy,
      inputs.encryption,
    ]),
  ).toEqual(
    ["key-a", "key-s"].map((defaultKmsKeyName) => [
      { retentionPeriod: "2592000", isLocked: true },
      { defaultKmsKeyName },
    ]),
  );
});

test("the machine may create objects in both, and neither read, list, delete nor overwrite them", async () => {
  const { resources } = await make();
  expect(
    ofType(resources, "gcp:storage/bucketIAMMember").map(({ inputs }) => [
      inputs.role,
      inputs.member,
    ]),
  ).toEqual([
    ["roles/storage.objectCreator", `serviceAccount:${writer}`],
    ["roles/storage.objectCreator", `serviceAccount:${writer}`],
  ]);
});

test("the alarm looks at what each bucket received over the whole age, takes silence for nothing, and links its page", async () => {
  const { made, resources } = await make();
  const policies = ofType(resources, "gcp:monitoring/alertPolicy");
  expect(policies).toHaveLength(2);
  const names = Object.values(packageBackupNames(args.site, args.project));
  policies.forEach(({ inputs }, index) => {
    const [condition] = inputs.conditions as {
      conditionPrometheusQueryLanguage: { query: string };
    }[];
    expect(condition?.conditionPrometheusQueryLanguage.query).toBe(
      `(sum(increase(storage_googleapis_com:network_received_bytes_count{monitored_resource="gcs_bucket",bucket_name="${names[index]}"}[26h])) or vector(0)) < 4096`,
    );
    expect(JSON.stringify(inputs.documentation)).toContain(
      "https://books/package-backup-missing.md",
    );
    expect(inputs.notificationChannels).toEqual(args.notificationChannels);
  });
  expect(await valueOf(made.ageAlarm)).toBeTruthy();
});

test("the machine's own region, and an age that is none, are refused", async () => {
  await expect(make({ location: "US-EAST1" })).rejects.toThrow("another region");
  for (const maxAgeHours of [0, 1.5])
    await expect(make({ policy: { ...args.policy, maxAgeHours } })).rejects.toThrow("maxAgeHours");
});

test("names are valid, apart, and within Cloud Storage's length at any prefix and project", () => {
  for (const [prefix, project] of [
    ["g", "p"],
    ["a-rather-long-prefix", "a-project-with-thirty-letters-x"],
    ["a-prefix-that-goes-on-for-quite-a-while", "a-project-with-thirty-letters-x"],
  ] as const) {
    const names = Object.values(packageBackupNames({ prefix }, project));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
  }
});
