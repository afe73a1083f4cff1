import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { declared, ofType, only, valueOf } from "../../support/aws-mocks";
import { Provider } from "@pulumi/aws/provider";
import { AwsAlerts, AwsAlertTopic, alarmInputs } from "../../../components/alerts/aws";
import { dataAlarms } from "../../../components/alerts/data-alarms";
import { edgeAlarms, siteAlarm } from "../../../components/alerts/edge-alarms";
import { nodeAlarms, nodeEvents } from "../../../components/alerts/node-alarms";
import { checkRules, worstOf, type AlarmRule } from "../../../components/alerts/rules";
import { topicPolicy } from "../../../components/alerts/topic-aws";

const root = join(__dirname, "..", "..", "..");
const runbooks = join(root, "docs", "runbooks");
const site = {
  prefix: "gitlab-test",
  environment: "aws",
  protection: true,
  runbooks: "https://example.com/docs/runbooks",
};
const edge = {
  webHost: "gitlab.example.com",
  loadBalancerSuffixes: { web: "app/web/1", ssh: "net/ssh/1", internal: "net/internal/1" },
  targetGroupSuffixes: {
    web: "targetgroup/web/1",
    registry: "targetgroup/registry/1",
    ssh: "targetgroup/ssh/1",
    gitaly: "targetgroup/gitaly/1",
    internalApi: "targetgroup/api/1",
  },
  certificateArn: "arn:aws:acm:eu-central-1:111111111111:certificate/1",
};
const data = {
  database: {
    identifier: "gitlab-test-postgres",
    maxStorageGiB: 1000,
    maxConnections: 800,
    memoryGiB: 16,
  },
  cache: { clusterIds: ["redis-001", "redis-002", "redis-003"] },
  fileSystems: { git: "fs-1", shared: "fs-2" },
};
const topologies: Readonly<Record<string, readonly string[]>> = {
  distributed: ["application", "gitaly", "backup"],
  single: ["single", "backup"],
};
const all = (roles: readonly string[]): readonly AlarmRule[] => [
  siteAlarm("gitlab.example.com", "health-check-1"),
  ...edgeAlarms(edge),
  ...dataAlarms(data),
  ...nodeAlarms("aws", roles),
];
const rule = (name: string, rules: readonly AlarmRule[] = all(topologies.distributed ?? [])) => {
  const found = rules.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no alarm ${name}`);
  return found;
};

describe.each(Object.keys(topologies))("the alarms of %s", (topology) => {
  const rules = all(topologies[topology] ?? []);

  test("can all go off as CloudWatch takes them", () => {
    expect(() => {
      checkRules(rules);
    }).not.toThrow();
  });

  test.each(rules.map(({ name, runbook }) => [name, runbook]))(
    "%s has its runbook %s, and the page names the alarm's kind",
    (_, runbook) => {
      const page = join(runbooks, `${runbook}.md`);
      expect(existsSync(page)).toBe(true);
      const text = readFileSync(page, "utf8");
      for (const part of ["**Alarm", "## Confirm", "## Do", "## Over when"]) {
        expect(text).toContain(part);
      }
    },
  );
});

describe("runbooks", () => {
  const pages = readdirSync(runbooks).filter((name) => name.endsWith(".md"));

  test("link only pages that are there", () => {
    for (const page of pages) {
      const text = readFileSync(join(runbooks, page), "utf8");
      for (const [, target = ""] of text.matchAll(/\]\(([a-z-]+\.md)\)/g)) {
        expect([page, target, pages.includes(target)]).toEqual([page, target, true]);
      }
    }
  });

  test("name every alarm that points to them, by its name or its ending", () => {
    for (const { name, runbook } of all(topologies.distributed ?? [])) {
      const text = readFileSync(join(runbooks, `${runbook}.md`), "utf8");
      const ending = name.split("-").slice(-1)[0] ?? name;
      expect([name, text.includes(name) || text.includes(`-${ending}`)]).toEqual([name, true]);
    }
  });
});

describe("what an alarm says", () => {
  test.each(all(topologies.distributed ?? []).map((each) => [each.name, each] as const))(
    "%s ends in the address of its runbook, fits, and tells its begin and its end",
    (_, each) => {
      const inputs = alarmInputs(each, site, "arn:topic");
      const description = inputs.alarmDescription as string;
      expect(description.split("\n").slice(-1)).toEqual([
        `Runbook: https://example.com/docs/runbooks/${each.runbook}.md`,
      ]);
      expect(description).toContain(`[${each.severity}]`);
      expect(description.length).toBeLessThanOrEqual(1024);
      expect([inputs.alarmActions, inputs.okActions]).toEqual([["arn:topic"], ["arn:topic"]]);
    },
  );

  test("is one metric or an expression that alone is returned, never both", () => {
    const simple = alarmInputs(rule("database-storage"), site, "arn:topic");
    expect(simple.metricQueries).toBeUndefined();
    expect(simple.dimensions).toEqual({ DBInstanceIdentifier: "gitlab-test-postgres" });
    const several = alarmInputs(rule("redis-memory"), site, "arn:topic");
    expect([several.metricName, several.period, several.statistic]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const queries = several.metricQueries as { id: string; returnData: boolean }[];
    expect(queries.map(({ id, returnData }) => [id, returnData])).toEqual([
      ["value", true],
      ["m0", false],
      ["m1", false],
      ["m2", false],
    ]);
  });
});

describe("silence", () => {
  test.each([
    "site-unreachable",
    "web-no-host",
    "gitaly-no-host",
    "database-cpu",
    "redis-memory",
    "files-git-unmounted",
    "application-disk",
    "gitaly-disk",
  ])("is an alarm for %s, where it is the fault itself", (name) => {
    expect(rule(name).missing).toBe("breaching");
  });

  test.each(["boot-failure", "lease-lost", "backup-failure", "application-errors", "backup-disk"])(
    "is none for %s, where it is the rule",
    (name) => {
      expect(rule(name).missing).toBe("notBreaching");
    },
  );

  test("keeps the certificate's alarm as it was: an expired one reports no longer", () => {
    expect(rule("certificate-expiry").missing).toBe("ignore");
  });
});

describe("thresholds", () => {
  test("follow the database's own limits", () => {
    expect(rule("database-connections").threshold).toBe(680);
    expect(rule("database-memory").threshold).toBe(Math.round(16 * 2 ** 30 * 0.05));
  });

  test("leave storage the time to grow by itself", () => {
    const smallestGiB = 100;
    const growsAtBytes = smallestGiB * 2 ** 30 * 0.1;
    expect(rule("database-storage").threshold).toBeLessThan(growsAtBytes);
  });
});

describe("machines", () => {
  /** Everything that the machines' scripts count, from the scripts themselves. */
  const counted = [
    "components/node-files/templates",
    "components/node-files/templates/clouds",
    "components/gitlab-instance/templates",
    "components/backup-schedule/templates",
  ]
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".sh"))
        .map((name) => readFileSync(join(folder, name), "utf8").replace(/^\s*#.*$/gm, "")),
    )
    .flatMap((script) => [
      ...script.matchAll(
        /(?:ALARM_EVENT=(?:"\$\{ALARM_EVENT:-)?|\b(?:try_)?alarm )([A-Z][A-Za-z]+)\b/g,
      ),
    ])
    .map(([, event = ""]) => event);

  test("count nothing that no alarm looks at", () => {
    const watched = nodeEvents.map(({ metric }) => metric);
    expect(counted).toEqual(expect.arrayContaining(["BootFailure", "LeaseLost", "UpgradeRefused"]));
    expect([...new Set(counted)].filter((event) => !watched.includes(event))).toEqual([]);
  });

  test("are watched by role, in the dimensions that the scripts send", () => {
    const lib = readFileSync(join(root, "components/node-files/templates/clouds/aws.sh"), "utf8");
    expect(lib).toContain("--namespace GitLab/Nodes");
    expect(lib).toContain('--dimensions "Environment=$NODE_ENVIRONMENT,Role=$NODE_ROLE"');
    expect(rule("gitaly-disk").metrics).toEqual([
      {
        namespace: "GitLab/Nodes",
        name: "DiskUsedPercent",
        dimensions: { Environment: "aws", Role: "gitaly" },
        statistic: "Maximum",
      },
    ]);
  });

  test("have one alarm an event over all roles that can count it", () => {
    const boot = rule("boot-failure");
    expect(boot.metrics.map(({ dimensions }) => dimensions.Role)).toEqual([
      "application",
      "gitaly",
      "backup",
    ]);
    expect(boot.expression).toBe("FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0)");
    expect(rule("lease-lost").metrics.map(({ dimensions }) => dimensions.Role)).toEqual(["gitaly"]);
  });
});

describe("the check of rules", () => {
  const good: AlarmRule = {
    name: "good",
    summary: "s",
    severity: "page",
    runbook: "web-errors",
    metrics: [{ namespace: "N", name: "M", dimensions: {}, statistic: "Sum" }],
    comparison: ">",
    threshold: 1,
    periodSeconds: 60,
    periods: 2,
    missing: "breaching",
  };
  const [metric] = good.metrics;
  test.each<[string, Partial<AlarmRule>]>([
    ["a period of 90 s", { periodSeconds: 90 }],
    ["a period of 10 s", { periodSeconds: 10 }],
    ["more than a day of minutes", { periods: 1441 }],
    ["no period", { periods: 0 }],
    ["more datapoints than periods", { datapoints: 3 }],
    ["several metrics with no expression", { metrics: [metric, metric] }],
    ["an expression over a metric that it has not", { expression: "m0 + m1" }],
    [
      "eleven metrics",
      { metrics: [metric, ...Array.from({ length: 10 }, () => metric)], expression: "MAX([m0])" },
    ],
  ])("refuses %s", (_, change) => {
    expect(() => {
      checkRules([{ ...good, ...change }]);
    }).toThrow(/alarm good/);
  });

  test("refuses two rules of one name", () => {
    expect(() => {
      checkRules([good, good]);
    }).toThrow(/two/);
  });

  test("has nothing to say of a good one", () => {
    expect(() => {
      checkRules([good]);
    }).not.toThrow();
  });

  test("needs something to watch", () => {
    expect(() => worstOf({ namespace: "N", name: "M", statistic: "Sum" }, "D", [])).toThrow(/M/);
  });
});

describe("the topic", () => {
  test("is encrypted, told to everybody named, and open to this account's alarms and RDS only", async () => {
    const { made, resources } = await declared(
      (opts) =>
        new AwsAlertTopic(
          "topic",
          {
            site,
            accountId: "111111111111",
            region: "eu-central-1",
            keyArn: "arn:key",
            subscriptions: [
              { protocol: "email", endpoint: "a@example.com" },
              { protocol: "https", endpoint: "https://example.com/hook" },
            ],
          },
          opts,
        ),
    );
    expect(only(resources, "sns/topic").inputs.kmsMasterKeyId).toBe("arn:key");
    expect(ofType(resources, "sns/topicSubscription")).toHaveLength(2);
    const policy = topicPolicy(await valueOf(made.arn), "111111111111");
    expect(JSON.parse(String(only(resources, "sns/topicPolicy").inputs.policy))).toEqual(policy);
    const allowed = policy.Statement.filter(({ Effect }) => Effect === "Allow");
    expect(allowed.map(({ Principal, Condition }) => [Principal, Condition])).toEqual([
      [
        { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"] },
        { StringEquals: { "aws:SourceAccount": "111111111111" } },
      ],
    ]);
  });

  test.each([
    ["nobody", []],
    [
      "somebody twice",
      [
        { protocol: "email" as const, endpoint: "a@example.com" },
        { protocol: "email" as const, endpoint: "a@example.com" },
      ],
    ],
  ])("is never told to %s", (who, subscriptions) => {
    const place = { accountId: "111111111111", region: "eu-central-1" };
    const topic = { site, ...place, keyArn: "arn:key", subscriptions };
    expect(() => new AwsAlertTopic(`bad-${who}`, topic)).toThrow(/subscriptions/);
  });
});

describe("the alerts", () => {
  test("put what Route 53 measures in us-east-1, with the topic there, and all else at home", async () => {
    const provider = new Provider("us-east-1", { region: "us-east-1" });
    const { made, resources } = await declared(
      (opts) =>
        new AwsAlerts(
          "alerts",
          {
            ...edge,
            ...data,
            site,
            topicArn: "arn:home",
            global: { provider, topicArn: "arn:global" },
            topology: "distributed",
            cache: { ...data.cache, replicationGroupId: "redis" },
            nodeRoles: topologies.distributed ?? [],
          },
          opts,
        ),
    );
    const check = only(resources, "route53/healthCheck");
    expect(check.inputs).toMatchObject({
      type: "HTTPS",
      fqdn: "gitlab.example.com",
      resourcePath: "/users/sign_in",
    });
    const alarms = ofType(resources, "cloudwatch/metricAlarm");
    expect(alarms.map(({ name }) => name).sort()).toEqual(
      made.alarms.map(({ name }) => `alerts-${name}`).sort(),
    );
    const elsewhere = resources.filter(({ provider: own }) => own !== undefined);
    expect(elsewhere.map(({ name, provider: own }) => [name, own])).toEqual([
      ["alerts-site", "us-east-1"],
      ["alerts-site-unreachable", "us-east-1"],
    ]);
    for (const { name, inputs } of alarms) {
      const topic = name === "alerts-site-unreachable" ? "arn:global" : "arn:home";
      expect([name, inputs.alarmActions]).toEqual([name, [topic]]);
    }
    const events = only(resources, "rds/eventSubscription").inputs;
    expect(events).toMatchObject({ snsTopic: "arn:home", sourceIds: ["gitlab-test-postgres"] });
    expect(events.eventCategories).toEqual(expect.arrayContaining(["failover", "low storage"]));
  });
});
