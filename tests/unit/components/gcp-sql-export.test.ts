import { declared, ofType, only, valueOf } from "../../support/cloud-mocks";
import { IAMMember } from "@pulumi/gcp/projects";
import { conditionInputs } from "../../../components/alerts/gcp-rules";
import {
  GcpSqlExports,
  type GcpSqlExportsArgs,
} from "../../../components/backup-schedule/gcp-sql-export";

const instanceAccount = "p1-abcdef@gcp-sa-cloud-sql.iam.gserviceaccount.com";
const site = (protection = true) => ({
  prefix: "gitlab-version",
  environment: "version",
  protection,
  runbooks: "https://books",
});
const make = (more: Partial<GcpSqlExportsArgs> = {}) =>
  declared((opts) => {
    const cluster = new IAMMember(
      "cluster",
      { project: "p", role: "roles/viewer", member: "m" },
      opts,
    );
    const exports = new GcpSqlExports(
      "exports",
      {
        site: site(),
        project: "acme-version-1",
        databaseRegion: "us-east1",
        location: "us-central1",
        instance: "gitlab-version-postgres",
        policy: { retentionDays: 35, lockMode: "governance", maxAgeHours: 26 },
        exporter: {
          workloadPool: "acme-version-1.svc.id.goog",
          namespace: "version-production",
          serviceAccount: "exporter",
        },
        clusterReady: [cluster],
        ...more,
      },
      opts,
    );
    exports.allow(instanceAccount);
    return exports;
  });

describe("where exports land", () => {
  test.each([
    ["governance", false],
    ["compliance", true],
  ] as const)(
    "a closed bucket in another region, in which nothing goes before its time: %s",
    async (lockMode, isLocked) => {
      const { made, resources } = await make({
        policy: { retentionDays: 35, lockMode, maxAgeHours: 26 },
      });
      const { inputs, protect } = only(resources, "gcp:storage/bucket");
      expect(protect).toBe(true);
      expect(inputs).toMatchObject({
        name: made.bucketName,
        location: "US-CENTRAL1",
        publicAccessPrevention: "enforced",
        uniformBucketLevelAccess: true,
        forceDestroy: false,
        versioning: { enabled: false },
        retentionPolicy: { retentionPeriod: String(35 * 86_400), isLocked },
      });
      expect(inputs["lifecycleRules"]).toContainEqual({
        action: { type: "Delete" },
        condition: { age: 36 },
      });
    },
  );

  test("the database's own region is refused", async () => {
    await expect(make({ location: "US-EAST1" })).rejects.toThrow("another region");
  });

  test.each([
    ["gitlab-version", "acme-version-1"],
    ["a-prefix-of-20-chars", "a-project-with-thirty-letters-x"],
  ])("its name is within Cloud Storage's length: %s", async (prefix, project) => {
    const { made } = await make({ site: { ...site(), prefix }, project });
    expect(made.bucketName).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
  });
});

describe("who may do what", () => {
  test("the instance writes into the bucket and can neither read, list, replace nor delete there", async () => {
    const { made, resources } = await make();
    expect(only(resources, "gcp:storage/bucketIAMMember").inputs).toMatchObject({
      bucket: made.bucketName,
      role: "roles/storage.objectCreator",
      member: `serviceAccount:${instanceAccount}`,
    });
  });

  test("who asks for an export can ask it of this instance alone, and see how it goes", async () => {
    const { resources } = await make();
    const roles = new Map(
      ofType(resources, "gcp:projects/iAMCustomRole").map(({ inputs }) => [
        `projects/acme-version-1/roles/${String(inputs["roleId"])}`,
        inputs["permissions"],
      ]),
    );
    const given = ofType(resources, "gcp:projects/iAMMember")
      .filter(({ name }) => name !== "cluster")
      .map(({ inputs }) => ({
        permissions: roles.get(String(inputs["role"])),
        member: inputs["member"],
        where: (inputs["condition"] as { expression: string } | undefined)?.expression,
      }));
    const member = "serviceAccount:gitlab-version-export@project.iam.gserviceaccount.com";
    expect(given).toEqual([
      {
        permissions: ["cloudsql.instances.get", "cloudsql.instances.list"],
        member,
        where: undefined,
      },
      {
        permissions: ["cloudsql.instances.export"],
        member,
        where:
          'resource.type == "sqladmin.googleapis.com/Instance" && resource.name == "projects/acme-version-1/instances/gitlab-version-postgres"',
      },
    ]);
  });

  test("ids of the roles have none of the characters that IAM refuses", async () => {
    const { resources } = await make({ site: { ...site(), prefix: "a-prefix-of-20-chars" } });
    for (const { inputs } of ofType(resources, "gcp:projects/iAMCustomRole")) {
      expect(inputs["roleId"]).toMatch(/^[a-zA-Z0-9_.]{3,64}$/);
    }
  });

  test("pods of one account in one namespace are the exporter, once the cluster's pool of identities is there", async () => {
    const { made, resources } = await make();
    const pods = only(resources, "gcp:serviceaccount/iAMMember");
    expect(pods.inputs).toMatchObject({
      role: "roles/iam.workloadIdentityUser",
      member: "serviceAccount:acme-version-1.svc.id.goog[version-production/exporter]",
    });
    expect(pods.dependsOn).toEqual(["cluster"]);
    expect(await valueOf(made.exporterEmail)).toBe(
      "gitlab-version-export@project.iam.gserviceaccount.com",
    );
    expect(ofType(resources, "gcp:serviceaccount/key")).toEqual([]);
  });

  test("an export can be asked for before the instance may write: what has to stand for it leaves the instance out", async () => {
    const { made } = await make();
    const names = (list: readonly object[]) =>
      list.map((one) => (one as { __name?: string }).__name);
    expect(names(made.exporterReady)).not.toContain("exports-instance");
    expect(names(made.ready)).toContain("exports-instance");
  });
});

test("the alarm looks at what the bucket received over the whole age, and takes silence for nothing", async () => {
  const { made } = await make();
  const { conditionPrometheusQueryLanguage } = conditionInputs(made.ageRule) as {
    conditionPrometheusQueryLanguage: { query: string };
  };
  expect(conditionPrometheusQueryLanguage.query).toBe(
    `(sum(increase(storage_googleapis_com:network_received_bytes_count{monitored_resource="gcs_bucket",bucket_name="${made.bucketName}"}[26h])) or vector(0)) < 1024`,
  );
  for (const maxAgeHours of [0, 1.5]) {
    await expect(
      make({ policy: { retentionDays: 35, lockMode: "governance", maxAgeHours } }),
    ).rejects.toThrow("maxAgeHours");
  }
});
