import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import { names, release, type AuthProxy, type PodNetwork, type VersionApp } from "./contract";
import { Deployer } from "./deployer";
import { networkPolicies } from "./policies";
import { limits, quota } from "./quota";

/**
 * Whose text of the pod security standards holds: pinned, so that an upgrade of the cluster refuses no pod that ran
 * before it (https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces).
 */
const podSecurityVersion = "v1.33";

/** Arguments of VersionAppNamespace. */
export interface VersionAppNamespaceArgs {
  readonly site: Site;
  readonly app: VersionApp;
  readonly proxy: AuthProxy;
  /** Google's service accounts that the pods' accounts act as, by e-mail address. */
  readonly accounts: {
    readonly app: pulumi.Input<string>;
    readonly exporter: pulumi.Input<string>;
  };
  readonly network: PodNetwork;
}

/**
 * The app's namespace and its rules, all of it before there is a database: the level `restricted` of pod security, what
 * may be used, who is who, who may talk to whom, and the account of Auto DevOps.
 */
export class VersionAppNamespace extends Component {
  /** Plain, so that a plan can be read and checked; depend on `ready` for the namespace itself. */
  readonly namespaceName: string = release.namespace;
  /** Token of the deployer, a Pulumi secret. */
  readonly deployerToken: pulumi.Output<string>;
  /** Everything that a pod meets when it starts: pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: VersionAppNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { app, proxy, site } = args;
    super("versionApp", "VersionAppNamespace", name, { namespace: release.namespace }, opts);
    const levels = ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, "restricted"],
      [`pod-security.kubernetes.io/${mode}-version`, podSecurityVersion],
    ]);
    const namespace = new Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: release.namespace,
          labels: {
            environment: site.environment,
            component: "version-app",
            ...(Object.fromEntries(levels) as Record<string, string>),
          },
        },
      },
      // A load balancer can take its time to go with the last Ingress.
      { parent: this, customTimeouts: { delete: "30m" } },
    );
    const own = { parent: this, dependsOn: [namespace] };
    const metadata = (objectName: string) => ({
      name: objectName,
      namespace: release.namespace,
    });
    const shares = new ResourceQuota(
      `${name}-quota`,
      { metadata: metadata("app"), spec: { hard: quota(app, proxy) } },
      own,
    );
    const defaults = new LimitRange(
      `${name}-limits`,
      { metadata: metadata("app"), spec: { limits: limits(app, proxy) } },
      own,
    );
    const account = (key: "app" | "exporter", accountName: string) =>
      new ServiceAccount(
        `${name}-${key}`,
        {
          metadata: {
            ...metadata(accountName),
            annotations: { "iam.gke.io/gcp-service-account": args.accounts[key] },
          },
          // Google's tokens come from GKE's metadata server, which asks for Kubernetes' own by itself: no pod has one.
          automountServiceAccountToken: false,
        },
        own,
      );
    const accounts = [account("app", names.appAccount), account("exporter", names.exporterAccount)];
    const policies = networkPolicies(name, args.network, own);
    const deployer = new Deployer(
      `${name}-deployer`,
      { namespaceReady: [namespace] },
      { parent: this },
    );
    this.deployerToken = deployer.token;
    this.ready = [namespace, shares, defaults, ...accounts, ...policies, ...deployer.ready];
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}
