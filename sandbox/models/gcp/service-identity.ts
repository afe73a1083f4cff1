/** The account that one of Google's services acts as in a project, made before the service needs it. */
import type { ResourceModel } from "../../model";
import { SERVICE_IDENTITY, out, project, registry, str } from "./common";

const serviceIdentity: ResourceModel = {
  token: SERVICE_IDENTITY,
  source: registry("projects/serviceidentity"),
  schema: "google_project_service_identity",
  id: "projects/{account}/services/{service}",
  properties: {
    project,
    service: str({
      required: true,
      replace: true,
      pattern: "[a-z0-9.-]+\\.googleapis\\.com",
      example: "sqladmin.googleapis.com",
    }),
    email: {
      type: "string",
      computed: true,
      // The names that are not made from the service's own: https://cloud.google.com/iam/docs/service-agents
      value: {
        cases: [
          {
            when: { property: "service", equals: "sqladmin.googleapis.com" },
            value: "service-{accountNumber}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
          },
          {
            when: { property: "service", equals: "redis.googleapis.com" },
            value: "service-{accountNumber}@cloud-redis.iam.gserviceaccount.com",
          },
          {
            when: { property: "service", equals: "container.googleapis.com" },
            value: "service-{accountNumber}@container-engine-robot.iam.gserviceaccount.com",
          },
          {
            when: { property: "service", equals: "compute.googleapis.com" },
            value: "service-{accountNumber}@compute-system.iam.gserviceaccount.com",
          },
          {
            value: "service-{accountNumber}@gcp-sa-{service~^([a-z0-9-]+)}.iam.gserviceaccount.com",
          },
        ],
      },
    },
    member: out("serviceAccount:{email}"),
  },
  // The provider only forgets it: an agent stays as long as the service does.
  leftWhile: { all: [] },
  seconds: { create: 3 },
};

export const models: readonly ResourceModel[] = [serviceIdentity];
