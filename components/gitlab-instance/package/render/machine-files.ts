import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "../../../node-files/contract";
import { libraryFiles } from "../../../node-files/library";
import { runnerList } from "../../render/node-env";
import type { PackageMachineFacts } from "../contract";
import { renderPackageRb } from "./gitlab-rb";
import { machineEnvironment } from "./machine-env";
import { machineUnits, sshRedirect } from "./machine-units";
import { checkSecrets, fetchedSecrets } from "./places";
import { aptSources, upkeepFiles } from "./upkeep";

const templates = join(__dirname, "..", "templates");

/** A script of the package's `templates`, under `/opt/gitlab-node` without its ending. */
function script(name: string): NodeFile {
  return {
    path: `/opt/gitlab-node/${name}`,
    mode: "0755",
    content: readFileSync(join(templates, `${name}.sh`), "utf8"),
  };
}

/** A Ruby file of `role`, which runs as GitLab's own user. */
function ruby(name: string, path = join(templates, "role", `${name}.rb`)): NodeFile {
  return {
    path: `/opt/gitlab-node/ruby/${name}.rb`,
    mode: "0644",
    content: readFileSync(path, "utf8"),
  };
}

function file(path: string, content: string): NodeFile {
  return { path, mode: "0644", content };
}

/**
 * GitLab's packages for apt, and the one key that their list may be signed with (https://docs.gitlab.com/omnibus/update/package_signatures/).
 * The release stands in the path, too: packages of equal version differ between releases
 * (https://docs.gitlab.com/omnibus/troubleshooting/#mirroring-packages-for-multiple-distributions-using-apt-mirror-fails).
 */
function packageSources({ channel, ubuntu }: PackageMachineFacts): string {
  return `Types: deb
URIs: https://packages.gitlab.com/gitlab/${channel}/ubuntu/${ubuntu}
Suites: ${ubuntu}
Components: main
Architectures: amd64
Signed-By: /usr/share/keyrings/gitlab-packages.asc
`;
}

/**
 * Updates of the system by themselves, and never of GitLab, which is held as well
 * (https://documentation.ubuntu.com/server/how-to/software/automatic-updates/).
 */
const systemUpdates = `APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Package-Blacklist { "^gitlab-ce$"; "^gitlab-ee$"; };
Unattended-Upgrade::Automatic-Reboot "false";
`;

/**
 * All files of a machine with the Linux package: the shell library, its programs and those of its upkeep, units,
 * `gitlab.rb` and what the programs know of their machine. Pure; holds no secret.
 * @throws if the facts cannot be a working machine; the message names what was found.
 */
export function machineFiles(facts: PackageMachineFacts): NodeFile[] {
  checkSecrets(facts);
  const { postgres, redis } = facts;
  const role = {
    oauthApplications: facts.oauthApplications,
    adminEmails: facts.adminEmails,
    mirrors: facts.mirrors,
    ...(facts.slack === undefined ? {} : { slack: facts.slack }),
  };
  const runners = facts.runners.map(({ tokenSecret, ...fleet }) => ({
    ...fleet,
    tokenSecretArn: tokenSecret,
  }));
  return [
    ...libraryFiles(facts.cloud.kind),
    ...[
      "apply",
      "apply-run",
      "host",
      "disks",
      "units",
      "secrets",
      "install",
      "guard",
      "configure",
      "sql",
      "ready",
      "role",
      "recovery",
      "pulse",
    ].map(script),
    ...["license", "admins", "oauth", "mirrors", "slack"].map((name) => ruby(name)),
    ruby("runners", join(__dirname, "../../templates/container/configure.rb")),
    file("/etc/gitlab-node/node.env", machineEnvironment(facts)),
    // Root's alone, like the one that GitLab reads.
    { ...file("/etc/gitlab-node/gitlab.rb", renderPackageRb(facts)), mode: "0600" },
    file("/etc/gitlab-node/role.json", `${JSON.stringify(role, null, 2)}\n`),
    file("/etc/gitlab-node/runners", runnerList(runners)),
    file(
      "/etc/gitlab-node/secrets",
      fetchedSecrets(facts)
        .map((secret) => `${secret.file}|${secret.name}|${secret.owner ?? ""}\n`)
        .join(""),
    ),
    file("/etc/gitlab-node/ssh-redirect.nft", sshRedirect()),
    ...(postgres.kind === "external"
      ? [file("/etc/gitlab-node/database-ca.pem", pem(postgres.serverCa))]
      : []),
    ...(redis.kind === "external"
      ? [file("/etc/gitlab-node/redis-ca.pem", pem(redis.serverCa))]
      : []),
    file("/etc/ssh/sshd_config.d/10-gitlab-node.conf", `Port ${facts.hostSshPort}\n`),
    file("/etc/apt/apt.conf.d/52gitlab-node", systemUpdates),
    // A library's update must not restart GitLab in the middle of the day.
    file(
      "/etc/needrestart/conf.d/gitlab.conf",
      "$nrconf{override_rc}{qr(^gitlab-runsvdir)} = 0;\n",
    ),
    file(aptSources, packageSources(facts)),
    ...machineUnits(facts),
    ...upkeepFiles(facts),
  ];
}

/** @throws on what is no certificate: the machine would find out only when it connects. */
function pem(text: string): string {
  if (!/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text))
    throw new Error("a server's certificate authority is not in PEM");
  return text.endsWith("\n") ? text : `${text}\n`;
}
