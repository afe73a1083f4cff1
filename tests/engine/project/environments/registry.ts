import type { EnvironmentRegistry } from "../../../../engine/environment";

export const environments: EnvironmentRegistry = {
  tiny: {
    summary: "a network, a key, a bucket and a secret",
    packages: ["aws"],
    production: false,
    prerequisites: [],
    load: () => import("./tiny.ts"),
  },
  second: {
    summary: "the same, reading what tiny put out",
    packages: ["aws"],
    production: false,
    prerequisites: ["tiny"],
    load: () => import("./tiny.ts"),
  },
};
