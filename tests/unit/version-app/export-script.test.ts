/** The script of an export, run by bash against a gcloud that answers as it is told. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTool, testWith } from "../../support/tools";

const file = join(__dirname, "../../../components/version-app/templates/export-database.sh");
const script = readFileSync(file, "utf8");

/** What gcloud answers: to each command its output and exit code. */
interface Answers {
  readonly list?: readonly [output: string, code: number];
  readonly export?: readonly [output: string, code: number];
  readonly wait?: readonly [output: string, code: number];
  readonly describe?: readonly [output: string, code: number];
}

function run(answers: Answers, whenMissing: "pass" | "fail" = "pass") {
  const folder = mkdtempSync(join(tmpdir(), "export-"));
  try {
    const {
      list,
      export: exported,
      wait,
      describe,
    } = {
      list: ["RUNNABLE", 0],
      export: ["an-operation", 0],
      wait: ["", 0],
      describe: ["DONE,", 0],
      ...answers,
    } as Required<Answers>;
    const cases = [
      ["sql instances list *", list],
      ["sql export sql *", exported],
      ["sql operations wait *", wait],
      ["sql operations describe *", describe],
    ] as const;
    writeFileSync(
      join(folder, "gcloud"),
      [
        "#!/bin/bash",
        `printf '%s\\n' "$*" >>"${folder}/calls"`,
        'case "$*" in',
        ...cases.map(
          ([pattern, [output, code]]) =>
            `${pattern.replaceAll(" ", "\\ ")}) printf '%s\\n' '${output}'; exit ${code};;`,
        ),
        "*) exit 99;;",
        "esac",
      ].join("\n"),
    );
    chmodSync(join(folder, "gcloud"), 0o755);
    writeFileSync(join(folder, "calls"), "");
    const { status, stdout } = spawnSync(requireTool("bash"), ["-c", script], {
      encoding: "utf8",
      env: {
        PATH: `${folder}:/usr/bin:/bin`,
        PROJECT: "a-project",
        INSTANCE: "an-instance",
        DATABASE: "version",
        BUCKET: "a-bucket",
        REASON: "change",
        WHEN_MISSING: whenMissing,
      },
    });
    const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
    return { status, stdout, calls };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("asks for an export beside the primary's own work, waits, and looks at how it ended", () => {
  const { calls, status } = run({});
  expect(status).toBe(0);
  expect(calls).toHaveLength(4);
  expect(calls[1]).toMatch(
    /^sql export sql an-instance gs:\/\/a-bucket\/an-instance\/\d{8}T\d{6}Z-change\.sql\.gz --project=a-project --database=version --offload --async /,
  );
  expect(calls[2]).toBe("sql operations wait an-operation --project=a-project --timeout=unlimited");
});

test("takes an instance that is not there as it is told to, and then exports nothing", () => {
  const passed = run({ list: ["", 0] }, "pass");
  expect([passed.status, passed.calls.length]).toEqual([0, 1]);
  const failed = run({ list: ["", 0] }, "fail");
  expect([failed.status, failed.calls.length]).toEqual([1, 1]);
  expect(failed.stdout).toContain("there is no instance an-instance");
});

test.each([
  ["the list is refused, which says nothing about the instance", { list: ["", 1] }],
  ["the export is refused", { export: ["", 1] }],
  ["no operation is named", { export: ["", 0] }],
  ["the wait fails", { wait: ["", 1] }],
  ["the operation ended with an error", { describe: ["DONE,STORAGE_ERROR", 0] }],
  ["the operation has not ended", { describe: ["RUNNING,", 0] }],
] as const)("fails where %s", (_what, answers) => {
  expect(run(answers).status).not.toBe(0);
});

// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#entrypoint
test("has nothing that Kubernetes would put something else in place of", () => {
  expect(script).not.toContain("$$");
  expect(script).not.toMatch(/\$\([A-Z_a-z]\w*\)/);
});

testWith("shellcheck", "shellcheck has nothing to say about it", () => {
  const { status, stdout } = spawnSync(
    requireTool("shellcheck"),
    ["--shell=bash", "--severity=style", file],
    { encoding: "utf8" },
  );
  expect([status, stdout]).toEqual([0, ""]);
});
