/** Tests prove rules; anything with a lifecycle goes through the driver's child processes (see engine/). */
module.exports = {
  testEnvironment: "node",
  // The SDK keeps its state in a global that jest would otherwise warn about.
  testEnvironmentOptions: { globalsCleanup: "off" },
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  // What the SDK needs only to turn functions into cloud functions, loaded when it is asked for.
  moduleNameMapper: {
    "^@npmcli/arborist$": "<rootDir>/tests/support/late/arborist.ts",
    "/typescript-shim$": "<rootDir>/tests/support/late/typescript.ts",
  },
  testTimeout: 120000,
  // One more than cores: tests that run scripts and engines wait for other processes now and then.
  maxWorkers: 3,
};
