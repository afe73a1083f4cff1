/** Mutants that no rule catches, each with why that is right. */

/** One kind of them. */
export interface Survivor {
  /** The mutant's type, path, value and name, as the test writes them. */
  readonly form: RegExp;
  readonly why: string;
}

export const survivors: readonly Survivor[] = [
  {
    form: /LoadBalancer desyncMitigationMode=.* @ edge-(int|ssh)-lb$/,
    why: "Balancers of connections know no HTTP; the property is the provider's default and does nothing there.",
  },
  {
    form: /autoscaling\/group:Group suspendedProcesses=\[\] @ gitlab-application-group$/,
    why: "Application nodes hold no state: one that is moved to another zone costs a drained connection.",
  },
  {
    form: /autoscaling\/group:Group suspendedProcesses=\[\] @ runners-shared-manager-group$/,
    why: "A group of at most one machine has nothing to balance.",
  },
  {
    form: /SecurityGroupIngressRule (cidrIpv[46]|prefixListId)=.* @ firewall-internet-/,
    why: "The port is one that is open to the whole internet already.",
  },
  {
    form: /NetworkPolicy @resource=.* @ namespace-(app|google|names|web)$/,
    why: "A policy that only opens: without it more is closed, and the app says so at once.",
  },
  {
    form: /BucketVersioning @resource=.* @ (edge-web-logs|node-files)-versioning$/,
    why: "Logs are never overwritten, and files for nodes are made anew from the program.",
  },
  {
    form: /(logDeliveryConfigurations=gone|monitoringInterval=0|copyTagsToSnapshot=false|queryInsightsEnabled=false) @ data-/,
    why: "Helps to find what is slow or whose a snapshot is, and guards nothing.",
  },
];
