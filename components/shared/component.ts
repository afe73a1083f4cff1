import * as pulumi from "@pulumi/pulumi";

/** What a component says of itself in the plan: small, plain and free of secrets, for policies and review notes. */
export type Summary = Readonly<Record<string, string | number | boolean>>;

/**
 * Base of every component: type `gitlab:<module>:<Class>`, and the caller's options always handed on.
 *
 * `super(type, name, opts)` with three arguments would take the options for arguments and lose provider, protect and
 * aliases without a word; that is why components never call ComponentResource themselves.
 */
export abstract class Component extends pulumi.ComponentResource {
  protected constructor(
    module: string,
    className: string,
    name: string,
    summary: Summary,
    opts: pulumi.ComponentResourceOptions | undefined,
  ) {
    super(`gitlab:${module}:${className}`, name, summary, opts);
  }
}
