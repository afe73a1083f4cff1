import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fc } from "../../support/properties";
import type { NodeFacts, NodeRole } from "../../../components/gitlab-instance/contract";
import {
  renderConsoleRb,
  renderGitlabRb,
  renderSecretsRb,
} from "../../../components/gitlab-instance/render/gitlab-rb";
import { runnerList } from "../../../components/gitlab-instance/render/node-env";
import { renderNodeFiles } from "../../../components/gitlab-instance/render/node-files";
import { rubyLiteral, renderRuby } from "../../../components/gitlab-instance/render/ruby";
import { checkLease } from "../../../components/gitlab-instance/render/units";
import { renderBundle, renderLoader } from "../../../components/node-files/render";
import { facts } from "../../scripts/support/site";

const roles: readonly NodeRole[] = ["application", "gitaly", "single", "backup"];
const versions = ["18.11.11", "19.2.2", "19.3.1"];
const efs = {
  objects: {
    kind: "efs",
    fileSystemId: "fs-0123456789abcdef1",
    accessPointId: "fsap-0123456789abcdef1",
  },
} as const satisfies Partial<NodeFacts>;
const variants: readonly Partial<NodeFacts>[] = [
  {},
  efs,
  {
    gitStorage: { kind: "ebs", volumeId: "vol-0123456789abcdef0" },
    pumaWorkers: 4,
    sidekiqConcurrency: 20,
  },
  { smtp: undefined, redis: { host: "redis", port: 6379, clientCommand: false } },
];

/** Keys that GitLab's template of 19.3 names. */
const known = new Set(
  readFileSync(join(__dirname, "..", "..", "support", "gitlab-rb-keys.txt"), "utf8")
    .trim()
    .split("\n"),
);
/** Keys that it does not name, with where they are written. */
const elsewhere: Readonly<Record<string, string>> = {
  "gitlab_rails['internal_api_url']": "docs.gitlab.com/administration/gitaly/configure_gitaly",
  "nginx['listen_port']": "template of 18.11",
  "nginx['listen_https']": "template of 18.11",
  "nginx['real_ip_trusted_addresses']": "template of 18.11",
  "nginx['real_ip_header']": "template of 18.11",
  "nginx['real_ip_recursive']": "template of 18.11",
  "nginx['proxy_set_headers']": "template of 18.11",
  "registry_nginx['listen_port']": "template of 18.11",
  "registry_nginx['listen_https']": "template of 18.11",
  "registry_nginx['proxy_set_headers']": "template of 18.11",
  "registry['nginx']['listen_https']": "docs.gitlab.com/administration/packages/container_registry",
};

const keysOf = (text: string): string[] =>
  [...text.matchAll(/^([a-z_]+(?:\['[a-z_]+'\])*)(?: = | ['\d])/gm)].map(([, key = ""]) => key);

function everyRb(): { name: string; text: string }[] {
  return roles.flatMap((role) =>
    versions.flatMap((version) =>
      variants.flatMap((variant, index) => {
        const given = facts(role, version, variant);
        const name = `${role} ${version} variant ${index}`;
        return [
          ...(role === "backup" ? [] : [{ name, text: renderGitlabRb(given) }]),
          ...(role === "gitaly" ? [] : [{ name: `${name} console`, text: renderConsoleRb(given) }]),
          { name: `${name} secrets`, text: renderSecretsRb(given) },
        ];
      }),
    ),
  );
}

test("every key of every gitlab.rb is one that GitLab knows", () => {
  const unknown = everyRb().flatMap(({ name, text }) =>
    keysOf(text)
      .filter((key) => !known.has(key) && elsewhere[key] === undefined)
      .map((key) => `${name}: ${key}`),
  );
  expect(unknown).toEqual([]);
});

test("brackets and quotes of every gitlab.rb balance", () => {
  for (const { name, text } of everyRb()) {
    const bare = text.replace(/^#.*$/gm, "").replace(/'(?:\\.|[^'\\])*'/g, "");
    expect([name, bare.includes("'")]).toEqual([name, false]);
    for (const [open, close] of ["[]", "{}", "()"].map((pair) => [...pair]))
      expect([name, open, bare.split(open ?? "").length]).toEqual([
        name,
        open,
        bare.split(close ?? "").length,
      ]);
  }
});

test("NGINX's keys follow the release: they moved in 19.3, the registry's in 19.2", () => {
  const keys = (version: string) => keysOf(renderGitlabRb(facts("application", version)));
  expect(keys("18.11.11")).toEqual(
    expect.arrayContaining(["nginx['listen_port']", "registry_nginx['listen_port']"]),
  );
  expect(keys("19.2.2")).toEqual(
    expect.arrayContaining(["nginx['listen_port']", "registry['nginx']['listen_port']"]),
  );
  expect(keys("19.3.1")).toEqual(expect.arrayContaining(["gitlab_rails['nginx']['listen_port']"]));
  expect(keys("19.3.1").filter((key) => key.startsWith("nginx["))).toEqual([]);
});

test("no node but the maker of secrets may generate, and none migrates by itself", () => {
  for (const { name, text } of everyRb()) {
    const maker = name.endsWith("secrets");
    expect([name, text.includes("package['generate_default_secrets'] = false")]).toEqual([
      name,
      !maker,
    ]);
    expect([name, text.includes("package['generate_secrets_json_file'] = false")]).toEqual([
      name,
      true,
    ]);
    if (!maker)
      expect([name, text.includes("gitlab_rails['auto_migrate'] = false")]).toEqual([name, true]);
  }
});

test("only machines that write Git data run Gitaly, and they demand the mount", () => {
  const runs = (role: NodeRole) =>
    !renderGitlabRb(facts(role, "19.2.2")).includes("gitaly['enable'] = false");
  expect([runs("application"), runs("gitaly"), runs("single")]).toEqual([false, true, true]);
  for (const role of ["gitaly", "single"] as const)
    expect(renderGitlabRb(facts(role, "19.2.2"))).toMatch(
      /high_availability\['mountpoint'\] = \[\s+'\/var\/opt\/gitlab\/git-data'/,
    );
});

test("every object type has its bucket, or its shared directory", () => {
  const s3 = renderGitlabRb(facts("application", "19.2.2"));
  for (const type of [
    "artifacts",
    "external_diffs",
    "lfs",
    "uploads",
    "packages",
    "dependency_proxy",
    "terraform_state",
    "ci_secure_files",
    "pages",
  ])
    expect(s3).toContain(`gitlab_rails['object_store']['objects']['${type}']['bucket'] = `);
  expect(s3).toContain("registry['storage'] = ");
  const shared = renderGitlabRb(facts("application", "19.2.2", efs));
  expect(shared).not.toContain("object_store");
  expect(shared).toContain("high_availability['mountpoint']");
});

test("a Ruby literal says any text exactly as it is", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }).filter((text) => !/[\u0000-\u001f]/.test(text)),
      (text) => {
        const literal = rubyLiteral(text);
        expect(literal.slice(1, -1).replace(/\\([\\'])/g, "$1")).toBe(text);
        // Nothing ends the literal before its end.
        expect(/^'(?:\\[\\']|[^'\\])*'$/.test(literal)).toBe(true);
      },
    ),
  );
  expect(() => rubyLiteral("two\nlines")).toThrow(/control/);
  expect(() => rubyLiteral(1.5)).toThrow(/integer/);
  expect(() =>
    renderRuby([
      {
        title: "t",
        settings: [
          ["a['b']", 1],
          ["a['b']", 2],
        ],
      },
    ]),
  ).toThrow(/twice/);
});

test.each([
  [{ durationSeconds: 45, renewSeconds: 5, stopAfterSeconds: 20 }, undefined],
  [{ durationSeconds: 44, renewSeconds: 5, stopAfterSeconds: 20 }, /durationSeconds: found 44/],
  [{ durationSeconds: 60, renewSeconds: 10, stopAfterSeconds: 20 }, /stopAfterSeconds: found 20/],
  [{ durationSeconds: 45, renewSeconds: 0, stopAfterSeconds: 20 }, /renewSeconds: found 0/],
])("lease times %o leave room to stop Gitaly, or are refused", (lease, problem) => {
  if (problem === undefined) checkLease(lease);
  else expect(() => checkLease(lease)).toThrow(problem);
});

test("every role's files are a bundle with a boot program, and its loader fits EC2's user data", () => {
  for (const role of roles)
    for (const variant of variants) {
      const files = renderNodeFiles(facts(role, "19.2.2", variant));
      expect(files.find(({ path }) => path === "/opt/gitlab-node/boot")?.mode).toBe("0755");
      const loader = renderLoader({
        bucket: "gitlab-aws-files",
        region: "eu-central-1",
        bundle: renderBundle(files).sha256,
        logGroup: "/gitlab/aws/nodes",
        environment: "aws",
        role,
        alertTopicArn: "arn:aws:sns:eu-central-1:111122223333:alerts",
      });
      expect(loader).not.toMatch(/@[a-zA-Z]+@/);
    }
});

test("every program that a unit or a script starts is among the files of its role", () => {
  for (const role of roles) {
    const files = renderNodeFiles(facts(role, "19.2.2"));
    const paths = new Set(files.map(({ path }) => path));
    for (const { path, content } of files.filter((file) => file.path.startsWith("/etc/systemd/")))
      for (const [, program = ""] of content.matchAll(/^Exec\w+=(\/opt\/gitlab-node\/[a-z]+)/gm))
        expect([path, program, paths.has(program)]).toEqual([path, program, true]);
  }
});

test("a runner fleet that its line cannot hold is refused by name", () => {
  const fleet = { name: "builds", tags: ["docker"], runUntagged: true, tokenSecretArn: "arn:x" };
  expect(runnerList([fleet])).toBe("builds|docker|true|arn:x\n");
  expect(() => runnerList([{ ...fleet, name: "a|b" }])).toThrow(/a\|b/);
  expect(() => runnerList([{ ...fleet, tags: ["a b"] }])).toThrow(/a b/);
});
