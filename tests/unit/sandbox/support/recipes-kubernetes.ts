/** Inputs for workloads of Kubernetes: what the published schema lets be left out and the API server does not. */
import type { Pantry } from "./recipes";
import type { Wire } from "./client";

const pod = (more: Wire = {}): Wire => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "web", image: "registry.example.com/web:1" }], ...more },
});
const job: Wire = { template: pod({ restartPolicy: "Never" }) };
const deployment: Wire = {
  spec: { selector: { matchLabels: { app: "web" } }, template: pod() },
};

const unawaited: Wire = { metadata: { annotations: { "pulumi.com/skipAwait": "true" } } };

/** By type token. */
export const kubernetesRecipes: Readonly<Record<string, (pantry: Pantry) => Promise<Wire>>> = {
  "kubernetes:apps/v1:Deployment": () => Promise.resolve(deployment),
  "kubernetes:batch/v1:Job": () => Promise.resolve({ spec: job }),
  "kubernetes:batch/v1:CronJob": () =>
    Promise.resolve({ spec: { schedule: "30 2 * * *", jobTemplate: { spec: job } } }),
  // Without an address of its own nobody waits for its pods.
  "kubernetes:core/v1:Service": () =>
    Promise.resolve({ spec: { clusterIP: "None", selector: { app: "web" } } }),
  // No class but those of GKE gets an address: nobody waits for one here.
  "kubernetes:networking.k8s.io/v1:Ingress": () => Promise.resolve(unawaited),
};
