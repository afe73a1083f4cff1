/** Connections to GitLab: certificates of its own, proxies from the environment, a limit to how long one may take. */
import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { said, SetUpError } from "./errors";

/** Where proxies are named, as undici reads them. */
export interface Proxies {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
}

/** Proxies of an environment: the lower-case name counts first, as with curl. */
export function proxiesOf(environment: Readonly<Record<string, string | undefined>>): Proxies {
  const either = (name: string): string | undefined => {
    const value = environment[name] ?? environment[name.toUpperCase()];
    return value === "" ? undefined : value;
  };
  return {
    httpProxy: either("http_proxy"),
    httpsProxy: either("https_proxy"),
    noProxy: either("no_proxy"),
  };
}

/**
 * CA certificates: those that Node trusts anyway and those of `files`. Giving any replaces Node's own set, that of
 * NODE_EXTRA_CA_CERTS included: https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions
 * @throws SetUpError where a file cannot be read or holds no certificate
 */
export function certificates(
  files: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const extra = environment.NODE_EXTRA_CA_CERTS ?? "";
  // From Node 22.15 on, it also knows the system's store where it is told to use that.
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  const trusted =
    getCACertificates?.("default") ??
    (extra === "" ? tls.rootCertificates : [...tls.rootCertificates, ...pem(extra)]);
  return [...trusted, ...files.flatMap(pem)];
}

function pem(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new SetUpError(`The CA certificates in ${file} cannot be read (${said(error, "code")}).`);
  }
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  if (found === null) throw new SetUpError(`There is no PEM certificate in ${file}.`);
  return found;
}

/** Opens connections until it is closed. */
export function dispatcherOf(options: {
  readonly connectTimeoutMs: number;
  readonly ca?: readonly string[];
  readonly proxies: Proxies;
}): Dispatcher {
  const connect = {
    timeout: options.connectTimeoutMs,
    ...(options.ca === undefined ? {} : { ca: [...options.ca] }),
  };
  const { httpProxy = "", httpsProxy = "", noProxy = "" } = options.proxies;
  try {
    // The texts are always given: left out, undici would read the process's environment itself.
    return new EnvHttpProxyAgent({
      httpProxy,
      httpsProxy,
      noProxy,
      connect,
      requestTls: connect,
      proxyTls: connect,
      // A plain http address is asked for as curl does, since proxies rarely let CONNECT through to port 80.
      proxyTunnel: false,
      // One page after another: more connections would only be more to keep.
      connections: 1,
    });
  } catch {
    throw new SetUpError("The proxy that HTTP_PROXY or HTTPS_PROXY names is not a URL.");
  }
}
