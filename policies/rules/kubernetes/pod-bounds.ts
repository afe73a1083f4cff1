/** What a pod has of its node, and what everybody sees of a pod. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { must, type Rule } from "../../rule";
import { holdsSecret } from "../../secrets-scan";
import { everyContainer, podRule, restricted } from "./pod-rule";

/** Kinds of volumes that a restricted pod may have. */
const ownVolumes: ReadonlySet<string> = new Set([
  "name",
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"],
  ...["persistentVolumeClaim", "projected", "secret"],
]);

function isOwnVolume(volume: Value): Truth {
  return (
    volume.unknown ??
    all(...volume.entries.map(([kind, one]) => any(ownVolumes.has(kind), one.absent)))
  );
}

/** Those of the kernel's settings that are of the pod alone. */
const safeSysctls: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  ...["ip_local_port_range", "ip_local_reserved_ports", "ip_unprivileged_port_start"].map(
    (name) => `net.ipv4.${name}`,
  ),
  ...["ping_group_range", "tcp_fin_timeout", "tcp_keepalive_intvl", "tcp_keepalive_probes"].map(
    (name) => `net.ipv4.${name}`,
  ),
  ...["tcp_keepalive_time", "tcp_syncookies"].map((name) => `net.ipv4.${name}`),
]);

/** Whether a security context, a pod's or a container's, asks for nothing that lies beyond a pod. */
function keepsBounds(context: Value): Truth {
  const labels = context.at("seLinuxOptions");
  return all(
    not(context.at("windowsOptions").at("hostProcess").or(false).is(true)),
    context.at("procMount").or("Default").is("Default"),
    not(context.at("appArmorProfile").at("type").is("Unconfined")),
    labels.at("user").absent,
    labels.at("role").absent,
    any(
      labels.at("type").absent,
      labels.at("type").matches(/^container_(t|init_t|kvm_t|engine_t)$/),
    ),
  );
}

/** Names of variables that hold a secret. */
const named = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE|ENCRYPTION)_?KEY/i;

function isHarmless(text: Value): Truth {
  return any(
    text.absent,
    text.test((value) => typeof value !== "string" || !holdsSecret(value)),
  );
}

export const podBounds: readonly Rule[] = [
  podRule(
    {
      id: "pods-keep-to-themselves",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "A pod sees neither its node's network, processes nor files, nor changes its kernel",
      source: `${restricted}; https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline`,
      fix: "Leave hostNetwork, hostPID, hostIPC, hostPort, hostProcess, procMount, unsafe sysctls and SELinux types out; mount configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected and secret alone",
    },
    (spec) => [
      ...["hostNetwork", "hostPID", "hostIPC"].map((key) =>
        must(not(spec.at(key).or(false).is(true)), "The pod sees its node"),
      ),
      must(
        spec.at("volumes").every(isOwnVolume),
        "The pod sees files of its node, or mounts what no claim bounds",
      ),
      must(
        spec
          .at("securityContext")
          .at("sysctls")
          .every((one) => one.at("name").test((name) => safeSysctls.has(String(name)))),
        "The pod changes the kernel of its node",
      ),
      must(keepsBounds(spec.at("securityContext")), "The pod leaves the bounds of its node"),
      must(
        everyContainer(spec, (one) => keepsBounds(one.at("securityContext"))),
        "A container leaves the bounds of its node",
      ),
      must(
        everyContainer(spec, (one) =>
          one
            .at("ports")
            .every((port) => any(port.at("hostPort").absent, port.at("hostPort").is(0))),
        ),
        "The pod takes a port of its node",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-no-secrets-in-clear",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Passwords and keys of a pod are in Secrets, and not in its own description",
      source: "https://kubernetes.io/docs/concepts/configuration/secret/",
      fix: "Take the variable from a secretKeyRef",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          all(
            one.at("env").every((variable) => isHarmless(variable.at("value"))),
            ...["command", "args"].map((key) => one.at(key).every(isHarmless)),
          ),
        ),
        "A variable or the command of the pod holds a secret in clear, or what looks like one",
      ),
      must(
        everyContainer(spec, (one) =>
          one
            .at("env")
            .every((variable) =>
              any(
                not(variable.at("name").matches(named)),
                !variable.at("value").given,
                variable.at("name").matches(/_(FILE|PATH|NAME|URL|TTL)$/),
              ),
            ),
        ),
        "A variable of the pod holds a secret in clear",
      ),
    ],
  ),
];
