/** A checkout as a user has it, with the tests' own program in it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../../engine/isolation";
import { project } from "./project";

/** Puts the project into an empty folder, dependencies linked in; no stack's settings. */
export function putProject(folder: string): void {
  for (const name of ["package.json", "package-lock.json", "tsconfig.json", "Pulumi.yaml"]) {
    cpSync(join(checkout, name), join(folder, name));
  }
  // Named from the folder: the way to this checkout may hold blanks, which would end a flag.
  edit(join(folder, "Pulumi.yaml"), "--require @swc-node/register", "--require ./program.cjs");
  const program = JSON.stringify(join(__dirname, "program.cjs"));
  writeFileSync(join(folder, "program.cjs"), `require(${program});\n`);
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  for (const name of ["index.ts", "environments"]) {
    cpSync(join(project, name), join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, "engine"));
  cpSync(join(checkout, "engine/environment.ts"), join(folder, "engine/environment.ts"));
  edit(join(folder, "environments/tiny.ts"), "../../../../engine/", "../engine/");
  writeFileSync(join(folder, ".gitignore"), "node_modules\n");
}

/** A policy pack of one rule for the tests' program: no release 18.19. */
export function putPack(folder: string): void {
  mkdirSync(join(folder, "policies"));
  cpSync(join(checkout, "policies/PulumiPolicy.yaml"), join(folder, "policies/PulumiPolicy.yaml"));
  writeFileSync(join(folder, "policies/package.json"), '{"name":"tiny","version":"0.0.1"}');
  writeFileSync(
    join(folder, "policies/index.js"),
    `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("tiny", {
  policies: [
    {
      name: "no-release-19",
      description: "Release 19 is not there yet.",
      enforcementLevel: "mandatory",
      validateResource: ({ type, props }, report) => {
        if (type === "aws:ec2/vpc:Vpc" && props.tags.Release === "18.19") report("18.19 is too new");
      },
    },
  ],
});
`,
  );
}

/** Replaces a text that has to be there. */
export function edit(file: string, was: string, is: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.includes(was)) throw new Error(`${file} does not hold ${was}`);
  writeFileSync(file, text.replace(was, is));
}

/** Git in a folder, as somebody. */
export function git(folder: string, ...args: string[]): void {
  const who = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
  execFileSync("git", [...who, ...args], { cwd: folder, stdio: "ignore" });
}
