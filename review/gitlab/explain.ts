/** What a person has to do so that GitLab lets a command write. */
import type { GitLabError } from "./errors";

/** What the token was to do, in words that follow "may not" and "can't see". */
export interface Purpose {
  /** `comment on merge request !3`. */
  readonly act: string;
  /** `merge request !3 of project 7`. */
  readonly thing: string;
}

/**
 * One line about a failure: which right is missing, where that is known.
 * Roles: https://docs.gitlab.com/user/permissions/; scopes: https://docs.gitlab.com/user/project/settings/project_access_tokens/#scopes-for-a-project-access-token
 */
export function explain(error: GitLabError, { act, thing }: Purpose): string {
  const said = error.message.replace(/\s+/g, " ").trim();
  if (error.status === 401)
    return `GITLAB_TOKEN is not valid: unknown to this GitLab, expired or revoked. (${said})`;
  if (error.status === 403 && /insufficient_scope/.test(said))
    return `GITLAB_TOKEN has not the right scope: it needs api. (${said})`;
  if (error.status === 403)
    return `The user of GITLAB_TOKEN may not ${act}: it needs a role of Reporter or higher in the project, which must not be archived. (${said})`;
  if (error.status === 404)
    return `The user of GITLAB_TOKEN can't see ${thing}: it needs a role of Reporter or higher in that project. (${said})`;
  return said;
}
