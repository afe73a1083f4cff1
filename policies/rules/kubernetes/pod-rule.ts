/** Rules about pods, whatever makes them. */
import { all, type Truth, type Value } from "../../reader";
import {
  type Finding,
  on,
  resourceRule,
  type Rule,
  type RuleInfo,
  type TypeToken,
} from "../../rule";
import * as t from "../../types";

/** What the cluster itself asks of pods in a restricted namespace. */
export const restricted =
  "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted";

/** Kinds that make pods, each with the way to the pod's own spec. */
export const podTypes: readonly (readonly [TypeToken<unknown>, (props: Value) => Value])[] = [
  [t.k8sPod, (p) => p.at("spec")],
  [t.k8sDeployment, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sStatefulSet, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sDaemonSet, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sReplicaSet, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sReplicationController, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sJob, (p) => p.at("spec").at("template").at("spec")],
  [t.k8sCronJob, (p) => p.at("spec").at("jobTemplate").at("spec").at("template").at("spec")],
];

/** A rule about every pod, whatever makes it. */
export function podRule(info: RuleInfo, check: (spec: Value) => readonly Finding[]): Rule {
  return resourceRule(info, ...podTypes.map(([type, spec]) => on(type, (p) => check(spec(p)))));
}

/** All containers of a pod: those that run, those before them, and those that came to look. */
export function everyContainer(spec: Value, holds: (container: Value) => Truth): Truth {
  return all(
    ...["containers", "initContainers", "ephemeralContainers"].map((key) =>
      spec.at(key).every(holds),
    ),
  );
}

/** A setting of a container's security context, or of its pod's where the container has none. */
export function security(spec: Value, container: Value, key: string): Value {
  const own = container.at("securityContext").at(key);
  return own.given ? own : spec.at("securityContext").at(key);
}
