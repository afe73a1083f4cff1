/**
 * What the GCP provider itself takes. The hundred custom endpoints are left out: no program here may send its
 * calls elsewhere.
 * https://www.pulumi.com/registry/packages/gcp/installation-configuration/
 */
import type { PlaceModel, PropertyModel } from "../../model";
import { bool, list, oneOf, str } from "../constructors";
import { labelMap, projectName, regionName, zoneName } from "./common";

// Go's duration form: "10s", "1m30s".
const duration: PropertyModel = str({ pattern: "(\\d+h)?(\\d+m)?(\\d+(\\.\\d+)?m?s)?" });

/** Configuration of a GCP provider instance. */
export const provider: Readonly<Record<string, PropertyModel>> = {
  accessToken: str({ secret: true }),
  addPulumiAttributionLabel: bool(),
  batching: {
    type: "object",
    fields: { enableBatching: bool(), sendAfter: duration },
  },
  billingProject: projectName(),
  credentials: str({ secret: true }),
  defaultLabels: labelMap(),
  deletionPolicy: oneOf(["DELETE", "ABANDON", "PREVENT"]),
  disableGooglePartnerName: bool(),
  externalCredentials: {
    type: "object",
    fields: {
      audience: str({ required: true }),
      identityToken: str({ required: true, secret: true }),
      serviceAccountEmail: str({ required: true }),
    },
  },
  googlePartnerName: str(),
  impersonateServiceAccount: str({ pattern: "[^@]+@[^@]+\\.gserviceaccount\\.com" }),
  impersonateServiceAccountDelegates: list(str()),
  pollInterval: duration,
  preferGlobalEndpoints: bool(),
  preferRegionalEndpoints: bool(),
  project: projectName({ replace: true }),
  pulumiAttributionLabelAdditionStrategy: oneOf(["CREATION_ONLY", "PROACTIVE"]),
  region: regionName(),
  requestReason: str(),
  requestTimeout: duration,
  scopes: list(str({ format: "url" })),
  universeDomain: str(),
  userProjectOverride: bool(),
  zone: zoneName(),
};

/** The provider's project, region and zone are those of the resources that name none. */
export const place: PlaceModel = {
  account: [{ path: "project" }],
  region: [{ path: "region" }, { path: "zone", part: "^(.+)-[a-z]$" }],
  zone: [{ path: "zone" }],
};
