import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeFile } from "../../node-files/contract";
import { libraryFiles } from "../../node-files/library";
import type { NodeFacts } from "../contract";
import { renderConsoleRb, renderGitlabRb, renderSecretsRb } from "./gitlab-rb";
import { databaseEnvironment, nodeEnvironment, runnerList } from "./node-env";
import {
  bootUnit,
  checkLease,
  dutyUnit,
  gitlabUnit,
  leaseUnit,
  logAgentConfig,
  timerUnit,
} from "./units";

const templates = join(__dirname, "..", "templates");

function template(path: string): string {
  return readFileSync(join(templates, path), "utf8");
}

/** A script of `templates`, under `/opt/gitlab-node` without its ending. */
function script(name: string): NodeFile {
  return { path: `/opt/gitlab-node/${name}`, mode: "0755", content: template(`${name}.sh`) };
}

function unit(name: string, content: string): NodeFile {
  return { path: `/etc/systemd/system/${name}`, mode: "0644", content };
}

/**
 * All files of one machine of the AWS environment: the shared library, the boot and duty scripts, the unit files,
 * `gitlab.rb` for its role and `/etc/gitlab-node/node.env`. Pure; holds no secret.
 *
 * For a backup machine it is all that its boot needs; `/opt/gitlab-node/backup`, which boot starts at its end, is
 * BackupSchedule's.
 * @throws if the facts cannot be a working node (lease times that leave no room to stop Gitaly, and the like).
 */
export function renderNodeFiles(facts: NodeFacts): NodeFile[] {
  checkLease(facts.lease);
  const runsRails = facts.role !== "gitaly";
  const files: NodeFile[] = [
    ...libraryFiles("aws"),
    { path: "/opt/gitlab-node/version.sh", mode: "0644", content: template("version.sh") },
    script("boot"),
    script("mounts"),
    script("secrets"),
    script("gate"),
    { path: "/etc/gitlab-node/node.env", mode: "0644", content: nodeEnvironment(facts) },
    { path: "/etc/gitlab-node/gitlab-secrets.rb", mode: "0644", content: renderSecretsRb(facts) },
    unit("gitlab-node.service", bootUnit()),
    {
      path: "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json",
      mode: "0644",
      content: logAgentConfig(facts),
    },
  ];
  // Mounted into every container, so it is there even where little is in it.
  files.push({
    path: "/opt/gitlab-node/container/database.env",
    mode: "0644",
    content: runsRails ? databaseEnvironment(facts) : "",
  });
  if (runsRails) {
    files.push(
      { path: "/etc/gitlab-node/gitlab-console.rb", mode: "0644", content: renderConsoleRb(facts) },
      {
        path: "/opt/gitlab-node/container/psql",
        mode: "0755",
        content: template("container/psql.sh"),
      },
    );
  }
  if (facts.role === "backup") return files;

  files.push(
    script("gitlab"),
    script("presence"),
    script("upkeep"),
    { path: "/etc/gitlab-node/gitlab.rb", mode: "0644", content: renderGitlabRb(facts) },
    unit("gitlab.service", gitlabUnit(facts)),
    unit("gitlab-presence.service", dutyUnit("Say what runs here", "/opt/gitlab-node/presence")),
    unit("gitlab-presence.timer", timerUnit("Say what runs here", 30)),
    unit("gitlab-upkeep.service", dutyUnit("Do what is left to do", "/opt/gitlab-node/upkeep")),
    unit("gitlab-upkeep.timer", timerUnit("Do what is left to do", 60)),
  );
  if (runsRails) {
    files.push(
      script("migrate"),
      script("configure"),
      { path: "/etc/gitlab-node/runners", mode: "0644", content: runnerList(facts.runners) },
      {
        path: "/opt/gitlab-node/container/install",
        mode: "0755",
        content: template("container/install.sh"),
      },
      {
        path: "/opt/gitlab-node/container/configure.rb",
        mode: "0644",
        content: template("container/configure.rb"),
      },
    );
  }
  if (facts.role !== "application")
    files.push(script("lease"), unit("gitlab-lease.service", leaseUnit(facts)));
  return files;
}
