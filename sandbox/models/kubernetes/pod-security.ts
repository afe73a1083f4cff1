/**
 * The `restricted` level of the Pod Security Standards, and the `baseline` level within it, as the admission controller
 * enforces them on the pods of a namespace that is labelled so. A workload whose pods it refuses exists all the same, and
 * never has a ready pod.
 *
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
import type { Condition, ResourceModel } from "../../model";
import { absent, everyContainer, implies, present } from "./pod-rules";

const STANDARDS = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";

type ReadyRule = NonNullable<NonNullable<ResourceModel["ready"]>["rules"]>[number];
type Level = "baseline" | "restricted";

const LEVEL = 'metadata.namespace->metadata.labels["pod-security.kubernetes.io/enforce"]';

/** Capabilities that containers may have beside those of their runtime at the level `baseline`. */
const BASELINE_CAPABILITIES = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

const SAFE_SYSCTLS = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

/** Volumes that `restricted` lets pods have, of those that the model knows: all but those of the node. */
const UNRESTRICTED_VOLUMES = ["hostPath"];

const CONFINED = ["Localhost", "RuntimeDefault"];

/** What of a pod or a container must not be one of some values, or must be. */
const unset = (property: string): Condition => ({
  not: { property, equals: true },
});
const among = (property: string, values: readonly string[]): Condition =>
  implies(present(property), { property, in: values });

/** The rules for pods made from the specification at a path. */
export function podSecurity(spec: string): ReadyRule[] {
  const container = (inner: Condition): Condition => everyContainer(spec, inner);
  /** Said by the pod for all its containers, or by each of them; what a container says goes before. */
  const saidBy = (property: string, right: Condition): Condition => ({
    all: [
      container(implies(present(property), right)),
      {
        any: [{ property: spec, every: right }, container(right)],
      },
    ],
  });
  const rule = (level: Level, name: string, then: Condition, said: string): ReadyRule => ({
    name: `pod security ${level}: ${name}`,
    when: {
      property: LEVEL,
      in: level === "baseline" ? ["baseline", "restricted"] : ["restricted"],
    },
    then,
    message: `pods are forbidden: violates PodSecurity "{metadata.namespace}": ${said}`,
    source: STANDARDS,
  });
  return [
    rule(
      "baseline",
      "no namespaces of the node",
      { all: ["hostIPC", "hostNetwork", "hostPID"].map((name) => unset(`${spec}.${name}`)) },
      "host namespaces (hostNetwork, hostPID, hostIPC must not be true)",
    ),
    rule(
      "baseline",
      "no privileged containers",
      container(unset("securityContext.privileged")),
      "privileged (containers must not set securityContext.privileged=true)",
    ),
    rule(
      "baseline",
      "no capabilities that others do not have",
      container({
        property: "securityContext.capabilities.add",
        every: { property: ".", in: BASELINE_CAPABILITIES },
      }),
      `non-default capabilities (containers may add ${BASELINE_CAPABILITIES.join(", ")} only)`,
    ),
    rule(
      "baseline",
      "no directories of the node",
      { all: UNRESTRICTED_VOLUMES.map((kind) => absent(`${spec}.volumes[].${kind}`)) },
      "hostPath volumes",
    ),
    rule(
      "baseline",
      "no ports of the node",
      container({
        property: "ports",
        every: implies(present("hostPort"), { property: "hostPort", equals: 0 }),
      }),
      "hostPort (containers must not set ports[].hostPort)",
    ),
    rule(
      "baseline",
      "no probes and hooks of other hosts",
      container({
        all: [
          ...["livenessProbe", "readinessProbe", "startupProbe"],
          ...["lifecycle.postStart", "lifecycle.preStop"],
        ].flatMap((asked) => [absent(`${asked}.httpGet.host`), absent(`${asked}.tcpSocket.host`)]),
      }),
      "probe or lifecycle host (containers must not set host in probes and lifecycle hooks)",
    ),
    rule(
      "baseline",
      "AppArmor stays on",
      {
        all: [
          among(`${spec}.securityContext.appArmorProfile.type`, CONFINED),
          container(among("securityContext.appArmorProfile.type", CONFINED)),
        ],
      },
      "forbidden AppArmor profile",
    ),
    rule(
      "baseline",
      "SELinux stays as the runtime sets it",
      {
        all: [{ property: spec, every: ordinary }, container(ordinary)],
      },
      "seLinuxOptions (user and role must not be set, type must be one of a container's)",
    ),
    rule(
      "baseline",
      "/proc stays masked",
      container(among("securityContext.procMount", ["Default"])),
      "procMount",
    ),
    rule(
      "baseline",
      "seccomp stays on",
      {
        all: [
          among(`${spec}.securityContext.seccompProfile.type`, CONFINED),
          container(among("securityContext.seccompProfile.type", CONFINED)),
        ],
      },
      "seccompProfile (must not set securityContext.seccompProfile.type to Unconfined)",
    ),
    rule(
      "baseline",
      "safe kernel parameters alone",
      {
        property: `${spec}.securityContext.sysctls`,
        every: { property: "name", in: SAFE_SYSCTLS },
      },
      "forbidden sysctls",
    ),
    rule(
      "restricted",
      "no escalation of privileges",
      container({ property: "securityContext.allowPrivilegeEscalation", equals: false }),
      "allowPrivilegeEscalation != false (every container must set securityContext.allowPrivilegeEscalation=false)",
    ),
    rule(
      "restricted",
      "no user but an ordinary one",
      saidBy("securityContext.runAsNonRoot", {
        property: "securityContext.runAsNonRoot",
        equals: true,
      }),
      "runAsNonRoot != true (pod or every container must set securityContext.runAsNonRoot=true)",
    ),
    rule(
      "restricted",
      "no root by number",
      {
        all: [
          { not: { property: `${spec}.securityContext.runAsUser`, equals: 0 } },
          container({ not: { property: "securityContext.runAsUser", equals: 0 } }),
        ],
      },
      "runAsUser=0 (pod and containers must not set runAsUser=0)",
    ),
    rule(
      "restricted",
      "system calls are confined",
      saidBy("securityContext.seccompProfile.type", {
        property: "securityContext.seccompProfile.type",
        in: CONFINED,
      }),
      "seccompProfile (pod or every container must set securityContext.seccompProfile.type to RuntimeDefault or Localhost)",
    ),
    rule(
      "restricted",
      "no capabilities",
      container({
        all: [
          { property: "securityContext.capabilities.drop[]", equals: "ALL" },
          {
            property: "securityContext.capabilities.add",
            every: { property: ".", equals: "NET_BIND_SERVICE" },
          },
        ],
      }),
      'unrestricted capabilities (every container must set securityContext.capabilities.drop=["ALL"] and may add NET_BIND_SERVICE only)',
    ),
  ];
}

const SELINUX_TYPES = [
  "",
  "container_engine_t",
  "container_init_t",
  "container_kvm_t",
  "container_t",
];

const ordinary: Condition = {
  all: [
    absent("securityContext.seLinuxOptions.user"),
    absent("securityContext.seLinuxOptions.role"),
    among("securityContext.seLinuxOptions.type", SELINUX_TYPES),
  ],
};
