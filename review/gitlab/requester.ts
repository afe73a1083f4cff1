/**
 * How requests reach GitLab: the transport of @gitbeaker/core, on undici. The library's own one
 * (@gitbeaker/rest 43.8) tries 429 and 502 again only, after fractions of a millisecond and POSTs too, and hands
 * its agent to the `fetch` of another undici, so that neither proxy nor certificates of one's own can be relied on.
 */
import {
  defaultOptionsHandler,
  type DefaultRequestOptions,
  type FormattedResponse,
  type RequesterType,
  type ResourceOptions,
} from "@gitbeaker/requester-utils";
import type { Dispatcher } from "undici";
import { request as send } from "undici";
import { GitLabError, said } from "./errors";
import { askedWait, patiently, type Waits } from "./waits";

/** What the transport needs. */
export interface RequesterOptions {
  readonly dispatcher: Dispatcher;
  /** Milliseconds from sending a request to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly waits: Waits;
  /** Takes secrets out of what is said of a failure. */
  readonly mask: { text(text: string): string };
  /** Gets the milliseconds that each request took, whatever became of it. */
  readonly onDuration?: (milliseconds: number) => void;
}

/** Statuses after which the same request may go well: https://docs.gitlab.com/api/rest/troubleshooting/#status-codes */
const retried = new Set([408, 409, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);
/** A requester for the resources of @gitbeaker/core. Reads are tried again here; after a failed write the caller looks first. */
export function requesterOf(
  options: RequesterOptions,
): (resource: ResourceOptions) => RequesterType {
  return (resource) => {
    const call =
      (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE") =>
      <T>(endpoint: string, given: DefaultRequestOptions = {}): Promise<T> => {
        const once = (): Promise<T> =>
          attempt(options, resource, endpoint, { ...given, method }) as Promise<T>;
        return method === "GET" ? patiently(options.waits, once) : once();
      };
    return {
      get: call("GET"),
      post: call("POST"),
      put: call("PUT"),
      patch: call("PATCH"),
      delete: call("DELETE"),
    };
  };
}

async function attempt(
  options: RequesterOptions,
  resource: ResourceOptions,
  endpoint: string,
  given: DefaultRequestOptions & { method: string },
): Promise<FormattedResponse> {
  const prepared = await defaultOptionsHandler(resource, given);
  const base = resource.url.endsWith("/") ? resource.url : `${resource.url}/`;
  const url = new URL(endpoint, base);
  if (prepared.searchParams !== undefined) url.search = prepared.searchParams;
  const what = `${given.method} ${url.pathname.replace(/^.*?\/api\/v4\//, "")}`;
  const started = performance.now();
  let answer: { status: number; headers: Record<string, string>; text: string };
  try {
    const response = await send(url, {
      dispatcher: options.dispatcher,
      method: given.method,
      headers: { ...prepared.headers, accept: "application/json", "user-agent": userAgent },
      body: typeof prepared.body === "string" ? prepared.body : null,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    answer = {
      status: response.statusCode,
      headers: flat(response.headers),
      text: await response.body.text(),
    };
  } catch (error) {
    throw noAnswer(error, what, url, options);
  } finally {
    options.onDuration?.(performance.now() - started);
  }
  return read(answer, what, options);
}

const userAgent = "gitlab-environments";

/** The answer as the library takes it. @throws GitLabError for everything but success */
function read(
  { status, headers, text }: { status: number; headers: Record<string, string>; text: string },
  what: string,
  { mask }: RequesterOptions,
): FormattedResponse {
  if (status >= 200 && status < 300) {
    const body = parsed(text);
    if (text !== "" && body === undefined) {
      throw new GitLabError(
        `${what} was answered with something other than JSON: is there a sign-in page or a proxy before GitLab?`,
        { status, retryable: false },
      );
    }
    return { status, headers: withNextPage(headers), body: body as FormattedResponse["body"] };
  }
  if (status >= 300 && status < 400) {
    throw new GitLabError(
      mask.text(
        `${what} is redirected to ${headers.location ?? "nowhere"}. The token is sent nowhere but to CI_API_V4_URL: that address has to be the one that GitLab answers at.`,
      ),
      { status, retryable: false },
    );
  }
  throw new GitLabError(mask.text(`GitLab answered ${status} to ${what}: ${reason(text)}`), {
    status,
    retryable: retried.has(status),
    retryAfterMs: askedWait(headers),
  });
}

function noAnswer(
  error: unknown,
  what: string,
  url: URL,
  { mask, timeoutMs }: RequesterOptions,
): GitLabError {
  const code = codeOf(error);
  if (["TimeoutError", "HeadersTimeoutError", "BodyTimeoutError"].includes(said(error, "name"))) {
    return new GitLabError(`No answer to ${what} within ${timeoutMs / 1000} s.`, {
      retryable: true,
    });
  }
  const why = mask.text(said(error, "message"));
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|UND_ERR_PRX_TLS/.test(code)) {
    return new GitLabError(
      `${url.host} shows a certificate that is not trusted (${why}). Name its CA's certificates by --ca FILE or CI_SERVER_TLS_CA_FILE.`,
      { retryable: false },
    );
  }
  const refused = /Proxy response \((\d+)\)/.exec(why)?.[1];
  if (refused !== undefined) {
    // Without a status: it is not GitLab that says so.
    return new GitLabError(`The proxy answered ${refused} when asked for ${url.host}.`, {
      retryable: Number(refused) >= 500,
    });
  }
  return new GitLabError(`No answer from ${url.host} to ${what}: ${why === "" ? code : why}`, {
    retryable: true,
  });
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const code = said(error, "code");
  return code === "" && "cause" in error ? codeOf(error.cause) : code;
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}

/**
 * The library reads the next page's number from `x-next-page`. GitLab sends `Link` as well, and advises to follow
 * that: https://docs.gitlab.com/api/rest/#pagination-link-header
 */
function withNextPage(headers: Record<string, string>): Record<string, string> {
  if ((headers["x-next-page"] ?? "") !== "" || headers.link === undefined) return headers;
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.link)?.[1];
  const page = next === undefined ? null : new URL(next, "https://gitlab").searchParams.get("page");
  return page === null ? headers : { ...headers, "x-next-page": page };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Why GitLab did not do it: `message` may be a text or an object of lists, OAuth errors have fields of their own. */
function reason(text: string): string {
  const body = parsed(text);
  if (typeof body !== "object" || body === null) {
    // A throttled request is answered in plain text, a proxy's page is of no use to anybody.
    return /^\s*</.test(text) || text.trim() === "" ? "no reason given" : text.trim().slice(0, 300);
  }
  const { message, error, error_description: description } = body as Record<string, unknown>;
  const parts = [message, error, description].filter((part) => part !== undefined);
  return parts
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part)))
    .join(": ")
    .slice(0, 500);
}
