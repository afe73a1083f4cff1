import { mkdirSync, writeFileSync } from "node:fs";
import type { Machine } from "../support/machine";
import { SiteWorld } from "../support/site";

const version = "19.2.2";
const volume = "vol-0123456789abcdef0";
const device = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0";
let site: SiteWorld;
let machine: Machine;
/** Instance that the volume is attached to. */
let holder: string | undefined;
/** What blkid says of the volume: 2 is "nothing on it". */
let blkid: number;

beforeEach(async () => {
  site = await SiteWorld.create([version]);
  machine = site.machine("node", "gitaly", version, {
    gitStorage: { kind: "ebs", volumeId: volume },
  });
  holder = undefined;
  blkid = 0;
  const seen = (): void => {
    mkdirSync(machine.path("/dev/disk/by-id"), { recursive: true });
    writeFileSync(machine.path(device), "");
  };
  site.world.aws["ec2 describe-volumes"] = {
    required: ["volume-ids"],
    run: () => ({
      Volumes: [{ Attachments: holder === undefined ? [] : [{ InstanceId: holder }] }],
    }),
  };
  site.world.aws["ec2 attach-volume"] = {
    required: ["volume-id", "instance-id", "device"],
    run: (one) => {
      holder = one("instance-id");
      seen();
      return {};
    },
  };
  site.world.aws["ec2 detach-volume"] = {
    required: ["volume-id", "instance-id"],
    optional: ["force"],
    run: () => {
      holder = undefined;
      site.world.happened("node", "forced-detach");
      return {};
    },
  };
  machine.commands["blkid"] = () => ({ code: blkid });
  machine.commands["mkfs.ext4"] = () => {
    site.world.happened("node", "mkfs");
    return { code: 0 };
  };
});
afterEach(() => site.world.close());

const ensure = () => machine.run("/opt/gitlab-node/mounts", ["ensure"]);
const done = (what: string): boolean => site.world.history.some((event) => event.what === what);

test("an empty volume gets a file system, once", async () => {
  blkid = 2;
  expect((await ensure()).code).toBe(0);
  expect([done("mkfs"), holder]).toEqual([true, machine.instanceId]);
  blkid = 0;
  expect((await ensure()).code).toBe(0);
  expect(site.world.history.filter(({ what }) => what === "mkfs")).toHaveLength(1);
});

test("a volume with data is mounted and never formatted", async () => {
  expect((await ensure()).code).toBe(0);
  expect([done("mkfs"), machine.mounts.size]).toEqual([false, 1]);
});

test("a volume that cannot be read is left alone, loudly", async () => {
  blkid = 8;
  expect((await ensure()).code).not.toBe(0);
  expect([done("mkfs"), machine.mounts.size]).toEqual([false, 0]);
  expect(site.world.alarms("BootFailure")).toHaveLength(1);
});

test("a volume is taken by force from a machine that is gone, and from no other", async () => {
  holder = "i-old";
  site.world.instanceStates.set("i-old", "running");
  const ended = ensure();
  await site.world.until("it waits", () => machine.log.includes("which is running"));
  expect(done("forced-detach")).toBe(false);
  site.world.instanceStates.set("i-old", "terminated");
  expect((await ended).code).toBe(0);
  expect([done("forced-detach"), holder]).toEqual([true, machine.instanceId]);
});

test("GitLab does not start on an unmounted path, or one with another file system", async () => {
  expect((await machine.run("/opt/gitlab-node/gitlab", ["run"])).code).not.toBe(0);
  machine.mounts.set(machine.path("/mnt/git-data"), { source: "tmpfs", type: "tmpfs" });
  const { code, log } = await machine.run("/opt/gitlab-node/gitlab", ["run"]);
  expect(code).not.toBe(0);
  expect(log).toContain("is mounted as tmpfs");
  expect(machine.docker.containers.size).toBe(0);
});
