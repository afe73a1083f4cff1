/** Where objects of Kubernetes live: the cluster that a kubeconfig leads to, and what becomes of them with it. */
import { DiffRequest, type DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PackageModel } from "../../../sandbox/model";
import { bool, block, out, str } from "../../../sandbox/models/constructors";
import { kubernetes } from "../../../sandbox/models/kubernetes";
import {
  Bench,
  UNKNOWN,
  diffed,
  unreadyOf,
  urnOf,
  type Connection,
  type Known,
  type Wire,
} from "./support/client";
import { kubeconfig } from "./support/kubeconfig";

const CLUSTER = "gcp:container/cluster:Cluster";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

/** What of GKE's clusters a kubeconfig needs; the whole of them is another test's. */
const google: PackageModel = {
  package: "gcp",
  version: "0.0.0",
  provider: { project: str() },
  place: { account: [{ path: "project" }] },
  resources: [
    {
      token: CLUSTER,
      source: "https://cloud.google.com/kubernetes-engine/docs/reference/rest",
      schema: "google_container_cluster",
      id: "projects/{account}/locations/europe-west1/clusters/{name}",
      name: { property: "name", auto: true },
      properties: {
        name: str({ replace: true }),
        endpoint: out("34.76.1.2"),
        masterAuth: block(
          { clusterCaCertificate: out("Y2VydGlmaWNhdGU=") },
          { optionalComputed: true, value: { json: { clusterCaCertificate: "Y2VydGlmaWNhdGU=" } } },
        ),
        controlPlaneEndpointsConfig: block({
          dnsEndpointConfig: block({
            allowExternalTraffic: bool(),
            endpoint: out("gke-1.europe-west1.gke.goog"),
          }),
          ipEndpointsConfig: block({ enabled: bool() }),
        }),
      },
    },
  ],
};

const DNS = "https://gke-1.europe-west1.gke.goog";
const IP = "https://34.76.1.2";

let bench: Bench;
let gcp: Connection;

beforeEach(async () => {
  bench = await Bench.start([google, kubernetes]);
  gcp = await bench.connect("gcp", { project: "gitlab-tests" });
});
afterEach(() => bench.stop());

const cluster = (open = true, ip = false): Promise<Known> =>
  gcp.make(urnOf(CLUSTER, "cluster"), {
    name: "cluster",
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: open },
      ipEndpointsConfig: { enabled: ip },
    },
  });
const connect = (config: Wire) => bench.connect("kubernetes", config);
const app = (on: Connection) => on.make(urnOf(NAMESPACE, "app"), { metadata: { name: "app" } });

describe("a kubeconfig leads to", () => {
  test("a cluster of the sandbox by the name of its control plane", async () => {
    await cluster();
    await expect(app(await connect({ kubeconfig: kubeconfig(DNS) }))).resolves.toBeDefined();
  });

  test("no cluster where none has the endpoint", async () => {
    await expect(app(await connect({ kubeconfig: kubeconfig(DNS) }))).rejects.toThrow(
      `configured Kubernetes cluster is unreachable: no ${CLUSTER} has the endpoint ${DNS}`,
    );
  });

  test("no cluster where that endpoint is closed", async () => {
    await cluster(false);
    await expect(app(await connect({ kubeconfig: kubeconfig(DNS) }))).rejects.toThrow(
      "that endpoint is closed",
    );
    await expect(app(await connect({ kubeconfig: kubeconfig(IP) }))).rejects.toThrow(
      "that endpoint is closed",
    );
  });

  test("a cluster by its address with the cluster's own certificate alone, by its name without one", async () => {
    await cluster(true, true);
    const authority = "Y2VydGlmaWNhdGU=";
    await expect(app(await connect({ kubeconfig: kubeconfig(IP) }))).rejects.toThrow("x509");
    await expect(
      app(await connect({ kubeconfig: kubeconfig(DNS, { authority }) })),
    ).rejects.toThrow("x509");
    await expect(
      app(await connect({ kubeconfig: kubeconfig(IP, { authority }) })),
    ).resolves.toBeDefined();
  });

  test("nobody without credentials", async () => {
    await cluster();
    await expect(app(await connect({ kubeconfig: kubeconfig(DNS, { user: {} }) }))).rejects.toThrow(
      "has no credentials",
    );
  });

  test("nowhere where it is none", async () => {
    await expect(app(await connect({ kubeconfig: "~/.kube/config" }))).rejects.toThrow(
      "kubeconfig names no current context with a cluster and a server",
    );
  });
});

test("one cluster is one place, whichever provider speaks of it", async () => {
  const { id } = await cluster();
  const one = await connect({ kubeconfig: kubeconfig(DNS), clusterIdentifier: id });
  const other = await connect({ kubeconfig: kubeconfig(DNS) });
  await app(one);
  await expect(app(other)).rejects.toThrow("AlreadyExists: app exists already");
});

test("a cluster takes all that is in it along", async () => {
  const made = await cluster();
  const inside = await connect({ kubeconfig: kubeconfig(DNS) });
  const namespace = await app(inside);
  await inside.make(urnOf(CONFIG_MAP, "settings"), {
    metadata: { name: "settings", namespace: "app" },
  });
  await gcp.delete(made);
  expect(bench.sandbox.leftOver()).toEqual([]);
  await expect(inside.read(namespace)).rejects.toThrow("unreachable");
});

describe("the provider's objects are made anew", () => {
  const diff = async (olds: Wire, news: Wire) => {
    const connection = await connect(olds);
    const request = new DiffRequest();
    request.setUrn(urnOf("pulumi:providers:kubernetes", "main"));
    request.setOldInputs(Struct.fromJavaScript(olds));
    request.setOlds(Struct.fromJavaScript(olds));
    request.setNews(Struct.fromJavaScript(news));
    const answer = await connection.call<DiffResponse>((done) =>
      connection.client.diffConfig(request, done),
    );
    return diffed(answer).replaces;
  };
  const one = kubeconfig("https://one.test");
  const two = kubeconfig("https://two.test");

  test("in another cluster, where no identifier says that it is the same", async () => {
    expect(await diff({ kubeconfig: one }, { kubeconfig: two })).toEqual(["kubeconfig"]);
  });

  test("for a kubeconfig that is not known yet, which may be another", async () => {
    expect(await diff({ kubeconfig: one }, { kubeconfig: UNKNOWN })).toEqual(["kubeconfig"]);
  });

  test("never while the identifier stays, whatever the kubeconfig", async () => {
    const clusterIdentifier = "cluster";
    const olds = { kubeconfig: one, clusterIdentifier };
    expect(await diff(olds, { kubeconfig: two, clusterIdentifier })).toEqual([]);
    expect(await diff(olds, { kubeconfig: UNKNOWN, clusterIdentifier })).toEqual([]);
  });

  test("for another identifier, and for one that is not known yet", async () => {
    const olds = { kubeconfig: one, clusterIdentifier: "cluster" };
    const replaces = ["clusterIdentifier"];
    expect(await diff(olds, { kubeconfig: one, clusterIdentifier: "other" })).toEqual(replaces);
    expect(await diff(olds, { kubeconfig: one, clusterIdentifier: UNKNOWN })).toEqual(replaces);
  });

  test("not for one that is given from now on", async () => {
    expect(
      await diff({ kubeconfig: one }, { kubeconfig: one, clusterIdentifier: "cluster" }),
    ).toEqual([]);
  });

  test("not for other credentials of the same cluster", async () => {
    const renewed = kubeconfig("https://one.test", { user: { token: "another" } });
    expect(await diff({ kubeconfig: one }, { kubeconfig: renewed })).toEqual([]);
  });
});

describe("an object that is not ready", () => {
  test("stands with its reason, by an injected failure, until the next update", async () => {
    const inside = await connect({ kubeconfig: kubeconfig() });
    const urn = urnOf(NAMESPACE, "app");
    bench.sandbox.fault({ rpc: "Create", urn: "::app$", kind: "init", message: "no room" });
    const { inputs } = await inside.check(urn, { metadata: { name: "app" } });
    const error: unknown = await inside.create(urn, inputs).catch((caught: unknown) => caught);
    const unready = unreadyOf(error);
    expect(unready?.getReasonsList()).toEqual(["no room"]);
    expect(unready?.getId()).toBe("app");
    const outputs = unready?.getProperties()?.toJavaScript() ?? {};
    const known = { urn, id: "app", inputs, outputs };
    expect(await inside.read(known)).toMatchObject({ id: "app" });
    await expect(inside.update(known, inputs)).resolves.toBeDefined();
  });
});
