/** Which files a stack's program is built from. tests/review/approval/code-paths.test.ts proves that a program loads no other. */

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
