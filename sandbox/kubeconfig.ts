/**
 * What a kubeconfig says of the cluster that it leads to.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { parse } from "yaml";
import { UNKNOWN, isBlock, type Value, type Values } from "./values";

/** The active cluster of a kubeconfig, and who speaks to it. */
export interface ActiveCluster {
  /** Its address: `https://host`, with a port where it is not 443. */
  readonly server: string;
  /** Certificate of the authority that signed the server's, in base64, where one is named. */
  readonly authority?: string;
  /** The default namespace of the context. */
  readonly namespace?: string;
  /** True where the context's user proves who it is: by a token, a certificate, a password or a plugin. */
  readonly authenticated: boolean;
  /** The cluster's whole entry, to be compared. */
  readonly entry: Values;
}

/** Ways in which a user of a kubeconfig can prove who it is. */
const CREDENTIALS = [
  "token",
  "tokenFile",
  "exec",
  "auth-provider",
  "client-certificate-data",
  "client-certificate",
  "username",
];

/**
 * The active cluster of a provider's configuration: that of `context`, else of the current context, with `cluster` over it.
 * Undefined where the kubeconfig is unknown, absent, or leads to no cluster.
 */
export function activeCluster(config: Values): ActiveCluster | undefined {
  const kubeconfig = read(config["kubeconfig"]);
  if (kubeconfig === undefined) return undefined;
  const current = text(config["context"]) ?? text(kubeconfig["current-context"]) ?? "";
  const context = named(kubeconfig["contexts"], current, "context");
  if (context === undefined) return undefined;
  const name = text(config["cluster"]) ?? text(context["cluster"]) ?? "";
  const entry = named(kubeconfig["clusters"], name, "cluster");
  const server = text(entry?.["server"]);
  if (entry === undefined || server === undefined) return undefined;
  const user = named(kubeconfig["users"], text(context["user"]) ?? "", "user") ?? {};
  return {
    server: server.replace(/\/$/, "").replace(/:443$/, ""),
    authority: text(entry["certificate-authority-data"]),
    namespace: text(context["namespace"]),
    authenticated: CREDENTIALS.some((key) => user[key] !== undefined),
    entry,
  };
}

/** True where the text is a kubeconfig: a document of that kind, and no path of a file. */
export function isKubeconfig(value: Value): boolean {
  return value === UNKNOWN || read(value) !== undefined;
}

function read(value: Value | undefined): Values | undefined {
  if (isBlock(value)) return value;
  if (typeof value !== "string") return undefined;
  try {
    const document = parse(value) as Value;
    return isBlock(document) && Array.isArray(document["clusters"]) ? document : undefined;
  } catch {
    return undefined;
  }
}

/** The entry of a list that has a name, and what it says under its own key. */
function named(list: Value | undefined, name: string, key: string): Values | undefined {
  if (!Array.isArray(list)) return undefined;
  const entry = list.find((item) => isBlock(item) && item["name"] === name);
  const inner = isBlock(entry) ? entry[key] : undefined;
  return isBlock(inner) ? inner : undefined;
}

function text(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
