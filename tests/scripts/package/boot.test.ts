import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { PackageMachineFacts } from "../../../components/gitlab-instance/package";
import { devFacts, opsFacts } from "../support/package-facts";
import { PackageHost, planted } from "../support/package-machine";

let host: PackageHost;
/** Proves that it ended well; its log where it did not. */
const well = ({ code, log }: { readonly code: number; readonly log: string }): void => {
  if (code !== 0) throw new Error(`ended with ${code}\n${log.slice(-4000)}`);
};
const begin = async (facts: PackageMachineFacts): Promise<void> => {
  host = await PackageHost.create(facts);
};
const alarms = (): readonly string[] =>
  host.world.alarms().filter((name) => name.endsWith("_failure"));

const end = async (): Promise<void> => {
  try {
    expect(host.violations).toEqual([]);
    expect(host.leaks()).toEqual([]);
  } finally {
    await host.world.close();
  }
};

// One machine, from its first boot on: each test goes on where the one before has left it.
describe("dev's machine", () => {
  beforeAll(async () => {
    await begin(devFacts());
    well(await host.apply());
  });
  afterAll(end);

  test("a first boot of dev comes up in order: disks, secrets, package, settings, role, recovery", () => {
    const order = host.order(
      /^(mkfs|apt-get .*(download|install \/|_.*deb)|gitlab-ctl reconfigure|gitlab-rails|systemctl start .*mount)/,
    );
    expect(order.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "mkfs.ext4 -q",
      "systemctl start",
      "mkfs.ext4 -q",
      "systemctl start",
      "systemctl start",
      "systemctl start",
      "apt-get -q",
      "apt-get -q",
      "gitlab-ctl reconfigure",
      "gitlab-rails runner",
      "gitlab-rails runner",
    ]);
    expect(host.installed).toBe("19.3.0+rnightly.2000.bbbbbbbb-0");
    expect(host.held).toContain("gitlab-ce");
    expect(host.machine.read("/srv/gitlab-state/packages/installed").trim()).toBe(host.installed);
    expect(alarms()).toEqual([]);
  });

  test("secrets come as they are, each readable by whom it is for", () => {
    for (const [file, name] of [
      ["smtp-password", "smtp-password"],
      ["object-storage-key.json", "object-storage-key"],
      ["registry-storage-key.json", "object-storage-key"],
    ] as const)
      expect(host.machine.read(`/run/gitlab-secrets/${file}`)).toBe(planted[name]);
    expect(host.order(/^chown/)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^chown 810:810 .*object-storage-key/),
        expect.stringMatching(/^chown 814:814 .*registry-storage-key/),
      ]),
    );
    expect(host.roles.get("oauth")).toBe(planted["oauth-applications"]);
  });

  test("each runner fleet gets its token, from GitLab into its secret", () => {
    expect(host.api.secrets.get("runner-builds")).toBe(host.tokens.get("builds"));
    expect(host.api.writes.filter(({ name }) => name === "runner-builds")).toHaveLength(1);
  });

  test("the recovery copy holds GitLab's secrets and the host keys", () => {
    const copies = host.api.writes.filter(({ name }) => name === "gitlab-recovery");
    expect(copies).toHaveLength(1);
    expect(Buffer.from(copies[0]?.value ?? "", "base64").subarray(0, 2)).toEqual(
      Buffer.from([0x1f, 0x8b]),
    );
  });

  test("a second apply changes nothing, reconfigures nothing and stores nothing", async () => {
    well(await host.apply());
    expect(host.api.writes.map(({ name }) => name)).toEqual(["runner-builds", "gitlab-recovery"]);
    expect([
      host.happened("mkfs"),
      host.happened("installed"),
      host.happened("reconfigured"),
    ]).toEqual([2, 1, 1]);
  });

  test("a changed setting reconfigures once, without a new package", async () => {
    writeFileSync(
      host.machine.path("/etc/gitlab-node/gitlab.rb"),
      "external_url 'https://other'\n",
    );
    well(await host.apply());
    well(await host.apply());
    expect([host.happened("installed"), host.happened("reconfigured")]).toEqual([1, 2]);
    expect(host.machine.read("/etc/gitlab/gitlab.rb")).toBe("external_url 'https://other'\n");
  });

  test("a reboot fetches what lay in memory and mounts what was mounted", async () => {
    host.reboot();
    well(await host.apply());
    expect([
      host.happened("mkfs"),
      host.happened("installed"),
      host.happened("reconfigured"),
    ]).toEqual([2, 1, 2]);
    expect(host.machine.has("/run/gitlab-secrets/complete")).toBe(true);
  });

  test("a rebuilt machine has its data, its keys and exactly its version, though the channel has moved on", async () => {
    const keys = host.machine.read("/etc/gitlab/gitlab-secrets.json");
    const hostKey = host.machine.read("/var/opt/gitlab/gitlab-sshd/ssh_host_ed25519_key");
    const before = host.installed;
    host.rebuild();
    host.offered = ["19.4.0+rnightly.9000.cccccccc-0"];
    well(await host.apply());
    expect(host.installed).toBe(before);
    expect(host.machine.read("/etc/gitlab/gitlab-secrets.json")).toBe(keys);
    expect(host.machine.read("/var/opt/gitlab/gitlab-sshd/ssh_host_ed25519_key")).toBe(hostKey);
    expect([host.happened("mkfs"), host.happened("reconfigured")]).toEqual([2, 3]);
    expect(host.order(/download/)).toHaveLength(1);
  });

  test("a rebuilt machine without the file of its version takes exactly that version from the channel, or nothing", async () => {
    const before = host.installed;
    host.rebuild();
    rmSync(host.machine.path(`/srv/gitlab-state/packages/gitlab-ce_${before ?? ""}.deb`));
    host.offered = ["19.4.0+rnightly.9000.cccccccc-0"];
    expect((await host.apply()).code).not.toBe(0);
    expect(host.installed).toBeUndefined();
    expect(alarms().length).toBeGreaterThan(0);
    host.offered.push(before ?? "");
    well(await host.apply());
    expect(host.installed).toBe(before);
  });

  test("a file on the state disk that is not what was fetched is not installed", async () => {
    const file = `/srv/gitlab-state/packages/gitlab-ce_${host.installed ?? ""}.deb`;
    const downloads = host.order(/download/).length;
    host.rebuild();
    writeFileSync(host.machine.path(file), "gitlab-ce something-else\n");
    well(await host.apply());
    expect(host.order(/download/)).toHaveLength(downloads + 1);
    expect(readFileSync(host.machine.path(file), "utf8")).toContain(host.installed ?? "?");
  });

  test("the pulse sends every number, and none that it does not have", async () => {
    expect((await host.machine.run("/opt/gitlab-node/pulse")).code).toBe(0);
    expect(host.api.metric("ready")).toBe("1");
    for (const disk of ["root", "state", "repositories"])
      expect(host.api.metric("disk_used_percent", disk)).toBe("41");
    expect(Number(host.api.metric("certificate_days"))).toBeGreaterThan(1000);
    expect(host.api.metric("backup_age_hours")).toBe("0");
    writeFileSync(
      host.machine.path("/srv/gitlab-state/upkeep/backup-ok"),
      String(Math.floor(Date.now() / 1000) - 30 * 3600),
    );
    host.serving = false;
    host.machine.mounts.delete(host.machine.path("/srv/gitlab-repositories"));
    host.world.metrics.length = 0;
    expect((await host.machine.run("/opt/gitlab-node/pulse")).code).toBe(0);
    expect([host.api.metric("ready"), host.api.metric("backup_age_hours")]).toEqual(["0", "30"]);
    expect(host.api.metric("disk_used_percent", "repositories")).toBeUndefined();
  });
});

describe("a machine", () => {
  afterEach(end);

  test("ops installs the version of its settings, prepares its database and never leaves its major", async () => {
    await begin(opsFacts());
    well(await host.apply());
    expect(host.installed).toBe("19.2.2-ee.0");
    expect([...host.extensions].sort()).toEqual([
      "amcheck",
      "btree_gist",
      "pg_stat_statements",
      "pg_trgm",
    ]);
    expect(host.statements).toContain(
      `ALTER DATABASE "gitlabhq_production" SET statement_timeout = '60s'`,
    );
    expect(host.order(/^psql .*CREATE EXTENSION|reconfigure/).at(-1)).toBe(
      "gitlab-ctl reconfigure",
    );
    expect([...host.roles.keys()]).toEqual(["license", "admins", "mirrors", "slack", "runners"]);
    expect(host.machine.has("/etc/gitlab/ssl/ops.gitlab.example.net.key")).toBe(true);
    expect(host.machine.has("/etc/gitlab/ssl/registry.ops.gitlab.example.net.crt")).toBe(true);
    // Again, on a database that has everything: nothing fails, and nothing is configured anew.
    well(await host.apply());
    expect(host.happened("reconfigured")).toBe(1);
  });

  test("without a version in settings the newest of the major is installed", async () => {
    await begin(opsFacts({ upgrade: { ...opsFacts().upgrade, firstVersion: null } }));
    well(await host.apply());
    expect(host.installed).toBe("19.3.1-ee.0");
  });

  test("the package's own database with data and no secrets blocks, says how to go on, and then comes right", async () => {
    await begin(devFacts());
    well(await host.apply());
    host.lose("/etc/gitlab/gitlab-secrets.json");
    host.rebuild();
    const { code, log } = await host.apply();
    expect(code).not.toBe(0);
    expect(log).toMatch(
      /database has data, and \/etc\/gitlab\/gitlab-secrets.json is missing.*Restore the file from the secret gitlab-recovery/,
    );
    expect(host.happened("reconfigured")).toBe(1);
    expect(alarms()).toContain("boot_failure");
    // What an operator does.
    writeFileSync(
      host.machine.path("/etc/gitlab/gitlab-secrets.json"),
      readFileSync(host.machine.path("/etc/gitlab/gitlab-secrets.json.lost")),
    );
    well(await host.apply());
  });

  test("an external database with tables and no secrets blocks; an empty one does not", async () => {
    await begin(opsFacts());
    host.tables = 900;
    const { code, log } = await host.apply();
    expect(code).not.toBe(0);
    expect(log).toMatch(/its database has data/);
    expect(host.happened("reconfigured")).toBe(0);
    host.tables = 0;
    well(await host.apply());
  });

  test("an upgrade under way is not disturbed, and apply says so by its exit code", async () => {
    await begin(devFacts());
    well(await host.apply());
    const world = host.world;
    host.machine.install([
      {
        path: "/opt/gitlab-node/lock-holder",
        mode: "0755",
        content: `#!/bin/bash
. "$NODE_ROOT/opt/gitlab-node/lib.sh"
with_local_lock machine 0 bash -c 'touch "$NODE_ROOT/run/held"; sleep 100000'
`,
      },
    ]);
    const held = host.machine.start("/opt/gitlab-node/lock-holder", []);
    void held.ended;
    await world.until("the lock is held", () => existsSync(host.machine.path("/run/held")));
    const before = world.calls.length;
    expect((await host.apply()).code).toBe(75);
    expect(world.calls.slice(before).filter(({ command }) => command === "gitlab-ctl")).toEqual([]);
    expect(alarms()).toEqual([]);
    held.signal("SIGKILL");
  });

  test("a step of the role that fails is an alarm of its own, and stops no other", async () => {
    await begin(opsFacts());
    const fault = host.world.fault({
      command: "gitlab-rails",
      args: /mirrors\.rb/,
      times: Infinity,
      err: "mirrors: infrastructure: no such host\n",
    });
    well(await host.apply());
    expect(alarms()).toEqual(["role_failure"]);
    expect([...host.roles.keys()]).toEqual(["license", "admins", "slack", "runners"]);
    expect(host.machine.log).toContain("mirrors: infrastructure: no such host");
    fault.end();
    expect((await host.machine.run("/opt/gitlab-node/role", ["daily"])).code).toBe(0);
    expect(host.roles.has("mirrors")).toBe(true);
  });
});
