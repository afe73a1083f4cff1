import tseslint from "typescript-eslint";

// A whole-package import of a cloud SDK loads every service of that cloud: seconds per preview.
const barrels = ["aws", "gcp", "azure-native", "kubernetes"].map((name) => ({
  name: `@pulumi/${name}`,
  message: `Import the service module (@pulumi/${name}/<service>): the whole package costs seconds per preview.`,
}));

export default tseslint.config(
  { ignores: ["node_modules/**", ".rehearsal/**", ".cache/**", "**/*.js", "**/*.mjs", "**/*.cjs"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-restricted-imports": ["error", { paths: barrels }],
    },
  },
  {
    files: ["components/**/*.ts", "sandbox/models/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Components take arguments, never the environment.",
        },
      ],
    },
  },
  {
    files: ["tests/**/*.ts"],
    ignores: ["tests/support/properties.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            ...barrels,
            {
              name: "fast-check",
              importNames: ["default", "assert", "check"],
              message: "Import fc of tests/support/properties: its seed is one for every run.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["sandbox/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: barrels,
          patterns: [
            {
              group: ["**/components/**", "**/environments/**"],
              message: "The sandbox models clouds, not this program.",
            },
          ],
        },
      ],
    },
  },
);
