import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { machineBundle } from "../../../components/gitlab-instance/package";
import type { NodeFile } from "../../../components/node-files/contract";
import { libraryFiles } from "../../../components/node-files/library";
import { type MetadataCloud, renderMetadataLoader } from "../../../components/node-files/metadata";
import { cloudEnvironment } from "../../../components/node-files/cloud-env";
import { renderEnvironment } from "../../../components/gitlab-instance/render/node-env";
import { CloudApi, curlOf } from "../support/cloud-api";
import type { Machine } from "../support/machine";
import { devFacts, opsFacts } from "../support/package-facts";
import { World } from "../support/world";

let world: World;
let machine: Machine;
let api: CloudApi;

const facts = { azure: devFacts(), gcp: opsFacts() };
const apply = (text: string): NodeFile => ({
  path: "/opt/gitlab-node/apply",
  mode: "0755",
  content: `#!/bin/bash\n${text}\necho applied >>"$NODE_ROOT/applied"\n`,
});
const settings = (text: string): NodeFile => ({
  path: "/etc/gitlab-node/settings",
  mode: "0600",
  content: text,
});

async function begin(cloud: MetadataCloud): Promise<void> {
  world = await World.create({ quietMs: 20 });
  machine = world.machine("gitlab");
  api = new CloudApi(world, facts[cloud].cloud);
  machine.commands["curl"] = curlOf(api, () => undefined);
  mkdirSync(machine.path("/opt/gitlab-loader"), { recursive: true });
  writeFileSync(machine.path("/opt/gitlab-loader/load"), renderMetadataLoader(cloud));
  chmodSync(machine.path("/opt/gitlab-loader/load"), 0o755);
}
const publish = (files: readonly NodeFile[], cloud: MetadataCloud = "azure"): void => {
  api.bundle = machineBundle(cloud, files);
};
const load = () => machine.run("/opt/gitlab-loader/load");
const applied = (): number =>
  machine.has("/applied") ? machine.read("/applied").trim().split("\n").length : 0;

afterEach(() => world.close());

test.each(["azure", "gcp"] as const)(
  "on %s files come from the machine's own metadata, proved, and are applied once a boot",
  async (cloud) => {
    await begin(cloud);
    publish([apply(""), settings("one\n")], cloud);
    expect((await load()).code).toBe(0);
    expect((await load()).code).toBe(0);
    expect([applied(), machine.read("/etc/gitlab-node/settings")]).toEqual([1, "one\n"]);
  },
);

test("a change is applied without a reboot, and what is no longer there is removed", async () => {
  await begin("azure");
  publish([
    apply(""),
    settings("one\n"),
    { path: "/etc/cron.d/old", mode: "0644", content: "x\n" },
  ]);
  expect((await load()).code).toBe(0);
  publish([apply(""), settings("two\n")]);
  expect((await load()).code).toBe(0);
  expect([
    applied(),
    machine.read("/etc/gitlab-node/settings"),
    machine.has("/etc/cron.d/old"),
  ]).toEqual([2, "two\n", false]);
});

test("after a failure, or while an upgrade is under way, the next start tries again", async () => {
  await begin("azure");
  publish([apply('[[ -e "$NODE_ROOT/good" ]] || exit "$(cat "$NODE_ROOT/code")"')]);
  writeFileSync(machine.path("/code"), "3");
  expect((await load()).code).toBe(3);
  // An upgrade is nothing that went wrong.
  writeFileSync(machine.path("/code"), "75");
  expect((await load()).code).toBe(0);
  expect(applied()).toBe(0);
  writeFileSync(machine.path("/good"), "");
  expect((await load()).code).toBe(0);
  expect((await load()).code).toBe(0);
  expect(applied()).toBe(1);
});

const broken: readonly (readonly [string, () => void, RegExp])[] = [
  ["there are none", () => (api.bundle = ""), /cannot be had/],
  ["they are no base64", () => (api.bundle = "!!!"), /no base64/],
  ["they are not packed", () => (api.bundle = Buffer.from("plain").toString("base64")), /no gzip/],
  ["they have no apply", () => publish([settings("one\n")]), /no \/opt\/gitlab-node\/apply/],
  [
    "a file was changed",
    () => {
      const whole = machineBundle("azure", [apply(""), settings("one\n")]);

      const text = gunzipSync(Buffer.from(whole, "base64"))
        .toString("utf8")
        .replace("one\n", "two\n");
      api.bundle = gzipSync(text).toString("base64");
    },
    /not whole/,
  ],
];
test.each(broken)(
  "nothing is installed when %s, the reason is said, and good files come right",
  async (_name, put, reason) => {
    await begin("azure");
    put();
    const { code, log } = await load();
    expect(code).not.toBe(0);
    expect(log).toMatch(reason);
    expect([
      machine.has("/opt/gitlab-node/apply"),
      machine.has("/etc/gitlab-node/settings"),
    ]).toEqual([false, false]);
    publish([apply(""), settings("one\n")]);
    expect((await load()).code).toBe(0);
    expect(applied()).toBe(1);
  },
);

test("a loader that fails after a good start raises the alarm by the last good files", async () => {
  await begin("azure");
  const { cloud } = facts.azure;
  publish([
    apply(""),
    ...libraryFiles("azure"),
    {
      path: "/etc/gitlab-node/node.env",
      mode: "0644",
      content: renderEnvironment({
        NODE_ENVIRONMENT: "dev",
        NODE_ROLE: "gitlab",
        ...cloudEnvironment(cloud),
      }),
    },
  ]);
  expect((await load()).code).toBe(0);
  api.bundle = "";
  expect((await load()).code).not.toBe(0);
  expect(world.alarms("boot_failure")).toHaveLength(1);
});
