import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  renderConsoleRb,
  renderGitlabRb,
  renderSecretsRb,
} from "../../../components/gitlab-instance/render/gitlab-rb";
import { facts } from "../../scripts/support/site";
import { testWith } from "../../support/tools";

const root = join(__dirname, "..", "..", "..");
const folders = [
  "components/node-files/templates",
  "components/node-files/templates/clouds",
  "components/gitlab-instance/templates",
  "components/gitlab-instance/templates/container",
];
const scripts = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(folder, name)),
);

test.each(scripts)("%s is bash that parses, and stops at the first failure", (path) => {
  execFileSync("bash", ["-n", join(root, path)]);
  const text = readFileSync(join(root, path), "utf8");
  // By itself, through the library, or because another script sources it.
  expect(text).toMatch(/^set -E?euo pipefail$|gitlab-node\/lib\.sh|^# shellcheck shell=bash$/m);
});

test("no script prints what it does: a trace would show secrets", () => {
  for (const path of scripts)
    expect([
      path,
      /set -[a-zA-Z]*x|set -o xtrace/.test(readFileSync(join(root, path), "utf8")),
    ]).toEqual([path, false]);
});

testWith("shellcheck", "shellcheck finds nothing in any script", (shellcheck) => {
  execFileSync(shellcheck, ["-x", "-s", "bash", ...scripts], { cwd: root, encoding: "utf8" });
});

testWith("ruby", "Ruby itself reads every gitlab.rb and the runner script", (ruby) => {
  const folder = mkdtempSync(join(tmpdir(), "gitlab-rb-"));
  try {
    const texts = (["application", "gitaly", "single"] as const).map((role) =>
      renderGitlabRb(facts(role, "19.2.2")),
    );
    texts.push(
      renderConsoleRb(facts("backup", "19.2.2")),
      renderSecretsRb(facts("gitaly", "19.2.2")),
    );
    texts.push(
      readFileSync(
        join(root, "components/gitlab-instance/templates/container/configure.rb"),
        "utf8",
      ),
    );
    for (const [index, text] of texts.entries()) {
      const file = join(folder, `${index}.rb`);
      writeFileSync(file, text);
      execFileSync(ruby, ["-c", file], { encoding: "utf8" });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
