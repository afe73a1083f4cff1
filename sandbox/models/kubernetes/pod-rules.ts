/** What the API server says of a pod's specification beyond the form of its fields. */
import type { Condition, Rule } from "../../model";

/** The API of pods. */
export const POD = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/";
const SIDECARS = "https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/";
const RESOURCES = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/";
const SPREAD =
  "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/";
const TOLERATIONS = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/";
const VOLUMES = "https://kubernetes.io/docs/concepts/storage/volumes/";

/** The condition holds wherever the first one does. */
export const implies = (when: Condition, then: Condition): Condition => ({
  any: [{ not: when }, then],
});
export const present = (property: string): Condition => ({ property, present: true });
export const absent = (property: string): Condition => ({ property, present: false });

/** A condition of every container of a pod, the init containers too; its paths start at the container. */
export const everyContainer = (spec: string, inner: Condition): Condition => ({
  all: ["containers", "initContainers"].map((list) => ({
    property: `${spec}.${list}`,
    every: inner,
  })),
});

/** No request is more than the limit beside it; without a request, the limit counts as one. */
const withinLimits = (resource: string): Condition =>
  implies(
    {
      all: [
        present(`resources.requests["${resource}"]`),
        present(`resources.limits["${resource}"]`),
      ],
    },
    {
      property: `resources.requests["${resource}"]`,
      as: "quantity",
      atMostProperty: `resources.limits["${resource}"]`,
    },
  );

/** The API server adds the field to a container that has none: only those with `restartPolicy: Always` are sidecars. */
const sidecar: Condition = { property: "restartPolicy", equals: "Always" };

/** The rules for the pod specification at a path, for example `spec.template.spec`. */
export function podRules(spec: string): Rule[] {
  const container = (inner: Condition): Condition => everyContainer(spec, inner);
  return [
    {
      name: "a pod has containers",
      then: present(`${spec}.containers`),
      message: `${spec}.containers: Required value`,
      source: POD,
    },
    {
      name: "a container has an image",
      then: container(present("image")),
      message: `${spec}.containers[].image: Required value`,
      source: POD,
    },
    {
      name: "containers of a pod have different names",
      then: {
        all: [
          { property: `${spec}.containers[].name`, distinct: true },
          { property: `${spec}.initContainers[].name`, distinct: true },
          {
            property: `${spec}.initContainers[].name`,
            noneAmong: [`${spec}.containers[].name`],
          },
        ],
      },
      message: `${spec}.containers[].name: Duplicate value: containers and init containers of a pod have different names`,
      source: POD,
    },
    {
      name: "an environment variable has a value of one kind",
      then: container({
        property: "env",
        every: implies(present("valueFrom"), absent("value")),
      }),
      message: `${spec}.containers[].env[].valueFrom: Invalid value: may not be specified when \`value\` is not empty`,
      source: POD,
    },
    {
      name: "ports of a container have different names",
      then: container({ property: "ports[].name", distinct: true }),
      message: `${spec}.containers[].ports[].name: Duplicate value`,
      source: POD,
    },
    {
      name: "what a container mounts is a volume of its pod",
      then: {
        all: ["containers", "initContainers"].map((list) => ({
          property: `${spec}.${list}[].volumeMounts[].name`,
          allAmong: [`${spec}.volumes[].name`],
        })),
      },
      message: `${spec}.containers[].volumeMounts[].name: Not found: every one names a volume in ${spec}.volumes`,
      source: VOLUMES,
    },
    {
      name: "volumes of a pod have different names",
      then: { property: `${spec}.volumes[].name`, distinct: true },
      message: `${spec}.volumes[].name: Duplicate value`,
      source: VOLUMES,
    },
    {
      name: "a container mounts one volume at a path",
      then: container({ property: "volumeMounts[].mountPath", distinct: true }),
      message: `${spec}.containers[].volumeMounts[].mountPath: Invalid value: must be unique`,
      source: VOLUMES,
    },
    {
      name: "requests are within limits",
      then: container({
        all: ["cpu", "memory", "ephemeral-storage"].map(withinLimits),
      }),
      message: `${spec}.containers[].resources.requests: Invalid value: must be less than or equal to the limit of the same resource`,
      source: RESOURCES,
    },
    {
      name: "a sleeping stop is no longer than the grace period",
      when: present(`${spec}.terminationGracePeriodSeconds`),
      then: {
        not: {
          property: `${spec}.containers[].lifecycle.preStop.sleep.seconds`,
          atLeastProperty: `${spec}.terminationGracePeriodSeconds`,
          plus: 1,
        },
      },
      message: `${spec}.containers[].lifecycle.preStop.sleep.seconds: Invalid value: must be non-negative and no more than terminationGracePeriodSeconds ({${spec}.terminationGracePeriodSeconds})`,
      source: POD,
    },
    {
      name: "a sleeping stop is no longer than the default grace period",
      when: absent(`${spec}.terminationGracePeriodSeconds`),
      then: {
        not: { property: `${spec}.containers[].lifecycle.preStop.sleep.seconds`, atLeast: 31 },
      },
      message: `${spec}.containers[].lifecycle.preStop.sleep.seconds: Invalid value: must be no more than terminationGracePeriodSeconds (30 where none is given)`,
      source: POD,
    },
    {
      name: "an init container that ends has no probes and no lifecycle",
      then: {
        property: `${spec}.initContainers`,
        every: {
          any: [
            sidecar,
            {
              all: ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"].map(absent),
            },
          ],
        },
      },
      message: `${spec}.initContainers[]: Forbidden: lifecycle and probes may not be set for init containers without restartPolicy=Always`,
      source: SIDECARS,
    },
    {
      name: "spread constraints are different",
      then: {
        all: ["DoNotSchedule", "ScheduleAnyway"].map((when) => ({
          property: `${spec}.topologySpreadConstraints[whenUnsatisfiable=${when}].topologyKey`,
          distinct: true,
        })),
      },
      message: `${spec}.topologySpreadConstraints[]: Duplicate value: {topologyKey, whenUnsatisfiable}`,
      source: SPREAD,
    },
    {
      name: "a least number of domains is for constraints that keep pods from being scheduled",
      then: absent(
        `${spec}.topologySpreadConstraints[whenUnsatisfiable=ScheduleAnyway].minDomains`,
      ),
      message: `${spec}.topologySpreadConstraints[].minDomains: Invalid value: can only use minDomains if whenUnsatisfiable=DoNotSchedule`,
      source: SPREAD,
    },
    {
      name: "spreading by label keys needs a selector",
      then: {
        property: `${spec}.topologySpreadConstraints`,
        every: implies(present("matchLabelKeys"), present("labelSelector")),
      },
      message: `${spec}.topologySpreadConstraints[].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
      source: SPREAD,
    },
    {
      name: "a toleration of whatever value names none",
      then: {
        property: `${spec}.tolerations`,
        every: {
          all: [
            implies({ property: "operator", equals: "Exists" }, absent("value")),
            implies(absent("key"), { property: "operator", equals: "Exists" }),
            implies(present("tolerationSeconds"), { property: "effect", equals: "NoExecute" }),
          ],
        },
      },
      message: `${spec}.tolerations[]: Invalid value: with operator Exists value must be empty, an empty key needs operator Exists, tolerationSeconds needs effect NoExecute`,
      source: TOLERATIONS,
    },
    {
      name: "a privileged container can escalate privileges",
      then: container(
        implies(
          {
            any: [
              { property: "securityContext.privileged", equals: true },
              {
                property: "securityContext.capabilities.add[]",
                in: ["CAP_SYS_ADMIN", "SYS_ADMIN"],
              },
            ],
          },
          { not: { property: "securityContext.allowPrivilegeEscalation", equals: false } },
        ),
      ),
      message: `${spec}.containers[].securityContext: Invalid value: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true, or add CAP_SYS_ADMIN`,
      source: POD,
    },
    {
      name: "a seccomp profile is named where it lies on the node, and only there",
      then: {
        all: [
          { property: spec, every: localhost("securityContext.seccompProfile") },
          container(localhost("securityContext.seccompProfile")),
        ],
      },
      message: `${spec}.securityContext.seccompProfile.localhostProfile: must be set when seccomp type is Localhost, and can only be set then`,
      source: POD,
    },
    {
      name: "without the cluster's names a pod has its own name servers",
      when: { property: `${spec}.dnsPolicy`, equals: "None" },
      then: present(`${spec}.dnsConfig.nameservers`),
      message: `${spec}.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when \`dnsPolicy\` is None`,
      source: POD,
    },
  ];
}

function localhost(profile: string): Condition {
  const named = present(`${profile}.localhostProfile`);
  const local: Condition = { property: `${profile}.type`, equals: "Localhost" };
  return { all: [implies(named, local), implies(local, named)] };
}
