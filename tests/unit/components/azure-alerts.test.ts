import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { declared, ofType, only } from "../../support/cloud-mocks";
import { AzureAlerts, AzureAlertTargets } from "../../../components/alerts/azure";
import { machineAlarms, machineNamespace } from "../../../components/alerts/azure-machine";
import {
  checkAzureRules,
  isoMinutes,
  type AzureMetricRule,
} from "../../../components/alerts/azure-rules";

const site = {
  prefix: "gitlab-test",
  environment: "dev",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const place = {
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  location: "eastus2",
  groupName: "gitlab-test",
  resourceGroupName: "gitlab-test",
};
const root = join(__dirname, "..", "..", "..");

const build = () =>
  declared((opts) => {
    const targets = new AzureAlertTargets(
      "targets",
      { site, place, emails: ["a@example.com", "b@example.com"] },
      opts,
    );
    return new AzureAlerts(
      "alerts",
      {
        site,
        place,
        targets,
        webHost: "dev.example.com",
        machineId: "/machine",
        machine: [],
        maxBackupAgeHours: 26,
      },
      opts,
    );
  });

describe("Azure's alarms", () => {
  test("each have a severity, a text with its runbook's address, and a runbook that exists", async () => {
    const { made, resources } = await build();
    const alerts = ofType(resources, "azure-native:monitor:MetricAlert");
    expect(alerts).toHaveLength(made.alarms.length);
    for (const { name, severity, runbook } of made.alarms) {
      const page = join(root, "docs", "runbooks", `${runbook}.md`);
      expect([name, existsSync(page)]).toEqual([name, true]);
      const alert = alerts.find(({ inputs }) => String(inputs["ruleName"]).endsWith(`-${name}`));
      expect(alert?.inputs["severity"]).toBe(severity === "page" ? 1 : 3);
      expect(alert?.inputs["description"]).toContain(`Runbook: ${site.runbooks}/${runbook}.md`);
    }
  });

  test("watch what kills the environment", async () => {
    const { made } = await build();
    expect(made.alarms.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "site-unreachable",
        "machine-down",
        "disk-full",
        "backup-missing",
        "backup-failure",
        "upgrade-failure",
        "certificate-expiry",
        "boot-failure",
      ]),
    );
  });

  test("on metrics of the machine's own are made before the machine has sent one", () => {
    for (const rule of machineAlarms(26)) {
      expect([rule.name, rule.custom]).toEqual([rule.name, rule.namespace === machineNamespace]);
    }
  });

  test("name metrics that the machine's scripts send", () => {
    const scripts = [
      ...["pulse.sh", "backup.sh", "role.sh", "apply-run.sh", "upgrade.sh", "upgrade-run.sh"].map(
        (file) => join("components", "gitlab-instance", "package", "templates", file),
      ),
      join("components", "node-files", "templates", "lib.sh"),
      join("components", "node-files", "templates", "clouds", "rest.sh"),
    ]
      .map((file) => join(root, file))
      .filter(existsSync)
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    const missing = machineAlarms(26)
      .filter(({ custom, metric }) => custom && !scripts.includes(metric))
      .map(({ metric }) => metric);
    expect(missing).toEqual([]);
  });

  test("are in the form that Azure takes", async () => {
    const { resources } = await build();
    for (const { inputs } of ofType(resources, "azure-native:monitor:MetricAlert")) {
      expect(inputs["location"]).toBe("global");
      expect(inputs["evaluationFrequency"]).toMatch(/^PT(1M|5M|15M|30M|1H)$/);
      expect(inputs["windowSize"]).toMatch(/^(PT(1M|5M|15M|30M|1H|6H|12H)|P1D)$/);
    }
    const group = only(resources, "azure-native:monitor:ActionGroup");
    expect(String(group.inputs["groupShortName"]).length).toBeLessThanOrEqual(12);
    expect(group.inputs["emailReceivers"]).toHaveLength(2);
  });

  test("look at the site from several places, and wait until more than one says no", async () => {
    const { resources } = await build();
    const test = only(resources, "azure-native:applicationinsights:WebTest");
    expect(test.inputs["locations"]).toHaveLength(5);
    expect(test.inputs["request"]).toMatchObject({
      requestUrl: "https://dev.example.com/users/sign_in",
    });
    expect(test.inputs["tags"]).toEqual({ "hidden-link:alerts-tests-id": "Resource" });
    const criteria = ofType(resources, "azure-native:monitor:MetricAlert")
      .map(({ inputs }) => inputs["criteria"] as Record<string, unknown>)
      .find((one) => "webTestId" in one);
    expect(criteria?.["failedLocationCount"]).toBe(3);
  });

  test("are refused where they could never go off", () => {
    const [rule] = machineAlarms(26);
    const broken = (change: Partial<AzureMetricRule>) => () => {
      checkAzureRules([{ ...(rule as AzureMetricRule), ...change }]);
    };
    expect(broken({ windowMinutes: 7 })).toThrow(/windowMinutes/);
    expect(broken({ everyMinutes: 2 })).toThrow(/everyMinutes/);
    expect(broken({ windowMinutes: 5, everyMinutes: 15 })).toThrow(/up to 5/);
    expect(() => {
      checkAzureRules([rule as AzureMetricRule, rule as AzureMetricRule]);
    }).toThrow(/two of this name/);
  });

  test.each([
    [5, "PT5M"],
    [60, "PT1H"],
    [1440, "P1D"],
  ])("write %s minutes as %s", (minutes, text) => {
    expect(isoMinutes(minutes)).toBe(text);
  });
});
