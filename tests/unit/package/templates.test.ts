import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderPackageRb } from "../../../components/gitlab-instance/package/render/gitlab-rb";
import { renderMetadataLoader } from "../../../components/node-files/metadata";
import { devFacts, opsFacts } from "../../scripts/support/package-facts";
import { testWith } from "../../support/tools";

const root = join(__dirname, "..", "..", "..");
const folder = "components/gitlab-instance/package/templates";
const scripts = readdirSync(join(root, folder))
  .filter((name) => name.endsWith(".sh"))
  .map((name) => join(folder, name));

test.each(scripts)("%s is bash that parses, and stops at the first failure", (path) => {
  execFileSync("bash", ["-n", join(root, path)]);
  const text = readFileSync(join(root, path), "utf8");
  expect(text).toMatch(/^set -E?euo pipefail$|gitlab-node\/\w+\.sh|^# shellcheck shell=bash/m);
  expect(text).not.toMatch(/set -[a-zA-Z]*x|set -o xtrace/);
});

testWith("shellcheck", "shellcheck finds nothing in any script of the machine", (shellcheck) => {
  execFileSync(shellcheck, ["-x", "-s", "bash", ...scripts], { cwd: root, encoding: "utf8" });
});

testWith("shellcheck", "shellcheck finds nothing in either cloud's loader", (shellcheck) => {
  for (const cloud of ["azure", "gcp"] as const)
    execFileSync(shellcheck, ["-s", "bash", "-"], {
      input: renderMetadataLoader(cloud),
      encoding: "utf8",
    });
});

testWith("ruby", "Ruby itself reads every gitlab.rb and every step of the role", (ruby) => {
  const scratch = mkdtempSync(join(tmpdir(), "package-rb-"));
  try {
    for (const [name, facts] of [
      ["dev", devFacts()],
      ["ops", opsFacts()],
    ] as const) {
      writeFileSync(join(scratch, `${name}.rb`), renderPackageRb(facts));
      execFileSync(ruby, ["-c", join(scratch, `${name}.rb`)], { encoding: "utf8" });
    }
    for (const name of readdirSync(join(root, folder, "role")))
      execFileSync(ruby, ["-c", join(root, folder, "role", name)], { encoding: "utf8" });
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
