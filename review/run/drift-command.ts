/** The nightly look for drift as a command: a table, records, and one issue per environment that drifts. */
import type { Engine, ResolveOptions } from "../../engine/binary";
import type { EnvironmentRegistry } from "../../engine/environment";
import { exitCodes } from "../../engine/rehearsal-command";
import { linksOf, pipelineOf } from "../gitlab/ci";
import type { ProjectId } from "../gitlab/client";
import { connect, type ConnectionFlags, tokenOf, withoutToken } from "../gitlab/connect";
import { syncDriftIssue } from "../gitlab/drift-issue";
import { GitLabError, SetUpError } from "../gitlab/errors";
import { explain } from "../gitlab/explain";
import { Mask } from "../mask/mask";
import type { PreviewRecord } from "../record";
import { PreviewStore } from "../store";
import { lookAtCloud } from "./cloud";
import { driftTable } from "./display";
import { runCommand, UsageError } from "./preview-command";

/** Where to look, and whom to tell. */
export interface DriftCommandOptions {
  readonly project: string;
  readonly registry: EnvironmentRegistry;
  /** @default every stack of the registry, where it is empty */
  readonly stacks: readonly string[];
  /** Folder for records and events. */
  readonly json?: string;
  /** Keep an issue per environment in line with what is found. */
  readonly issue: boolean;
  readonly connection: ConnectionFlags;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly engine: (options: ResolveOptions) => Promise<Engine>;
}

/**
 * Looks for drift; resolves to the process's exit code and never rejects. Drift is no failure; a look that failed is,
 * and so is drift that an issue was to tell of and does not.
 */
export function runDrift(options: DriftCommandOptions): Promise<number> {
  const { project, registry, json } = options;
  return runCommand(options, async (run) => {
    const { stacks, engine, commit, listener, interruption, progress } = run;
    const target = options.issue ? projectId(options.environment) : undefined;
    const found = await lookAtCloud({
      ...{ project, registry, stacks, engine, commit, listener },
      ...{ signal: interruption.signal, force: interruption.force },
      ...{ preview: false, drift: true, typesOf: new Map<string, readonly string[]>() },
    });
    progress.clear();
    const records = found.map(({ record }) => record);
    if (json !== undefined) {
      const store = new PreviewStore(json);
      for (const record of records) store.write(record);
    }
    console.log(`\n${driftTable(records)}`);
    const told = target === undefined || (await tell(options, target, records));
    const looked = records.every(({ drift }) => drift?.status === "looked");
    return looked && told ? exitCodes.held : exitCodes.failed;
  });
}

/** The project that issues are kept in. https://docs.gitlab.com/ci/variables/predefined_variables/ */
function projectId({
  CI_PROJECT_ID,
  CI_PROJECT_PATH,
}: DriftCommandOptions["environment"]): ProjectId {
  const project = [CI_PROJECT_ID, CI_PROJECT_PATH].find(
    (text) => text !== undefined && text.trim() !== "",
  );
  if (project === undefined) {
    throw new UsageError(
      "--issue is for a pipeline: set CI_PROJECT_ID (or CI_PROJECT_PATH) to the project that issues are kept in",
    );
  }
  return /^\d+$/.test(project) ? Number(project) : project;
}

const outcomes = {
  opened: "is opened",
  reopened: "is opened again",
  updated: "is brought up to date",
  unchanged: "says it already",
  closed: "is closed: the drift is gone",
} as const;

/** @returns false where drift was found that no issue tells of */
async function tell(
  { environment, connection }: DriftCommandOptions,
  project: ProjectId,
  records: readonly PreviewRecord[],
): Promise<boolean> {
  const drifts = records.some(({ drift }) => (drift?.changes.length ?? 0) > 0);
  const token = tokenOf(environment);
  if (token === undefined) {
    console.error(`No issue is opened or closed: ${withoutToken(environment)}`);
    return !drifts;
  }
  const client = connect(
    token,
    environment,
    connection,
    new Mask({ secrets: [token], environment }),
  );
  let told = true;
  try {
    for (const { stack, drift } of records) {
      if (drift === undefined) continue;
      try {
        const links = linksOf(environment);
        const run = pipelineOf(environment);
        const done = await syncDriftIssue(client, project, { stack, drift, links, run });
        if ("url" in done)
          console.log(`${stack}: the issue ${outcomes[done.outcome]}: ${done.url}`);
      } catch (error) {
        if (!(error instanceof GitLabError || error instanceof SetUpError)) throw error;
        told = false;
        const purpose = { act: `write issues of project ${project}`, thing: `project ${project}` };
        const why = error instanceof GitLabError ? explain(error, purpose) : error.message;
        console.error(`${stack}: the issue is not written: ${why}`);
      }
    }
  } finally {
    await client.close();
  }
  return told;
}
