import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { names, release } from "./contract";

const reads = ["get", "list", "watch"];
const writes = [...reads, "create", "update", "patch", "delete"];
const rule = (group: string, resources: readonly string[], verbs: readonly string[]) => ({
  apiGroups: [group],
  resources: [...resources],
  verbs: [...verbs],
});

/**
 * What Auto DevOps needs in the namespace, and no more: Helm keeps a release in Secrets
 * (https://helm.sh/docs/topics/advanced/#storage-backends) and waits for what the chart made and for its hooks; auto-deploy
 * looks the namespace up and replaces the pipeline's own secrets by force (src/bin/auto-deploy of auto-deploy-image); an
 * export can be started by hand with `kubectl create job --from=cronjob/…`.
 *
 * Not in it: accounts, roles, quotas, policies, the ingress, and going into pods. Who may make pods can still run them as
 * any account of the namespace, and who may list secrets reads them: no Kubernetes role can be narrower for Helm.
 */
export const deployerRules = [
  rule("", ["namespaces"], ["get"]),
  rule("", ["secrets", "services"], writes),
  rule("", ["pods", "pods/log", "events"], reads),
  rule("apps", ["deployments"], writes),
  rule("apps", ["replicasets"], reads),
  rule("autoscaling", ["horizontalpodautoscalers"], writes),
  rule("batch", ["jobs"], writes),
  rule("batch", ["cronjobs"], reads),
];

/**
 * The account that Auto DevOps deploys with, bound to its namespace, and a token for it that does not expire: GitLab keeps
 * it as a masked CI/CD variable. Deleting the Secret ends it
 * (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#delete-token).
 */
export class Deployer extends Component {
  /** A Pulumi secret. */
  readonly token: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];

  constructor(
    name: string,
    args: { readonly namespaceReady: readonly pulumi.Resource[] },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("versionApp", "Deployer", name, { namespace: release.namespace }, opts);
    const own = { parent: this, dependsOn: [...args.namespaceReady] };
    const { namespace } = release;
    const account = new ServiceAccount(
      `${name}-account`,
      {
        metadata: { name: names.deployerAccount, namespace },
        automountServiceAccountToken: false,
      },
      own,
    );
    const role = new Role(
      `${name}-role`,
      { metadata: { name: names.deployerAccount, namespace }, rules: deployerRules },
      own,
    );
    const binding = new RoleBinding(
      `${name}-binding`,
      {
        metadata: { name: names.deployerAccount, namespace },
        roleRef: {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "Role",
          name: names.deployerAccount,
        },
        subjects: [{ kind: "ServiceAccount", name: names.deployerAccount, namespace }],
      },
      { parent: this, dependsOn: [account, role] },
    );
    const token = new Secret(
      `${name}-token`,
      {
        metadata: {
          name: names.deployerToken,
          namespace,
          annotations: { "kubernetes.io/service-account.name": names.deployerAccount },
        },
        type: "kubernetes.io/service-account-token",
      },
      { parent: this, dependsOn: [account] },
    );
    this.token = pulumi.secret(
      token.data.apply(({ token: encoded }) => {
        // The provider waits for it: https://www.pulumi.com/registry/packages/kubernetes/api-docs/core/v1/secret/
        if (encoded === undefined) throw new Error(`Secret ${names.deployerToken} has no token`);
        return Buffer.from(encoded, "base64").toString("utf8");
      }),
    );
    this.ready = [binding, token];
    this.registerOutputs({});
  }
}
