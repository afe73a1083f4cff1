import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fc } from "../../support/properties";
import { managerRights } from "../../../components/runner-fleet/aws-rights";
import type { AwsRunnerFleetArgs } from "../../../components/runner-fleet/args";
import type { FleetSettings } from "../../../components/runner-fleet/contract";
import {
  awsManager,
  awsManagerFiles,
  type AwsManagerFacts,
} from "../../../components/runner-fleet/aws-files";
import {
  parseRunnerConfig,
  renderRunnerConfig,
} from "../../../components/runner-fleet/render/config";
import { workerUserData } from "../../../components/runner-fleet/worker";

const fleet: FleetSettings = {
  name: "shared",
  tags: ["docker"],
  runUntagged: true,
  workerTypes: ["m6i.large", "m5.large"],
  managerType: "t3.small",
  maxWorkers: 7,
  jobsPerWorker: 3,
  maxUses: 5,
  workerDiskGiB: 50,
  privileged: false,
  defaultImage: "alpine:3.22",
  periods: [
    { periods: ["* * * * *"], timezone: "UTC", idleCount: 0, idleTime: "20m0s" },
    {
      periods: ["* 8-18 * * mon-fri"],
      timezone: "Europe/Berlin",
      idleCount: 2,
      idleTime: "1h0m0s",
    },
  ],
};
const facts: AwsManagerFacts = {
  environment: "aws",
  region: "eu-central-1",
  gitlabUrl: "https://gitlab.example.com",
  fleet,
  release: { version: "19.2.0", pluginVersion: "1.0.1" },
  workerGroup: "gitlab-aws-runners-shared-workers",
  cacheBucket: "cache",
  tokenSecretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:t",
  logGroup: "/gitlab/aws",
  alertTopicArn: "arn:aws:sns:eu-central-1:111122223333:alerts",
};
/** Keys that GitLab Runner reads, from its own sources; `runners[]` is an array of tables. */
const known = new Map(
  readFileSync(join(__dirname, "../../support/runner-config-keys.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t") as [string, string]),
);

function keys(value: unknown, path: string): string[] {
  if (Array.isArray(value) && value.some((entry) => typeof entry === "object"))
    return value.flatMap((entry) => keys(entry, `${path}[]`));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = path === "" ? name : `${path}.${name}`;
    // Handed on to the plugin: the runner itself does not know its keys.
    return here === "runners[].autoscaler.plugin_config" ? [here] : keys(inner, here);
  });
}

interface Config {
  readonly concurrent: number;
  readonly runners: readonly {
    readonly token: string;
    readonly limit: number;
    readonly docker: { readonly privileged: boolean };
    readonly autoscaler: Record<string, unknown>;
  }[];
}
const config = (changed: Partial<FleetSettings> = {}): Config =>
  parseRunnerConfig(
    renderRunnerConfig({ ...facts, fleet: { ...fleet, ...changed } }, awsManager(facts)),
  ) as unknown as Config;

test("every key of config.toml is one that GitLab Runner reads", () => {
  const used = keys(config(), "");
  expect(used.length).toBeGreaterThan(30);
  expect(used.filter((key) => !known.has(key))).toEqual([]);
});

test("the number of jobs and machines is always bounded, and jobs fit on the machines", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 20 }),
      (maxWorkers, jobsPerWorker) => {
        const { concurrent, runners } = config({ maxWorkers, jobsPerWorker });
        expect(concurrent).toBe(maxWorkers * jobsPerWorker);
        expect(runners[0]?.limit).toBe(concurrent);
        expect(runners[0]?.autoscaler).toMatchObject({
          max_instances: maxWorkers,
          capacity_per_instance: jobsPerWorker,
        });
      },
    ),
  );
});

test.each([["maxWorkers"], ["jobsPerWorker"], ["maxUses"]])(
  "%s of 0, which would mean no limit, is refused",
  (name) => {
    expect(() => config({ [name]: 0 })).toThrow(`${name} of fleet shared: found 0`);
  },
);

test("a fleet without a period, or with an idle time that is no duration, is refused", () => {
  expect(() => config({ periods: [] })).toThrow("no scale period");
  const [period] = fleet.periods;
  if (period === undefined) throw new Error("no period");
  for (const idleTime of ["", "20", "20 minutes"])
    expect(() => config({ periods: [{ ...period, idleTime }] })).toThrow("want e.g. 20m0s");
});

test("periods keep their order, since the last that matches wins", () => {
  expect(config().runners[0]?.autoscaler["policy"]).toEqual([
    { periods: ["* * * * *"], timezone: "UTC", idle_count: 0, idle_time: "20m0s" },
    {
      periods: ["* 8-18 * * mon-fri"],
      timezone: "Europe/Berlin",
      idle_count: 2,
      idle_time: "1h0m0s",
    },
  ]);
});

test("workers survive a restart of their manager, are reached inside the network, and are pinned to a plugin", () => {
  expect(config().runners[0]?.autoscaler).toMatchObject({
    plugin: "aws:1.0.1",
    delete_instances_on_shutdown: false,
    state_storage: { enabled: true },
    plugin_config: { name: facts.workerGroup },
    connector_config: { use_external_addr: false, username: "ec2-user" },
  });
});

test("jobs are privileged only where the setting says so", () => {
  expect(config().runners[0]?.docker.privileged).toBe(false);
  expect(config({ privileged: true }).runners[0]?.docker.privileged).toBe(true);
});

test("the files hold no token: the runner expands it from its environment", () => {
  expect(config().runners[0]?.token).toBe("$RUNNER_TOKEN");
  for (const { content } of awsManagerFiles(facts))
    expect(content).not.toMatch(/glrt-[A-Za-z0-9]{8}/);
});

test("values that would change a shell file or a download's address are refused", () => {
  expect(() =>
    awsManagerFiles({ ...facts, release: { version: "latest", pluginVersion: "1.0.1" } }),
  ).toThrow("MAJOR");
  expect(() => awsManagerFiles({ ...facts, release: { ...facts.release, sha256: "abc" } })).toThrow(
    "64 hexadecimal",
  );
});

test("stopping the unit lets jobs end, and its token comes from memory", () => {
  const unit =
    awsManagerFiles(facts).find(({ path }) => path.endsWith("gitlab-runner.service"))?.content ??
    "";
  expect(unit).toContain("\nKillSignal=SIGQUIT\n");
  expect(unit).toContain("\nEnvironmentFile=/run/");
  expect(unit).toContain("\nUser=gitlab-runner\n");
});

test("a worker's user data fits EC2's limit and names no secret, account or fleet", () => {
  const text = workerUserData();
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16 * 1024);
  expect(text.startsWith("#!")).toBe(true);
  expect(text).not.toMatch(/arn:|token|password|\d{12}/i);
});

test("a manager may touch its own group, workers, token and cache, and nothing by a bare star that could be narrowed", () => {
  const args = {
    region: "eu-central-1",
    accountId: "111122223333",
    keyArn: "key",
    filesKeyArn: "key",
    alertKeyArn: "alert",
    alertTopicArn: "topic",
    logGroup: { name: "l", arn: "log" },
  } as unknown as AwsRunnerFleetArgs;
  const statements = managerRights({
    fleet: args,
    workerGroup: "w",
    cacheBucketArn: "arn:aws:s3:::cache",
    tokenArn: "token",
    bundleArns: ["bundle"],
  });
  for (const statement of statements) {
    expect(statement.Effect).toBe("Allow");
    if (statement.Resource !== "*") continue;
    // Describe calls take no resource; metrics are bound to their namespace.
    for (const action of [statement.Action ?? ""].flat())
      expect(/:Describe/.test(action) || statement.Condition !== undefined).toBe(true);
  }
  const actions = statements.flatMap(({ Action }) => [Action ?? ""].flat());
  expect(actions).not.toContain("ec2:TerminateInstances");
  expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  expect(statements.find(({ Sid }) => Sid === "Scale")?.Resource).toMatch(
    /autoScalingGroupName\/w$/,
  );
});
