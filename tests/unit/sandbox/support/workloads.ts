/** A namespace in a cluster of the sandbox for tests of workloads, and objects that fit. */
import type { ServiceError } from "@grpc/grpc-js";
import { gcp } from "../../../../sandbox/models/gcp";
import { kubernetes } from "../../../../sandbox/models/kubernetes";
import { Bench, urnOf, type Connection, type Known, type Wire } from "./client";
import { kubeconfig } from "./kubeconfig";

export const tokens = {
  namespace: "kubernetes:core/v1:Namespace",
  secret: "kubernetes:core/v1:Secret",
  configMap: "kubernetes:core/v1:ConfigMap",
  account: "kubernetes:core/v1:ServiceAccount",
  quota: "kubernetes:core/v1:ResourceQuota",
  deployment: "kubernetes:apps/v1:Deployment",
  job: "kubernetes:batch/v1:Job",
  cronJob: "kubernetes:batch/v1:CronJob",
  service: "kubernetes:core/v1:Service",
  scaler: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
  budget: "kubernetes:policy/v1:PodDisruptionBudget",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  ingress: "kubernetes:networking.k8s.io/v1:Ingress",
  backendConfig: "kubernetes:cloud.google.com/v1:BackendConfig",
} as const;

/** A namespace, and a provider to make more in it. */
export class Workspace {
  private count = 0;

  private constructor(
    readonly bench: Bench,
    readonly provider: Connection,
    readonly google: Connection,
  ) {}

  /** @param labels of the namespace `app` */
  static async open(labels: Record<string, string> = {}): Promise<Workspace> {
    const bench = await Bench.start([kubernetes, gcp]);
    const provider = await bench.connect("kubernetes", { kubeconfig: kubeconfig() });
    const google = await bench.connect("gcp", { project: "gitlab-tests", region: "us-east1" });
    const workspace = new Workspace(bench, provider, google);
    await workspace.make(tokens.namespace, { metadata: { name: "app", labels } });
    return workspace;
  }

  close(): void {
    this.bench.stop();
  }

  /** Makes an object in the namespace; fails with what Check or the cluster says. */
  make(token: string, inputs: Wire, name = `object-${++this.count}`): Promise<Known> {
    const metadata = inputs["metadata"] as Wire | undefined;
    const place = token === tokens.namespace ? {} : { namespace: "app" };
    return this.provider.make(urnOf(token, name), {
      ...inputs,
      metadata: { ...place, ...metadata },
    });
  }

  /** What Check finds fault with. */
  async faults(token: string, inputs: Wire): Promise<string> {
    const metadata = { namespace: "app", name: "it", ...(inputs["metadata"] as Wire | undefined) };
    const { failures } = await this.provider.check(urnOf(token, "it"), { ...inputs, metadata });
    return failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
  }

  /** Why an object that is made, under a name of its own, is not ready; empty where it is. */
  async reasons(token: string, inputs: Wire): Promise<string> {
    const metadata = { ...(inputs["metadata"] as Wire), name: `it-${++this.count}` };
    try {
      await this.make(token, { ...inputs, metadata });
      return "";
    } catch (error) {
      const details = (error as ServiceError).metadata?.get("grpc-status-details-bin") ?? [];
      if (details.length === 0) throw error;
      return details.map((one) => one.toString("utf8" as never)).join("\n");
    }
  }
}

/** A container that `restricted` lets run. */
export const container = (more: Wire = {}): Wire => ({
  name: "web",
  image: "registry.example.com/web@sha256:0123",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
  ports: [{ name: "web", containerPort: 5000 }],
  ...more,
});

/** A pod that `restricted` lets run. */
export const pod = (more: Wire = {}, first: Wire = {}): Wire => ({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container(first)],
  ...more,
});

/** A Deployment of such pods. */
export const deployment = (more: Wire = {}, spec: Wire = {}, first: Wire = {}): Wire => ({
  metadata: { name: "web" },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: pod(spec, first) },
    ...more,
  },
});

/** A Job of such a pod. */
export const job = (more: Wire = {}, spec: Wire = {}, first: Wire = {}): Wire => ({
  metadata: { name: "migrate" },
  spec: {
    template: {
      metadata: { labels: { job: "migrate" } },
      spec: { restartPolicy: "Never", ...pod(spec, { ports: [], ...first }) },
    },
    ...more,
  },
});

/** A Service of the Deployment. */
export const service = (more: Wire = {}, annotations: Record<string, string> = {}): Wire => ({
  metadata: { name: "web", annotations },
  spec: {
    selector: { app: "web" },
    ports: [{ name: "web", port: 80, targetPort: "web" }],
    ...more,
  },
});
