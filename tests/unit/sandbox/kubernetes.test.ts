/** How the provider of Kubernetes works: names, namespaces, live objects, replacement, what goes with what. */
import { kubernetes } from "../../../sandbox/models/kubernetes";
import {
  Bench,
  UNKNOWN,
  secret,
  unreadyOf,
  urnOf,
  type Connection,
  type Wire,
} from "./support/client";
import { kubeconfig } from "./support/kubeconfig";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const SECRET = "kubernetes:core/v1:Secret";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const ACCOUNT = "kubernetes:core/v1:ServiceAccount";
const QUOTA = "kubernetes:core/v1:ResourceQuota";
const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";

let bench: Bench;
let cluster: Connection;

beforeEach(async () => {
  bench = await Bench.start([kubernetes]);
  cluster = await bench.connect("kubernetes", { kubeconfig: kubeconfig() });
});
afterEach(() => bench.stop());

const make = (type: string, name: string, news: Wire, on = cluster) =>
  on.make(urnOf(type, name), news);
const named = (name: string, namespace?: string): Wire => ({
  metadata: namespace === undefined ? { name } : { name, namespace },
});
const reasons = async (type: string, news: Wire): Promise<string[]> => {
  const { failures } = await cluster.check(urnOf(type, "x"), news);
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
};

/** Metadata of an object's inputs or outputs. */
const metadata = (values: Wire): Wire => values["metadata"] as Wire;

describe("a name", () => {
  test("is made up of the resource's own name and eight digits, and noted as made up", async () => {
    const { inputs } = await cluster.check(urnOf(CONFIG_MAP, "settings"), {});
    expect(metadata(inputs)).toEqual({
      name: expect.stringMatching(/^settings-[0-9a-f]{8}$/) as string,
      annotations: { "pulumi.com/autonamed": "true" },
    });
  });

  test("that was made up is kept while the object lives", async () => {
    const urn = urnOf(CONFIG_MAP, "settings");
    const { inputs } = await cluster.check(urn, {});
    const again = await cluster.check(urn, { data: { a: "1" } }, inputs, "another seed");
    expect(metadata(again.inputs)).toEqual(metadata(inputs));
  });

  test("that was given is no reason to keep it when it is not given any more", async () => {
    const urn = urnOf(CONFIG_MAP, "settings");
    const { inputs } = await cluster.check(urn, named("settings"));
    const again = await cluster.check(urn, {}, inputs);
    expect(metadata(again.inputs)["name"]).toMatch(/^settings-[0-9a-f]{8}$/);
  });

  test("an unknown name is a name", async () => {
    const { inputs } = await cluster.check(urnOf(CONFIG_MAP, "settings"), named(UNKNOWN));
    expect(metadata(inputs)).toEqual({ name: UNKNOWN });
  });

  test("of wrong letters is refused, at its path", async () => {
    expect(await reasons(CONFIG_MAP, named("Settings"))).toEqual([
      expect.stringMatching(/^metadata\.name: must be a name of at most 253 lower-case/) as string,
    ]);
  });

  test("labels and annotations are held to their syntax", async () => {
    const news = {
      metadata: { labels: { "a b": "x", tier: "-web" }, annotations: { "example.com/": "x" } },
    };
    expect((await reasons(CONFIG_MAP, news)).map((text) => text.split(": ")[0])).toEqual([
      'metadata.annotations["example.com/"]',
      'metadata.labels["a b"]',
      "metadata.labels.tier",
    ]);
  });

  test("a misspelt field is named with the nearest one", async () => {
    expect(await reasons(CONFIG_MAP, { metadata: { lables: {} } })).toEqual([
      expect.stringContaining('has no property "lables"; did you mean "labels"?') as string,
    ]);
  });
});

describe("a namespace", () => {
  test("has to exist before there is anything in it", async () => {
    await expect(make(CONFIG_MAP, "settings", named("settings", "app"))).rejects.toThrow(
      'metadata.namespace refers to "app", but there is no kubernetes:core/v1:Namespace',
    );
    await make(NAMESPACE, "app", named("app"));
    const made = await make(CONFIG_MAP, "settings", named("settings", "app"));
    expect(made.id).toBe("app/settings");
  });

  test("is default where none is given, and no difference to that", async () => {
    const made = await make(CONFIG_MAP, "settings", named("settings"));
    expect(made.id).toBe("default/settings");
    expect(metadata(made.outputs)["namespace"]).toBe("default");
    const diff = await cluster.diff(made, {
      ...made.inputs,
      metadata: { name: "settings", namespace: "default" },
    });
    expect(diff.changes).toBe("none");
  });

  test("of the provider, else of the kubeconfig's context, stands among the inputs", async () => {
    const other = await bench.connect("kubernetes", {
      kubeconfig: kubeconfig(undefined, { namespace: "context" }),
    });
    const { inputs } = await other.check(urnOf(CONFIG_MAP, "settings"), {});
    expect(metadata(inputs)["namespace"]).toBe("context");
    const third = await bench.connect("kubernetes", {
      kubeconfig: kubeconfig(undefined, { namespace: "context" }),
      namespace: "provider",
    });
    const found = await third.check(urnOf(CONFIG_MAP, "settings"), {});
    expect(metadata(found.inputs)["namespace"]).toBe("provider");
    const global = await third.check(urnOf(NAMESPACE, "app"), {});
    expect(metadata(global.inputs)).not.toHaveProperty("namespace");
  });

  test("takes what is in it along when it is deleted, and nothing else", async () => {
    const app = await make(NAMESPACE, "app", named("app"));
    await make(NAMESPACE, "web", named("web"));
    await make(CONFIG_MAP, "one", named("one", "app"));
    await make(CONFIG_MAP, "two", named("two", "web"));
    await cluster.delete(app);
    expect(bench.sandbox.leftOver().map(({ id }) => id)).toEqual(["web", "web/two"]);
  });
});

describe("the live object", () => {
  test("is the answer, with the inputs and the field manager beside it", async () => {
    const made = await make(CONFIG_MAP, "settings", { ...named("settings"), data: { a: "1" } });
    expect(made.outputs).toMatchObject({
      apiVersion: "v1",
      kind: "ConfigMap",
      data: { a: "1" },
      metadata: {
        name: "settings",
        namespace: "default",
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        resourceVersion: expect.stringMatching(/^\d+$/) as string,
        creationTimestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
      __inputs: { metadata: { name: "settings" }, data: { a: "1" } },
      __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/) as string,
    });
  });

  test("keeps what the cluster made when it is updated, and gets another version", async () => {
    const made = await make(NAMESPACE, "app", named("app"));
    const { inputs } = await cluster.check(
      made.urn,
      { metadata: { name: "app", labels: { tier: "web" } } },
      made.inputs,
    );
    const after = await cluster.update(made, inputs);
    const [old, now] = [metadata(made.outputs), metadata(after.outputs)];
    expect(now).toMatchObject({ uid: old["uid"], labels: { tier: "web" } });
    expect(now["resourceVersion"]).not.toBe(old["resourceVersion"]);
    expect(after.outputs["__fieldManager"]).toBe(made.outputs["__fieldManager"]);
  });

  test("what others added to it is no drift; what they changed is", async () => {
    const made = await make(NAMESPACE, "app", {
      metadata: { name: "app", labels: { tier: "web" } },
    });
    const held = bench.sandbox.world.ledger.all()[0];
    const change = (labels: Wire) => {
      if (held === undefined) throw new Error("nothing there");
      const live = held.outputs.value["metadata"] as Wire;
      held.outputs = {
        ...held.outputs,
        value: { ...held.outputs.value, metadata: { ...live, labels } },
      };
    };
    change({ tier: "web", by: "hand" });
    const foreign = await cluster.read(made);
    expect((await cluster.diff({ ...made, ...foreign }, made.inputs)).detailed).toEqual({});
    change({ tier: "db" });
    const drifted = await cluster.read(made);
    expect(metadata(drifted?.inputs ?? {})["labels"]).toEqual({ tier: "db" });
    expect((await cluster.diff({ ...made, ...drifted }, made.inputs)).detailed).toEqual({
      "metadata.labels.tier": "update",
    });
  });
});

describe("a replacement", () => {
  const changed = async (type: string, before: Wire, after: Wire, on = cluster) => {
    const made = await make(type, "subject", before, on);
    const { inputs } = await on.check(made.urn, after, made.inputs);
    return on.diff(made, inputs);
  };

  test("is what other data of a ConfigMap asks for, unless the provider may change it", async () => {
    const diff = await changed(CONFIG_MAP, { data: { a: "1" } }, { data: { a: "2" } });
    expect(diff).toMatchObject({
      detailed: { "data.a": "update-replace" },
      deleteBeforeReplace: false,
    });
    const mutable = await bench.connect("kubernetes", {
      kubeconfig: kubeconfig("https://other.test"),
      enableConfigMapMutable: "true",
    });
    expect(
      await changed(CONFIG_MAP, { data: { a: "1" } }, { data: { a: "2" } }, mutable),
    ).toMatchObject({ detailed: { "data.a": "update" }, replaces: [] });
  });

  test("deletes first where the successor has the name that was given", async () => {
    const before = { ...named("settings"), data: { a: "1" } };
    expect(await changed(CONFIG_MAP, before, { ...before, data: { a: "2" } })).toMatchObject({
      deleteBeforeReplace: true,
    });
  });

  test("does not where the successor has another name or namespace", async () => {
    await make(NAMESPACE, "app", named("app"));
    const moved = await changed(CONFIG_MAP, named("settings"), named("settings", "app"));
    expect(moved).toMatchObject({
      detailed: { "metadata.namespace": "update-replace" },
      deleteBeforeReplace: false,
    });
  });

  test("is what another role asks for in a RoleBinding, and other subjects do not", async () => {
    for (const name of ["one", "two"]) {
      const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
      await make(ROLE, name, { ...named(name), rules });
    }
    const binding = (role: string, subject: string): Wire => ({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
      subjects: [{ kind: "Group", name: subject }],
    });
    expect(await changed(BINDING, binding("one", "a"), binding("two", "a"))).toMatchObject({
      detailed: { "roleRef.name": "update-replace" },
    });
  });
});

describe("a Secret", () => {
  test("has its texts in base64, secret at every place, and never in clear", async () => {
    const news = { ...named("login"), stringData: secret({ password: "hunter22" }) };
    const made = await make(SECRET, "login", news);
    expect(made.inputs).not.toHaveProperty("stringData");
    expect(made.outputs).toMatchObject({
      data: secret({ password: "aHVudGVyMjI=" }),
      type: "Opaque",
      __inputs: { data: secret({ password: "aHVudGVyMjI=" }) },
    });
    expect(JSON.stringify(bench.sandbox.objects({}))).not.toMatch(/hunter22|aHVudGVyMjI/);
  });

  test("whose texts are not known yet keeps them as they are", async () => {
    const { inputs } = await cluster.check(urnOf(SECRET, "login"), {
      stringData: secret({ password: UNKNOWN }),
    });
    expect(inputs["stringData"]).toEqual(secret({ password: UNKNOWN }));
  });

  test("of an account gets its token from the cluster, goes with the account, and wants one that exists", async () => {
    const token: Wire = {
      metadata: {
        name: "token",
        annotations: { "kubernetes.io/service-account.name": "deployer" },
      },
      type: "kubernetes.io/service-account-token",
    };
    await expect(make(SECRET, "token", token)).rejects.toThrow(
      "there is no kubernetes:core/v1:ServiceAccount",
    );
    const account = await make(ACCOUNT, "deployer", named("deployer"));
    const made = await make(SECRET, "token", token);
    const data = (made.outputs["data"] as { value: Record<string, string> }).value;
    expect(Object.keys(data).sort()).toEqual(["ca.crt", "namespace", "token"]);
    expect(Buffer.from(data["namespace"] ?? "", "base64").toString()).toBe("default");
    expect(Buffer.from(data["token"] ?? "", "base64").toString()).toMatch(
      /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/,
    );
    const { inputs } = await cluster.check(made.urn, token, made.inputs);
    expect((await cluster.diff(made, inputs)).changes).toBe("none");
    await cluster.delete(account);
    expect(bench.sandbox.leftOver()).toEqual([]);
  });

  test("that is immutable is not changed by anybody", async () => {
    const mutable = await bench.connect("kubernetes", {
      kubeconfig: kubeconfig("https://other.test"),
      enableSecretMutable: "true",
    });
    const made = await make(SECRET, "login", { immutable: true }, mutable);
    const { inputs } = await mutable.check(made.urn, { immutable: false }, made.inputs);
    await expect(mutable.update(made, inputs)).rejects.toThrow("field is immutable");
  });
});

test("without server-side apply, what the provider makes has its label", async () => {
  const client = await bench.connect("kubernetes", {
    kubeconfig: kubeconfig(),
    enableServerSideApply: "false",
  });
  const made = await make(CONFIG_MAP, "settings", named("settings"), client);
  expect(metadata(made.inputs)["labels"]).toEqual({ "app.kubernetes.io/managed-by": "pulumi" });
  expect(made.outputs["__fieldManager"]).toBe("pulumi-kubernetes");
  const again = await cluster.check(made.urn, named("settings"), made.inputs);
  expect(again.inputs).toEqual(made.inputs);
});

test("containers that say nothing of what they need get a LimitRange's amounts under a quota, or wait", async () => {
  const hard = { "requests.memory": "1Gi" };
  await make(QUOTA, "quota", { ...named("quota"), spec: { hard } });
  const deployment = async (name: string): Promise<unknown> => {
    const labels = { app: name };
    const container = { name: "web", image: "nginx:1.29" };
    const template = { metadata: { labels }, spec: { containers: [container] } };
    const spec = { replicas: 2, selector: { matchLabels: labels }, template };
    return make("kubernetes:apps/v1:Deployment", name, { ...named(name), spec }).catch(
      (error: unknown) => unreadyOf(error)?.getReasonsList(),
    );
  };
  const quota = (text: string) => expect.stringContaining(text) as string;
  expect(await deployment("one")).toContainEqual(quota("must specify requests.memory"));
  const limits = [{ type: "Container", defaultRequest: { memory: "300Mi" } }];
  await make("kubernetes:core/v1:LimitRange", "range", { ...named("range"), spec: { limits } });
  expect(await deployment("two")).toContainEqual(
    quota(
      "exceeded quota: quota, requested: requests.memory=629145600, used: requests.memory=629145600",
    ),
  );
});

test("an object of a name that is there is refused", async () => {
  await make(CONFIG_MAP, "one", named("settings"));
  await expect(make(CONFIG_MAP, "two", named("settings"))).rejects.toThrow(
    "AlreadyExists: default/settings exists already",
  );
});

test("a quota of objects refuses what is too many", async () => {
  await make(QUOTA, "quota", { ...named("quota"), spec: { hard: { "count/configmaps": "1" } } });
  await make(CONFIG_MAP, "one", named("one"));
  await expect(make(CONFIG_MAP, "two", named("two"))).rejects.toThrow(
    "exceeded quota: quota, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1",
  );
});

test("a Role that is bound exists", async () => {
  await expect(
    make(BINDING, "binding", {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "missing" },
    }),
  ).rejects.toThrow("roleRef.name: roles.rbac.authorization.k8s.io not found");
});
