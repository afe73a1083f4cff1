/**
 * Which files a stack's program, and the policies, are built from. tests/review/approval/code-paths.test.ts proves that
 * they load no other.
 */

/**
 * Files and folders from the project's folder; some projects have not all of them.
 * @param stack other environments' folders are not among them: a change to ops leaves an approval of aws alone
 */
export function codePaths(stack: string): string[] {
  return [
    // How the program is started, with which compiler settings and which packages.
    "Pulumi.yaml",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "index.ts",
    "environments/registry.ts",
    "environments/shared",
    `environments/${stack}`,
    `environments/${stack}.ts`,
    "components",
    "engine/environment.ts",
  ];
}

/** What the policies are built from, in the same form; the version of their SDK apart. */
export const policyPaths: readonly string[] = [
  "policies",
  // How their TypeScript is run.
  "engine/transpile.cjs",
];
