import type * as pulumi from "@pulumi/pulumi";

/** What stands in front of a web service before its load balancer does; a load balancer finds it by its names. */
export interface WebEdgeFacts {
  /** `https://<host>`. */
  readonly url: string;
  readonly host: string;
  /** IPv4 address that the host name leads to. */
  readonly address: pulumi.Output<string>;
  readonly addressName: pulumi.Output<string>;
  readonly certificateName: pulumi.Output<string>;
  readonly tlsPolicyName: pulumi.Output<string>;
  readonly armorPolicyName: pulumi.Output<string>;
  /** Wait for them before the load balancer is made. */
  readonly ready: pulumi.Resource[];
}
