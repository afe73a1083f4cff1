import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import type { PackageMachineFacts } from "../../../components/gitlab-instance/package";
import {
  machineBundle,
  machineFiles,
  metadataKey,
  renderCloudInit,
} from "../../../components/gitlab-instance/package";
import { renderPackageRb } from "../../../components/gitlab-instance/package/render/gitlab-rb";
import {
  machineUnits,
  mountUnitName,
  sshRedirect,
} from "../../../components/gitlab-instance/package/render/machine-units";
import { accountIds } from "../../../components/gitlab-instance/package/render/places";
import { metadataLimits } from "../../../components/node-files/metadata";
import { renderBundle } from "../../../components/node-files/render";
import { devFacts, opsFacts } from "../../scripts/support/package-facts";

const variants: readonly (readonly [string, PackageMachineFacts])[] = [
  ["dev", devFacts()],
  [
    "dev with a given certificate and no mail",
    devFacts({
      smtp: undefined,
      tls: { kind: "given", certificate: "tls-certificate", key: "tls-key" },
    }),
  ],
  ["ops", opsFacts()],
  ["ops with Let's Encrypt", opsFacts({ tls: { kind: "lets-encrypt", contact: "a@example.com" } })],
];

const known = new Set(
  readFileSync(join(__dirname, "..", "..", "support", "gitlab-rb-keys.txt"), "utf8")
    .trim()
    .split("\n"),
);
/** Keys that the template of 19.3 does not name, with where they are written. */
const elsewhere: Readonly<Record<string, string>> = {
  "nginx['redirect_http_to_https']": "template of 18.11; translated on 19.3 (nginx.rb)",
  "registry_nginx['redirect_http_to_https']":
    "template of 18.11; translated from 19.2 on (registry.rb)",
};
const keysOf = (text: string): string[] =>
  [...text.matchAll(/^([a-z_]+(?:\['[a-z_]+'\])*)(?: = | ['\d])/gm)].map(([, key = ""]) => key);
const content = (facts: PackageMachineFacts, path: string): string => {
  const file = machineFiles(facts).find((one) => one.path === path);
  if (file === undefined) throw new Error(`no file ${path}`);
  return file.content;
};

test.each(variants)("%s: every key of gitlab.rb is one that GitLab knows", (_name, facts) => {
  const keys = keysOf(renderPackageRb(facts));
  expect(keys.length).toBeGreaterThan(40);
  expect(keys.filter((key) => !known.has(key) && elsewhere[key] === undefined)).toEqual([]);
});

test("settings of gitlab.rb keep what lives on the disks this machine's own", () => {
  const text = renderPackageRb(devFacts());
  for (const [account, id] of Object.entries(accountIds))
    expect(text).toContain(`${account}['uid'] = ${id}\n${account}['gid'] = ${id}\n`);
  expect(text).toContain("'path' => '/srv/gitlab-repositories/git-data/repositories'");
  expect(text).toMatch(/high_availability\['mountpoint'\] = \[\n\s+'\/srv\/gitlab-repositories'/);
  expect(text).toContain("gitlab_rails['backup_path'] = '/srv/gitlab-state/backups'");
});

test("object storage is by key from another cloud, by identity on its own", () => {
  const dev = renderPackageRb(devFacts());
  expect(dev).toContain(
    "'google_json_key_location' => '/run/gitlab-secrets/object-storage-key.json'",
  );
  expect(dev).toContain("'keyfile' => '/run/gitlab-secrets/registry-storage-key.json'");
  const ops = renderPackageRb(opsFacts());
  expect(ops).toContain("'google_application_default' => true");
  expect(ops).not.toMatch(/keyfile|json_key/);
});

test("external data services are verified, and Memorystore is spared CLIENT", () => {
  const ops = renderPackageRb(opsFacts());
  for (const line of [
    "postgresql['enable'] = false",
    "gitlab_rails['db_sslmode'] = 'verify-ca'",
    "gitlab_rails['db_sslrootcert'] = '/etc/gitlab-node/database-ca.pem'",
    "redis['enable'] = false",
    "gitlab_rails['redis_ssl'] = true",
    "gitlab_rails['redis_tls_ca_cert_file'] = '/etc/gitlab-node/redis-ca.pem'",
    "gitlab_rails['redis_enable_client'] = false",
  ])
    expect(ops).toContain(line);
  expect(renderPackageRb(devFacts())).not.toMatch(/db_host|redis_host|\['enable'\] = false/);
});

test("cloud-init is a cloud-config that starts the loader, and says nothing of any setting", () => {
  for (const cloud of ["azure", "gcp"] as const) {
    const text = renderCloudInit(cloud);
    expect(text.startsWith("#cloud-config\n")).toBe(true);
    const config = parse(text) as {
      write_files: { path: string; permissions: string; content: string }[];
      runcmd: string[][];
    };
    expect(config.write_files.map(({ path }) => path)).toEqual([
      "/opt/gitlab-loader/load",
      "/etc/systemd/system/gitlab-loader.service",
      "/etc/systemd/system/gitlab-loader.timer",
    ]);
    expect(config.write_files[0]?.permissions).toBe("0755");
    expect(config.write_files[0]?.content).toMatch(/^#!\/bin\/bash\n/);
    expect(config.write_files[0]?.content).not.toMatch(/@\w+@|@include/);
    expect(config.runcmd).toContainEqual(["systemctl", "enable", "--now", "gitlab-loader.timer"]);
    // A loader that multi-user.target waited for would wait for itself: it starts GitLab's unit.
    expect(config.write_files.map((one) => one.content).join("")).not.toContain(
      "multi-user.target\n",
    );
    expect(text).not.toMatch(/gitlab-dev|gitlab-ops|example/);
    expect(Buffer.from(text).toString("base64").length).toBeLessThan(64 * 1024);
  }
  expect(renderCloudInit("gcp")).toContain(`attributes/${metadataKey}`);
});

test("the bundle of either environment is far below what its metadata takes, and comes out whole", () => {
  for (const facts of [devFacts(), opsFacts()]) {
    const files = machineFiles(facts);
    const packed = machineBundle(facts.cloud.kind, files);
    expect(packed.length).toBeLessThan(metadataLimits[facts.cloud.kind] * 0.85);
    expect(machineBundle(facts.cloud.kind, files)).toBe(packed);
    expect(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")).toBe(
      renderBundle(files).text,
    );
  }
});

test("a bundle that its metadata would not take is refused with both sizes", () => {
  const noise = Array.from({ length: 20_000 }, (_, index) =>
    ((index * 2654435761) >>> 0).toString(36),
  );
  const files = [{ path: "/a", mode: "0644", content: noise.join("") }];
  expect(() => machineBundle("azure", files)).toThrow(/are \d+ characters.*azure takes 65536/);
});

test("a bundle whose files cannot stand beside each other is refused", () => {
  const file = (path: string) => ({ path, mode: "0644", content: "" });
  expect(() => renderBundle([file("/a/b"), file("/a/b/c/d")])).toThrow(
    /\/a\/b\/c\/d lies below \/a\/b/,
  );
  expect(() => renderBundle([file("/a/b"), file("/a/b-c")])).not.toThrow();
});

test("every program that a unit or another program starts is among the machine's files", () => {
  for (const [name, facts] of variants) {
    const files = machineFiles(facts);
    const paths = new Set(files.map(({ path }) => path));
    for (const { path, content: text } of files) {
      const starts = path.startsWith("/etc/systemd/")
        ? text.matchAll(/^Exec\w+=(\/opt\/gitlab-node\/[a-z-]+)/gm)
        : text.replace(/^\s*#.*$/gm, "").matchAll(/"\$NODE_OPT(\/[a-z-]+)"/g);
      for (const [, program = ""] of starts) {
        const full = program.startsWith("/opt/") ? program : `/opt/gitlab-node${program}`;
        expect([name, path, full, paths.has(full)]).toEqual([name, path, full, true]);
      }
    }
    for (const step of /ROLE_STEPS='([a-z ]*)'/
      .exec(content(facts, "/etc/gitlab-node/node.env"))?.[1]
      ?.split(" ") ?? [])
      if (step !== "") expect(paths).toContain(`/opt/gitlab-node/ruby/${step}.rb`);
  }
});

test("mount units are named as systemd escapes their paths", () => {
  expect(mountUnitName("/srv/gitlab-state")).toBe("srv-gitlab\\x2dstate.mount");
  expect(mountUnitName("/var/opt/gitlab")).toBe("var-opt-gitlab.mount");
  expect(() => mountUnitName("srv/x")).toThrow(/absolute/);
  for (const { path, content: text } of machineUnits(devFacts()))
    if (path.endsWith(".mount"))
      expect(`/etc/systemd/system/${mountUnitName(/^Where=(.*)$/m.exec(text)?.[1] ?? "")}`).toBe(
        path,
      );
});

test("GitLab's services start with disks and secrets, and the guard has the last word", () => {
  const text = content(
    devFacts(),
    "/etc/systemd/system/gitlab-runsvdir.service.d/10-gitlab-node.conf",
  );
  expect(text).toContain(
    "RequiresMountsFor=/srv/gitlab-repositories /srv/gitlab-state /etc/gitlab /var/opt/gitlab",
  );
  expect(text).toContain("After=gitlab-secrets.service");
  expect(text).toContain("ExecStartPre=/opt/gitlab-node/guard");
});

test("port 22 is Git's from outside and from the machine itself, whole or not at all", () => {
  const text = sshRedirect();
  expect(text.match(/tcp dport 22 redirect to :2222/g)).toHaveLength(2);
  expect(text).toMatch(/^table inet gitlab_ssh\ndelete table inet gitlab_ssh\ntable inet/);
  expect(content(devFacts(), "/etc/ssh/sshd_config.d/10-gitlab-node.conf")).toBe("Port 2022\n");
});

test("package lists come by https from the channel, under the one key; updates of the system leave GitLab alone", () => {
  const sources = content(devFacts(), "/etc/apt/sources.list.d/gitlab.sources");
  expect(sources).toContain(
    "URIs: https://packages.gitlab.com/gitlab/nightly-builds/ubuntu/noble\n",
  );
  expect(sources).toContain("Signed-By: /usr/share/keyrings/gitlab-packages.asc\n");
  const updates = content(devFacts(), "/etc/apt/apt.conf.d/52gitlab-node");
  expect(updates).toContain('Package-Blacklist { "^gitlab-ce$"; "^gitlab-ee$"; }');
  expect(updates).toContain('Unattended-Upgrade "1"');
});

const wrong: readonly (readonly [string, () => PackageMachineFacts, RegExp])[] = [
  [
    "a mail server without its secret",
    () =>
      devFacts({
        secrets: {
          recovery: "r",
          initialRootPassword: "p",
          objectStorageKey: "k",
          backupCredentials: "b",
          oauthApplications: "o",
        },
      }),
    /lack smtpPassword/,
  ],
  [
    "pull mirrors without a licence",
    () => opsFacts({ secrets: { ...opsFacts().secrets, license: undefined } }),
    /lack license/,
  ],
  [
    "a licence for CE",
    () => devFacts({ secrets: { ...devFacts().secrets, license: "l" } }),
    /CE takes no licence/,
  ],
  [
    "one label for two disks",
    () => devFacts({ state: { ...devFacts().state, label: "gitlab-repos" } }),
    /want two labels/,
  ],
  ["GitLab's port for the host's sshd", () => devFacts({ hostSshPort: 2222 }), /2222 is GitLab's/],
  [
    "an authority that is no PEM",
    () =>
      opsFacts({
        redis: {
          kind: "external",
          host: "10.0.0.1",
          port: 6378,
          serverCa: "none",
          clientCommand: false,
        },
      }),
    /not in PEM/,
  ],
  [
    "a secret's name with a slash",
    () => devFacts({ secrets: { ...devFacts().secrets, recovery: "a/b" } }),
    /a\/b/,
  ],
  [
    "an address that is no vault",
    () =>
      devFacts({
        cloud: {
          ...(devFacts().cloud as Extract<PackageMachineFacts["cloud"], { kind: "azure" }>),
          vaultUrl: "https://evil.example.com",
        },
      }),
    /AZURE_VAULT_URL/,
  ],
];
test.each(wrong)("%s is refused by name", (_name, facts, message) => {
  expect(() => machineFiles(facts())).toThrow(message);
});
