/** Severity as people who are woken see it. */
export type Severity = "page" | "ticket";

/** One alarm, in the words that clouds share. */
export interface AlarmFacts {
  /** Short name, unique within the environment. */
  readonly name: string;
  readonly summary: string;
  readonly severity: Severity;
  /** File name of the page in docs/runbooks, without `.md`; a test proves that it exists. */
  readonly runbook: string;
}
