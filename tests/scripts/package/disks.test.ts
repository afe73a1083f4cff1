import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { devFacts } from "../support/package-facts";
import { type Disk, PackageHost } from "../support/package-machine";
import type { Fault } from "../support/world";

let host: PackageHost;
const disks = () => host.machine.run("/opt/gitlab-node/disks");
const MiB = 1024 ** 2;

beforeEach(async () => {
  host = await PackageHost.create(devFacts());
});
afterEach(async () => {
  try {
    expect(host.violations).toEqual([]);
  } finally {
    await host.world.close();
  }
});

/** Writes bytes into a disk without telling blkid: data that no program knows. */
function write(disk: Disk, offset: number): void {
  const file = openSync(host.machine.path(disk.path), "r+");
  writeSync(file, "data", offset);
  closeSync(file);
}

test("blank disks are formatted once, labelled, mounted and bound; again nothing is formatted", async () => {
  expect((await disks()).code).toBe(0);
  expect((await disks()).code).toBe(0);
  expect(host.happened("mkfs")).toBe(2);
  expect(
    [...host.machine.mounts.keys()].map((path) => path.replace(host.machine.root, "")),
  ).toEqual(["/srv/gitlab-state", "/srv/gitlab-repositories", "/etc/gitlab", "/var/opt/gitlab"]);
  for (const unit of ["srv-gitlab\\x2dstate.mount", "etc-gitlab.mount"])
    expect(host.machine.systemd.enabled).toContain(unit);
});

const data: readonly (readonly [string, (disk: Disk) => void])[] = [
  [
    "a file system of another kind",
    (disk) => (disk.system = { type: "xfs", label: "gitlab-state", uuid: "u" }),
  ],
  [
    "a file system with another label",
    (disk) => (disk.system = { type: "ext4", label: "somebody", uuid: "u" }),
  ],
  [
    "a file system without a label",
    (disk) => (disk.system = { type: "ext4", label: "", uuid: "u" }),
  ],
  [
    "a signature that wipefs alone knows",
    (disk) => (disk.signatures = "# offset,uuid,label,type\n0x218,,,LVM2_member\n"),
  ],
  ["partitions", (disk) => Object.assign(disk, { children: ["sdc1"] })],
  ["bytes at its beginning", (disk) => write(disk, 4096)],
  ["bytes at its end", (disk) => write(disk, 20 * MiB - 100)],
];
test.each(data)(
  "a state disk with %s is never formatted, loudly, and neither is the other one",
  async (_name, put) => {
    put(host.state);
    const { code, log } = await disks();
    expect(code).not.toBe(0);
    expect(log).toMatch(/FAILED|ALARM/);
    expect(host.happened("mkfs")).toBe(0);
    expect(host.world.alarms("boot_failure").length).toBeGreaterThan(0);
  },
);

const looks: readonly (readonly [string, Fault])[] = [
  ["blkid cannot read it", { command: "blkid", code: 8, times: Infinity }],
  ["blkid finds several things on it", { command: "blkid", code: 8, times: Infinity }],
  ["wipefs fails", { command: "wipefs", times: Infinity }],
  ["lsblk fails", { command: "lsblk", times: Infinity }],
  ["its size is not known", { command: "blockdev", times: Infinity }],
];
test.each(looks)(
  "nothing is formatted when %s, and a second run comes right",
  async (_name, fault) => {
    const fails = host.world.fault(fault);
    expect((await disks()).code).not.toBe(0);
    expect([fails.hits() > 0, host.happened("mkfs")]).toEqual([true, 0]);
    expect(host.world.alarms("boot_failure").length).toBeGreaterThan(0);
    fails.end();
    expect((await disks()).code).toBe(0);
  },
);

const later: readonly (readonly [string, Fault])[] = [
  ["making the first file system", { command: "mkfs.ext4" }],
  ["making the second file system", { command: "mkfs.ext4", after: 1 }],
  ["mounting the state disk", { command: "systemctl", args: /start srv-gitlab.x2dstate/ }],
  ["mounting the repositories", { command: "systemctl", args: /start srv-gitlab.x2drepositories/ }],
  ["binding a folder", { command: "systemctl", args: /start etc-gitlab/ }],
  ["enabling a unit", { command: "systemctl", args: /enable etc-gitlab/ }],
  ["growing a file system", { command: "resize2fs" }],
];
test.each(later)(
  "a first boot that is cut off while %s comes right the second time",
  async (_name, fault) => {
    host.world.fault(fault);
    expect((await disks()).code).not.toBe(0);
    expect(host.world.alarms("boot_failure").length).toBeGreaterThan(0);
    const { code, log } = await disks();
    if (code !== 0) throw new Error(log);
    // Whatever was made stays.
    expect(host.happened("mkfs")).toBe(2);
  },
);

test("a blank disk beside one with data is not taken for a first boot", async () => {
  expect((await disks()).code).toBe(0);
  writeFileSync(host.machine.path("/srv/gitlab-repositories/git-data"), "repositories\n");
  const { system } = host.state;
  // The state disk is lost, and a new one is in its place.
  host.reboot();
  host.state.system = undefined;
  const lost = await disks();
  expect(lost.code).not.toBe(0);
  expect(lost.log).toContain("restore it from its newest snapshot");
  host.state.system = system;
  const { system: repositories } = host.repositories;
  host.reboot();
  host.repositories.system = undefined;
  const blank = await disks();
  expect(blank.code).not.toBe(0);
  expect(blank.log).toMatch(/this state disk belongs to the file system/);
  // The right one comes back; another one does not pass for it.
  host.repositories.system = { type: "ext4", label: "gitlab-repos", uuid: "another" };
  expect((await disks()).log).toMatch(/is another, and this state disk belongs to/);
  host.reboot();
  host.repositories.system = repositories;
  expect((await disks()).code).toBe(0);
  expect(host.happened("mkfs")).toBe(2);
});

test("a disk that is not attached is waited for, then named", async () => {
  const { code, log } = await host.machine.run("/opt/gitlab-node/disks", [], {});
  expect({ code, log }).toMatchObject({ code: 0 });
  host.machine.install([
    {
      path: "/etc/gitlab-node/node.env",
      mode: "0644",
      content: host.machine.read("/etc/gitlab-node/node.env").replace("by-lun/0", "by-lun/7"),
    },
  ]);
  const gone = await disks();
  expect(gone.code).not.toBe(0);
  expect(gone.log).toContain("the state disk /dev/disk/azure/data/by-lun/7 is not attached");
});

test("files of the root disk are not hidden under a mount", async () => {
  host.machine.install([
    { path: "/etc/gitlab/gitlab.rb", mode: "0600", content: "external_url 'x'\n" },
  ]);
  const { code, log } = await disks();
  expect(code).not.toBe(0);
  expect(log).toContain("/etc/gitlab has files on the root disk");
});
