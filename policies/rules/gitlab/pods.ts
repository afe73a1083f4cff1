/** Git data in a cluster: what serves it there has one writer too. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { type Finding, must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";

/** Images that serve Git data: Gitaly's own, and those of the whole package. */
const servesGit = /(^|\/)(gitaly|gitlab-(ce|ee))(:|@|$)/;

function isGitaly(pod: Value): Truth {
  return pod.at("containers").some((one) => one.at("image").matches(servesGit));
}

/** Whether pods of one template share a volume: one that is claimed by name, and not by each pod for itself. */
function sharesClaim(pod: Value): Truth {
  return pod.at("volumes").some((volume) => volume.at("persistentVolumeClaim").given);
}

function oneOf(spec: Value, strategy: Truth): readonly Finding[] {
  const pod = spec.at("template").at("spec");
  const shared = all(isGitaly(pod), sharesClaim(pod));
  return [
    must(
      any(not(shared), spec.at("replicas").or(1).atMost(1)),
      "Several pods of Gitaly share a volume",
    ),
    must(any(not(shared), strategy), "A new pod of Gitaly starts before the old one has gone"),
  ];
}

export const gitalyPods: readonly Rule[] = [
  resourceRule(
    {
      id: "gitlab-one-writer-in-cluster",
      severity: "critical",
      level: "mandatory",
      theme: "gitlab",
      protects: "Two pods of Gitaly never write to one Git storage",
      source:
        "https://docs.gitlab.com/administration/gitaly/ (a storage belongs to one Gitaly); https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
      fix: "Run Gitaly as a StatefulSet with volumeClaimTemplates of ReadWriteOncePod or ReadWriteOnce; a Deployment with one replica and strategy Recreate",
    },
    on(t.k8sDeployment, (p) => {
      const spec = p.get("spec") as Value;
      return oneOf(spec, spec.at("strategy").at("type").is("Recreate"));
    }),
    on(t.k8sStatefulSet, (p) => {
      const spec = p.get("spec") as Value;
      return [
        // It starts none before the one of the same name has gone.
        ...oneOf(spec, true),
        must(
          any(
            not(isGitaly(spec.at("template").at("spec"))),
            spec.at("volumeClaimTemplates").every((claim) =>
              claim
                .at("spec")
                .at("accessModes")
                .every((mode) => not(mode.is("ReadWriteMany"))),
            ),
          ),
          "A volume of Gitaly can be written by several pods",
        ),
      ];
    }),
  ),
];
