/** A pod's specification: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
import type { PropertyModel } from "../../model";
import {
  block,
  blocks,
  bool,
  dnsLabel,
  dnsSubdomain,
  int,
  labels,
  list,
  map,
  oneOf,
  required,
  secretRef,
  selector,
  serviceAccountName,
  str,
} from "./common";
import { containers, initContainers } from "./pod-containers";
import { NO_WINDOWS, appArmorProfile, linuxId, seLinuxOptions, seccompProfile } from "./pod-fields";
import { volumes } from "./pod-volumes";

/** A node's label by which pods are spread or kept together: `topology.kubernetes.io/zone`. */
const topologyKey = (): PropertyModel =>
  str({ required: true, format: "qualified-name", example: "topology.kubernetes.io/zone" });

const expressions = (): PropertyModel =>
  blocks({
    key: str({ required: true, format: "qualified-name", example: "kubernetes.io/arch" }),
    operator: oneOf(["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"], required),
    values: list(str()),
  });
const nodeTerm: Readonly<Record<string, PropertyModel>> = {
  matchExpressions: expressions(),
  matchFields: expressions(),
};
const podTerm: Readonly<Record<string, PropertyModel>> = {
  labelSelector: selector(),
  matchLabelKeys: list(str({ format: "qualified-name" })),
  mismatchLabelKeys: list(str({ format: "qualified-name" })),
  namespaceSelector: selector(),
  namespaces: list(dnsLabel()),
  topologyKey: topologyKey(),
};
const weight = (): PropertyModel => int({ required: true, min: 1, max: 100 });
const podAffinity = (): PropertyModel =>
  block({
    preferredDuringSchedulingIgnoredDuringExecution: blocks({
      podAffinityTerm: block(podTerm, required),
      weight: weight(),
    }),
    requiredDuringSchedulingIgnoredDuringExecution: blocks(podTerm),
  });

/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/ */
const affinity: PropertyModel = block({
  nodeAffinity: block({
    preferredDuringSchedulingIgnoredDuringExecution: blocks({
      preference: block(nodeTerm, required),
      weight: weight(),
    }),
    requiredDuringSchedulingIgnoredDuringExecution: block({
      nodeSelectorTerms: blocks(nodeTerm, { required: true, minItems: 1 }),
    }),
  }),
  podAffinity: podAffinity(),
  podAntiAffinity: podAffinity(),
});

/** https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ */
const topologySpreadConstraints: PropertyModel = blocks({
  labelSelector: selector(),
  matchLabelKeys: list(str({ format: "qualified-name" })),
  maxSkew: int({ required: true, min: 1 }),
  minDomains: int({ min: 1 }),
  nodeAffinityPolicy: oneOf(["Honor", "Ignore"]),
  nodeTaintsPolicy: oneOf(["Honor", "Ignore"]),
  topologyKey: topologyKey(),
  whenUnsatisfiable: oneOf(["DoNotSchedule", "ScheduleAnyway"], required),
});

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
const tolerations: PropertyModel = blocks({
  effect: oneOf(["NoExecute", "NoSchedule", "PreferNoSchedule"]),
  key: str({ format: "qualified-name" }),
  operator: oneOf(["Equal", "Exists"]),
  tolerationSeconds: int(),
  value: str({ format: "label-value" }),
});

const securityContext: PropertyModel = block(
  {
    appArmorProfile,
    fsGroup: linuxId(),
    fsGroupChangePolicy: oneOf(["Always", "OnRootMismatch"]),
    runAsGroup: linuxId(),
    runAsNonRoot: bool(),
    runAsUser: linuxId(),
    seLinuxChangePolicy: oneOf(["MountOption", "Recursive"]),
    seLinuxOptions,
    seccompProfile,
    supplementalGroups: list(linuxId()),
    supplementalGroupsPolicy: oneOf(["Merge", "Strict"]),
    sysctls: blocks({ name: str(required), value: str(required) }),
  },
  { omits: NO_WINDOWS },
);

/** When containers that end are started again, as far as the workload allows. */
export type RestartPolicy = "Always" | "Never" | "OnFailure";

/** The specification of a pod whose containers are started again by these policies. */
function podSpec(policies: readonly RestartPolicy[], more: Partial<PropertyModel>): PropertyModel {
  return block(
    {
      activeDeadlineSeconds: int({ min: 1 }),
      affinity,
      automountServiceAccountToken: bool(),
      containers: containers(),
      dnsConfig: block({
        nameservers: list(str(), { maxItems: 3 }),
        options: blocks({ name: str(), value: str() }),
        searches: list(dnsSubdomain(), { maxItems: 32 }),
      }),
      dnsPolicy: oneOf(["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
      enableServiceLinks: bool(),
      hostAliases: blocks({ hostnames: list(dnsSubdomain()), ip: str(required) }),
      hostIPC: bool(),
      hostNetwork: bool(),
      hostPID: bool(),
      hostUsers: bool(),
      hostname: dnsLabel(),
      imagePullSecrets: blocks({ name: secretRef() }),
      initContainers: initContainers(),
      nodeName: dnsSubdomain(),
      nodeSelector: map({
        keys: str({ format: "qualified-name" }),
        items: str({ format: "label-value" }),
      }),
      preemptionPolicy: oneOf(["Never", "PreemptLowerPriority"]),
      priorityClassName: dnsSubdomain(),
      readinessGates: blocks({ conditionType: str({ required: true, format: "qualified-name" }) }),
      restartPolicy: oneOf(policies),
      runtimeClassName: dnsSubdomain(),
      schedulerName: str(),
      securityContext,
      serviceAccountName: serviceAccountName(),
      setHostnameAsFQDN: bool(),
      shareProcessNamespace: bool(),
      subdomain: dnsLabel(),
      terminationGracePeriodSeconds: int({ min: 0 }),
      tolerations,
      topologySpreadConstraints,
      volumes: volumes(),
    },
    {
      omits:
        "serviceAccount is the old name of serviceAccountName, priority is the API server's to set, and what is behind feature gates is not there by default",
      ...more,
    },
  );
}

/** A template of pods. */
export function podTemplate(
  policies: readonly RestartPolicy[],
  more: Partial<PropertyModel> = {},
): PropertyModel {
  return block(
    {
      metadata: block(
        {
          annotations: map({ keys: str({ format: "qualified-name" }) }),
          labels: labels(),
          name: dnsSubdomain(),
          namespace: dnsLabel(),
        },
        { omits: "the API server sets the rest of a template's metadata for its pods" },
      ),
      // The schema has it optional; the API server wants containers.
      spec: podSpec(policies, {}),
    },
    { required: true, ...more },
  );
}
