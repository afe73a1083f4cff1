import type { Flow } from "../../components/network/contract";

/** Subnets, each with a security group. */
type Subnet = "machine" | "runners" | "bastion";

/** Azure's own that flows name, with their service tags. */
export const services = {
  "gateway-manager": "GatewayManager",
  "load-balancer": "AzureLoadBalancer",
  "azure-cloud": "AzureCloud",
  "virtual-network": "VirtualNetwork",
} as const;
type Service = keyof typeof services;

/** What of the settings shapes the firewall. */
interface FlowSettings {
  readonly hostSshPort: number;
  readonly smtp?: { readonly port: number } | undefined;
  readonly runners: readonly unknown[];
}

/**
 * The environment's whole firewall: who may open a connection to whom. Nothing else is open.
 * DNS, time and instance metadata are the platform's, which security groups do not govern.
 */
export function flows(settings: FlowSettings): Flow<Subnet | Service>[] {
  const list: Flow<Subnet | Service>[] = [
    {
      from: "internet",
      to: "machine",
      port: 443,
      why: "people and runners use GitLab and the registry",
    },
    {
      from: "internet",
      to: "machine",
      port: 80,
      why: "redirected to HTTPS; Let's Encrypt asks here",
    },
    { from: "internet", to: "machine", port: 22, why: "Git over SSH, redirected to gitlab-sshd" },
    {
      from: "bastion",
      to: "machine",
      port: settings.hostSshPort,
      why: "administrators, through Bastion",
    },
    {
      from: "machine",
      to: "internet",
      port: 443,
      why: "Azure's APIs, packages, objects, backups, Let's Encrypt",
    },
    { from: "machine", to: "internet", port: 80, why: "Ubuntu's packages, which are signed" },
    ...bastionFlows,
  ];
  if (settings.smtp !== undefined) {
    list.push({ from: "machine", to: "internet", port: settings.smtp.port, why: "mail" });
  }
  if (settings.runners.length > 0) {
    list.push(
      { from: "runners", to: "runners", port: 22, why: "the manager runs jobs over SSH" },
      { from: "bastion", to: "runners", port: 22, why: "administrators, through Bastion" },
      {
        from: "runners",
        to: "internet",
        port: 443,
        why: "Azure's APIs, GitLab itself, clones, images and what jobs fetch",
      },
      {
        from: "runners",
        to: "internet",
        port: 80,
        why: "distribution packages that managers and jobs install, which are signed",
      },
    );
  }
  return list;
}

/**
 * What Bastion asks for: without any of these Azure does not make it
 * (https://learn.microsoft.com/azure/bastion/bastion-nsg). What it can reach of them is for the other side's rules to
 * say, and they let it in on the host's own sshd alone.
 */
const bastionFlows: readonly Flow<Subnet | Service>[] = [
  { from: "internet", to: "bastion", port: 443, why: "people who have signed in at Azure" },
  { from: "gateway-manager", to: "bastion", port: 443, why: "Bastion's control plane" },
  { from: "load-balancer", to: "bastion", port: 443, why: "Bastion's health" },
  { from: "virtual-network", to: "bastion", port: 8080, why: "Bastion's own parts" },
  { from: "virtual-network", to: "bastion", port: 5701, why: "Bastion's own parts" },
  { from: "bastion", to: "virtual-network", port: 22, why: "Azure asks for it" },
  { from: "bastion", to: "virtual-network", port: 3389, why: "Azure asks for it" },
  { from: "bastion", to: "virtual-network", port: 8080, why: "Bastion's own parts" },
  { from: "bastion", to: "virtual-network", port: 5701, why: "Bastion's own parts" },
  { from: "bastion", to: "azure-cloud", port: 443, why: "Bastion's logs and metrics" },
  { from: "bastion", to: "internet", port: 80, why: "sessions, certificates" },
];
