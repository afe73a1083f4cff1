import { execFileSync } from "node:child_process";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsManagerFiles } from "../../../components/runner-fleet/aws-files";
import { testWith } from "../../support/tools";
import type { Machine } from "../support/machine";
import { World } from "../support/world";
import { downloads, hostCommands, release, runnerBinary, starts, token } from "./manager-host";

const secret = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:runner";
const binary = runnerBinary("aws:1.0.1");

let world: World;
let machine: Machine;
let served: Record<string, string>;

async function setUp(sha256?: string): Promise<void> {
  world = await World.create({ quietMs: 20 });
  machine = world.machine(
    "manager",
    awsManagerFiles({
      environment: "aws",
      region: "eu-central-1",
      gitlabUrl: "https://gitlab.example.com",
      fleet: {
        name: "shared",
        tags: ["docker"],
        runUntagged: true,
        workerTypes: ["m6i.large", "m5.large"],
        managerType: "t3.small",
        maxWorkers: 10,
        jobsPerWorker: 2,
        maxUses: 10,
        workerDiskGiB: 50,
        privileged: false,
        defaultImage: "alpine:3.22",
        periods: [{ periods: ["* * * * *"], timezone: "UTC", idleCount: 0, idleTime: "20m0s" }],
      },
      release: {
        version: "19.2.0",
        pluginVersion: "1.0.1",
        ...(sha256 === undefined ? {} : { sha256 }),
      },
      workerGroup: "workers",
      cacheBucket: "cache",
      tokenSecretArn: secret,
      logGroup: "/gitlab/aws",
      alertTopicArn: "arn:aws:sns:eu-central-1:111122223333:alerts",
    }),
  );
  hostCommands(world, machine);
  served = release(binary);
  machine.commands["curl"] = (call) => {
    const url = call.args.find((arg) => arg.startsWith("https:")) ?? "";
    const body = served[url];
    if (body === undefined) return { code: 22, err: `curl: (22) 404 ${url}\n` };
    writeFileSync(call.args[call.args.indexOf("-o") + 1] ?? "", body);
    return { code: 0 };
  };
  world.secrets.set(secret, [token]);
}

beforeEach(() => setUp());
afterEach(() => world.close());

const started = () => starts(world);

test("a first boot installs the pinned runner and plugin, fetches the token into memory and starts", async () => {
  const { code, log } = await machine.run("/opt/gitlab-node/boot");
  expect({ code, log }).toMatchObject({ code: 0 });
  expect(machine.read("/usr/local/bin/gitlab-runner")).toBe(binary);
  expect(machine.has("/var/lib/gitlab-runner/plugins/aws")).toBe(true);
  expect(machine.read("/run/gitlab-node/runner.env")).toBe(`RUNNER_TOKEN=${token}\n`);
  expect(statSync(machine.path("/run/gitlab-node/runner.env")).mode & 0o777).toBe(0o600);
  expect(started()).toHaveLength(1);
  expect(world.alarms()).toEqual([]);
  expect(world.leaks([token])).toEqual([]);
});

test("a token that comes late is waited for: heard after an hour, and the runner starts by itself", async () => {
  world.secrets.set(secret, []);
  const boot = machine.start("/opt/gitlab-node/boot");
  await world.until("the alarm", () => world.alarms("RunnerTokenMissing").length > 0, 60_000);
  expect(world.clock.now).toBeGreaterThan(4600);
  expect(started()).toEqual([]);
  world.secrets.set(secret, [token]);
  expect((await boot.ended).code).toBe(0);
  expect(started()).toHaveLength(1);
});

test("the first hour of waiting counts as up, what comes after as down", async () => {
  await machine.run("/opt/gitlab-node/pulse");
  expect(world.metrics.at(-1)).toMatchObject({ name: "RunnerManagerUp", value: "1" });
  machine.commands["systemctl"] = () => ({ code: 3 });
  await machine.run("/opt/gitlab-node/pulse");
  expect(world.metrics.at(-1)).toMatchObject({
    value: "0",
    dimensions: ["Environment=aws", "Role=runner-manager-shared"],
  });
  writeFileSync(machine.path("/run/gitlab-node/token-awaited"), "1000\n");
  await machine.run("/opt/gitlab-node/pulse");
  expect(world.metrics.at(-1)).toMatchObject({ value: "1" });
});

test("a value that is no runner token is never handed to the runner", async () => {
  world.secrets.set(secret, ["glrt-abc\nMALICIOUS=1"]);
  const boot = machine.start("/opt/gitlab-node/boot");
  await world.until("the alarm", () => world.alarms("RunnerTokenMissing").length > 0, 60_000);
  expect(machine.has("/run/gitlab-node/runner.env")).toBe(false);
  boot.signal("SIGKILL");
  await boot.ended;
});

test("a binary with another checksum than GitLab's list is not installed", async () => {
  served[`${downloads}/binaries/gitlab-runner-linux-amd64`] = `${binary}# changed\n`;
  const { code } = await machine.run("/opt/gitlab-node/boot");
  expect(code).not.toBe(0);
  expect(machine.has("/usr/local/bin/gitlab-runner")).toBe(false);
  expect(world.alarms("BootFailure").length).toBeGreaterThan(0);
});

test("a checksum in the settings wins over the published list", async () => {
  await world.close();
  await setUp("1".repeat(64));
  const { code, log } = await machine.run("/opt/gitlab-node/boot");
  expect(code).not.toBe(0);
  expect(log).toContain(`not ${"1".repeat(64)}`);
  expect(world.calls.some(({ args }) => args.some((arg) => arg.endsWith("release.sha256")))).toBe(
    false,
  );
  expect(machine.has("/usr/local/bin/gitlab-runner")).toBe(false);
});

test.each<[string, () => () => void]>([
  [
    "fetching the runner",
    () => world.fault({ command: "curl", args: /linux-amd64/, times: Infinity, code: 22 }).end,
  ],
  [
    "fetching the list of checksums",
    () => world.fault({ command: "curl", args: /release\.sha256/, times: Infinity, code: 22 }).end,
  ],
  ["making the runner's user", () => world.fault({ command: "useradd", times: Infinity }).end],
  ["giving it its files", () => world.fault({ command: "chown", times: Infinity }).end],
  [
    "installing the plugin",
    () => {
      writeFileSync(machine.path("/no-plugin"), "");
      return () => execFileSync("rm", [machine.path("/no-plugin")]);
    },
  ],
  [
    "starting the pulse",
    () => world.fault({ command: "systemctl", args: /pulse/, times: Infinity }).end,
  ],
  [
    "starting the runner",
    () => world.fault({ command: "systemctl", args: /restart gitlab-runner/, times: Infinity }).end,
  ],
])("%s fails: loud and non-zero, and the next boot comes right", async (_what, inject) => {
  const end = inject();
  const { code } = await machine.run("/opt/gitlab-node/boot");
  expect(code).not.toBe(0);
  expect(started()).toEqual([]);
  expect(world.alarms("BootFailure").length).toBeGreaterThan(0);
  end();
  expect((await machine.run("/opt/gitlab-node/boot")).code).toBe(0);
  expect(started()).toHaveLength(1);
});

test("a log agent that cannot be had is heard, and keeps no manager from its duty", async () => {
  world.fault({ command: "dnf", times: Infinity });
  expect((await machine.run("/opt/gitlab-node/boot")).code).toBe(0);
  expect(world.alarms("BootFailure")).toHaveLength(1);
  expect(started()).toHaveLength(1);
});

test("a second boot fetches the runner no second time, and reads the token anew", async () => {
  await machine.run("/opt/gitlab-node/boot");
  world.secrets.set(secret, ["glrt-another0123456789abcdef"]);
  expect((await machine.run("/opt/gitlab-node/boot")).code).toBe(0);
  expect(
    world.calls.filter(({ args }) => args.some((arg) => /linux-amd64$/.test(arg))),
  ).toHaveLength(1);
  expect(machine.read("/run/gitlab-node/runner.env")).toBe(
    "RUNNER_TOKEN=glrt-another0123456789abcdef\n",
  );
  expect(started()).toHaveLength(2);
});

testWith(
  "shellcheck",
  "the fleet's scripts have nothing that shellcheck warns of",
  (shellcheck) => {
    const root = join(__dirname, "../../..");
    const folder = "components/runner-fleet/templates";
    const scripts = readdirSync(join(root, folder)).filter((name) => name.endsWith(".sh"));
    expect(scripts.length).toBeGreaterThan(4);
    execFileSync(shellcheck, ["-x", ...scripts.map((name) => `${folder}/${name}`)], { cwd: root });
  },
);
