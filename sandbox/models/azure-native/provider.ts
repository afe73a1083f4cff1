/**
 * What the azure-native provider itself takes.
 * https://www.pulumi.com/registry/packages/azure-native/installation-configuration/
 */
import type { PlaceModel, PropertyModel } from "../../model";
import { bool, list, oneOf, str } from "../constructors";

const guid = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ pattern: "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", ...more });

/** Configuration of an azure-native provider instance. */
export const provider: Readonly<Record<string, PropertyModel>> = {
  auxiliaryTenantIds: list(guid()),
  clientCertificatePassword: str({ secret: true }),
  clientCertificatePath: str(),
  clientId: guid({ secret: true }),
  clientSecret: str({ secret: true }),
  disableInstanceDiscovery: bool(),
  disablePulumiPartnerId: bool(),
  environment: oneOf(["public", "usgovernment", "china"]),
  location: str(),
  metadataHost: str(),
  msiEndpoint: str(),
  oidcRequestToken: str({ secret: true }),
  oidcRequestUrl: str(),
  oidcToken: str({ secret: true }),
  oidcTokenFilePath: str(),
  partnerId: guid(),
  subscriptionId: guid({ replace: true }),
  tenantId: guid({ replace: true }),
  useDefaultAzureCredential: bool(),
  useMsi: bool(),
  useOidc: bool(),
};

/** Without a subscription the provider takes the one that the Azure CLI is signed in to: made up here. */
export const place: PlaceModel = {
  account: [{ path: "subscriptionId" }],
  otherwise: "11111111-2222-4333-8444-555555555555",
  region: [{ path: "location" }],
  tenant: [{ path: "tenantId" }],
};
