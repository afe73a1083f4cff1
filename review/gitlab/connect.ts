/** A client from what a job's variables and the command line say. */
import { z } from "zod";
import type { Environment } from "./ci";
import { GitLab } from "./client";
import { SetUpError } from "./errors";
import { certificates, proxiesOf } from "./transport";

/** Options of commands that speak to GitLab, for `parseArgs`. */
export const connectionFlags = {
  ca: { type: "string" },
  timeout: { type: "string" },
  "connect-timeout": { type: "string" },
  retries: { type: "string" },
  "retry-delay": { type: "string" },
} as const;

/** Their lines of a usage text. */
export const connectionUsage = `  --ca FILE                  trusts the CA certificates in FILE too (CI_SERVER_TLS_CA_FILE)
  --timeout SECONDS          for one request and its answer; 60 unless set (GITLAB_API_TIMEOUT)
  --connect-timeout SECONDS  until a connection stands; 10 unless set (GITLAB_API_CONNECT_TIMEOUT)
  --retries COUNT            further tries after a failure; 5 unless set (GITLAB_API_RETRIES)
  --retry-delay SECONDS      before the first of them, doubled each time; 1 unless set (GITLAB_API_RETRY_DELAY)`;

/** What was given of them. */
export type ConnectionFlags = Partial<Record<keyof typeof connectionFlags, string>>;

const seconds = z.coerce.number().gt(0).max(3600);
const settings = z.object({
  timeout: seconds.default(60),
  "connect-timeout": seconds.default(10),
  retries: z.coerce.number().int().min(0).max(20).default(5),
  "retry-delay": seconds.default(1),
});

/** Milliseconds that GitLab may ask to be left alone: its limits count by the minute. */
const longestWaitMs = 120_000;

/** Header values are printable ASCII; a file's content often ends in a new line. */
const tokenForm = /^[\x21-\x7e]+$/;

/**
 * The token that speaks to GitLab, which a job token can't do in its place: GitLab gives that no right to write notes
 * or issues (https://docs.gitlab.com/ci/jobs/ci_job_token/#job-token-access, gitlab-org/gitlab#464591).
 * @throws SetUpError where GITLAB_TOKEN holds something that is none
 */
export function tokenOf(environment: Environment): string | undefined {
  const token = environment.GITLAB_TOKEN?.trim();
  if (token === undefined || token === "") return undefined;
  // An unexpanded reference: the variable is protected, and this pipeline's branch is not.
  if (token === "$GITLAB_TOKEN" || token === "${GITLAB_TOKEN}") return undefined;
  if (!tokenForm.test(token) || token.startsWith("/")) {
    throw new SetUpError(
      "GITLAB_TOKEN does not hold a token: make it a CI/CD variable of type Variable, not File.",
    );
  }
  return token;
}

/** Why nothing can be written to GitLab without GITLAB_TOKEN. */
export function withoutToken(environment: Environment): string {
  const job =
    (environment.CI_JOB_TOKEN ?? "") === "" ? "" : ", and a job token may not write notes";
  return `GITLAB_TOKEN is not set${job}; it takes a project access token with scope api, and a protected variable is not given to pipelines of branches that are not.`;
}

/** GitLab's address without `/api/v4`; a relative URL root stays. @throws SetUpError where it is none */
export function serverOf(environment: Environment): string {
  const [name, value] = (["CI_API_V4_URL", "CI_SERVER_URL"] as const)
    .map((name) => [name, environment[name]?.trim() ?? ""] as const)
    .find(([, value]) => value !== "") ?? ["", "https://gitlab.com"];
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "") {
    throw new SetUpError(`${name} is not GitLab's address (http or https, no user in it).`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "").replace(/\/api\/v4$/, "")}`;
}

/**
 * A connection to GitLab; close it when done.
 * @throws SetUpError where a setting does not hold
 */
export function connect(
  token: string,
  environment: Environment,
  flags: ConnectionFlags,
  mask: { text(text: string): string },
): GitLab {
  const chosen = Object.fromEntries(
    Object.keys(settings.shape).map((flag) => {
      const variable = environment[`GITLAB_API_${flag.toUpperCase().replaceAll("-", "_")}`];
      return [
        flag,
        flags[flag as keyof ConnectionFlags] ?? (variable === "" ? undefined : variable),
      ];
    }),
  );
  const parsed = settings.safeParse(chosen);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const flag = String(issue?.path[0]);
    throw new SetUpError(
      `--${flag} or GITLAB_API_${flag.toUpperCase().replaceAll("-", "_")}: ${issue?.message ?? ""}.`,
    );
  }
  const { data } = parsed;
  const files = [flags.ca ?? "", environment.CI_SERVER_TLS_CA_FILE ?? ""].filter(
    (file) => file !== "",
  );
  return new GitLab({
    server: serverOf(environment),
    token,
    ca: files.length === 0 ? undefined : certificates(files, environment),
    proxies: proxiesOf(environment),
    connectTimeoutMs: data["connect-timeout"] * 1000,
    timeoutMs: data.timeout * 1000,
    waits: { retries: data.retries, delayMs: data["retry-delay"] * 1000, maxMs: longestWaitMs },
    mask,
  });
}
