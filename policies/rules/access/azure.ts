/** Who may do what on Azure. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { isIn } from "../../relations";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { says } from "../words";

const rbac = "https://learn.microsoft.com/en-us/azure/role-based-access-control";

/** The id of a role, at the end of any form of it: of a subscription, of the tenant, or alone. */
function role(...ids: readonly string[]): RegExp {
  return new RegExp(`(?:^|/)(?:${ids.join("|")})/?$`, "i");
}

/**
 * Built-in roles that are nearly everything.
 *
 * Source: https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged
 */
const masters = role(
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", // Owner
  "b24988ac-6180-42a0-ab88-20f7382dd24c", // Contributor
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", // User Access Administrator
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168", // Role Based Access Control Administrator
);

/**
 * Built-in roles over whole services that lead to what the services hold: to run commands on every machine, to open
 * every firewall, to have every key of storage and every secret.
 *
 * Source: https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles
 */
const lords = role(
  "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", // Virtual Machine Contributor
  "4d97b98b-1d4f-4787-a291-c67834d212e7", // Network Contributor
  "17d1049b-9a84-46fb-8f53-869881c3d3ab", // Storage Account Contributor
  "00482a5a-887f-4fb3-b363-3b7fe8e74483", // Key Vault Administrator
);

/** Built-in roles that read or write secrets, which are given on single ones. */
const secretRoles = role(
  "4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
  "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", // Key Vault Secrets Officer
);

/** A subscription, a management group or the tenant. */
const wholeSubscription = /^\/?$|^\/subscriptions\/[^/]+\/?$|\/managementGroups\//i;

/** Whether an action takes in more than it names, other than to look at it. */
function isBroad(action: Value): Truth {
  return action.test((text) => /\*/.test(String(text)) && !/\/read$/i.test(String(text)));
}

/** Whether an action changes who may do what, or takes a lock off. */
function isOverRights(action: Value): Truth {
  return action.matches(/^Microsoft\.Authorization\/.*(write|delete|action)$/i);
}

export const accessAzure: readonly Rule[] = [
  resourceRule(
    {
      id: "azure-rights-narrow",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects:
        "Identities of Azure have narrow roles on what they need, and people have theirs by the table of roles",
      source: `CIS Microsoft Azure Foundations, "Ensure that no Custom Subscription Administrator Roles Exist"; ${rbac}/best-practices`,
      fix: "Assign a narrow role on the resource itself, a role over secrets on a single secret, to a managed identity or to a group of the table",
    },
    on(t.azureRoleAssignment, (p, resource) => [
      must(not(p.get("roleDefinitionId").matches(masters)), "The role is nearly everything"),
      must(
        not(p.get("roleDefinitionId").matches(lords)),
        "The role is over a whole service, and leads to what is in it",
      ),
      must(
        any(
          not(p.get("roleDefinitionId").matches(secretRoles)),
          p.get("scope").matches(/\/secrets\/[^/]+\/?$/i),
        ),
        "The role is over all secrets of a vault",
      ),
      must(
        not(says(p.get("principalType"), "User")),
        "A single person is given rights, past the table of roles",
      ),
      must(
        any(says(p.get("principalType"), "ServicePrincipal"), isIn(resource, "identity")),
        "People are given rights past the table of roles",
      ),
      must(
        not(p.get("scope").matches(wholeSubscription)),
        "The role holds for the whole subscription",
      ),
    ]),
    on(t.azureRoleDefinition, (p) => [
      must(
        p.get("permissions").every((one) =>
          all(
            one.get("actions").every((action) => not(any(isBroad(action), isOverRights(action)))),
            one.get("dataActions").every((action) => not(isBroad(action))),
          ),
        ),
        "The role holds whole services, or rights over rights",
      ),
      must(
        p.get("assignableScopes").every((scope) => not(scope.matches(wholeSubscription))),
        "The role can be assigned in the whole subscription",
      ),
    ]),
    on(t.azureVirtualMachine, (p) =>
      must(
        any(!p.get("identity").given, p.get("identity").get("type").is("UserAssigned")),
        "The machine's identity is not one of the stack, and its rights come after its first boot",
      ),
    ),
  ),
  resourceRule(
    {
      id: "azure-identity-own",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects: "An identity is taken by what it was made for, and not by whoever has some token",
      source:
        "https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations; https://docs.gitlab.com/ci/cloud_services/azure/",
      fix: "Name one issuer over HTTPS, one subject without wildcards (of GitLab: project_path:group/project:ref_type:branch:ref:main) and the audience of Azure's token exchange",
    },
    on(t.azureFederatedCredential, (p) => [
      must(p.get("issuer").matches(/^https:\/\//i), "Tokens come from nobody in particular"),
      must(
        p
          .get("subject")
          .test((text) => typeof text === "string" && text !== "" && !text.includes("*")),
        "Tokens of more than one subject are taken",
      ),
      must(
        any(
          not(p.get("subject").matches(/^project_path:/)),
          p.get("subject").matches(/:ref_type:(branch|tag):ref:[^:]+$/),
        ),
        "Every branch of the project, whoever pushed it, becomes the identity",
      ),
      must(p.get("audiences").filled, "Tokens that were made for others are taken"),
    ]),
  ),
  resourceRule(
    {
      id: "azure-vault-by-role",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects: "Rights on secrets are roles, which are seen and reviewed where all others are",
      source: "https://learn.microsoft.com/en-us/azure/key-vault/general/rbac-access-policy",
      fix: "Use AzureRights on the secret, and leave access policies out",
    },
    on(t.azureVaultAccessPolicy, () => must(false, "The vault gives rights by its own list")),
    on(t.azureVault, (p) =>
      must(
        not(p.get("properties").get("accessPolicies").filled),
        "The vault has a list of rights, which holds as soon as somebody turns roles off",
      ),
    ),
  ),
];
