/** What a person would add next on Google Cloud, and other forms of what is there. */
import { gone } from "./change";
import { nextOfGoogleNetwork } from "./next-google-network";
import type { Next } from "./next-types";

type One = Omit<Next, "place">;

const account = "serviceAccount:gitlab-ops-gitlab@gitlab-ops-example.iam.gserviceaccount.com";
const onDatabase = {
  title: "one database",
  expression: 'resource.name == "projects/p/instances/postgres"',
};
const pool =
  "principalSet://iam.googleapis.com/projects/123456/locations/global/workloadIdentityPools/gitlab";

/** Members that no grant may have. */
const strangers = [
  "allUsers",
  "allAuthenticatedUsers",
  "domain:example.com",
  "user:somebody@example.com",
  "group:everybody@example.com",
  "projectEditor:gitlab-ops-example",
  "serviceAccount:123456-compute@developer.gserviceaccount.com",
  "serviceAccount:gitlab-ops-example@appspot.gserviceaccount.com",
  `${pool}/*`,
] as const;

/** Grants on one resource: the property that names it, a role for it, one that is too much. */
const resources = [
  ["storage/bucketIAM", "BucketIAM", "roles/storage.objectUser", "roles/storage.legacyBucketOwner"],
  [
    "secretmanager/secretIam",
    "SecretIam",
    "roles/secretmanager.secretAccessor",
    "roles/secretmanager.admin",
  ],
  ["serviceaccount/iAM", "IAM", "roles/iam.serviceAccountUser", "roles/iam.serviceAccountAdmin"],
  ["compute/instanceIAM", "InstanceIAM", "roles/compute.osLogin", "roles/compute.instanceAdmin.v1"],
  [
    "artifactregistry/repositoryIam",
    "RepositoryIam",
    "roles/artifactregistry.reader",
    "roles/artifactregistry.repoAdmin",
  ],
] as const;

const onOne: readonly One[] = resources.flatMap(([module, kind, role, tooMuch]) => [
  {
    rule: "gcp-rights-narrow",
    type: `gcp:${module}Member:${kind}Member`,
    props: { role, member: account },
    forms: [["member", `${pool}/attribute.project_id/42`]],
    changes: [
      ["role", "roles/editor"],
      ["role", tooMuch],
      ...strangers.map((one) => ["member", one] as const),
    ],
  },
  {
    rule: "gcp-rights-narrow",
    type: `gcp:${module}Binding:${kind}Binding`,
    props: { role, members: [account] },
    changes: [["role", tooMuch], ...strangers.map((one) => ["members", [account, one]] as const)],
  },
  {
    rule: "gcp-rights-narrow",
    type: `gcp:${module}Policy:${kind}Policy`,
    props: { policyData: JSON.stringify({ bindings: [{ role, members: [account] }] }) },
    changes: [
      ["policyData", "no policy"],
      ...strangers.map(
        (one) =>
          [
            "policyData",
            JSON.stringify({
              bindings: [
                { role, members: [account] },
                { role, members: [one] },
              ],
            }),
          ] as const,
      ),
    ],
  },
]);

const onAll: readonly One[] = (["projects", "folder", "organizations"] as const).map((where) => ({
  rule: "gcp-rights-narrow",
  type: `gcp:${where}/iAMMember:IAMMember`,
  props: { role: "roles/cloudsql.client", member: account, condition: onDatabase },
  forms: [
    ["role", "roles/monitoring.metricWriter"],
    ["condition.expression", 'resource.matchTag("1/env", "ops") && request.time < timestamp("x")'],
  ],
  changes: [
    ...["owner", "editor", "viewer", "admin", "writer", "reader"].map(
      (role) => ["role", `roles/${role}`] as const,
    ),
    ["role", "roles/compute.instanceAdmin"],
    ["role", "roles/iam.serviceAccountAdmin"],
    ["role", "roles/container.developer"],
    ["role", "roles/compute.serviceAgent"],
    ["role", "roles/iam.serviceAccountUser"],
    ["role", "roles/iam.serviceAccountOpenIdTokenCreator"],
    ["condition", gone],
    ["condition", {}],
    ["condition.expression", "true"],
    ["condition.expression", 'request.time < timestamp("2030-01-01T00:00:00Z")'],
    ...strangers.map((one) => ["member", one] as const),
  ],
}));

const access: readonly One[] = [
  ...onAll,
  ...onOne,
  {
    rule: "gcp-rights-narrow",
    type: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    props: {
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: "serviceAccount:service-123456@compute-system.iam.gserviceaccount.com",
    },
    changes: [
      ["member", "allAuthenticatedUsers"],
      ["role", "roles/cloudkms.admin"],
    ],
  },
  {
    rule: "gcp-rights-narrow",
    type: "gcp:iap/tunnelInstanceIAMBinding:TunnelInstanceIAMBinding",
    name: "engineering-manager-tunnel",
    props: {
      role: "roles/iap.tunnelResourceAccessor",
      members: ["group:ops-admins@example.com"],
      condition: { expression: "destination.port == 2022" },
    },
    changes: [
      ["condition", gone],
      ["condition.expression", "true"],
      ["members", ["domain:example.com"]],
    ],
  },
  ...(["TunnelIamMember", "TunnelIamBinding"] as const).map((kind): One => ({
    rule: "gcp-rights-narrow",
    type: `gcp:iap/t${kind.slice(1)}:${kind}`,
    props: {},
    never: true,
    changes: [],
  })),
  ...(["projects", "folder", "organizations"] as const).flatMap((where) =>
    (["Binding", "Policy"] as const).map((form): One => ({
      rule: "gcp-rights-added",
      type: `gcp:${where}/iAM${form}:IAM${form}`,
      props: {},
      never: true,
      changes: [],
    })),
  ),
  {
    rule: "gcp-custom-roles-narrow",
    type: "gcp:organizations/iAMCustomRole:IAMCustomRole",
    props: { permissions: ["compute.instances.get", "compute.instances.setMetadata"] },
    changes: [
      ["permissions", ["compute.instances.get", "resourcemanager.projects.setIamPolicy"]],
      ["permissions", ["iam.serviceAccountKeys.create"]],
      ["permissions", ["cloudsql.instances.delete"]],
      ["permissions", ["compute.projects.setCommonInstanceMetadata"]],
      ["permissions", []],
    ],
  },
  {
    rule: "gcp-custom-roles-on-what-they-need",
    type: "gcp:projects/iAMMember:IAMMember",
    title: "a role of the stack",
    props: {
      role: "projects/gitlab-ops-example/roles/gitlab_ops_runners_chatops_workers",
      member: account,
      condition: { expression: 'resource.name.startsWith("projects/p/zones/z/instances/w-")' },
    },
    forms: [["role", "roles/monitoring.metricWriter"]],
    changes: [
      ["condition", gone],
      ["condition.expression", "true"],
    ],
  },
  {
    rule: "gcp-federation-narrow",
    type: "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
    props: {
      oidc: { issuerUri: "https://gitlab.com" },
      attributeCondition: 'assertion.namespace_path.startsWith("gitlab-com")',
    },
    changes: [
      ["attributeCondition", gone],
      ["attributeCondition", "true"],
    ],
  },
  {
    rule: "gcp-no-account-keys",
    type: "gcp:storage/hmacKey:HmacKey",
    props: {},
    never: true,
    changes: [],
  },
];

export const nextOfGoogle: readonly Next[] = [...access, ...nextOfGoogleNetwork].map((one) => ({
  ...one,
  place: "ops" as const,
}));
