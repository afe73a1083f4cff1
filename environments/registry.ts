import type { EnvironmentRegistry } from "../engine/environment";

/** Stack name to environment. Each loads on demand, so that a stack pays for its own clouds alone. */
export const environments: EnvironmentRegistry = {
  aws: {
    summary: "decoupled GitLab CE on AWS: no single component may bring it down",
    production: true,
    packages: ["aws"],
    prerequisites: [],
    load: () => import("./aws/index.ts"),
  },
  dev: {
    summary: "GitLab CE nightly on one Azure machine: packages and images are built here",
    production: false,
    packages: ["azure-native", "gcp", "aws", "random"],
    prerequisites: [],
    load: () => import("./dev/index.ts"),
  },
  ops: {
    summary:
      "GitLab EE on one Google Cloud machine, beside Cloud SQL and Memorystore: tools, mirrors, chatops",
    production: true,
    packages: ["gcp"],
    prerequisites: [],
    load: () => import("./ops/index.ts"),
  },
  version: {
    summary:
      "the version app on Google Kubernetes Engine, with Cloud SQL, Memorystore and Auto DevOps",
    production: true,
    packages: ["gcp", "kubernetes"],
    prerequisites: ["dev"],
    load: () => import("./version/index.ts"),
  },
};
