import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { declared, ofType, type Declared } from "../../support/cloud-mocks";
import { GcpAppAlerts } from "../../../components/alerts/gcp-app";

const runbooks = join(__dirname, "..", "..", "..", "docs", "runbooks");
const site = {
  prefix: "gitlab-version",
  environment: "version",
  protection: true,
  runbooks: "https://example.com/docs/runbooks",
};

const build = () =>
  declared(
    (opts) =>
      new GcpAppAlerts(
        "alerts",
        {
          site,
          project: "project",
          channels: ["channel"],
          webHost: "version.example.com",
          webPath: "/-/readiness",
          data: {
            database: {
              id: "project:primary",
              maxStorageGiB: 200,
              maxConnections: 200,
              replicaIds: ["project:replica-0", "project:replica-1"],
            },
            cache: { id: "projects/project/locations/us-east1/instances/redis", evicts: true },
          },
          databaseInstance: "primary",
          cluster: {
            name: "gitlab-version-cluster",
            location: "us-east1",
            namespace: "version-production",
            deployment: "production",
            autoscaler: "production-auto-deploy",
            jobs: { exports: "database-export", migrations: "production-migrate" },
            leastPods: 2,
          },
          more: [
            {
              name: "backup-export-arrivals",
              summary: "No export has landed.",
              severity: "page",
              runbook: "version-exports",
              condition: { kind: "query", query: "vector(0) < 1", forSeconds: 600 },
            },
          ],
        },
        opts,
      ),
  );

type Alarms = Awaited<ReturnType<typeof build>>["made"]["alarms"];
let alarms: Alarms;
let policies: readonly Declared[];
beforeAll(async () => {
  const { made, resources } = await build();
  alarms = made.alarms;
  policies = ofType(resources, "gcp:monitoring/alertPolicy");
});

interface Condition {
  readonly conditionThreshold?: { readonly filter: string };
  readonly conditionPrometheusQueryLanguage?: {
    readonly query: string;
    readonly disableMetricValidation?: boolean;
  };
  readonly conditionMatchedLog?: { readonly filter: string };
}

/** The only condition of the policy of an alarm. */
function condition(alarm: string): Condition {
  const policy = policies.find(({ name }) => name === `alerts-${alarm}`);
  const [only] = (policy?.inputs["conditions"] ?? []) as readonly Condition[];
  if (only === undefined) throw new Error(`there is no alarm ${alarm}`);
  return only;
}

test("each alarm has a page that names it and says how to confirm, what to do and when it is over", () => {
  for (const { name, runbook } of alarms) {
    const page = join(runbooks, `${runbook}.md`);
    expect([runbook, existsSync(page)]).toEqual([runbook, true]);
    const content = readFileSync(page, "utf8");
    for (const part of ["**Alarm", "## Confirm", "## Do", "## Over when", `\`${name}\``]) {
      expect([runbook, content.includes(part) ? part : `no ${part}`]).toEqual([runbook, part]);
    }
  }
});

test("each page of version belongs to an alarm, and names no alarm that there is not", () => {
  const pages = readdirSync(runbooks).filter((file) => file.startsWith("version-"));
  expect(pages.sort()).toEqual([...new Set(alarms.map(({ runbook }) => `${runbook}.md`))].sort());
  for (const page of pages) {
    const [, told = ""] =
      /\*\*Alarms?\*\*([^]*?)\n\n/.exec(readFileSync(join(runbooks, page), "utf8")) ?? [];
    const named = [...told.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, name = ""]) => name);
    const wanted = alarms.filter(({ runbook }) => `${runbook}.md` === page);
    expect([page, named.sort()]).toEqual([page, wanted.map(({ name }) => name).sort()]);
  }
});

test("what kills the environment has its alarm", () => {
  const names = alarms.map(({ name }) => name);
  for (const wanted of [
    "site-unreachable",
    "certificate-expiry",
    "database-down",
    "database-storage",
    "database-backup-failed",
    "replica-lag",
    "replica-down",
    "cache-evictions",
    "cache-silent",
    "pods-missing",
    "containers-restart",
    "migration-failed",
    "export-failed",
    "backup-export-arrivals",
    "nodes-at-maximum",
    "web-errors",
  ]) {
    expect(names).toContain(wanted);
  }
});

test("a cache that forgets is not said to stop anything when it is full", () => {
  expect(alarms.map(({ name }) => name)).not.toContain("cache-memory");
});

test("each read replica is watched for itself, and the primary not as one of them", () => {
  for (const alarm of ["replica-down", "replica-lag", "replica-network-lag"]) {
    const filter = condition(alarm).conditionThreshold?.filter ?? "";
    expect(filter).toContain(
      'resource.labels.database_id = one_of("project:replica-0", "project:replica-1")',
    );
    expect(filter).not.toContain("project:primary");
  }
});

test("an alarm that reads the log is the only condition of its policy and tells once an hour", () => {
  const logs = policies.filter(({ inputs }) =>
    JSON.stringify(inputs["conditions"]).includes("conditionMatchedLog"),
  );
  expect(logs.map(({ name }) => name).sort()).toEqual(
    ["database-backup-failed", "export-failed", "migration-failed", "nodes-at-maximum"].map(
      (name) => `alerts-${name}`,
    ),
  );
  for (const { inputs } of logs) {
    expect(inputs["conditions"]).toHaveLength(1);
    expect(inputs["alertStrategy"]).toEqual({
      autoClose: "86400s",
      notificationRateLimit: { period: "3600s" },
    });
  }
});

test("no other policy has a rate limit, which would be refused", () => {
  for (const { name, inputs } of policies) {
    const ofLog = JSON.stringify(inputs["conditions"]).includes("conditionMatchedLog");
    const limited = "notificationRateLimit" in (inputs["alertStrategy"] as object);
    expect([name, limited]).toEqual([name, ofLog]);
  }
});

test("metrics that nobody sends before there is a cluster are not asked for beforehand", () => {
  for (const alarm of [
    "pods-missing",
    "pods-unavailable",
    "pods-silent",
    "pods-at-maximum",
    "web-errors",
  ]) {
    const query = condition(alarm).conditionPrometheusQueryLanguage;
    expect([alarm, query?.disableMetricValidation]).toEqual([alarm, true]);
  }
});

test("what is asked of the cluster is asked of this cluster's app alone", () => {
  for (const alarm of ["pods-missing", "pods-unavailable", "pods-silent"]) {
    const query = condition(alarm).conditionPrometheusQueryLanguage?.query ?? "";
    const places = [...query.matchAll(/\{([^}]*)\}/g)].map(([, place]) => place);
    expect(places.length).toBeGreaterThan(0);
    for (const place of places) {
      expect(place).toBe(
        'cluster="gitlab-version-cluster",location="us-east1",namespace="version-production",deployment="production"',
      );
    }
  }
  for (const alarm of ["migration-failed", "export-failed"]) {
    const filter = condition(alarm).conditionMatchedLog?.filter ?? "";
    expect(filter).toContain('resource.labels.cluster_name="gitlab-version-cluster"');
    expect(filter).toContain('jsonPayload.involvedObject.namespace="version-production"');
  }
});
