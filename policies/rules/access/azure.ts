/** Who may do what on Azure. */
import { all, any, not } from "../../reader";
import { isIn } from "../../relations";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";

/**
 * Built-in roles of Azure that are nearly everything: Owner, Contributor, User Access Administrator, Role Based Access
 * Control Administrator. https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged
 */
const azureMasters =
  /(8e3af657-a8ff-443c-a75c-2fe8c4bcb635|b24988ac-6180-42a0-ab88-20f7382dd24c|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|f58310d9-a9f6-439a-9e8d-f62e7b41a168)$/i;

export const accessAzure: readonly Rule[] = [
  resourceRule(
    {
      id: "azure-rights-narrow",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects:
        "Identities of Azure have narrow roles on what they need, and people have theirs by the table of roles",
      source: "https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
      fix: "Assign a narrow role on the resource itself, to a managed identity or to a group of the table",
    },
    on(t.azureRoleAssignment, (p, resource) => [
      must(not(p.get("roleDefinitionId").matches(azureMasters)), "The role is nearly everything"),
      must(
        not(p.get("principalType").is("User")),
        "A single person is given rights, past the table of roles",
      ),
      must(
        any(p.get("principalType").is("ServicePrincipal"), isIn(resource, "identity")),
        "People are given rights past the table of roles",
      ),
      must(
        not(p.get("scope").matches(/^\/subscriptions\/[^/]+\/?$|^\/$|managementGroups/)),
        "The role holds for the whole subscription",
      ),
    ]),
    on(t.azureRoleDefinition, (p) => [
      must(
        p.get("permissions").every((one) =>
          all(
            one
              .get("actions")
              .every((action) =>
                not(action.matches(/^\*$|\/\*$|^Microsoft\.Authorization\/.*(write|action)$/i)),
              ),
            one.get("dataActions").every((action) => not(action.matches(/^\*$|\/\*$/))),
          ),
        ),
        "The role holds whole services, or rights over rights",
      ),
      must(
        p
          .get("assignableScopes")
          .every((scope) => not(scope.matches(/^\/subscriptions\/[^/]+\/?$|^\/$/))),
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
];
