/** What a note says of itself to programs: whose it is, and of which pipeline. */

/** Text in a comment: nothing that ends it, and no two hyphens in a row, which older parsers end it at. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")).replace(
    /[-!'()*~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The first line of a note, whole: it is found by being exactly this, so that `prod` never takes `non-prod` for itself.
 * @param project name of the Pulumi project; two of them may speak in one merge request
 */
export function marker(project: string): string {
  return `<!-- pulumi-preview project=${encoded(project)} -->`;
}

/** Whether a note's first line is the marker. GitLab gives back `\r\n` for some that people have edited. */
export function isMarked(body: string, project: string): boolean {
  return firstLine(body) === marker(project);
}

/** A note's first line without its end. */
export function firstLine(body: string): string {
  return /^[^\r\n]*/.exec(body)?.[0] ?? "";
}

const run = /^<!-- run=([0-9]{1,15}) -->$/;

/**
 * The second line: the pipeline that the note is of. GitLab counts pipelines upwards, so that of two the later one is
 * the larger (https://docs.gitlab.com/ci/variables/predefined_variables/, CI_PIPELINE_ID).
 * @throws RangeError unless it is a whole number of at most 15 digits
 */
export function runLine(pipeline: number): string {
  const line = `<!-- run=${pipeline} -->`;
  if (!run.test(line)) throw new RangeError(`No pipeline's id: ${pipeline}`);
  return line;
}

/** The pipeline that a note is of; nothing where it does not say. */
export function runOf(body: string): number | undefined {
  const line = body.split(/\r?\n/, 2)[1];
  const id = line === undefined ? undefined : run.exec(line)?.[1];
  return id === undefined ? undefined : Number(id);
}
