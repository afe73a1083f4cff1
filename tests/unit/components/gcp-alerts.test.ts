import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { declared, ofType, valueOf } from "../../support/cloud-mocks";
import { GcpAlerts } from "../../../components/alerts/gcp";
import { machineMetrics, machineRules } from "../../../components/alerts/gcp-machine";
import {
  checkGcpRules,
  type GcpAlertRule,
  type GcpThreshold,
} from "../../../components/alerts/gcp-rules";
import * as pulumi from "@pulumi/pulumi";

const root = join(__dirname, "..", "..", "..");
const site = {
  prefix: "gitlab-test",
  environment: "ops",
  protection: true,
  runbooks: "https://example.com/docs/runbooks",
};
const build = () =>
  declared(
    (opts) =>
      new GcpAlerts(
        "alerts",
        {
          site,
          project: "project",
          channels: ["channel"],
          webHost: "ops.example.com",
          data: {
            database: { id: "project:postgres", maxStorageGiB: 1000, maxConnections: 500 },
            cache: { id: "projects/project/locations/us-east1/instances/redis" },
          },
          maxBackupAgeHours: 26,
        },
        opts,
      ),
  );

const text = (value: pulumi.Input<string>) => valueOf(pulumi.output(value));
const conditionText = ({ condition }: GcpAlertRule) =>
  text(condition.kind === "query" ? condition.query : condition.filter);

describe("alarms", () => {
  test("each has severity, channel, and its runbook's address as the last line", async () => {
    const { made, resources } = await build();
    const policies = ofType(resources, "gcp:monitoring/alertPolicy");
    expect(policies.length).toBe(made.alarms.length);
    expect(policies.length).toBeGreaterThan(20);
    for (const { inputs } of policies) {
      const documentation = inputs["documentation"] as { content: string };
      expect(documentation.content.split("\n").pop()).toMatch(
        /^Runbook: https:\/\/example\.com\/docs\/runbooks\/[a-z-]+\.md$/,
      );
      expect(["CRITICAL", "WARNING"]).toContain(inputs["severity"]);
      expect(inputs["notificationChannels"]).toEqual(["channel"]);
    }
  });

  test("each has a page that names it and says how to confirm, what to do and when it is over", async () => {
    const { made } = await build();
    for (const { name, runbook } of made.alarms) {
      const page = join(root, "docs", "runbooks", `${runbook}.md`);
      expect([runbook, existsSync(page)]).toEqual([runbook, true]);
      const content = readFileSync(page, "utf8");
      for (const part of ["**Alarm", "## Confirm", "## Do", "## Over when", `\`${name}\``]) {
        expect([runbook, content.includes(part) ? part : `no ${part}`]).toEqual([runbook, part]);
      }
    }
  });

  test("what kills the environment has its alarm", async () => {
    const { made } = await build();
    const names = made.alarms.map(({ name }) => name);
    for (const wanted of [
      "site-unreachable",
      "machine-silent",
      "disk-full",
      "database-down",
      "database-storage",
      "cache-memory",
      "backup-missing",
      "backup-failure",
      "upgrade-failure",
      "certificate-expiry",
      "boot-failure",
    ]) {
      expect(names).toContain(wanted);
    }
  });

  test("every metric that the machine sends is described, and every one is looked at", async () => {
    const { resources } = await build();
    const described = ofType(resources, "gcp:monitoring/metricDescriptor").map(({ inputs }) =>
      String(inputs["type"]),
    );
    expect(described).toEqual(
      machineMetrics.map(({ name }) => `custom.googleapis.com/gitlab/${name}`),
    );
    const looked = (await Promise.all(machineRules(26).map(conditionText))).join("\n");
    for (const { name } of machineMetrics) {
      expect(looked).toMatch(new RegExp(`[/_]${name}\\b`));
    }
  });

  test("a missing backup is heard though nobody tells of it", async () => {
    const rule = machineRules(26).find(({ name }) => name === "backup-missing");
    expect(rule?.condition.kind).toBe("query");
    const query = rule === undefined ? "" : await conditionText(rule);
    expect(query).toMatch(/backup_age_hours\{[^}]*\}\) > 26 or absent_over_time/);
  });
});

describe("rules that would be refused, or never go off, are refused here", () => {
  const condition: GcpThreshold = {
    kind: "threshold",
    filter: "metric.type = x",
    aligner: "ALIGN_MAX",
    comparison: ">",
    value: 1,
    periodSeconds: 60,
    forSeconds: 60,
  };
  const good: GcpAlertRule = {
    name: "one",
    summary: "One.",
    severity: "page",
    runbook: "ops-database",
    condition,
  };
  test.each<[string, readonly GcpAlertRule[], RegExp]>([
    ["two of one name", [good, good], /two of this name/],
    ["a time of no minutes", [{ ...good, condition: { ...condition, forSeconds: 90 } }], /of 60/],
    [
      "a period of no minutes",
      [{ ...good, condition: { ...condition, periodSeconds: 30 } }],
      /multiples of 60/,
    ],
    [
      "more than 23.5 hours",
      [{ ...good, condition: { ...condition, forSeconds: 24 * 3600 } }],
      /84600/,
    ],
    [
      "groups without a reducer",
      [{ ...good, condition: { ...condition, groupBy: ["metric.label.disk"] } }],
      /without a reducer/,
    ],
    ["closing too soon", [{ ...good, closeSeconds: 600 }], /1800/],
    [
      "telling of each log entry",
      [{ ...good, condition: { kind: "log", filter: "severity=ERROR", everySeconds: 60 } }],
      /300 on/,
    ],
  ])("%s", (_, rules, message) => {
    expect(() => {
      checkGcpRules(rules);
    }).toThrow(message);
    expect(() => {
      checkGcpRules([good]);
    }).not.toThrow();
  });
});
