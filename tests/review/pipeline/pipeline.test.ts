/** The users' pipeline, .gitlab-ci.yml: held against GitLab's own schema, and asked which jobs it has when. */
import { execFile, execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { checkout } from "../../../engine/isolation";
import { environments } from "../../../environments/registry";
import { codePaths, policyPaths } from "../../../review/approval/code-paths";

const stacks = Object.keys(environments);
/** It brings the schema with it: https://gitlab.com/gitlab-org/gitlab, app/assets/javascripts/editor/schema/ci.json. */
const linter = path.join(checkout, "node_modules", "gitlab-ci-local", "src", "index.js");

interface Linted {
  readonly code: number;
  readonly stdout: string;
  /** Both streams: what a person reads. */
  readonly output: string;
}

/** A repository of its own, on a branch beside `main`, with one file changed. */
class Project {
  readonly folder = mkdtempSync(path.join(tmpdir(), "pipeline-"));

  constructor(pipeline: string, changed?: string) {
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("remote", "add", "origin", "https://gitlab.example.com/group/project.git");
    writeFileSync(path.join(this.folder, ".gitlab-ci.yml"), pipeline);
    copyFileSync(path.join(checkout, "package-lock.json"), this.at("package-lock.json"));
    this.commit("base");
    this.git("update-ref", "refs/remotes/origin/main", "HEAD");
    this.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
    if (changed === undefined) return;
    this.git("checkout", "--quiet", "-b", "change");
    mkdirSync(path.dirname(this.at(changed)), { recursive: true });
    writeFileSync(this.at(changed), "changed\n");
    this.commit("change");
  }

  private at(file: string): string {
    return path.join(this.folder, file);
  }

  private commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
  }

  private git(...args: string[]): void {
    const who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    execFileSync("git", [...who, "-c", "commit.gpgsign=false", ...args], { cwd: this.folder });
  }

  lint(...args: string[]): Promise<Linted> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [linter, "--home", this.folder, "--no-color", ...args],
        {
          cwd: this.folder,
          maxBuffer: 16 * 1024 * 1024,
          env: { PATH: process.env.PATH, HOME: this.folder },
        },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : 1, stdout, output: `${stdout}\n${stderr}` });
        },
      );
    });
  }

  /** Names of the jobs that a pipeline has, those that wait for a person among them; as `name (manual)`. */
  async jobs(variables: Readonly<Record<string, string>>): Promise<string[]> {
    const given = Object.entries(variables).flatMap(([name, value]) => [
      "--variable",
      `${name}=${value}`,
    ]);
    const { code, output } = await this.lint("--list-csv", ...given);
    if (code !== 0) throw new Error(output);
    const lines = output.split("\n").map((line) => line.split(";"));
    const start = lines.findIndex(([name]) => name === "name");
    return lines
      .slice(start + 1)
      .filter((cells) => cells.length > 4)
      .map(([name = "", , , when]) => (when === "manual" ? `${name} (manual)` : name));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const text = readFileSync(path.join(checkout, ".gitlab-ci.yml"), "utf8");
const always = ["install", "check", "test", "rehearse"];

async function jobsOf(
  changed: string | undefined,
  variables: Readonly<Record<string, string>>,
): Promise<string[]> {
  const project = new Project(text, changed);
  try {
    return await project.jobs(variables);
  } finally {
    project.remove();
  }
}

describe("GitLab's schema", () => {
  it("holds for the pipeline, and would not for a wrong one", async () => {
    const [right, wrong] = [text, text.replace("interruptible: true", "interruptible: maybe")].map(
      (pipeline) => new Project(pipeline),
    );
    try {
      const [good, bad] = await Promise.all([right?.lint("--list"), wrong?.lint("--list")]);
      expect(good?.output).toContain("json schema validated");
      expect(good?.code).toBe(0);
      expect(bad?.code).toBe(1);
      expect(bad?.output).toContain("interruptible");
    } finally {
      right?.remove();
      wrong?.remove();
    }
  });
});

describe("a merge request", () => {
  const mergeRequest = { CI_PIPELINE_SOURCE: "merge_request_event" };

  it("previews and judges the environment that it changes, and no other", async () => {
    expect(await jobsOf("environments/ops/index.ts", mergeRequest)).toEqual([
      ...always,
      "preview ops",
      "policy ops",
      "preview comment",
    ]);
  });

  it("previews every environment where a component changes", async () => {
    const jobs = await jobsOf("components/shared/naming.ts", mergeRequest);
    for (const stack of stacks) {
      expect(jobs).toEqual(expect.arrayContaining([`preview ${stack}`, `policy ${stack}`]));
    }
  });

  it("still has the note set right where no environment changes any more", async () => {
    expect(await jobsOf("docs/architecture.md", mergeRequest)).toEqual([
      ...always,
      "preview comment",
    ]);
  });

  it("never applies anything, with a backend or without", async () => {
    const jobs = await jobsOf("Pulumi.aws.yaml", {
      ...mergeRequest,
      PULUMI_BACKEND_URL: "s3://state",
    });
    expect(jobs).toContain("preview aws");
    expect(jobs.filter((name) => name.startsWith("up "))).toEqual([]);
  });
});

describe("other pipelines", () => {
  const backend = { PULUMI_BACKEND_URL: "s3://state" };

  it("offer, after a merge, an up of what was changed, and wait for a person", async () => {
    const jobs = await jobsOf("environments/aws/index.ts", {
      ...backend,
      CI_PIPELINE_SOURCE: "push",
      CI_COMMIT_BRANCH: "main",
      CI_DEFAULT_BRANCH: "main",
    });
    expect(jobs).toEqual([...always, "up aws (manual)"]);
  });

  it("look for drift every night, in every environment, try other cases, and change nothing", async () => {
    const jobs = await jobsOf(undefined, { ...backend, CI_PIPELINE_SOURCE: "schedule" });
    expect(jobs).toEqual(["install", "properties", ...stacks.map((stack) => `drift ${stack}`)]);
  });
});

interface Rule {
  readonly if?: string;
  readonly when?: string;
  readonly changes?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

interface Job {
  readonly stage: string;
  readonly interruptible?: boolean;
  readonly retry?: unknown;
  readonly resource_group?: string;
  readonly environment?: { readonly name: string; readonly action?: string };
  readonly artifacts?: { readonly access?: string };
  readonly rules: readonly Rule[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly script: readonly string[];
}

/** What a job's script hands to npm, in a shell as a runner's. */
function typed(job: Job | undefined, env: Readonly<Record<string, string>>): string[] {
  const npm = `npm() { printf '%s\\n' "$@"; }`;
  return execFileSync(
    "bash",
    ["--norc", "-euo", "pipefail", "-c", [npm, ...(job?.script ?? [])].join("\n")],
    {
      encoding: "utf8",
      env: { PATH: process.env.PATH, ...env },
    },
  )
    .trimEnd()
    .split("\n");
}

describe("the pipeline of a merge", () => {
  it("is not ended by the next one, which does not offer its ups", () => {
    const { workflow } = parse(text, { logLevel: "error" }) as {
      workflow: {
        auto_cancel: { on_new_commit: string };
        rules: readonly { if: string; auto_cancel?: { on_new_commit: string } }[];
      };
    };
    const modes = workflow.rules.map(({ if: rule, auto_cancel: own }) => [
      rule.includes("merge_request_event"),
      (own ?? workflow.auto_cancel).on_new_commit,
    ]);
    expect(modes).toEqual([
      [true, "interruptible"],
      [false, "none"],
      [false, "none"],
    ]);
  });
});

describe("the jobs, with what they extend", () => {
  let jobs: Readonly<Record<string, Job>>;

  beforeAll(async () => {
    const project = new Project(text);
    try {
      const { stdout } = await project.lint("--preview");
      jobs = parse(stdout) as Record<string, Job>;
    } finally {
      project.remove();
    }
  });

  it.each(stacks)("an up of %s is never cut off, tried twice, or beside another", (stack) => {
    const up = jobs[`up ${stack}`];
    expect(up?.interruptible).toBe(false);
    expect(up?.retry).toBe(0);
    expect(up?.resource_group).toBe(stack);
    expect(jobs[`drift ${stack}`]?.resource_group).toBe(stack);
    expect(up?.rules.map(({ when }) => when)).toEqual(["manual"]);
    expect(up?.script.join("\n")).toContain("--approved");
  });

  it.each(stacks)("a preview of %s has no access to what an up may use", (stack) => {
    expect(jobs[`up ${stack}`]?.environment?.name).toBe(stack);
    for (const name of [`preview ${stack}`, `drift ${stack}`]) {
      expect(jobs[name]?.environment).toMatchObject({ name: /^preview\//, action: "access" });
    }
  });

  it.each([
    [
      "of a merged result, on its target's head",
      { target: "1234abcd", base: "0000abcd" },
      "1234abcd",
    ],
    ["of a branch, on what it left", { target: "", base: "0000abcd" }, "0000abcd"],
    ["where GitLab names neither, on the target branch", {}, "origin/main"],
  ])("preview %s", (_what, { target, base }: { target?: string; base?: string }, wanted) => {
    const job = jobs["preview aws"];
    const sandbox = job?.rules.find((rule) => rule.if?.includes("== null"));
    const given = {
      ...{ ...job?.variables, ...sandbox?.variables },
      ...(target === undefined ? {} : { CI_MERGE_REQUEST_TARGET_BRANCH_SHA: target }),
      ...(base === undefined ? {} : { CI_MERGE_REQUEST_DIFF_BASE_SHA: base }),
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    };
    expect(typed(job, given)).toEqual([
      ...["run", "preview", "--", "aws", "--sandbox", "--base", wanted, "--json", "preview"],
    ]);
    const inCloud = ["run", "preview", "--", "aws", "--drift", "--json", "preview"];
    expect(typed(job, { ...job?.variables })).toEqual(inCloud);
  });

  it("keep what they write from guests", () => {
    const open = Object.entries(jobs)
      .filter(([, job]) => job.artifacts !== undefined && job.artifacts.access !== "developer")
      .map(([name]) => name);
    expect(open).toEqual([]);
  });

  it.each(stacks)(
    "look at %s wherever its approval, its settings or its policies would move",
    (stack) => {
      const paths = [...codePaths(stack), `Pulumi.${stack}.yaml`, ...policyPaths].filter((one) =>
        existsSync(path.join(checkout, one)),
      );
      const wanted = paths.map((one) =>
        statSync(path.join(checkout, one)).isDirectory() ? `${one}/**/*` : one,
      );
      for (const name of [`preview ${stack}`, `policy ${stack}`, `up ${stack}`]) {
        for (const { changes = [] } of jobs[name]?.rules ?? []) {
          expect([...changes].sort()).toEqual(wanted.sort());
        }
        expect(jobs[name]?.rules.length).toBeGreaterThan(0);
      }
    },
  );
});
