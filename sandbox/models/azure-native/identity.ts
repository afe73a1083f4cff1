/** Managed identities. https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview */
import type { ResourceModel } from "../../model";
import { arm, IDENTITY, location, out, systemData, tags } from "./common";

const identity = arm({
  token: IDENTITY,
  kind: "Microsoft.ManagedIdentity/userAssignedIdentities",
  api: "2023-01-31",
  named: {
    property: "resourceName",
    pattern: "[A-Za-z0-9][A-Za-z0-9_-]{2,127}",
    minLength: 3,
    maxLength: 128,
  },
  properties: {
    location,
    tags: tags(),
    clientId: out("{uuid}"),
    principalId: out("{uuid}"),
    systemData,
    tenantId: out("{tenant}"),
  },
  seconds: { create: 3, delete: 3 },
});

export const models: readonly ResourceModel[] = [identity];
