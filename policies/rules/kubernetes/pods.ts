/** Pods, whatever makes them. */
import { all, any, not } from "../../reader";
import { must, type Rule } from "../../rule";
import { everyContainer, podRule, restricted, security } from "./pod-rule";

export const pods: readonly Rule[] = [
  podRule(
    {
      id: "pods-not-root",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "Whoever takes over a container is not root in it, and gets no more rights than it has",
      source: restricted,
      fix: "Set runAsNonRoot, allowPrivilegeEscalation: false, capabilities.drop: [ALL], and no privileged",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          all(
            security(spec, one, "runAsNonRoot").is(true),
            not(security(spec, one, "runAsUser").is(0)),
          ),
        ),
        "A container may run as root",
      ),
      must(
        everyContainer(spec, (one) =>
          one.at("securityContext").at("allowPrivilegeEscalation").is(false),
        ),
        "A container may get more rights than it has",
      ),
      must(
        everyContainer(spec, (one) =>
          not(one.at("securityContext").at("privileged").or(false).is(true)),
        ),
        "A container is privileged",
      ),
      must(
        everyContainer(spec, (one) =>
          one
            .at("securityContext")
            .at("capabilities")
            .at("drop")
            .some((capability) => capability.is("ALL")),
        ),
        "A container keeps capabilities of root",
      ),
      must(
        everyContainer(spec, (one) =>
          one
            .at("securityContext")
            .at("capabilities")
            .at("add")
            .every((capability) => capability.is("NET_BIND_SERVICE")),
        ),
        "A container is given capabilities of root",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-seccomp",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "System calls that no program needs are closed",
      source: restricted,
      fix: "Set seccompProfile.type: RuntimeDefault",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          security(spec, one, "seccompProfile").at("type").isOneOf("RuntimeDefault", "Localhost"),
        ),
        "A container may use every system call",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-change-no-files",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Whoever takes over a container cannot change what runs in it",
      source:
        "https://kubernetes.io/docs/concepts/security/application-security-checklist/; CIS Kubernetes Benchmark, 5.7.3",
      fix: "Set readOnlyRootFilesystem, and mount an emptyDir where the program writes",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          one.at("securityContext").at("readOnlyRootFilesystem").is(true),
        ),
        "A container can change its own files",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-limited",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "No pod takes the memory of its neighbours, and the scheduler knows what each needs",
      source: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
      fix: "Set resources.requests for cpu and memory, and resources.limits.memory",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) => one.at("resources").at("limits").at("memory").given),
        "A container may take all memory of its node",
      ),
      must(
        everyContainer(spec, (one) =>
          all(
            one.at("resources").at("requests").at("cpu").given,
            one.at("resources").at("requests").at("memory").given,
          ),
        ),
        "A container does not say what it needs",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-pinned",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "What runs is what was tried: an image by its digest, or by a tag that says a version",
      source: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
      fix: "Name the image by its digest, or by the version or the commit that it was built from",
    },
    (spec) => [
      must(
        everyContainer(spec, (one) =>
          any(
            one.at("image").matches(/@sha256:[0-9a-f]{64}$/),
            // A name that is kept and moved on: latest, stable, 16, bookworm. A version has a dot, a commit is long.
            one
              .at("image")
              .matches(/:(?=[\w.-]*\d\.\d|(?:[\w.-]*[-._])?[0-9a-f]{8,64}$)\w[\w.-]*$/),
          ),
        ),
        "An image can change under its name",
      ),
    ],
  ),
  podRule(
    {
      id: "pods-no-token-unasked",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "Pods run as an account that is meant for them, and none has a token for the control plane that it never asks",
      source:
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting; https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#metadata_server (needs no token)",
      fix: "Set serviceAccountName to an account of the stack and automountServiceAccountToken: false; a pod that asks the control plane mounts a token of limited life (volumes.projected.sources.serviceAccountToken)",
    },
    (spec) => [
      must(
        all(spec.at("serviceAccountName").given, not(spec.at("serviceAccountName").is("default"))),
        "The pod runs as the namespace's default account",
      ),
      must(
        spec.at("automountServiceAccountToken").is(false),
        "The pod holds a token of its account that does not end",
      ),
    ],
  ),
];
