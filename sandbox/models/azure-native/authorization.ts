/** Role assignments, roles and management locks: resources that stand on a scope. */
import type { PropertyModel, Reference, ResourceModel } from "../../model";
import { BUILT_IN_ROLES } from "./authorization-roles";
import {
  ACTION_GROUP,
  BACKUP_VAULT,
  BASTION,
  blocks,
  COMPONENT,
  DISK,
  GUID,
  held,
  IDENTITY,
  LEARN,
  list,
  LOCK,
  named,
  NAT_GATEWAY,
  NETWORK_INTERFACE,
  oneOf,
  out,
  PUBLIC_IP,
  registry,
  RESOURCE_GROUP,
  ROLE_ASSIGNMENT,
  ROLE_DEFINITION,
  rule,
  SCALE_SET,
  SECRET,
  SECURITY_GROUP,
  str,
  SUBNET,
  systemData,
  unchangeable,
  VAULT,
  VIRTUAL_MACHINE,
  VIRTUAL_NETWORK,
  WORKSPACE,
} from "./common";

const RBAC = `${LEARN}role-based-access-control/`;
const LOCKS = `${LEARN}azure-resource-manager/management/lock-resources`;
/** A management group, a subscription, or a resource group that may not be the program's own. */
const OUTER_SCOPE = `/subscriptions/${GUID}(/resourceGroups/[^/]+)?|/providers/Microsoft.Management/managementGroups/[^/]+`;

const ON: readonly Reference[] = [
  named(RESOURCE_GROUP, "id", OUTER_SCOPE),
  ...[
    VAULT,
    DISK,
    VIRTUAL_MACHINE,
    SCALE_SET,
    VIRTUAL_NETWORK,
    SUBNET,
    SECURITY_GROUP,
    PUBLIC_IP,
    NAT_GATEWAY,
    NETWORK_INTERFACE,
    BASTION,
    IDENTITY,
    SECRET,
    ACTION_GROUP,
    COMPONENT,
    WORKSPACE,
    BACKUP_VAULT,
  ].map((type) => named(type)),
];
/** What an assignment or a lock stands on; it goes with its scope. */
const scope: PropertyModel = str({ required: true, replace: true, same: "lowercase", ref: ON });

const written = {
  createdBy: out("{uuid}"),
  createdOn: out("{now}"),
  updatedBy: out("{uuid}", { changesWith: "*" }),
  updatedOn: out("{now}", { changesWith: "*" }),
};

const roleAssignment: ResourceModel = {
  token: ROLE_ASSIGNMENT,
  source: registry("authorization/roleassignment"),
  schema: ROLE_ASSIGNMENT,
  id: "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
  name: { property: "roleAssignmentName", auto: true, uuid: true },
  unique: [
    {
      properties: ["scope", "principalId", "roleDefinitionId"],
      scope: "global",
      source: `${RBAC}troubleshooting#symptom---assigning-a-role-fails`,
    },
  ],
  properties: {
    condition: str({ requiredWith: ["conditionVersion"] }),
    conditionVersion: str({ pattern: "2\\.0" }),
    delegatedManagedIdentityResourceId: str({ ref: named(IDENTITY) }),
    description: str({ maxLength: 2048 }),
    principalId: str({
      required: true,
      replace: true,
      // Users and groups are Entra's, which no resource of ARM is.
      ref: [named(IDENTITY, "principalId"), named(BACKUP_VAULT, "identity.principalId", GUID)],
    }),
    principalType: oneOf([
      "User",
      "Group",
      "ServicePrincipal",
      "ForeignGroup",
      "Device",
      "AgentUser",
      "AgentServicePrincipal",
    ]),
    roleAssignmentName: str({ replace: true, pattern: GUID }),
    roleDefinitionId: str({
      required: true,
      same: "lowercase",
      ref: held(
        ROLE_DEFINITION,
        "id",
        `(/subscriptions/${GUID})?/providers/Microsoft.Authorization/roleDefinitions/(${Object.values(BUILT_IN_ROLES).join("|")})`,
      ),
    }),
    scope,
    ...written,
    azureApiVersion: out("2022-04-01"),
    name: out("{roleAssignmentName}"),
    systemData,
    type: out("Microsoft.Authorization/roleAssignments"),
  },
  rules: [
    rule(
      "a principal that was just made has its type",
      { property: "principalId", referred: { property: "name", present: true } },
      { property: "principalType", equals: "ServicePrincipal" },
      "PrincipalNotFound: `principalType` must be ServicePrincipal for a managed identity: without it Azure looks the new principal up, and may not find it yet",
      `${RBAC}role-assignments-template#new-service-principal`,
    ),
    ...unchangeable(
      ["roleDefinitionId"],
      `${RBAC}role-assignments`,
      "RoleAssignmentUpdateNotPermitted: tenant, application, principal and scope stay",
    ),
  ],
  seconds: { create: 5, delete: 5 },
};

const actions = list(
  str({ pattern: "\\*|(\\*|[A-Za-z.]+)/\\S+", example: "Microsoft.Compute/*/read" }),
);

const roleDefinition: ResourceModel = {
  token: ROLE_DEFINITION,
  source: registry("authorization/roledefinition"),
  schema: ROLE_DEFINITION,
  id: "{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
  name: { property: "roleDefinitionId", auto: true, uuid: true },
  unique: [{ properties: ["roleName"], scope: "global", source: `${RBAC}custom-roles` }],
  properties: {
    assignableScopes: list(str({ ref: named(RESOURCE_GROUP, "id", OUTER_SCOPE) }), {
      minItems: 1,
      set: true,
    }),
    description: str({ maxLength: 2048 }),
    permissions: blocks(
      { actions, dataActions: actions, notActions: actions, notDataActions: actions },
      { minItems: 1, maxItems: 1 },
    ),
    roleDefinitionId: str({ replace: true, pattern: GUID }),
    roleName: str({ minLength: 1, maxLength: 512 }),
    roleType: str({ pattern: "CustomRole", deviates: "ARM's `properties.type`" }),
    scope,
    ...written,
    azureApiVersion: out("2022-05-01-preview"),
    name: out("{roleDefinitionId}"),
    systemData,
    type: out("Microsoft.Authorization/roleDefinitions"),
  },
  rules: [
    rule(
      "a role has a name, scopes and actions",
      undefined,
      {
        all: [
          { property: "roleName", present: true },
          { property: "assignableScopes", present: true },
          {
            any: [
              { property: "permissions[].actions", present: true },
              { property: "permissions[].dataActions", present: true },
            ],
          },
        ],
      },
      "InvalidRoleDefinition: `roleName`, `assignableScopes` and `permissions` with actions are required",
      `${RBAC}custom-roles#custom-role-properties`,
    ),
    rule(
      "a role is assignable where it stands",
      undefined,
      { property: "scope", allAmong: ["assignableScopes"] },
      "RoleDefinitionScopeMismatch: `assignableScopes` must hold the `scope` that the role is made in",
      `${RBAC}custom-roles`,
    ),
  ],
  seconds: { create: 5, delete: 5 },
};

const lock: ResourceModel = {
  token: LOCK,
  source: registry("authorization/managementlockbyscope"),
  schema: LOCK,
  id: "{scope}/providers/Microsoft.Authorization/locks/{lockName}",
  name: { property: "lockName", auto: true, digits: 8, separator: "", maxLength: 90 },
  properties: {
    level: oneOf(["NotSpecified", "CanNotDelete", "ReadOnly"], { required: true }),
    lockName: str({ replace: true, minLength: 1, maxLength: 90, pattern: "[\\w().-]*[\\w()-]" }),
    notes: str({ maxLength: 512 }),
    owners: blocks({ applicationId: str({ pattern: GUID }) }),
    scope,
    azureApiVersion: out("2020-05-01"),
    name: out("{lockName}"),
    systemData,
    type: out("Microsoft.Authorization/locks"),
  },
  locks: {
    property: "scope",
    deletes: { property: "level", in: ["CanNotDelete", "ReadOnly"] },
    updates: { property: "level", equals: "ReadOnly" },
    // Secrets are deleted through the vault itself: a lock holds for ARM's own operations alone.
    spares: [LOCK, SECRET],
    message:
      "ScopeLocked: the scope cannot perform this operation because it, a scope above it or a resource in it is locked by",
    source: LOCKS,
  },
  rules: [
    rule(
      "a lock has a level",
      undefined,
      { property: "level", notEquals: "NotSpecified" },
      "InvalidLockLevel: `level` must be CanNotDelete or ReadOnly",
      LOCKS,
    ),
  ],
  seconds: { create: 2, delete: 2 },
};

export const models: readonly ResourceModel[] = [roleAssignment, roleDefinition, lock];
