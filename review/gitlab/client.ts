/** GitLab's API, as far as notes of merge requests and issues about drift need it. */
import { IssueNotes, Issues, MergeRequestNotes, MergeRequests, Users } from "@gitbeaker/core";
import type { Dispatcher } from "undici";
import { z } from "zod";
import { checked, everything, type Page } from "./pages";
import { requesterOf } from "./requester";
import { dispatcherOf, type Proxies } from "./transport";
import type { Waits } from "./waits";

/** How GitLab is reached. */
export interface GitLabOptions {
  /** Its address, with the relative URL root where it has one: `https://host/gitlab`. */
  readonly server: string;
  /** Personal, project or group access token with scope `api`. Sent as a header to `server`, and written nowhere. */
  readonly token: string;
  /** PEM certificates of all CAs that are trusted. @default Node's own */
  readonly ca?: readonly string[];
  readonly proxies: Proxies;
  /** Milliseconds until a connection stands. */
  readonly connectTimeoutMs: number;
  /** Milliseconds from sending a request to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly waits: Waits;
  /** Takes secrets out of what is said of a failure. */
  readonly mask: { text(text: string): string };
}

/** Name or number of a project, as GitLab takes it: `group/project` or `42`. */
export type ProjectId = string | number;

/** A merge request, in the project that it is to be merged into. */
export interface MergeRequestId {
  readonly project: ProjectId;
  readonly iid: number;
}

const user = z.object({ id: z.number(), username: z.string() });
const mergeRequest = z.object({
  // `locked`: it is being merged. https://docs.gitlab.com/api/merge_requests/#response
  state: z.enum(["opened", "closed", "locked", "merged"]),
  discussion_locked: z.boolean().nullish(),
});
const note = z.object({
  id: z.number(),
  body: z.string(),
  system: z.boolean(),
  // Gone with a user who was deleted together with what they wrote, on very old notes.
  author: z.object({ id: z.number() }).nullish(),
});
const issue = z.object({
  id: z.number(),
  iid: z.number(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.enum(["opened", "closed"]),
  author: z.object({ id: z.number() }),
  web_url: z.string(),
  // It lives on elsewhere, and stays closed here. https://docs.gitlab.com/user/project/issues/managing_issues/#move-an-issue
  moved_to_id: z.number().nullish(),
});

/** Who a token belongs to. */
export type User = z.infer<typeof user>;
export type MergeRequest = z.infer<typeof mergeRequest>;
/** A note of a merge request or an issue. */
export type Note = z.infer<typeof note>;
export type Issue = z.infer<typeof issue>;

/** What an issue is given. */
export interface IssueText {
  readonly title: string;
  readonly description: string;
  /** Created by GitLab where the project has none of that name and the token's user may; left out else. */
  readonly labels: readonly string[];
}

/** The most that GitLab gives: https://docs.gitlab.com/api/rest/#offset-based-pagination */
const perPage = 100;

/**
 * A connection to GitLab. Reads are tried again when that makes sense; a write that fails is not, and throws a
 * {@link GitLabError} that says whether it may have been done: look before it is sent again.
 */
export class GitLab {
  readonly waits: Waits;
  /** Milliseconds of the slowest request until now, answered or not. */
  slowestMs = 0;
  private readonly dispatcher: Dispatcher;
  private readonly users: Users;
  private readonly mergeRequests: MergeRequests;
  private readonly notes: MergeRequestNotes;
  private readonly issues: Issues;
  private readonly issueNotes: IssueNotes;
  private known: User | undefined;

  constructor(options: GitLabOptions) {
    this.waits = options.waits;
    this.dispatcher = dispatcherOf(options);
    const resource = {
      host: options.server.replace(/\/+$/, ""),
      token: options.token,
      // Ours ends requests, and GitLab's own limits are answered to with patience.
      queryTimeout: null,
      rateLimits: {},
      requesterFn: requesterOf({
        ...options,
        dispatcher: this.dispatcher,
        onDuration: (milliseconds) => {
          this.slowestMs = Math.max(this.slowestMs, milliseconds);
        },
      }),
    };
    this.users = new Users(resource);
    this.mergeRequests = new MergeRequests(resource);
    this.notes = new MergeRequestNotes(resource);
    this.issues = new Issues(resource);
    this.issueNotes = new IssueNotes(resource);
  }

  /** Who the token belongs to; of a project's or group's token, its bot. https://docs.gitlab.com/api/users/#get-the-current-user */
  async user(): Promise<User> {
    this.known ??= checked(user, await this.users.showCurrentUser());
    return this.known;
  }

  async mergeRequest({ project, iid }: MergeRequestId): Promise<MergeRequest> {
    return checked(mergeRequest, await this.mergeRequests.show(project, iid));
  }

  /** Every note, system notes too, the oldest first. https://docs.gitlab.com/api/notes/#list-all-merge-request-notes */
  async mergeRequestNotes({ project, iid }: MergeRequestId): Promise<Note[]> {
    return everything(note, (page): Promise<Page> =>
      this.notes.all(project, iid, {
        page,
        perPage,
        orderBy: "created_at",
        sort: "asc",
        showExpanded: true,
      }),
    );
  }

  async mergeRequestNote({ project, iid }: MergeRequestId, id: number): Promise<Note> {
    return checked(note, await this.notes.show(project, iid, id));
  }

  async createMergeRequestNote({ project, iid }: MergeRequestId, body: string): Promise<Note> {
    return checked(note, await this.notes.create(project, iid, body));
  }

  async editMergeRequestNote(
    { project, iid }: MergeRequestId,
    id: number,
    body: string,
  ): Promise<Note> {
    return checked(note, await this.notes.edit(project, iid, id, { body }));
  }

  async removeMergeRequestNote({ project, iid }: MergeRequestId, id: number): Promise<void> {
    await this.notes.remove(project, iid, id);
  }

  /** Issues of every state that a user wrote, the oldest first. https://docs.gitlab.com/api/issues/#list-project-issues */
  async issuesOf(project: ProjectId, author: User): Promise<Issue[]> {
    return everything(
      issue,
      (page): Promise<Page> =>
        this.issues.all({
          projectId: project,
          authorId: author.id,
          scope: "all",
          state: "all",
          orderBy: "created_at",
          sort: "asc",
          page,
          perPage,
          showExpanded: true,
        }) as Promise<Page>,
    );
  }

  /** Opens an issue for members alone. https://docs.gitlab.com/user/project/issues/confidential_issues/ */
  async createIssue(project: ProjectId, { title, description, labels }: IssueText): Promise<Issue> {
    const given = { description, labels: labels.join(","), confidential: true };
    return checked(issue, await this.issues.create(project, title, given));
  }

  /** Alters an issue; `labels` are added to those that it has. */
  async editIssue(
    project: ProjectId,
    iid: number,
    { labels, ...change }: Partial<IssueText> & { readonly stateEvent?: "close" | "reopen" },
  ): Promise<Issue> {
    const addLabels = labels === undefined ? {} : { addLabels: labels.join(",") };
    return checked(issue, await this.issues.edit(project, iid, { ...change, ...addLabels }));
  }

  async issueNotesOf(project: ProjectId, iid: number): Promise<Note[]> {
    return everything(note, (page): Promise<Page> =>
      this.issueNotes.all(project, iid, {
        page,
        perPage,
        orderBy: "created_at",
        sort: "asc",
        showExpanded: true,
      }),
    );
  }

  async createIssueNote(project: ProjectId, iid: number, body: string): Promise<Note> {
    return checked(note, await this.issueNotes.create(project, iid, body));
  }

  /** Ends the connections, without which the process would wait for them to be idle long enough. */
  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }
}
