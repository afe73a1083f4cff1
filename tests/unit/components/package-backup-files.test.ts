import { upkeepFiles } from "../../../components/gitlab-instance/package/render/upkeep";
import type { PackageMachineFacts } from "../../../components/gitlab-instance/package/contract";
import { factsOf } from "../../scripts/package/upkeep-machine";

const ops = factsOf("ops");
const dev = factsOf("dev");
const file = (facts: PackageMachineFacts, path: string): string => {
  const found = upkeepFiles(facts).find((item) => item.path === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found.content;
};
const withUpgrade = (more: Partial<PackageMachineFacts["upgrade"]>): PackageMachineFacts => ({
  ...ops,
  upgrade: { ...ops.upgrade, ...more },
});

test("cron starts the unit at the settings' hour, in the settings' zone, which is cron's alone", () => {
  const entry = file(ops, "/etc/cron.d/gitlab-upgrade");
  expect(entry).toContain("\n30 2 * * * root systemctl start --no-block gitlab-upgrade.service\n");
  expect(entry.endsWith("\n")).toBe(true);
  expect(file(ops, "/etc/systemd/system/cron.service.d/timezone.conf")).toBe(
    "[Service]\nEnvironment=TZ=Europe/Berlin\n",
  );
});

test.each(["30 2 * *", "@daily", "30 2 * * * root reboot", "30 2 * * mon\n* * * * * root x", "%"])(
  "a cron expression that is none is refused: %j",
  (cron) => {
    expect(() => upkeepFiles(withUpgrade({ cron }))).toThrow("upgrade.cron");
  },
);

test.each(["", "Europe/Berlin\nUser=x", "../etc", "Europe Berlin"])(
  "a time zone that is none is refused: %j",
  (timezone) => {
    expect(() => upkeepFiles(withUpgrade({ timezone }))).toThrow("upgrade.timezone");
  },
);

test("each destination has its own uploads, and no machine has the other's", () => {
  const paths = (facts: PackageMachineFacts) => upkeepFiles(facts).map(({ path }) => path);
  expect(paths(dev)).toEqual(
    expect.arrayContaining(["/opt/gitlab-node/upload-s3.sh", "/opt/gitlab-node/aws-cli.asc"]),
  );
  expect(paths(ops).filter((path) => /aws|s3/.test(path))).toEqual([]);
  expect(file(ops, "/opt/gitlab-node/upload.sh")).not.toContain("aws s3api");
});

test("no two files share a path, and what is no program is not executable", () => {
  for (const facts of [dev, ops]) {
    const files = upkeepFiles(facts);
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    for (const { path, mode, content } of files)
      expect([path, mode === "0755"]).toEqual([path, content.startsWith("#!")]);
  }
});

test("archives and secrets in one bucket, and a destination without its credentials, are refused", () => {
  expect(() =>
    upkeepFiles({ ...ops, backup: { kind: "gcs", archiveBucket: "same", secretsBucket: "same" } }),
  ).toThrow("want two buckets");
  const { recovery, initialRootPassword } = dev.secrets;
  expect(() => upkeepFiles({ ...dev, secrets: { recovery, initialRootPassword } })).toThrow(
    "CREDENTIALS_SECRET",
  );
});
