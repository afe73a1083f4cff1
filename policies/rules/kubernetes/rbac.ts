/** Who may do what in the cluster. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { must, on, resourceRule, type Rule, type TypeToken } from "../../rule";
import * as t from "../../types";

const practices = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/";

/** Ways from one right to all others: any verb on these is one (`get` is enough to open a stream of `exec`). */
const reaching =
  /^(pods\/(exec|attach|portforward|ephemeralcontainers)|nodes\/proxy|serviceaccounts\/token|signers|certificatesigningrequests\/approval)$/;

/** What closes the cluster: whoever writes it may open it again. Labels of a namespace hold its pod security. */
const closing =
  /^(roles|rolebindings|clusterroles|clusterrolebindings|(validating|mutating)(webhookconfigurations|admissionpolic(ies|ybindings))|namespaces|networkpolicies|resourcequotas|limitranges|persistentvolumes)$/;

const writing = /^(create|update|patch|delete|deletecollection)$/;

function holds(rule: Value, key: string, form: RegExp): Truth {
  return rule.at(key).some((one) => one.matches(form));
}

export const rbac: readonly Rule[] = [
  resourceRule(
    {
      id: "cluster-no-lasting-tokens",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects: "Nobody holds a token of the cluster's that never ends",
      source:
        "https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token; https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
      fix: "Let a pod mount a projected token, a person sign in by IAM, and a pipeline come by GitLab's agent; a system that takes a fixed token alone needs an exemption",
    },
    on(t.k8sSecret, (p) =>
      must(
        not(p.get("type").is("kubernetes.io/service-account-token")),
        "The Secret holds a token of an account for ever",
      ),
    ),
  ),
  resourceRule(
    {
      id: "rbac-least-privilege",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "An account can do what it is there for, in its namespace: no wildcards, no rights over rights, no way into pods that run",
      source: practices,
      fix: "Name groups, resources and verbs of what the account itself works with; bind no cluster-admin",
    },
    ...[t.k8sRole, t.k8sClusterRole].map((type: TypeToken<unknown>) =>
      on(type, (p) => {
        const rules = p.at("rules");
        const without = (unwanted: (rule: Value) => Truth): Truth =>
          rules.every((rule) => not(unwanted(rule)));
        return [
          must(
            without((rule) =>
              any(
                ...["verbs", "resources", "apiGroups", "nonResourceURLs"].map((key) =>
                  holds(rule, key, /\*/),
                ),
              ),
            ),
            "The role holds everything of a kind",
          ),
          must(
            without((rule) => holds(rule, "verbs", /^(escalate|bind|impersonate)$/)),
            "The role holds rights over rights",
          ),
          must(
            without((rule) => holds(rule, "resources", reaching)),
            "The role reaches into pods or nodes that run, or makes identities",
          ),
          must(
            without((rule) =>
              all(holds(rule, "resources", closing), holds(rule, "verbs", writing)),
            ),
            "The role may open what closes the cluster",
          ),
          must(
            any(
              type.token !== t.k8sClusterRole.token,
              without((rule) => holds(rule, "resources", /^secrets$/)),
            ),
            "The role opens the Secrets of every namespace that it is bound in",
          ),
          must(p.at("aggregationRule").absent, "The role holds whatever others come to hold"),
        ];
      }),
    ),
    ...[t.k8sRoleBinding, t.k8sClusterRoleBinding].map((type: TypeToken<unknown>) =>
      on(type, (p) => {
        const name = p.at("roleRef").at("name");
        const nobody = (unwanted: (subject: Value) => Truth): Truth =>
          p.at("subjects").every((one) => not(unwanted(one)));
        return [
          must(
            not(name.matches(/^(cluster-admin|admin|edit)$|^system:(?!auth-delegator$)/)),
            "The binding gives nearly everything, or what the cluster's own parts have",
          ),
          must(
            nobody((one) =>
              one
                .at("name")
                .matches(
                  /^system:(anonymous|unauthenticated|authenticated|masters|serviceaccounts(:.*)?)$/,
                ),
            ),
            "The binding is for everybody",
          ),
          must(
            nobody((one) => all(one.at("kind").is("ServiceAccount"), one.at("name").is("default"))),
            "The binding is for every pod that names no account",
          ),
          must(
            nobody((one) =>
              all(
                one.at("kind").is("User"),
                one.at("name").matches(/@/),
                not(one.at("name").matches(/\.gserviceaccount\.com$/)),
              ),
            ),
            "A single person is given rights, past the table of roles",
          ),
        ];
      }),
    ),
  ),
];
