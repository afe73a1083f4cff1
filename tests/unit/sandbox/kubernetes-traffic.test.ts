/** What the models of Services, Ingresses, NetworkPolicies, autoscalers and budgets let through and what they refuse. */
import type { Wire } from "./support/client";
import { Workspace, deployment, service, tokens } from "./support/workloads";

let space: Workspace;
beforeAll(async () => {
  space = await Workspace.open();
  await space.make(tokens.deployment, deployment());
});
afterAll(() => {
  space.close();
});

type Case = [rule: string, inputs: Wire, said: string];

describe("a Service", () => {
  const ports = (...list: Wire[]): Wire => service({ ports: list });
  test.each<Case>([
    [
      "has a name that begins with a letter",
      { ...service(), metadata: { name: "1-web" } },
      "metadata.name",
    ],
    ["has ports", ports(), "spec.ports: Required value"],
    [
      "names its ports where there are several",
      ports({ port: 80 }, { port: 81 }),
      "Required value",
    ],
    ["has a port once", ports({ name: "a", port: 80 }, { name: "b", port: 80 }), "Duplicate value"],
    [
      "has no port of the nodes in the cluster alone",
      ports({ port: 80, nodePort: 30080 }),
      "NodePort or LoadBalancer",
    ],
    ["has ports of the nodes in their range", ports({ port: 80, nodePort: 80 }), "at least 30000"],
    ["says where an external name leads", service({ type: "ExternalName" }), "spec.externalName"],
    [
      "has no sources of a load balancer without one",
      service({ loadBalancerSourceRanges: ["192.0.2.0/24"] }),
      "LoadBalancer",
    ],
    [
      "times an affinity that it has",
      service({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }),
      "session affinity is None",
    ],
    ["is headless in the cluster alone", service({ clusterIP: "None", type: "NodePort" }), "None"],
    ["selects by labels", service({ selector: { app: "not a label" } }), "spec.selector"],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.service, inputs)).toContain(said);
  });

  test("is ready when its pods are, and not where it selects none", async () => {
    expect(await space.reasons(tokens.service, service())).toBe("");
    const stray = service({ selector: { app: "web", tier: "worker" } });
    expect(await space.reasons(tokens.service, stray)).toContain("does not target any Pods");
    const port = service({ ports: [{ port: 80, targetPort: "http" }] });
    expect(await space.reasons(tokens.service, port)).toContain("spec.ports[].targetPort");
  });

  test("is waited for by nobody where it says so, or has no address", async () => {
    const selector = { app: "nobody" };
    const skip = { "pulumi.com/skipAwait": "true" };
    expect(await space.reasons(tokens.service, service({ selector }, skip))).toBe("");
    expect(await space.reasons(tokens.service, service({ selector, clusterIP: "None" }))).toBe("");
  });
});

describe("an Ingress", () => {
  const neg = { "cloud.google.com/neg": JSON.stringify({ ingress: true }) };
  const to = (name: string, port: Wire = { number: 80 }): Wire => ({
    path: "/",
    pathType: "Prefix",
    backend: { service: { name, port } },
  });
  const ingress = (path: Wire, annotations: Wire = {}, more: Wire = {}): Wire => ({
    metadata: {
      name: "web",
      annotations: { "kubernetes.io/ingress.class": "gce", ...annotations },
    },
    spec: { rules: [{ host: "version.example.com", http: { paths: [path] } }], ...more },
  });

  beforeAll(async () => {
    await space.make(tokens.service, {
      ...service({}, neg),
      metadata: { name: "web", annotations: neg },
    });
    await space.make(tokens.service, { ...service(), metadata: { name: "plain" } });
    const config = { "cloud.google.com/backend-config": JSON.stringify({ default: "gone" }) };
    await space.make(tokens.service, {
      ...service(),
      metadata: { name: "configured", annotations: { ...neg, ...config } },
    });
    await space.google.make("urn:pulumi:test::sandbox::gcp:projects/service:Service::compute", {
      service: "compute.googleapis.com",
    });
    await space.google.make(
      "urn:pulumi:test::sandbox::gcp:compute/globalAddress:GlobalAddress::version",
      { name: "version" },
    );
  });

  test.each<Case>([
    ["leads somewhere", { metadata: {}, spec: {} }, "must be specified"],
    ["has paths from the root on", ingress({ ...to("web"), path: "app" }), "absolute path"],
    ["names a port", ingress(to("web", {})), "port"],
    ["names a port once", ingress(to("web", { name: "web", number: 80 })), "exactly one of"],
    ["has its class once", ingress(to("web"), {}, { ingressClassName: "gce" }), "can not be set"],
    [
      "is for a host by name",
      { spec: { rules: [{ host: "192.0.2.1", http: { paths: [to("web")] } }] } },
      "host",
    ],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.ingress, inputs)).toContain(said);
  });

  test("has an address when all that it leads to is there", async () => {
    const address = { "kubernetes.io/ingress.global-static-ip-name": "version" };
    const { outputs } = await space.make(tokens.ingress, ingress(to("web"), address));
    expect(JSON.stringify(outputs["status"])).toMatch(/"ip":"34\./);
  });

  test.each<Case>([
    ["a Service that is not there", ingress(to("gone")), "gone"],
    ["a Service that a load balancer does not reach", ingress(to("plain")), "of type ClusterIP"],
    [
      "a port that the Service does not have",
      ingress(to("web", { number: 81 })),
      "could not find the port",
    ],
    ["a backend's configuration that is not there", ingress(to("configured")), "BackendConfig"],
    [
      "an address that is not reserved",
      ingress(to("web"), { "kubernetes.io/ingress.global-static-ip-name": "other" }),
      "static IP",
    ],
    [
      "a certificate that is not there",
      ingress(to("web"), { "ingress.gcp.kubernetes.io/pre-shared-cert": "version" }),
      "certificate",
    ],
    [
      "a frontend's configuration that is not there",
      ingress(to("web"), { "networking.gke.io/v1beta1.FrontendConfig": "version" }),
      "FrontendConfig",
    ],
    [
      "no certificate and no plain HTTP",
      ingress(to("web"), { "kubernetes.io/ingress.allow-http": "false" }),
      "no frontend",
    ],
    [
      "a class of another controller",
      ingress(to("web"), { "kubernetes.io/ingress.class": "nginx" }),
      "no controller takes",
    ],
  ])("never gets an address with %s", async (_rule, inputs, said) => {
    expect(await space.reasons(tokens.ingress, inputs)).toContain(said);
  });
});

describe("a NetworkPolicy", () => {
  const egress = (rule: Wire, more: Wire = {}): Wire => ({
    metadata: { name: "web" },
    spec: { podSelector: {}, policyTypes: ["Egress"], egress: [rule], ...more },
  });
  const block = (cidr: string, except: string[] = []): Wire => ({ ipBlock: { cidr, except } });
  test.each<Case>([
    ["says for which pods it is", { spec: { policyTypes: ["Egress"] } }, "spec.podSelector"],
    [
      "leaves out parts of its blocks",
      egress({ to: [block("10.0.0.0/8", ["192.168.0.0/16"])] }),
      "strict subset",
    ],
    [
      "leaves out parts, not all, of a block",
      egress({ to: [block("10.0.0.0/8", ["10.0.0.0/8"])] }),
      "strict subset",
    ],
    ["has blocks of addresses", egress({ to: [block("10.0.0.0/33")] }), "cidr"],
    [
      "names a peer in one way",
      egress({ to: [{ ...block("10.0.0.0/8"), podSelector: {} }] }),
      "conflicts",
    ],
    ["names a peer", egress({ to: [{}] }), "at least one of"],
    [
      "has ranges of ports from a number",
      egress({ ports: [{ port: "web", endPort: 90 }] }),
      "endPort",
    ],
    ["has ranges of ports that go up", egress({ ports: [{ port: 90, endPort: 80 }] }), "endPort"],
    ["has rules of its own types", egress({}, { policyTypes: ["Ingress"] }), "no effect"],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.policy, inputs)).toContain(said);
  });

  test("denies everything, and lets through what it names", async () => {
    const denied = { spec: { podSelector: {}, policyTypes: ["Egress", "Ingress"] } };
    expect(await space.faults(tokens.policy, denied)).toBe("");
    const rule: Wire = {
      to: [
        block("10.0.0.0/8", ["10.1.0.0/16"]),
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
          podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
      ],
      ports: [
        { port: 53, protocol: "UDP" },
        { port: 1024, endPort: 2048 },
      ],
    };
    expect(await space.faults(tokens.policy, egress(rule))).toBe("");
  });
});

describe("an autoscaler", () => {
  const cpu = {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
  };
  const scaler = (more: Wire = {}): Wire => ({
    metadata: { name: "web" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 3,
      maxReplicas: 9,
      metrics: [cpu],
      ...more,
    },
  });
  const target = (name: string): Wire =>
    scaler({ scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name } });

  test.each<Case>([
    [
      "has no fewer pods at most than at least",
      scaler({ maxReplicas: 2 }),
      "greater than or equal",
    ],
    [
      "says what a share is",
      scaler({
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization" } } }],
      }),
      "spec.metrics",
    ],
    ["has the metric of its type", scaler({ metrics: [{ ...cpu, type: "Pods" }] }), "spec.metrics"],
    [
      "looks back an hour at most",
      scaler({ behavior: { scaleDown: { stabilizationWindowSeconds: 3601 } } }),
      "at most 3600",
    ],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.scaler, inputs)).toContain(said);
  });

  test("scales a Deployment that is there, by a container that it has", async () => {
    await expect(space.make(tokens.scaler, target("gone"))).rejects.toThrow(/gone/);
    const container = { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } };
    const by = (name: string): Wire =>
      scaler({
        metrics: [
          { type: "ContainerResource", containerResource: { ...container, container: name } },
        ],
      });
    await expect(space.make(tokens.scaler, by("proxy"))).rejects.toThrow(/no container/);
    await space.make(tokens.scaler, by("web"));
  });
});

describe("a budget", () => {
  const budget = (spec: Wire): Wire => ({
    spec: { selector: { matchLabels: { app: "web" } }, ...spec },
  });
  test.each<Case>([
    ["has one bound", budget({ minAvailable: 1, maxUnavailable: 1 }), "conflicts"],
    ["has a share or a number", budget({ minAvailable: "most" }), "minAvailable"],
  ])("%s", async (_rule, inputs, said) => {
    expect(await space.faults(tokens.budget, inputs)).toContain(said);
  });

  test("takes a share", async () => {
    expect(await space.faults(tokens.budget, budget({ maxUnavailable: "25%" }))).toBe("");
  });
});
