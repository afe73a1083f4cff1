import { rmSync } from "node:fs";
import type { Machine } from "../support/machine";
import { digestOf } from "../support/gitlab-image";
import { facts, planted, SiteWorld } from "../support/site";
import type { Fault } from "../support/world";

const version = "19.2.2";
let site: SiteWorld;
let machine: Machine;

const fleet = {
  name: "builds",
  tags: ["docker", "linux"],
  runUntagged: true,
  tokenSecretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:runner-builds",
};
const boot = () => machine.run("/opt/gitlab-node/boot");
const token = (): string | undefined => site.world.secrets.get(fleet.tokenSecretArn)?.at(-1);

beforeEach(async () => {
  site = await SiteWorld.create([version]);
  site.record({
    deployed: version,
    regular: version,
    post: version,
    settled: version,
    gitaly: version,
  });
  Object.assign(site.gitlab.database, { tables: 900, users: 5, regular: version, post: version });
  site.world.secrets.set(fleet.tokenSecretArn, []);
  machine = site.machine("app", "application", version, { runners: [fleet] });
});

afterEach(async () => {
  expect(site.gitlab.violations).toEqual([]);
  expect(site.world.leaks([...Object.values(planted), ...site.gitlab.runners.values()])).toEqual(
    [],
  );
  await site.world.close();
});

test("a runner fleet gets its token once, from GitLab into its secret", async () => {
  expect((await boot()).code).toBe(0);
  expect(token()).toBe(site.gitlab.runners.get("builds"));
  expect(token()).toMatch(/^glrt-/);
  // A second node, or another boot, asks again and stores nothing.
  expect((await machine.run("/opt/gitlab-node/configure")).code).toBe(0);
  expect(site.world.secrets.get(fleet.tokenSecretArn)).toHaveLength(1);
});

test("a reboot comes right: what lay in memory is fetched again", async () => {
  expect((await boot()).code).toBe(0);
  await machine.systemd.stop("gitlab");
  rmSync(machine.path("/run/gitlab-secrets"), { recursive: true });
  expect((await boot()).code).toBe(0);
  expect(machine.docker.containers.get("gitlab")?.running).toBe(true);
  // The open hook was the first boot's.
  expect(site.world.history.filter(({ what }) => what === "lifecycle")).toHaveLength(1);
});

const broken: readonly (readonly [string, Fault])[] = [
  ["packages cannot be installed", { command: "dnf", args: /docker/, times: Infinity }],
  ["Docker does not start", { command: "docker", args: /^info/, times: Infinity }],
  [
    "units cannot be enabled",
    { command: "systemctl", args: /enable gitlab-node/, times: Infinity },
  ],
  [
    "IMDS does not answer",
    { command: "curl", args: /latest\/api\/token/, times: Infinity, code: 28 },
  ],
  [
    "the registry cannot be asked",
    { command: "aws", args: /ecr describe-images/, times: Infinity, code: 255 },
  ],
  ["the image cannot be pulled", { command: "docker", args: /^pull/, times: Infinity }],
  [
    "a secret cannot be read",
    { command: "aws", args: /secret:database/, times: Infinity, code: 254 },
  ],
  [
    "GitLab's unit cannot be started",
    { command: "systemctl", args: /start --no-block gitlab/, times: Infinity },
  ],
];

test.each(broken)(
  "boot ends loudly when %s, is given up by its group, and a second boot comes right",
  async (_name, fault) => {
    const fails = site.world.fault(fault);
    const { code, log } = await boot();
    expect(code).not.toBe(0);
    expect(fails.hits()).toBeGreaterThan(0);
    expect(log).toMatch(/FAILED|ALARM/);
    expect(site.world.alarms("BootFailure").length).toBeGreaterThan(0);
    expect(machine.docker.containers.get("gitlab")?.running).not.toBe(true);
    fails.end();
    expect((await boot()).code).toBe(0);
  },
);

test("an image that is in the private registry needs no public one", async () => {
  site.world.registry.add(digestOf(version));
  site.world.fault({ command: "docker", args: /buildx/, times: Infinity });
  expect((await boot()).code).toBe(0);
  expect(machine.docker.images).toContain(
    `${facts("application", version).image.repository}@${digestOf(version)}`,
  );
});
