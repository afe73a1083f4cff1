import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import { GcpStoredSecret } from "../shared/gcp-secret";
import type { Site } from "../shared/site";
import type { MachineSecrets } from "./package/contract";

/** Arguments of GcpInstanceStore. All values are Pulumi secrets. */
export interface GcpInstanceStoreArgs {
  readonly site: Site;
  /** The machine: `serviceAccount:…`. */
  readonly machine: pulumi.Input<string>;
  /** Read once, when the database is empty. */
  readonly initialRootPassword: pulumi.Input<string>;
  readonly smtpPassword?: pulumi.Input<string>;
  /** EE licence. */
  readonly license?: pulumi.Input<string>;
  /** JSON object with `slackWebhook` and `mirrorTokens`. */
  readonly roleTokens?: pulumi.Input<string>;
  /** Certificate with its chain, and its key; both or none. */
  readonly tls?: { readonly certificate: pulumi.Input<string>; readonly key: pulumi.Input<string> };
}

/** The secrets of one instance, apart from its data's: the machine reads each, and may add to `recovery` alone. */
export class GcpInstanceStore extends Component {
  /** Names, as machines use them. */
  readonly names: Pick<
    MachineSecrets,
    "recovery" | "initialRootPassword" | "smtpPassword" | "license" | "roleTokens"
  >;
  /** Names of certificate and key, where they are given. */
  readonly tlsNames: { readonly certificate: string; readonly key: string } | undefined;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: GcpInstanceStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gitlabInstance", "GcpInstanceStore", name, {}, opts);
    const ready: pulumi.Resource[] = [];
    const kept = (
      purpose: string,
      rights: Pick<
        ConstructorParameters<typeof GcpStoredSecret>[1],
        "value" | "readers" | "writers"
      >,
    ): string => {
      const secret = new GcpStoredSecret(
        `${name}-${purpose}`,
        { site: args.site, purpose, ...rights },
        { parent: this },
      );
      ready.push(...secret.ready);
      return secret.secretName;
    };
    const readers = { machine: args.machine };
    const given = (purpose: string, value: pulumi.Input<string>) =>
      kept(purpose, { value, readers });
    this.names = {
      // What is in it opens every other secret that GitLab keeps: the machine adds to it and never reads it.
      recovery: kept("recovery", { writers: { machine: args.machine } }),
      initialRootPassword: given("initial-root-password", args.initialRootPassword),
      ...(args.smtpPassword === undefined
        ? {}
        : { smtpPassword: given("smtp-password", args.smtpPassword) }),
      ...(args.license === undefined ? {} : { license: given("license", args.license) }),
      ...(args.roleTokens === undefined
        ? {}
        : { roleTokens: given("role-tokens", args.roleTokens) }),
    };
    this.tlsNames =
      args.tls === undefined
        ? undefined
        : {
            certificate: given("tls-certificate", args.tls.certificate),
            key: given("tls-key", args.tls.key),
          };
    this.ready = ready;
    this.registerOutputs({});
  }
}
