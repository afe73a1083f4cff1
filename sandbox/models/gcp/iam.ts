/** IAM of projects, accounts, machines and tunnels: who may do what. */
import type { ResourceModel } from "../../model";
import {
  ACCOUNT,
  COMPUTE_API,
  INSTANCE,
  blockSet,
  deletionPolicy,
  ABANDONED,
  heldLinkTo,
  oneOf,
  out,
  outJson,
  prevented,
  project,
  projectName,
  registry,
  set,
  str,
  zone,
} from "./common";
import { CUSTOM_ROLE, iamMember } from "./iam-member";

const MANAGER_API = "cloudresourcemanager.googleapis.com";

const projectMember = iamMember({
  token: "gcp:projects/iAMMember:IAMMember",
  page: "projects/iammember",
  schema: "google_project_iam_member",
  api: MANAGER_API,
  on: "{project}",
  own: { project: projectName({ required: true, replace: true }) },
});

const accountMember = iamMember({
  token: "gcp:serviceaccount/iAMMember:IAMMember",
  page: "serviceaccount/iammember",
  schema: "google_service_account_iam_member",
  api: "iam.googleapis.com",
  on: "{serviceAccountId}",
  own: {
    serviceAccountId: str({
      required: true,
      replace: true,
      pattern: "projects/[^/]+/serviceAccounts/[^/]+",
      ref: [
        { type: ACCOUNT, by: "name" },
        { type: ACCOUNT, outside: "projects/(?!{account}/)[^/]+/serviceAccounts/[^/]+" },
      ],
    }),
  },
});

const instanceMember = iamMember({
  token: "gcp:compute/instanceIAMMember:InstanceIAMMember",
  page: "compute/instanceiammember",
  schema: "google_compute_instance_iam_member",
  api: COMPUTE_API,
  on: "projects/{account}/zones/{zone}/instances/{instanceName~([^/]+)$}",
  own: { instanceName: heldGone(), project, zone },
});

const tunnelMember = iamMember({
  token: "gcp:iap/tunnelInstanceIAMMember:TunnelInstanceIAMMember",
  page: "iap/tunnelinstanceiammember",
  schema: "google_iap_tunnel_instance_iam_member",
  api: "iap.googleapis.com",
  on: "projects/{account}/iap_tunnel/zones/{zone}/instances/{instance~([^/]+)$}",
  own: { instance: heldGone(), project, zone },
});

/** A machine by link or name: its grants go with it when it is deleted. */
function heldGone() {
  const { ref, ...rest } = heldLinkTo(INSTANCE, { required: true, replace: true });
  const references = [ref ?? []].flat().map(({ type, by }) => ({ type, ...(by ? { by } : {}) }));
  return { ...rest, ref: references };
}

// https://cloud.google.com/iam/docs/creating-custom-roles
const customRole: ResourceModel = {
  token: CUSTOM_ROLE,
  source: registry("projects/iamcustomrole"),
  schema: "google_project_iam_custom_role",
  id: "projects/{account}/roles/{roleId}",
  api: "iam.googleapis.com",
  name: { property: "roleId", auto: true, separator: "", maxLength: 64 },
  leftWhile: ABANDONED,
  deleteRefusedWhile: [prevented],
  properties: {
    deletionPolicy,
    description: str({ maxLength: 256 }),
    permissions: set(
      str({
        pattern: "[a-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*){2,}",
        example: "compute.instances.get",
      }),
      { required: true, minItems: 1, maxItems: 3000 },
    ),
    project,
    roleId: str({
      optionalComputed: true,
      replace: true,
      pattern: "[a-zA-Z0-9_.]{3,64}",
      example: "gitlabMachine",
    }),
    stage: oneOf(["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"], { default: "GA" }),
    title: str({ required: true, maxLength: 100 }),
    deleted: outJson("boolean", false),
    name: out("projects/{account}/roles/{roleId}"),
  },
};

// https://cloud.google.com/logging/docs/audit/configure-data-access
const auditConfig: ResourceModel = {
  token: "gcp:projects/iAMAuditConfig:IAMAuditConfig",
  source: registry("projects/iamauditconfig"),
  schema: "google_project_iam_audit_config",
  id: "{project}/audit_config/{service}",
  api: MANAGER_API,
  unique: [
    {
      properties: ["service", "project"],
      scope: "account",
      source: registry("projects/iamauditconfig"),
    },
  ],
  properties: {
    auditLogConfigs: blockSet(
      {
        exemptedMembers: set(str({ pattern: "(?:user|group|serviceAccount|domain):\\S+" })),
        logType: oneOf(["DATA_READ", "DATA_WRITE", "ADMIN_READ"], { required: true }),
      },
      { required: true },
    ),
    project: projectName({ required: true, replace: true }),
    service: str({
      required: true,
      pattern: "allServices|[a-z0-9.-]+\\.googleapis\\.com",
      example: "iap.googleapis.com",
    }),
    etag: out("BwX{alnum:8}="),
  },
};

/** Grants, roles of a project's own, and what is written down of access to data. */
export const models: readonly ResourceModel[] = [
  projectMember,
  accountMember,
  instanceMember,
  tunnelMember,
  customRole,
  auditConfig,
];
