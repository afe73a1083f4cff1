/** What the models of Cloud Monitoring and Cloud Logging let through and what they refuse. */
import type { Wire } from "../sandbox/support/client";
import { Project } from "./gcp-support";

const POLICY = "gcp:monitoring/alertPolicy:AlertPolicy";
const CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel";
const CHECK = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig";
const DESCRIPTOR = "gcp:monitoring/metricDescriptor:MetricDescriptor";
const METRIC = "gcp:logging/metric:Metric";
const LOGS = "gcp:logging/projectBucketConfig:ProjectBucketConfig";
const SINK = "gcp:logging/projectSink:ProjectSink";

let project: Project;
beforeEach(async () => {
  project = await Project.open();
});
afterEach(() => project.close());

const filter = (metric: string): string =>
  `resource.type = "gce_instance" AND metric.type = "${metric}"`;
const CPU = "compute.googleapis.com/instance/cpu/utilization";
const threshold = (more: Wire = {}): Wire => ({
  displayName: "busy",
  conditionThreshold: {
    comparison: "COMPARISON_GT",
    thresholdValue: 0.9,
    duration: "300s",
    filter: filter(CPU),
    aggregations: [{ alignmentPeriod: "60s", perSeriesAligner: "ALIGN_MEAN" }],
    ...more,
  },
});
const policy = (...conditions: Wire[]): Wire => ({
  displayName: "Busy",
  combiner: "OR",
  conditions,
});

describe("an alerting policy", () => {
  test("has the API's own name, and keeps its channel", async () => {
    const channel = await project.make(CHANNEL, {
      type: "email",
      labels: { email_address: "ops@example.com" },
    });
    const { id } = await project.make(POLICY, {
      ...policy(threshold()),
      notificationChannels: [channel.id],
    });
    expect(id).toMatch(/^projects\/gitlab-tests\/alertPolicies\/\d+$/);
    await expect(project.provider.delete(channel)).rejects.toThrow(/not empty|in use/);
  });

  test("looks only at custom metrics that have a descriptor", async () => {
    const type = "custom.googleapis.com/gitlab/ready";
    const alert = policy(threshold({ filter: filter(type) }));
    await expect(project.make(POLICY, alert)).rejects.toThrow(/cannot find metric/);
    await project.make(DESCRIPTOR, { type, metricKind: "GAUGE", valueType: "DOUBLE" });
    await project.make(POLICY, alert);
  });

  test("looks only at metrics of logs that are there", async () => {
    const alert = policy(threshold({ filter: filter("logging.googleapis.com/user/boot_failure") }));
    await expect(project.make(POLICY, alert)).rejects.toThrow(/cannot find metric/);
    await project.make(METRIC, { name: "boot_failure", filter: 'severity >= "ERROR"' });
    await project.make(POLICY, alert);
  });

  const prometheus = (more: Wire = {}): Wire => ({
    displayName: "silent",
    conditionPrometheusQueryLanguage: { query: "absent(up)", ...more },
  });
  test("asks in Prometheus' language", async () => {
    await project.make(POLICY, policy(prometheus({ evaluationInterval: "60s", duration: "0s" })));
  });

  test.each<[string, Wire, RegExp]>([
    ["no combiner", { ...policy(threshold()), combiner: undefined as never }, /combiner/],
    ["no condition", policy(), /conditions/],
    ["two kinds in one", policy({ ...threshold(), ...prometheus() }), /exactly one kind/],
    ["no kind", policy({ displayName: "nothing" }), /exactly one kind/],
    [
      "a filter without a resource",
      policy(threshold({ filter: `metric.type = "${CPU}"` })),
      /resource\.type/,
    ],
    [
      "a comparison that the API does not take",
      policy(threshold({ comparison: "COMPARISON_GE" })),
      /COMPARISON_GT and COMPARISON_LT/,
    ],
    ["half a minute", policy(threshold({ duration: "90s" })), /multiple of a minute/],
    [
      "an aligner without a period",
      policy(threshold({ aggregations: [{ perSeriesAligner: "ALIGN_MEAN" }] })),
      /alignmentPeriod/,
    ],
    [
      "a reducer without an aligner",
      policy(
        threshold({
          aggregations: [{ alignmentPeriod: "60s", crossSeriesReducer: "REDUCE_SUM" }],
        }),
      ),
      /needs an aligner/,
    ],
    ["45 seconds of Prometheus", policy(prometheus({ evaluationInterval: "45s" })), /30 seconds/],
    [
      "a day of absence",
      policy({
        displayName: "gone",
        conditionAbsent: { duration: "86400s", filter: filter(CPU) },
      }),
      /23\.5 hours/,
    ],
    [
      "a rate limit without logs",
      { ...policy(threshold()), alertStrategy: { notificationRateLimit: { period: "300s" } } },
      /notificationRateLimit/,
    ],
    [
      "logs without a rate limit",
      policy({ displayName: "logs", conditionMatchedLog: { filter: "severity >= ERROR" } }),
      /notificationRateLimit/,
    ],
    [
      "closing after ten minutes",
      { ...policy(threshold()), alertStrategy: { autoClose: "600s" } },
      /30 minutes/,
    ],
    [
      "a channel that is not there",
      {
        ...policy(threshold()),
        notificationChannels: ["projects/gitlab-tests/notificationChannels/1"],
      },
      /notificationChannels/,
    ],
    [
      "seven conditions",
      policy(...Array.from({ length: 7 }, (): Wire => threshold())),
      /at most 6/,
    ],
  ])("%s is refused", async (_, inputs, problem) => {
    await expect(project.make(POLICY, inputs)).rejects.toThrow(problem);
  });
});

describe("a notification channel", () => {
  test.each<[string, Wire, RegExp]>([
    ["email without an address", { type: "email" }, /email_address/],
    ["an address that is none", { type: "email", labels: { email_address: "ops" } }, /address/],
    ["Slack without a token", { type: "slack", labels: { channel_name: "#ops" } }, /authToken/],
    ["a type that is none", { type: "fax" }, /type/],
    [
      "a token in two places",
      {
        type: "slack",
        labels: { channel_name: "#ops", auth_token: "a" },
        sensitiveLabels: { authToken: "b" },
      },
      /same time/,
    ],
  ])("%s is refused", async (_, inputs, problem) => {
    await expect(project.make(CHANNEL, inputs)).rejects.toThrow(problem);
  });
});

describe("an uptime check", () => {
  const check = (more: Wire = {}, http: Wire = {}): Wire => ({
    displayName: "gitlab",
    timeout: "10s",
    period: "60s",
    monitoredResource: {
      type: "uptime_url",
      labels: { host: "gitlab.example.com", project_id: Project.id },
    },
    httpCheck: { path: "/-/readiness", useSsl: true, validateSsl: true, ...http },
    ...more,
  });

  test("asks by TLS on its port", async () => {
    const { id, outputs } = await project.make(CHECK, check());
    expect(id).toMatch(/^projects\/gitlab-tests\/uptimeCheckConfigs\/gitlab-/);
    expect(outputs["httpCheck"]).toMatchObject({ port: 443 });
  });

  test.each<[string, Wire, RegExp]>([
    ["two minutes", check({ period: "120s" }), /period/],
    ["a timeout of two minutes", check({ timeout: "120s" }), /1 and 60/],
    ["one place", check({ selectedRegions: ["EUROPE"] }), /at least 3/],
    [
      "a host with a scheme",
      check({
        monitoredResource: {
          type: "uptime_url",
          labels: { host: "https://gitlab.example.com", project_id: Project.id },
        },
      }),
      /without scheme/,
    ],
    [
      "no host",
      check({ monitoredResource: { type: "uptime_url", labels: { project_id: "a" } } }),
      /must have host/,
    ],
    ["two checks", check({ tcpCheck: { port: 22 } }), /exactly one of/],
    ["nothing to check", check({ monitoredResource: undefined as never }), /exactly one of/],
  ])("%s is refused", async (_, inputs, problem) => {
    await expect(project.make(CHECK, inputs)).rejects.toThrow(problem);
  });
});

describe("logs", () => {
  test.each<[string, string, Wire, RegExp]>([
    [
      "a metric of one's own under Google's name",
      DESCRIPTOR,
      { type: "compute.googleapis.com/a", metricKind: "GAUGE", valueType: "DOUBLE" },
      /type/,
    ],
    [
      "a custom metric of differences",
      DESCRIPTOR,
      { type: "custom.googleapis.com/a", metricKind: "DELTA", valueType: "INT64" },
      /DELTA/,
    ],
    [
      "a distribution of nothing",
      METRIC,
      {
        name: "a",
        filter: "severity >= ERROR",
        metricDescriptor: { metricKind: "DELTA", valueType: "DISTRIBUTION" },
      },
      /valueExtractor/,
    ],
    [
      "a label without its extractor",
      METRIC,
      {
        name: "a",
        filter: "severity >= ERROR",
        metricDescriptor: {
          metricKind: "DELTA",
          valueType: "INT64",
          labels: [{ key: "unit" }],
        },
      },
      /labelExtractors/,
    ],
    [
      "a sink into no bucket",
      SINK,
      { name: "a", destination: "storage.googleapis.com/no-bucket" },
      /no such bucket/,
    ],
    [
      "a place that is none",
      SINK,
      { name: "a", destination: "https://example.com" },
      /destination/,
    ],
    [
      "logs of eleven years",
      LOGS,
      { project: Project.id, location: "europe-west4", bucketId: "a", retentionDays: 4015 },
      /3650/,
    ],
  ])("%s: refused", async (_, token, inputs, problem) => {
    await expect(project.make(token, inputs)).rejects.toThrow(problem);
  });

  test("a locked log bucket keeps its days, and its name when it is gone", async () => {
    const bucket = (more: Wire = {}): Wire => ({
      project: Project.id,
      location: "europe-west4",
      bucketId: "audit",
      retentionDays: 90,
      ...more,
    });
    const open = await project.make(LOGS, bucket());
    await project.provider.delete(open);
    await expect(project.make(LOGS, bucket())).rejects.toThrow(/for seven days/);
    const locked = await project.make(LOGS, bucket({ bucketId: "kept", locked: true }));
    await expect(
      project.change(locked, bucket({ bucketId: "kept", locked: true, retentionDays: 30 })),
    ).rejects.toThrow(/locked log bucket/);
    await expect(project.provider.delete(locked)).rejects.toThrow(/locked/);
  });
});
