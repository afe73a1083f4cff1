import { IAMMember } from "@pulumi/gcp/serviceaccount";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import { GcpMachineIdentity } from "./gcp";

/** Arguments of GcpWorkloadIdentity. */
export interface GcpWorkloadIdentityArgs {
  readonly site: Site;
  /** Id of the project. */
  readonly project: string;
  /** What runs as it; last part of the account's name: `app`. */
  readonly machine: string;
  /** One sentence, shown in the console. */
  readonly description: string;
  /** The cluster's pool of identities: `<project>.svc.id.goog`. */
  readonly workloadPool: string;
  /** Namespace and name of the Kubernetes account whose pods are it. They need not exist yet. */
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The cluster: a project has no pool of identities, and IAM refuses whom it would hold, before its first one with it on. */
  readonly clusterReady: readonly pulumi.Resource[];
}

/**
 * Who pods are in Google's cloud: a service account without a key, which the pods of one Kubernetes account in one
 * namespace act as. The Kubernetes account says so by its annotation `iam.gke.io/gcp-service-account`.
 *
 * Every cluster of the project shares the pool: the same namespace and name in another one is the same identity
 * (https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#identity_sameness).
 */
export class GcpWorkloadIdentity extends Component {
  readonly email: pulumi.Output<string>;
  /** `serviceAccount:<email>`, as policies have it. */
  readonly member: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpWorkloadIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("identity", "GcpWorkloadIdentity", name, { machine: args.machine }, opts);
    const own = { parent: this };
    const { site, project, machine, description } = args;
    const identity = new GcpMachineIdentity(
      `${name}-identity`,
      { site, project, machine, description },
      own,
    );
    const pods = new IAMMember(
      `${name}-pods`,
      {
        serviceAccountId: identity.accountName,
        role: "roles/iam.workloadIdentityUser",
        member: `serviceAccount:${args.workloadPool}[${args.namespace}/${args.serviceAccount}]`,
      },
      { ...own, dependsOn: [...args.clusterReady] },
    );
    this.email = identity.email;
    this.member = identity.member;
    this.ready = [...identity.ready, pods];
    this.registerOutputs({ email: this.email });
  }
}
