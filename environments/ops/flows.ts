import type { Flow } from "../../components/network/contract";

/** Everything in the environment that opens or takes connections. */
export const parties = [
  "gitlab",
  "runner-manager",
  "runner-worker",
  "database",
  "cache",
  "iap",
] as const;
export type Party = (typeof parties)[number];

/** What of the settings shapes the firewall. */
interface FlowSettings {
  readonly hostSshPort: number;
  readonly smtp?: { readonly port: number } | undefined;
  readonly runners: readonly unknown[];
}

/**
 * The environment's whole firewall: who may open a connection to whom. Nothing else is open.
 * DNS, time and instance metadata come from 169.254.169.254, which no rule governs
 * (https://cloud.google.com/firewall/docs/firewalls#alwaysallowed).
 *
 * @param cachePort port of Memorystore
 */
export function flows(settings: FlowSettings, cachePort: number): Flow<Party>[] {
  const list: Flow<Party>[] = [
    {
      from: "internet",
      to: "gitlab",
      port: 443,
      why: "people and runners use GitLab and the registry",
    },
    {
      from: "internet",
      to: "gitlab",
      port: 80,
      why: "redirected to HTTPS; Let's Encrypt asks here",
    },
    { from: "internet", to: "gitlab", port: 22, why: "Git over SSH, redirected to gitlab-sshd" },
    {
      from: "iap",
      to: "gitlab",
      port: settings.hostSshPort,
      why: "administrators, through Identity-Aware Proxy",
    },
    { from: "gitlab", to: "database", port: 5432, why: "PostgreSQL" },
    { from: "gitlab", to: "cache", port: cachePort, why: "Redis" },
    {
      from: "gitlab",
      to: "internet",
      port: 443,
      why: "Google's APIs, packages, mirrors, Let's Encrypt, Slack",
    },
    { from: "gitlab", to: "internet", port: 80, why: "Ubuntu's packages, which are signed" },
  ];
  if (settings.smtp !== undefined) {
    list.push({ from: "gitlab", to: "internet", port: settings.smtp.port, why: "mail" });
  }
  if (settings.runners.length > 0) {
    list.push(
      {
        from: "runner-manager",
        to: "internet",
        port: 443,
        why: "Google's APIs, GitLab itself, the fleeting plugin",
      },
      {
        from: "runner-manager",
        to: "internet",
        port: 80,
        why: "Ubuntu's packages, which are signed",
      },
      {
        from: "runner-manager",
        to: "runner-worker",
        port: 22,
        why: "the manager runs jobs over SSH",
      },
      {
        from: "runner-worker",
        to: "internet",
        port: 443,
        why: "clones, images and what jobs fetch",
      },
      {
        from: "runner-worker",
        to: "internet",
        port: 80,
        why: "distribution packages that jobs install",
      },
    );
  }
  return list;
}
