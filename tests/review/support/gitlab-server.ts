/**
 * An HTTP server that behaves like GitLab's API for notes of merge requests and for issues, as documented
 * (https://docs.gitlab.com/api/notes/, https://docs.gitlab.com/api/issues/, https://docs.gitlab.com/api/rest/) and as
 * its source has it (gitlabhq, lib/api/notes.rb, lib/api/helpers/notes_helpers.rb, lib/api/api_guard.rb).
 */
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";

export interface StoredNote {
  id: number;
  body: string;
  author: number;
  system: boolean;
  /** How often it was written after it was made. */
  edits: number;
}

export interface StoredIssue {
  iid: number;
  title: string;
  description: string;
  state: "opened" | "closed";
  labels: string[];
  author: number;
  notes: StoredNote[];
  edits: number;
  confidential?: boolean;
  /** Its discussion is locked: nobody opens it again. */
  locked?: boolean;
  /** Another issue, which it was moved to. */
  movedTo?: number;
}

/** Who asks, and what for. */
export interface Asked {
  readonly method: string;
  /** Below `/api/v4`, with the query. */
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** What goes wrong with one request. */
export interface Fault {
  /** Of which request. */
  readonly on: RegExp;
  /** Answers so, and does nothing. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** Breaks the connection: before anything is done, or after it is. */
  readonly drop?: "before" | "after";
  /** Does it, and answers this number of milliseconds late. */
  readonly late?: number;
  /** Is called after it is done, before the answer. */
  readonly then?: () => void;
  /** Requests that it happens to. @default 1 */
  times?: number;
}

/** What a token may do: `api` and `read_api` are scopes. */
export interface Token {
  readonly user: number;
  readonly scope: "api" | "read_api";
  /** Sees the project. @default true */
  readonly sees?: boolean;
  /** May comment. @default true */
  readonly comments?: boolean;
  /** May make labels: https://docs.gitlab.com/user/permissions/. @default true */
  readonly labels?: boolean;
  /** Is a member, who may comment where the discussion is locked. @default true */
  readonly member?: boolean;
}

export interface ServerOptions {
  /** `/gitlab` */
  readonly relativeRoot?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
}

const longest = 1_000_000;

/** One project, number 7, with one merge request, number 3. */
export class GitLabServer {
  readonly tokens = new Map<string, Token>();
  readonly notes: StoredNote[] = [];
  readonly issues: StoredIssue[] = [];
  readonly asked: Asked[] = [];
  readonly faults: Fault[] = [];
  state: "opened" | "closed" | "locked" | "merged" = "opened";
  discussionLocked = false;
  /** GitLab leaves the totals out of long lists. */
  totals = true;
  /** Some proxies in front of it take out one or the other. */
  links = true;
  nextPageHeader = true;
  private nextId = 1000;
  private readonly server: http.Server;
  private readonly root: string;
  private readonly scheme: string;

  private constructor({ relativeRoot = "", tls }: ServerOptions) {
    this.root = `${relativeRoot}/api/v4`;
    this.scheme = tls === undefined ? "http" : "https";
    const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.handle(request, response, Buffer.concat(chunks).toString("utf8"));
      });
    };
    this.server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle);
  }

  static async start(options: ServerOptions = {}): Promise<GitLabServer> {
    const server = new GitLabServer(options);
    await new Promise<void>((resolve) => server.server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** CI_API_V4_URL */
  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}${this.root}`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Adds a note without asking anybody. */
  note(author: number, body: string, system = false): StoredNote {
    const note = { id: this.nextId++, body, author, system, edits: 0 };
    this.notes.push(note);
    return note;
  }

  /** Requests of one method. */
  made(method: string): Asked[] {
    return this.asked.filter((asked) => asked.method === method);
  }

  private handle(request: http.IncomingMessage, response: http.ServerResponse, body: string): void {
    const { method = "", url = "", headers } = request;
    const path = url.startsWith(`${this.root}/`) ? url.slice(this.root.length + 1) : undefined;
    if (path === undefined) {
      answer(response, 404, "<html>not here</html>", { "content-type": "text/html" });
      return;
    }
    this.asked.push({ method, path, headers, body });
    const fault = this.faultFor(`${method} ${path}`);
    if (fault?.drop === "before") {
      request.socket.destroy();
      return;
    }
    if (fault?.status !== undefined) {
      fault.then?.();
      answer(response, fault.status, fault.text ?? JSON.stringify({ message: `${fault.status}` }), {
        ...fault.headers,
      });
      return;
    }
    const done = this.answerTo(method, path, headers, body);
    fault?.then?.();
    if (fault?.drop === "after") {
      request.socket.destroy();
      return;
    }
    setTimeout(() => {
      answer(
        response,
        done.status,
        done.body === undefined ? "" : JSON.stringify(done.body),
        done.headers,
      );
    }, fault?.late ?? 0);
  }

  private faultFor(asked: string): Fault | undefined {
    const index = this.faults.findIndex(({ on }) => on.test(asked));
    const fault = this.faults[index];
    if (fault === undefined) return undefined;
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) this.faults.splice(index, 1);
    return fault;
  }

  private answerTo(
    method: string,
    path: string,
    headers: http.IncomingHttpHeaders,
    text: string,
  ): Answer {
    const token = this.tokens.get(String(headers["private-token"]));
    if (token === undefined) return { status: 401, body: { message: "401 Unauthorized" } };
    if (method !== "GET" && token.scope !== "api") {
      return {
        status: 403,
        body: {
          error: "insufficient_scope",
          error_description:
            "The request requires higher privileges than provided by the access token.",
          scope: "api",
        },
      };
    }
    const url = new URL(path, "http://gitlab/");
    const parts = url.pathname.slice(1).split("/").map(decodeURIComponent);
    if (url.pathname === "/user") return { status: 200, body: userOf(token.user) };
    const [projects, project, kind, iid, sub, id] = parts;
    if (projects !== "projects") return { status: 404, body: { error: "404 Not Found" } };
    if ((project !== "7" && project !== "group/infrastructure") || token.sees === false)
      return { status: 404, body: { message: "404 Project Not Found" } };
    const given = text === "" ? {} : (JSON.parse(text) as Record<string, string | undefined>);
    if (kind === "merge_requests" && iid === "3" && sub === undefined && method === "GET") {
      return {
        status: 200,
        body: { id: 300, iid: 3, state: this.state, discussion_locked: this.discussionLocked },
      };
    }
    if (kind === "merge_requests" && iid === "3" && sub === "notes") {
      const may = token.comments !== false && (!this.discussionLocked || token.member !== false);
      return this.onNotes(method, this.notes, id, token.user, given, may, url);
    }
    if (kind === "merge_requests") return { status: 404, body: { message: "404 Not found" } };
    if (kind === "issues" && iid !== undefined && sub === "notes") {
      const issue = this.issues.find((one) => String(one.iid) === iid);
      if (issue === undefined) return { status: 404, body: { message: "404 Issue Not Found" } };
      return this.onNotes(method, issue.notes, id, token.user, given, true, url);
    }
    if (kind === "issues") return this.onIssues(method, iid, token, given, url);
    return { status: 404, body: { error: "404 Not Found" } };
  }

  private onNotes(
    method: string,
    notes: StoredNote[],
    id: string | undefined,
    user: number,
    given: Record<string, string | undefined>,
    may: boolean,
    url: URL,
  ): Answer {
    if (id === undefined && method === "GET") {
      const descending = url.searchParams.get("sort") !== "asc";
      return this.page(
        [...notes].sort((a, b) => (descending ? b.id - a.id : a.id - b.id)),
        url,
        shown,
      );
    }
    const body = given.body;
    if ((method === "POST" || method === "PUT") && (body === undefined || body.trim() === ""))
      return { status: 400, body: { error: "body is missing" } };
    const tooLong: Answer = {
      status: 400,
      body: {
        message: '400 Bad request - Note {:note=>["is too long (maximum is 1000000 characters)"]}',
      },
    };
    if (id === undefined && method === "POST") {
      if (!may) return { status: 403, body: { message: "403 Forbidden" } };
      if ([...(body ?? "")].length > longest) return tooLong;
      const note = { id: this.nextId++, body: kept(body), author: user, system: false, edits: 0 };
      notes.push(note);
      return { status: 201, body: shown(note) };
    }
    const index = notes.findIndex((note) => String(note.id) === id);
    const note = notes[index];
    if (note === undefined) return { status: 404, body: { message: "404 Not found" } };
    if (method === "GET") return { status: 200, body: shown(note) };
    if (!may || note.system || note.author !== user)
      return { status: 403, body: { message: "403 Forbidden" } };
    if (method === "DELETE") {
      notes.splice(index, 1);
      return { status: 204 };
    }
    if ([...(body ?? "")].length > longest) return tooLong;
    note.body = kept(body);
    note.edits += 1;
    return { status: 200, body: shown(note) };
  }

  private onIssues(
    method: string,
    iid: string | undefined,
    token: Token,
    given: Record<string, string | undefined>,
    url: URL,
  ): Answer {
    if (method === "GET" && iid === undefined) {
      const wanted = url.searchParams;
      const label = wanted.get("labels");
      const author = wanted.get("author_id");
      const state = wanted.get("state") ?? "all";
      const found = this.issues.filter(
        (issue) =>
          (label === null || issue.labels.includes(label)) &&
          (author === null || String(issue.author) === author) &&
          (state === "all" || issue.state === state),
      );
      return this.page(found, url, shownIssue);
    }
    if (token.member === false) return { status: 403, body: { message: "403 Forbidden" } };
    if (method === "POST" && iid === undefined) {
      if (given.title === undefined) return { status: 400, body: { error: "title is missing" } };
      const issue: StoredIssue = {
        iid: this.issues.length + 1,
        title: given.title,
        description: kept(given.description),
        state: "opened",
        labels:
          token.labels === false
            ? []
            : (given.labels ?? "").split(",").filter((label) => label !== ""),
        author: token.user,
        notes: [],
        edits: 0,
        confidential: Boolean(given.confidential),
      };
      this.issues.push(issue);
      return { status: 201, body: shownIssue(issue) };
    }
    const issue = this.issues.find((one) => String(one.iid) === iid);
    if (issue === undefined) return { status: 404, body: { message: "404 Issue Not Found" } };
    if (method !== "PUT") return { status: 405, body: { error: "405 Not Allowed" } };
    issue.edits += 1;
    issue.title = given.title ?? issue.title;
    if (given.description !== undefined) issue.description = kept(given.description);
    for (const label of (given.add_labels ?? "").split(",").filter((one) => one !== ""))
      if (!issue.labels.includes(label)) issue.labels.push(label);
    if (given.state_event === "close") issue.state = "closed";
    // app/policies/issue_policy.rb: `rule { locked }.policy { prevent :reopen_issue }`, and no word about it.
    if (given.state_event === "reopen" && issue.locked !== true) issue.state = "opened";
    return { status: 200, body: shownIssue(issue) };
  }

  /** Offset paging: https://docs.gitlab.com/api/rest/#offset-based-pagination */
  private page<T>(all: readonly T[], url: URL, show: (item: T) => unknown): Answer {
    const size = Math.min(Number(url.searchParams.get("per_page") ?? "20"), 100);
    const page = Number(url.searchParams.get("page") ?? "1");
    const pages = Math.max(1, Math.ceil(all.length / size));
    const link = (number: number, rel: string): string => {
      const to = new URL(url.pathname + url.search, "https://gitlab.internal.example/");
      to.searchParams.set("page", String(number));
      return `<${to.href}>; rel="${rel}"`;
    };
    const next = page < pages ? page + 1 : undefined;
    return {
      status: 200,
      headers: {
        ...(this.nextPageHeader ? { "x-next-page": next === undefined ? "" : String(next) } : {}),
        "x-page": String(page),
        "x-per-page": String(size),
        "x-prev-page": page > 1 ? String(page - 1) : "",
        ...(this.totals ? { "x-total": String(all.length), "x-total-pages": String(pages) } : {}),
        ...(this.links
          ? {
              link: [
                ...(page > 1 ? [link(page - 1, "prev")] : []),
                ...(next === undefined ? [] : [link(next, "next")]),
                link(1, "first"),
              ].join(", "),
            }
          : {}),
      },
      body: all.slice((page - 1) * size, page * size).map(show),
    };
  }
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What GitLab keeps of a text: lib/gitlab/quick_actions/extractor.rb */
function kept(text = ""): string {
  return text.replaceAll("\r", "").trimEnd();
}

function userOf(id: number): object {
  return { id, username: `user-${id}`, name: `User ${id}`, state: "active" };
}

function shown({ id, body, author, system }: StoredNote): object {
  return {
    id,
    type: null,
    body,
    attachment: null,
    author: userOf(author),
    created_at: "2026-01-01T00:00:00.000Z",
    updated_at: "2026-01-01T00:00:00.000Z",
    system,
    noteable_id: 300,
    noteable_type: "MergeRequest",
    resolvable: false,
    confidential: false,
    internal: false,
    noteable_iid: 3,
  };
}

function shownIssue(issue: StoredIssue): object {
  return {
    id: 9000 + issue.iid,
    iid: issue.iid,
    project_id: 7,
    title: issue.title,
    description: issue.description,
    state: issue.state,
    labels: issue.labels,
    confidential: issue.confidential ?? false,
    discussion_locked: issue.locked ?? null,
    moved_to_id: issue.movedTo ?? null,
    author: userOf(issue.author),
    web_url: `https://gitlab.example/group/infrastructure/-/issues/${issue.iid}`,
  };
}

function answer(
  response: http.ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...(text === "" ? {} : { "content-type": "application/json" }),
    ...headers,
  });
  response.end(text);
}
