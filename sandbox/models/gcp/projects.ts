/** Projects: the services that are enabled in them. */
import type { ResourceModel } from "../../model";
import { SERVICE, bool, deletionPolicy, prevented, project, registry, str } from "./common";

// https://cloud.google.com/service-usage/docs/enable-disable
const service: ResourceModel = {
  token: SERVICE,
  source: registry("projects/service"),
  schema: "google_project_service",
  id: "{account}/{service}",
  seconds: { create: 20, delete: 20 },
  // Deleting the resource takes the service from the project only where it is asked to.
  leftWhile: {
    any: [
      { property: "deletionPolicy", equals: "ABANDON" },
      { not: { property: "disableOnDestroy", equals: true } },
    ],
  },
  deleteRefusedWhile: [prevented],
  unique: [{ properties: ["service"], scope: "account", source: registry("projects/service") }],
  properties: {
    checkIfServiceHasUsageOnDestroy: bool(),
    deletionPolicy,
    disableDependentServices: bool(),
    disableOnDestroy: bool(),
    project,
    service: str({
      required: true,
      replace: true,
      pattern: "[a-z][a-z0-9-]*\\.googleapis\\.com",
      example: "dns.googleapis.com",
    }),
  },
};

/** Enabled services. */
export const models: readonly ResourceModel[] = [service];
