import * as pulumi from "@pulumi/pulumi";

/** What every component of one environment shares. All plain: it shapes names and the graph. */
export interface Site {
  /** First part of fixed names, for example `gitlab-aws`. Lower case, 3 to 20 characters. */
  readonly prefix: string;
  /** Name of the environment: `aws`, `dev`, `ops`, `version`. */
  readonly environment: string;
  /** Whether what holds data is protected from deletion, by Pulumi and by its cloud. */
  readonly protection: boolean;
  /** Address that runbook links start with; `<runbooks>/<name>.md` is the page. */
  readonly runbooks: string;
}

/** Options of a resource that holds data: `protect` follows the site's protection. */
export function stateful(
  site: Pick<Site, "protection">,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions(opts, { protect: site.protection });
}
