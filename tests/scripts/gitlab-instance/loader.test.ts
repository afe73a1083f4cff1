import { chmodSync, writeFileSync } from "node:fs";
import type { NodeFile } from "../../../components/node-files/contract";
import { bundleKey, renderBundle, renderLoader } from "../../../components/node-files/render";
import type { Machine } from "../support/machine";
import { World } from "../support/world";

const files: readonly NodeFile[] = [
  {
    path: "/opt/gitlab-node/boot",
    mode: "0755",
    content: '#!/bin/bash\necho booted\ntouch "$NODE_ROOT/run/booted"\n',
  },
  { path: "/etc/gitlab-node/node.env", mode: "0644", content: "A='b'\n" },
  { path: "/etc/gitlab-node/twin.env", mode: "0600", content: "A='b'\n" },
];

let world: World;
let machine: Machine;

function publish(list: readonly NodeFile[]): string {
  const bundle = renderBundle(list);
  world.objects.set(
    `configuration/${bundleKey("application", bundle.sha256)}`,
    Buffer.from(bundle.text),
  );
  const loader = renderLoader({
    bucket: "configuration",
    region: "eu-central-1",
    bundle: bundle.sha256,
    logGroup: "/gitlab/aws/nodes",
    environment: "aws",
    role: "application",
    alertTopicArn: "arn:aws:sns:eu-central-1:111122223333:alerts",
  });
  writeFileSync(machine.path("/loader"), loader);
  chmodSync(machine.path("/loader"), 0o755);
  return bundle.sha256;
}

beforeEach(async () => {
  world = await World.create();
  machine = world.machine("node");
});
afterEach(() => world.close());

test("installs every file of the bundle with its content and mode, then boots", async () => {
  publish(files);
  const { code, log } = await machine.run("/loader");
  expect({ code, log }).toMatchObject({ code: 0 });
  expect(machine.has("/run/booted")).toBe(true);
  expect(machine.read("/etc/gitlab-node/twin.env")).toBe("A='b'\n");
  expect(world.alarms()).toEqual([]);
});

test("waits for the network and the role's rights to come up", async () => {
  publish(files);
  world.fault({ command: "aws", args: /get-object/, times: 5, code: 254, err: "AccessDenied\n" });
  expect((await machine.run("/loader")).code).toBe(0);
  expect(machine.has("/run/booted")).toBe(true);
});

test("installs nothing, says so and exits non-zero when the bundle cannot be had", async () => {
  publish(files);
  world.fault({ command: "aws", args: /get-object/, times: Infinity, code: 255 });
  const { code, log } = await machine.run("/loader");
  expect(code).toBe(1);
  expect(log).toMatch(/could not be fetched whole/);
  expect(machine.has("/opt/gitlab-node/boot")).toBe(false);
  expect(world.alarms()).toEqual(["BootFailure"]);
  expect(world.messages[0]?.message).toContain("/gitlab/aws/nodes");
});

test("installs nothing of a bucket whose content was changed", async () => {
  publish(files);
  for (const [key, body] of world.objects)
    world.objects.set(key, Buffer.from(body.toString().replace("A='b'", "A='c'")));
  expect((await machine.run("/loader")).code).toBe(1);
  expect(machine.has("/opt/gitlab-node/boot")).toBe(false);
  expect(world.alarms()).toEqual(["BootFailure"]);
});

test("still fails when the alarm cannot be raised, and a second run comes right", async () => {
  publish(files);
  const network = world.fault({ command: "aws", times: Infinity, code: 255 });
  expect((await machine.run("/loader")).code).toBe(1);
  network.end();
  expect((await machine.run("/loader")).code).toBe(0);
});

test("refuses bundles without a boot program", async () => {
  publish(files.slice(1));
  expect((await machine.run("/loader")).code).toBe(1);
  expect(world.alarms()).toEqual(["BootFailure"]);
});
