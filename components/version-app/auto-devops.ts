import * as pulumi from "@pulumi/pulumi";
import { tokenKubeconfig } from "../cluster/kubeconfig";
import { chartValues, type ChartFacts } from "./auto-devops-values";
import { names, release } from "./contract";

export { chartValues, type ChartFacts } from "./auto-devops-values";

/**
 * A CI/CD variable of the app's project, as GitLab's API takes it
 * (https://docs.gitlab.com/api/project_level_variables/#create-a-variable).
 */
export interface CiVariable {
  readonly key: string;
  readonly value: string;
  /** A `file` is in a file, and the variable names it. */
  readonly variable_type: "env_var" | "file";
  /** Only in pipelines of protected branches and tags. */
  readonly protected: boolean;
  /** Kept out of job logs: one line of eight characters or more, without blanks. */
  readonly masked: boolean;
  /** No `$` in it is taken for another variable. */
  readonly raw: true;
  readonly environment_scope: string;
  readonly description: string;
}

/** Arguments of autoDevOpsVariables. */
export interface AutoDevOpsArgs {
  readonly chart: ChartFacts;
  /** Address of the control plane, `https://…`: its name, whose certificate any client trusts. */
  readonly endpoint: pulumi.Input<string>;
  /** Token of the deployer. */
  readonly deployerToken: pulumi.Input<string>;
  /** Host name of the app. */
  readonly host: string;
  /** Minutes that the longest of export, migration and rollout may take. */
  readonly longestMinutes: number;
  /**
   * Version of auto-deploy-image, v2.91.0 or later (before, its chart knows no templates in `customResources`).
   * @default the one that GitLab's own template names
   */
  readonly deployImage?: string;
}

/**
 * What the app's project needs for Auto DevOps to deploy to this cluster, a Pulumi secret as a whole. All of them are for
 * the environment `production`: rules see variables of their own environment only, so that review apps and DAST find no
 * cluster, and are not even started (https://docs.gitlab.com/topics/autodevops/cicd_variables/,
 * lib/gitlab/ci/templates/Jobs/Deploy.gitlab-ci.yml).
 */
export function autoDevOpsVariables(args: AutoDevOpsArgs): pulumi.Output<readonly CiVariable[]> {
  const values = chartValues(args.chart);
  return pulumi.secret(
    pulumi
      .output({ endpoint: args.endpoint, token: args.deployerToken })
      .apply(({ endpoint, token }) => [
        {
          ...variable(
            "KUBECONFIG",
            // In one line without blanks, which GitLab can mask.
            tokenKubeconfig(
              `${release.namespace}-${names.deployerAccount}`,
              endpoint,
              token,
              release.namespace,
            ),
            "The cluster, and who deploys",
            "file",
          ),
          masked: true,
        },
        variable("KUBE_NAMESPACE", release.namespace, "Where to"),
        variable(
          "KUBE_INGRESS_BASE_DOMAIN",
          args.host.split(".").slice(1).join(".") || args.host,
          "Asked for by Auto DevOps; the ingress itself is not its own",
        ),
        variable("HELM_UPGRADE_VALUES_FILE", values, "Values of the chart", "file"),
        variable(
          "HELM_UPGRADE_EXTRA_ARGS",
          `--timeout ${args.longestMinutes}m`,
          "Helm's own 5 minutes are too few for an export and a migration",
        ),
        variable(
          "AUTO_DEVOPS_ATOMIC_RELEASE",
          "false",
          "Else a first deployment that fails is uninstalled, with the pods that it took over",
        ),
        variable("AUTO_DEVOPS_COMMON_NAME", "false", "The certificate is not Auto DevOps' own"),
        variable("POSTGRES_ENABLED", "false", "The database is Cloud SQL"),
        variable(
          "PRODUCTION_REPLICAS",
          String(args.chart.autoscaling.minReplicas),
          "Pods right after a deployment; the autoscaler goes on from there",
        ),
        ...(args.deployImage === undefined
          ? []
          : [variable("AUTO_DEPLOY_IMAGE_VERSION", args.deployImage, "Version of the chart")]),
      ]),
  );
}

function variable(
  key: string,
  value: string,
  description: string,
  type: CiVariable["variable_type"] = "env_var",
): CiVariable {
  return {
    key,
    value,
    variable_type: type,
    protected: true,
    masked: false,
    raw: true,
    environment_scope: release.name,
    description,
  };
}
