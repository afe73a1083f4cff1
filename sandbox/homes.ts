/** The objects that others live in: the cluster behind a provider of Kubernetes. */
import { holds } from "./conditions";
import type { Instance } from "./instance";
import { activeCluster } from "./kubeconfig";
import type { Ledger, StoredObject } from "./ledger";
import type { Home } from "./model";
import { pathValues } from "./paths";
import { settingOf } from "./references";

/** Where a provider instance's objects live: an object of the ledger, somewhere outside, or nowhere. */
export type Lodging =
  | { readonly object: StoredObject }
  | { readonly elsewhere: string }
  | { readonly unreachable: string };

/** Finds the home of an instance's objects by its kubeconfig; undefined where its package has none. */
export function lodgingOf(ledger: Ledger, instance: Instance): Lodging | undefined {
  const home = instance.package.place?.home;
  if (home === undefined) return undefined;
  const config = instance.config.value;
  const cluster = activeCluster(config);
  const unreachable = (reason: string): Lodging => ({
    unreachable: `configured Kubernetes cluster is unreachable: ${reason}`,
  });
  if (cluster === undefined) {
    return unreachable(`${home.kubeconfig} names no current context with a cluster and a server`);
  }
  const { server, authority } = cluster;
  if (!cluster.authenticated) {
    return unreachable(`the user of the context has no credentials (token, exec, certificate)`);
  }
  const found = endpoints(ledger, home).find(({ host }) => server === `https://${host}`);
  if (found === undefined) {
    if (new RegExp(`^(?:${home.elsewhere})$`).test(server)) return { elsewhere: server };
    return unreachable(
      `no ${home.type} has the endpoint ${server} (${home.source}); clusters outside of the sandbox match ${home.elsewhere}`,
    );
  }
  const { object, open, wanted } = found;
  if (!open) {
    return unreachable(`${object.id} does not answer at ${server}: that endpoint is closed`);
  }
  if (authority !== wanted) {
    const right = wanted === undefined ? "no certificate-authority-data" : "the cluster's own";
    return unreachable(
      `tls: failed to verify certificate: x509: certificate signed by unknown authority: ${server} wants ${right} (${home.source})`,
    );
  }
  const identifier = config[home.identifier];
  if (typeof identifier === "string" && !named(ledger, home, identifier, object)) {
    return unreachable(
      `${home.identifier} ${JSON.stringify(identifier)} names another cluster than the kubeconfig, which leads to ${object.id}`,
    );
  }
  return { object };
}

/** An identifier is the user's own text; one that is a cluster's id has to be that of the kubeconfig's cluster. */
function named(ledger: Ledger, home: Home, identifier: string, object: StoredObject): boolean {
  const others = ledger.named(home.type, "id", identifier);
  return others.length === 0 || others.includes(object);
}

/** Every endpoint of every home. */
function endpoints(
  ledger: Ledger,
  home: Home,
): {
  readonly object: StoredObject;
  readonly host: string;
  readonly open: boolean;
  readonly wanted?: string;
}[] {
  const homes = ledger.all().filter((object) => object.model.token === home.type);
  return homes.flatMap((object) => {
    const { value } = object.outputs;
    const setting = settingOf(object, object.instance, value, ledger);
    return home.endpoints.flatMap(({ host, when, authority }) => {
      const wanted = authority === undefined ? undefined : pathValues(value, authority)[0];
      const names = pathValues(value, host).filter((name) => typeof name === "string");
      return names.map((name) => ({
        object,
        host: name,
        open: when === undefined || holds(when, value, setting) === true,
        ...(typeof wanted === "string" ? { wanted } : {}),
      }));
    });
  });
}
