/** What can go wrong between this program and GitLab, and what may be done about it. */

/**
 * A request that GitLab did not do, or of which nobody knows whether it did: look before a write is sent again. The
 * message is masked.
 */
export class GitLabError extends Error {
  override readonly name = "GitLabError";

  constructor(
    message: string,
    /** What is known of the failure. */
    readonly failure: {
      /** HTTP status; left out where no answer came. */
      readonly status?: number;
      /** It may go well when tried again. */
      readonly retryable: boolean;
      /** Milliseconds that GitLab asks to be left alone. */
      readonly retryAfterMs?: number;
    },
  ) {
    super(message);
  }

  get status(): number | undefined {
    return this.failure.status;
  }

  /** The same failure, for which enough has been tried. */
  final(): GitLabError {
    return new GitLabError(this.message, { ...this.failure, retryable: false });
  }
}

/** A text that cannot be posted for its length: GitLab's own limit, or that of a proxy before it. */
export function isTooLong(error: unknown): boolean {
  if (!(error instanceof GitLabError)) return false;
  // https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics
  return (
    error.status === 413 || (error.status === 400 && /is too long \(maximum is/.test(error.message))
  );
}

/** Something that a person has to mend before the command can do its work: said in one line, without a stack. */
export class SetUpError extends Error {
  override readonly name = "SetUpError";
}

/** `code`, `name` or `message` of something that was thrown; its class may be of another realm. */
export function said(error: unknown, field: "code" | "name" | "message" | "syscall"): string {
  if (typeof error !== "object" || error === null) return field === "message" ? String(error) : "";
  const value = (error as Record<string, unknown>)[field];
  return typeof value === "string" ? value : "";
}
