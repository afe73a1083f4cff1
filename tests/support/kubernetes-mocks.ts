/**
 * Kubernetes components under Pulumi's mocks (./mocks). Load this before the components: mocks have to be set first.
 */
import { mockClouds, none, type Make } from "./mocks";

export { declared, isSecret, ofType, only, valueOf, type Declared } from "./mocks";

const types: Readonly<Record<string, Make>> = {
  "kubernetes:apps/v1:Deployment": none,
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": none,
  "kubernetes:batch/v1:CronJob": none,
  "kubernetes:batch/v1:Job": none,
  "kubernetes:core/v1:ConfigMap": none,
  "kubernetes:core/v1:LimitRange": none,
  "kubernetes:core/v1:Namespace": none,
  "kubernetes:core/v1:ResourceQuota": none,
  // The token controller puts the token in.
  "kubernetes:core/v1:Secret": (_name, { data, type }) => ({
    data:
      type === "kubernetes.io/service-account-token"
        ? { token: Buffer.from("a-deployer-token").toString("base64") }
        : data,
  }),
  "kubernetes:core/v1:Service": none,
  "kubernetes:core/v1:ServiceAccount": none,
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": none,
  "kubernetes:policy/v1:PodDisruptionBudget": none,
  "kubernetes:rbac.authorization.k8s.io/v1:Role": none,
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": none,
};

mockClouds(types);
