import type { Flow } from "../../components/network/contract";
import type { AwsSettings } from "./settings";

/** Everything in the environment that opens or takes connections. One security group each. */
export const parties = [
  "web-balancer",
  "ssh-balancer",
  "internal-balancer",
  "application",
  "gitaly",
  "backup",
  "database",
  "cache",
  "files",
  "runner-manager",
  "runner-worker",
] as const;
export type Party = (typeof parties)[number];

/**
 * The environment's whole firewall: who may open a connection to whom. Nothing else is open.
 * DNS, time and instance metadata come from link-local addresses, which security groups do not govern.
 */
export function flows(
  settings: Pick<AwsSettings, "topology" | "objectData" | "gitaly" | "smtp">,
): Flow<Party>[] {
  const single = settings.topology === "single";
  const git: Party = single ? "application" : "gitaly";
  const list: Flow<Party>[] = [
    {
      from: "internet",
      to: "web-balancer",
      port: 443,
      why: "people and runners use GitLab and the registry",
    },
    { from: "internet", to: "web-balancer", port: 80, why: "redirected to HTTPS" },
    { from: "internet", to: "ssh-balancer", port: 22, why: "Git over SSH" },

    {
      from: "web-balancer",
      to: "application",
      port: 80,
      why: "GitLab behind TLS, and its readiness page",
    },
    { from: "web-balancer", to: "application", port: 5050, why: "container registry behind TLS" },
    { from: "ssh-balancer", to: "application", port: 22, why: "Git over SSH, in the container" },

    {
      from: "application",
      to: "internal-balancer",
      port: 8075,
      why: "repositories, wherever Gitaly runs",
    },
    { from: "backup", to: "internal-balancer", port: 8075, why: "repositories into the backup" },
    { from: "internal-balancer", to: git, port: 8075, why: "Gitaly, and whether it answers" },

    { from: "application", to: "database", port: 5432, why: "PostgreSQL" },
    { from: "backup", to: "database", port: 5432, why: "PostgreSQL into the backup" },
    { from: "application", to: "cache", port: 6379, why: "Redis" },
    { from: "backup", to: "cache", port: 6379, why: "Redis, which Rails needs even for a backup" },

    { from: "application", to: "internet", port: 443, why: "AWS APIs, packages, webhooks" },
    { from: "backup", to: "internet", port: 443, why: "AWS APIs, packages" },
    {
      from: "runner-manager",
      to: "internet",
      port: 443,
      why: "AWS APIs, GitLab itself, the fleeting plugin",
    },
    {
      from: "runner-manager",
      to: "runner-worker",
      port: 22,
      why: "the manager runs jobs over SSH",
    },
    { from: "runner-worker", to: "internet", port: 443, why: "clones, images and what jobs fetch" },
    {
      from: "runner-worker",
      to: "internet",
      port: 80,
      why: "distribution packages that jobs install",
    },
  ];
  if (!single) {
    list.push(
      {
        from: "gitaly",
        to: "internal-balancer",
        port: 8080,
        why: "Git hooks ask the application, not its public name",
      },
      {
        from: "internal-balancer",
        to: "application",
        port: 8080,
        why: "Git hooks ask the application",
      },
      { from: "gitaly", to: "internet", port: 443, why: "AWS APIs, packages, mirrors over HTTPS" },
    );
  }
  if (settings.gitaly.data === "efs") {
    list.push({ from: git, to: "files", port: 2049, why: "Git data on EFS" });
  }
  if (settings.objectData === "efs") {
    if (!single || settings.gitaly.data !== "efs") {
      list.push({ from: "application", to: "files", port: 2049, why: "shared directories on EFS" });
    }
    list.push({
      from: "backup",
      to: "files",
      port: 2049,
      why: "shared directories into the backup",
    });
  }
  if (settings.smtp !== undefined) {
    list.push({ from: "application", to: "internet", port: settings.smtp.port, why: "mail" });
  }
  return list;
}
