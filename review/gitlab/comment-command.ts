/** `npm run preview-comment`: a run's previews as one note in the merge request. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { projectName } from "../../engine/prepare";
import { exitCodes } from "../../engine/rehearsal-command";
import { SettingsFileError } from "../../engine/settings";
import { Mask } from "../mask/mask";
import { marker } from "../note/marker";
import { fullNote, type NoteInput, renderNote, tickedIn } from "../note/render";
import { readRecords, StoreError } from "../store";
import { commitOf, type Environment, linksOf, mergeRequestOf, noteUrl, pipelineOf } from "./ci";
import type { MergeRequestId } from "./client";
import { connect, connectionFlags, connectionUsage, tokenOf, withoutToken } from "./connect";
import { GitLabError, said, SetUpError } from "./errors";
import { explain } from "./explain";
import { type Posted, postNote } from "./notes";

/** Name of the note in full, in the folder of the previews. */
export const fullNoteFile = "note.md";

const usage = `npm run preview-comment -- DIR [--out FILE]

Posts the previews in DIR (npm run preview -- --json DIR) as one note to the pipeline's merge request, or brings the
note that stands up to date. Writes the note in full to DIR/${fullNoteFile}.

  --out FILE                 writes the note to FILE, or to standard output (-), and posts nothing
${connectionUsage}`;

/** What the command is run with. */
export interface CommentOptions {
  /** Folder of Pulumi.yaml, whose name the note carries. */
  readonly project: string;
  readonly args: readonly string[];
  readonly environment: Environment;
  /** Standard output: what became of it, or the note itself. */
  readonly out: (text: string) => void;
  /** Gets lines about what does not work. */
  readonly say: (line: string) => void;
}

/** Runs the command; resolves to the process's exit code and never rejects for what a person can mend. */
export async function runPreviewComment(options: CommentOptions): Promise<number> {
  const { say } = options;
  let parsed;
  try {
    parsed = parseArgs({
      args: [...options.args],
      allowPositionals: true,
      options: {
        out: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
        ...connectionFlags,
      },
    });
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return exitCodes.usage;
  }
  const { values, positionals } = parsed;
  if (values.help) {
    options.out(`${usage}\n`);
    return exitCodes.held;
  }
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) {
    say(usage);
    return exitCodes.usage;
  }
  const folder = resolve(given);
  try {
    const input = inputOf(folder, options);
    write(join(folder, fullNoteFile), fullNote(input));
    if (values.out !== undefined) {
      const { body } = renderNote(input);
      if (values.out === "-") options.out(body);
      else write(resolve(values.out), body);
      return exitCodes.held;
    }
    return await post(input, values, options);
  } catch (error) {
    const known = [StoreError, SetUpError, SettingsFileError].some((type) => error instanceof type);
    // What a system call says: no right to read the folder, or it is a file.
    if (!known && said(error, "syscall") === "") throw error;
    say(said(error, "message"));
    return exitCodes.failed;
  }
}

/** @throws StoreError where the folder does not hold previews */
function inputOf(folder: string, { project, environment }: CommentOptions): NoteInput {
  const records = readRecords(folder);
  return {
    records,
    project: projectName(project),
    links: linksOf(environment, join(folder, fullNoteFile)),
    commit: commitOf(environment),
    run: pipelineOf(environment),
  };
}

/** @throws SetUpError where the file cannot be written */
function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new SetUpError(`${file} cannot be written (${said(error, "code")}).`);
  }
}

/** Posts, if there is where and by whom; the merge request's widgets show the changes in any case. */
async function post(
  input: NoteInput,
  flags: Parameters<typeof connect>[2],
  { environment, out, say }: CommentOptions,
): Promise<number> {
  const mergeRequest = mergeRequestOf(environment);
  if (mergeRequest === undefined) {
    out("No note is posted: this is not a merge request's pipeline (CI_MERGE_REQUEST_IID).\n");
    return exitCodes.held;
  }
  const token = tokenOf(environment);
  if (token === undefined) {
    out(
      `No note is posted, the merge request's widgets show the changes: ${withoutToken(environment)}\n`,
    );
    return exitCodes.held;
  }
  const client = connect(token, environment, flags, new Mask({ secrets: [token], environment }));
  try {
    const posted = await postNote(client, mergeRequest, {
      marker: marker(input.project ?? ""),
      run: input.run,
      // A change of no environment is told only where an earlier one of the merge request was.
      create: input.records.length > 0,
      body: (standing, limit) =>
        renderNote({ ...input, limit, ticked: standing === undefined ? [] : tickedIn(standing) })
          .body,
    });
    out(`${line(posted, mergeRequest, environment)}\n`);
    return exitCodes.held;
  } catch (error) {
    if (!(error instanceof GitLabError)) throw error;
    const thing = `merge request !${mergeRequest.iid} of project ${mergeRequest.project}`;
    say(`No note is posted: ${explain(error, { act: `comment on ${thing}`, thing })}`);
    return exitCodes.failed;
  } finally {
    await client.close();
  }
}

const words = {
  created: "The note is posted",
  updated: "The note is brought up to date",
  unchanged: "The note stands as it is to be",
  superseded: "Nothing is posted: the note of a newer pipeline stands",
} as const;

const states = {
  opened: "open",
  closed: "closed",
  locked: "being merged",
  merged: "merged",
} as const;

function line(posted: Posted, mergeRequest: MergeRequestId, environment: Environment): string {
  if (posted.outcome === "not open") {
    return `Nothing is posted: merge request !${mergeRequest.iid} is ${states[posted.state]}.`;
  }
  if (posted.outcome === "absent") {
    return "No note is posted: the folder holds no preview, and no earlier note stands.";
  }
  const url = noteUrl(environment, mergeRequest, posted.id);
  const removed =
    posted.removed === 0 ? "" : `; ${posted.removed} left over from earlier runs removed`;
  return `${words[posted.outcome]}${url === undefined ? "" : `: ${url}`}${removed}`;
}
