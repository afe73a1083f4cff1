import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { RandomId, RandomPassword } from "@pulumi/random";
import { AzureStoredSecret, type AzureVaultFacts } from "../keys/azure";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";
import type { MachineSecrets } from "./package/contract";

/** Arguments of AzureInstanceStore. All values are Pulumi secrets. */
export interface AzureInstanceStoreArgs {
  readonly site: Site;
  readonly vault: AzureVaultFacts;
  /** Object id of the machine's identity. */
  readonly machine: pulumi.Input<string>;
  /** Read once, when the database is empty. */
  readonly initialRootPassword: pulumi.Input<string>;
  /** JSON key of the service account for GCS. */
  readonly objectStorageKey: pulumi.Input<string>;
  /** JSON with the access key of the write-only backup user. */
  readonly backupCredentials: pulumi.Input<string>;
  readonly smtpPassword?: pulumi.Input<string>;
  /** JSON object with `mirrorTokens`. */
  readonly roleTokens?: pulumi.Input<string>;
  /** Certificate with its chain, and its key; both or none. */
  readonly tls?: { readonly certificate: pulumi.Input<string>; readonly key: pulumi.Input<string> };
  /** Names of the applications that sign their users in with this GitLab. */
  readonly oauthApplications: readonly string[];
}

/** What an application signs in with. */
interface OauthClient {
  readonly id: pulumi.Output<string>;
  /** A Pulumi secret. */
  readonly secret: pulumi.Output<string>;
}

/** The secrets of one instance: the machine reads each, and writes `recovery` alone. */
export class AzureInstanceStore extends Component {
  /** Names, as the machine uses them. */
  readonly names: MachineSecrets;
  /** Names of certificate and key, where they are given. */
  readonly tlsNames: { readonly certificate: string; readonly key: string } | undefined;
  /** What OAuth applications sign in with, by the application's name. */
  readonly oauthClients: Readonly<Record<string, OauthClient>>;
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AzureInstanceStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gitlabInstance", "AzureInstanceStore", name, {}, opts);
    const own = { parent: this };
    const ready: pulumi.Resource[] = [];
    const { site, vault } = args;
    const given = (secretName: string, value: pulumi.Input<string>, contentType?: string) => {
      const secret = new AzureStoredSecret(
        `${name}-${secretName}`,
        { site, vault, secretName, value, contentType, readers: { machine: args.machine } },
        own,
      );
      ready.push(...secret.ready);
      return secret.secretName;
    };
    const optional = <Key extends keyof MachineSecrets>(
      key: Key,
      secretName: string,
      value: pulumi.Input<string> | undefined,
      contentType?: string,
    ): Partial<Record<Key, string>> =>
      value === undefined
        ? {}
        : ({ [key]: given(secretName, value, contentType) } as Record<Key, string>);

    const recovery = new AzureStoredSecret(
      `${name}-recovery`,
      { site, vault, secretName: "recovery", holdsData: true, writers: { machine: args.machine } },
      own,
    );
    ready.push(...recovery.ready);

    this.oauthClients = Object.fromEntries(
      args.oauthApplications.map((application) => [
        application,
        oauthClient(`${name}-oauth-${application}`, own),
      ]),
    );
    const clients = Object.entries(this.oauthClients).map(([application, { id, secret }]) => ({
      application,
      uid: id,
      secret,
    }));
    const json = "application/json";
    this.names = {
      recovery: recovery.secretName,
      initialRootPassword: given("initial-root-password", args.initialRootPassword),
      objectStorageKey: given("object-storage-key", args.objectStorageKey, json),
      backupCredentials: given("backup-credentials", args.backupCredentials, json),
      ...optional("smtpPassword", "smtp-password", args.smtpPassword),
      ...optional("roleTokens", "role-tokens", args.roleTokens, json),
      ...optional(
        "oauthApplications",
        "oauth-applications",
        clients.length === 0
          ? undefined
          : pulumi
              .output(clients)
              .apply((all) =>
                JSON.stringify(
                  Object.fromEntries(
                    all.map(({ application, uid, secret }) => [application, { uid, secret }]),
                  ),
                ),
              ),
        json,
      ),
    };
    this.tlsNames =
      args.tls === undefined
        ? undefined
        : {
            certificate: given("tls-certificate", args.tls.certificate, "application/x-pem-file"),
            key: given("tls-key", args.tls.key, "application/x-pem-file"),
          };
    this.ready = ready;
    this.registerOutputs({});
  }
}

/**
 * Id and secret of an OAuth application, in the form that GitLab gives its own: 32 bytes in hexadecimal, the secret
 * with a prefix of its kind (https://docs.gitlab.com/security/tokens/#token-prefixes). The secret is made from a
 * RandomPassword and not from a second RandomId, whose bytes stand in the state as its plain id.
 */
function oauthClient(name: string, opts: pulumi.CustomResourceOptions): OauthClient {
  const id = new RandomId(`${name}-id`, { byteLength: 32 }, opts);
  // 64 letters and digits carry more than the 256 bits that are taken of them.
  const seed = new RandomPassword(`${name}-secret`, { length: 64, special: false }, opts);
  const secret = pulumi
    .secret(seed.result)
    .apply((text) => `gloas-${createHash("sha256").update(text).digest("hex")}`);
  return { id: id.hex, secret };
}
