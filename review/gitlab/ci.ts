/** What a job of GitLab CI is told of its pipeline: https://docs.gitlab.com/ci/variables/predefined_variables/ */
import { isAbsolute, relative, sep } from "node:path";
import type { MergeRequestId } from "./client";

/** Variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Addresses for people to go on from. */
export interface CiLinks {
  readonly pipeline?: string;
  /** The artifacts of this job. */
  readonly artifacts?: string;
  readonly fullNote?: string;
}

/** A variable's text; GitLab sets some to nothing where others leave them out. */
function given(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === "" ? undefined : value;
}

/** A whole number above nought in a variable; nothing where it holds something else. */
function id(environment: Environment, name: string): number | undefined {
  const value = given(environment, name);
  return value !== undefined && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : undefined;
}

/**
 * The merge request that the pipeline is for; nothing in a pipeline of a branch or tag. Of a fork's merge request,
 * CI_PROJECT_ID is the fork: the notes stand in the project that it is to be merged into.
 */
export function mergeRequestOf(environment: Environment): MergeRequestId | undefined {
  const iid = id(environment, "CI_MERGE_REQUEST_IID");
  const project =
    id(environment, "CI_MERGE_REQUEST_PROJECT_ID") ??
    given(environment, "CI_MERGE_REQUEST_PROJECT_PATH") ??
    id(environment, "CI_PROJECT_ID");
  return iid === undefined || project === undefined ? undefined : { project, iid };
}

/** The pipeline's number, which grows from one to the next in the whole of a GitLab. */
export function pipelineOf(environment: Environment): number | undefined {
  return id(environment, "CI_PIPELINE_ID");
}

/** The commit that the pipeline is for. */
export function commitOf(environment: Environment): string | undefined {
  const commit = given(environment, "CI_COMMIT_SHA");
  return commit !== undefined && /^[0-9a-f]{40}$/.test(commit) ? commit : undefined;
}

/**
 * Links to the pipeline and to this job's artifacts.
 * @param file a file among the artifacts, absolute; it can be linked to where it is inside of the job's checkout
 */
export function linksOf(environment: Environment, file?: string): CiLinks {
  const job = given(environment, "CI_JOB_URL");
  const root = given(environment, "CI_PROJECT_DIR");
  const path = file === undefined || root === undefined ? undefined : relative(root, file);
  const inside = path !== undefined && !isAbsolute(path) && path.split(sep)[0] !== "..";
  return {
    pipeline: given(environment, "CI_PIPELINE_URL"),
    // https://docs.gitlab.com/ci/jobs/job_artifacts/#browse-the-contents-of-the-artifacts-archive
    artifacts: job === undefined ? undefined : `${job}/artifacts/browse`,
    fullNote:
      job === undefined || !inside
        ? undefined
        : `${job}/artifacts/file/${path.split(sep).map(encodeURIComponent).join("/")}`,
  };
}

/** Where a note can be read. */
export function noteUrl(
  environment: Environment,
  { iid }: MergeRequestId,
  note: number,
): string | undefined {
  const project =
    given(environment, "CI_MERGE_REQUEST_PROJECT_URL") ?? given(environment, "CI_PROJECT_URL");
  return project === undefined ? undefined : `${project}/-/merge_requests/${iid}#note_${note}`;
}
