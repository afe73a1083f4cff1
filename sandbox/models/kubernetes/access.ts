/** Accounts and what they may do: https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
import type { Condition, ResourceModel } from "../../model";
import {
  ROLE,
  block,
  blocks,
  bool,
  dnsLabel,
  dnsSubdomain,
  kube,
  list,
  oneOf,
  pathSegment,
  required,
  secretRef,
  str,
} from "./common";

const API = "https://kubernetes.io/docs/reference/kubernetes-api";
const RBAC = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/";
const GROUP = "rbac.authorization.k8s.io";

const serviceAccount: ResourceModel = kube({
  group: "core/v1",
  kind: "ServiceAccount",
  source: `${API}/authentication-resources/service-account-v1/`,
  annotations: {
    // https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity#kubernetes-sa-to-iam
    "iam.gke.io/gcp-service-account": str({
      pattern: "[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z0-9.:-]+\\.iam\\.gserviceaccount\\.com",
      example: "web-app@gitlab-tests.iam.gserviceaccount.com",
    }),
  },
  properties: {
    automountServiceAccountToken: bool(),
    imagePullSecrets: blocks({ name: secretRef() }),
    secrets: blocks(
      {
        apiVersion: str(),
        fieldPath: str(),
        kind: str(),
        name: dnsSubdomain(),
        namespace: dnsLabel(),
        resourceVersion: str(),
        uid: str(),
      },
      { example: [{ name: "token" }] },
    ),
  },
  demand: [{ keys: ["count/serviceaccounts"], at: "made" }],
});

const VERBS = [
  "*",
  "approve",
  "bind",
  "create",
  "delete",
  "deletecollection",
  "escalate",
  "get",
  "impersonate",
  "list",
  "patch",
  "proxy",
  "sign",
  "update",
  "use",
  "watch",
];

const role: ResourceModel = kube({
  group: `${GROUP}/v1`,
  kind: "Role",
  name: pathSegment(),
  source: `${API}/authorization-resources/role-v1/`,
  properties: {
    rules: blocks(
      {
        apiGroups: list(str({ pattern: "\\*|[a-z0-9.-]*", example: "apps" })),
        nonResourceURLs: list(str()),
        resourceNames: list(str()),
        resources: list(str({ pattern: "\\*|[a-z0-9*.-]+(/[a-z0-9*-]+)*", example: "pods" })),
        verbs: list(oneOf(VERBS), { required: true, minItems: 1 }),
      },
      { example: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
    ),
  },
  rules: [
    {
      name: "a rule of a Role is over resources of API groups",
      then: {
        property: "rules",
        every: {
          all: [
            { property: "apiGroups", present: true },
            { property: "resources", present: true },
            { property: "nonResourceURLs", present: false },
          ],
        },
      },
      message:
        "rules[]: Required value: apiGroups and resources; namespaced rules cannot apply to non-resource URLs",
      source: RBAC,
    },
  ],
  demand: [{ keys: [`count/roles.${GROUP}`], at: "made" }],
});

const kindIs = (kind: string): Condition => ({ property: "kind", equals: kind });

const roleBinding: ResourceModel = kube({
  group: `${GROUP}/v1`,
  kind: "RoleBinding",
  name: pathSegment(),
  source: `${API}/authorization-resources/role-binding-v1/`,
  properties: {
    roleRef: block(
      {
        apiGroup: oneOf([GROUP], { optionalComputed: true, value: GROUP }),
        kind: oneOf(["Role", "ClusterRole"], required),
        name: pathSegment({
          required: true,
          ref: { type: ROLE, by: "metadata.name", beside: "metadata.namespace", late: true },
        }),
      },
      { required: true, replace: true },
    ),
    subjects: blocks(
      {
        apiGroup: oneOf(["", GROUP]),
        kind: oneOf(["Group", "ServiceAccount", "User"], required),
        name: str({ required: true, minLength: 1, example: "web" }),
        namespace: dnsLabel(),
      },
      { example: [{ kind: "Group", name: "developers", apiGroup: GROUP }] },
    ),
  },
  rules: [
    {
      name: "a Role that is bound exists",
      when: { property: "roleRef.kind", equals: "Role" },
      then: {
        property: "roleRef.name",
        referred: { property: "metadata.name", present: true },
      },
      // Who may bind any role is let through by the API server, and would bind nothing.
      message: `roleRef.name: roles.${GROUP} not found in this namespace`,
      source: `${RBAC}#restrictions-on-role-binding-creation-or-update`,
      at: "apply",
    },
    {
      name: "an account as a subject has its namespace, and no API group",
      then: {
        property: "subjects",
        every: {
          any: [
            { not: kindIs("ServiceAccount") },
            {
              all: [
                { property: "namespace", present: true },
                { not: { property: "apiGroup", equals: GROUP } },
              ],
            },
          ],
        },
      },
      message:
        'subjects[].namespace: Required value: a ServiceAccount is named with its namespace, in the API group ""',
      source: `${RBAC}#referring-to-subjects`,
    },
    {
      name: "users and groups as subjects have no namespace",
      then: {
        property: "subjects",
        every: { any: [kindIs("ServiceAccount"), { property: "namespace", present: false }] },
      },
      message: "subjects[].namespace: Forbidden: users and groups are of no namespace",
      source: `${RBAC}#referring-to-subjects`,
    },
  ],
  demand: [{ keys: [`count/rolebindings.${GROUP}`], at: "made" }],
});

export const models: readonly ResourceModel[] = [serviceAccount, role, roleBinding];
