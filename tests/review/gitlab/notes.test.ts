import { setTimeout as sleep } from "node:timers/promises";
import { GitLab, type GitLabOptions } from "../../../review/gitlab/client";
import { GitLabError } from "../../../review/gitlab/errors";
import { postNote, type NoteText } from "../../../review/gitlab/notes";
import { marker, runLine } from "../../../review/note/marker";
import { GitLabServer } from "../support/gitlab-server";

const mark = marker("gitlab");
const at = { project: 7, iid: 3 };
const text = (run: number, rest = "text"): string => `${mark}\n${runLine(run)}\n\n${rest}`;
const posting = (run: number, rest?: string): NoteText => ({
  marker: mark,
  run,
  body: text(run, rest),
});

let server: GitLabServer;
const clients: GitLab[] = [];

/** A client as the command makes it, in a hurry. */
function client(options: Partial<GitLabOptions> = {}): GitLab {
  const made = new GitLab({
    server: server.url.replace("/api/v4", ""),
    token: "bot-token",
    proxies: {},
    connectTimeoutMs: 500,
    timeoutMs: 2000,
    waits: { retries: 4, delayMs: 10, maxMs: 5000 },
    mask: { text: (said) => said.replaceAll("bot-token", "[secret]") },
    ...options,
  });
  clients.push(made);
  return made;
}

const ours = (): string[] =>
  server.notes.filter(({ body }) => body.startsWith(mark)).map(({ body }) => body);

beforeEach(async () => {
  server = await GitLabServer.start();
  server.tokens.set("bot-token", { user: 1, scope: "api" });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.close()));
  await server.stop();
});

test("a first note is posted, the next run's takes its place, and an unchanged one is not written", async () => {
  await expect(postNote(client(), at, posting(1))).resolves.toMatchObject({ outcome: "created" });
  const [{ id } = { id: 0 }] = server.notes;
  await expect(postNote(client(), at, posting(2))).resolves.toEqual({
    outcome: "updated",
    id,
    removed: 0,
  });
  await expect(postNote(client(), at, posting(2))).resolves.toMatchObject({ outcome: "unchanged" });
  expect(server.notes).toMatchObject([{ id, body: text(2), edits: 1 }]);
});

describe("pages", () => {
  const fill = (): void => {
    for (let index = 0; index < 130; index++) server.note(index % 3, `note ${index}`);
    server.note(1, text(1));
    for (let index = 0; index < 120; index++) server.note(2, `${mark} ${index}`, index % 2 === 0);
  };

  test.each([
    ["with every header", {}],
    ["without totals, as long lists have none", { totals: false }],
    ["without Link", { links: false }],
    ["without X-Next-Page", { nextPageHeader: false }],
  ])("are all read %s", async (_, headers) => {
    fill();
    Object.assign(server, headers);
    await expect(postNote(client(), at, posting(2))).resolves.toMatchObject({ outcome: "updated" });
    expect(ours().filter((body) => body === text(2))).toHaveLength(1);
    expect(server.notes).toHaveLength(251);
    for (const { path } of server.made("GET").filter((asked) => asked.path.includes("notes?")))
      expect(path).toContain("per_page=100");
  });

  test("that hold fewer notes than they could, or none, do not end the list", async () => {
    fill();
    server.faults.push({
      on: /GET .*notes\?.*page=1\b/,
      status: 200,
      text: "[]",
      headers: { "x-next-page": "2", "content-type": "application/json" },
    });
    await expect(postNote(client(), at, posting(2))).resolves.toMatchObject({ outcome: "updated" });
  });

  test("that lead back to themselves are an error, not a loop", async () => {
    server.faults.push({
      on: /GET .*notes\?/,
      status: 200,
      text: "[]",
      headers: { "x-next-page": "1" },
      times: 99,
    });
    await expect(postNote(client(), at, posting(2))).rejects.toThrow(/pages/);
  });

  test("are read anew when a note is taken out while they are read", async () => {
    for (let index = 0; index < 100; index++) server.note(2, `note ${index}`);
    server.note(1, text(1));
    for (let index = 0; index < 20; index++) server.note(2, "later");
    // The note is the first of the second page, and becomes the last of the first after that has been read.
    server.faults.push({
      on: /GET .*notes\?.*page=2\b/,
      status: 500,
      then: () => server.notes.splice(0, 1),
    });
    await expect(postNote(client(), at, posting(2))).resolves.toMatchObject({ outcome: "updated" });
    expect(ours()).toEqual([text(2)]);
  });
});

describe("what is tried again", () => {
  test.each([
    [429, { "retry-after": "1" }],
    [500, {}],
    [502, {}],
    [503, {}],
    [409, {}],
  ])("a read that is answered with %d", async (status, headers) => {
    server.faults.push({ on: /GET user/, status, headers });
    server.faults.push({ on: /GET .*notes\?/, status, headers: {} });
    await expect(postNote(client(), at, posting(1))).resolves.toMatchObject({ outcome: "created" });
  });

  test("a read whose connection breaks", async () => {
    server.faults.push({ on: /GET .*merge_requests\/3$/, drop: "before", times: 2 });
    await expect(postNote(client(), at, posting(1))).resolves.toMatchObject({ outcome: "created" });
  });

  test("waits as long as Retry-After says", async () => {
    server.faults.push({
      on: /POST/,
      status: 429,
      text: "Retry later\n",
      headers: { "retry-after": "1", "content-type": "text/plain" },
    });
    const started = Date.now();
    await postNote(client(), at, posting(1));
    expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
    expect(server.made("POST")).toHaveLength(2);
    expect(ours()).toEqual([text(1)]);
  });

  test("does not wait longer than is of any use", async () => {
    server.faults.push({ on: /POST/, status: 429, headers: { "retry-after": "3600" } });
    await expect(postNote(client(), at, posting(1))).rejects.toThrow(/429/);
    expect(server.made("POST")).toHaveLength(1);
  });

  test("gives up in the end", async () => {
    server.faults.push({ on: /POST/, status: 503, times: 99 });
    await expect(postNote(client(), at, posting(1))).rejects.toThrow(/503/);
    expect(server.made("POST")).toHaveLength(5);
  });

  test.each([400, 401, 403, 422])("not a request that is refused with %d", async (status) => {
    server.faults.push({ on: /POST/, status, times: 99 });
    await expect(postNote(client(), at, posting(1))).rejects.toThrow(`${status}`);
    expect(server.made("POST")).toHaveLength(1);
  });
});

describe("a post that gets no answer", () => {
  test.each([
    ["its connection breaks after it was stored", { drop: "after" as const }],
    ["its answer comes too late", { late: 900 }],
  ])("is not sent again when it is found to stand: %s", async (_, fault) => {
    server.faults.push({ on: /POST/, ...fault });
    const posted = await postNote(client({ timeoutMs: 400 }), at, posting(1));
    expect(posted.outcome).toBe("created");
    expect(server.made("POST")).toHaveLength(1);
    expect(ours()).toEqual([text(1)]);
  });

  test.each([
    ["its connection breaks before", { drop: "before" as const }],
    ["a proxy answers 502", { status: 502, text: "<html>" }],
    ["the resource is locked", { status: 409, text: '{"message":"409 Conflict: Resource lock"}' }],
  ])("is sent again when it is found not to stand: %s", async (_, fault) => {
    server.faults.push({ on: /POST/, ...fault });
    await expect(postNote(client(), at, posting(1))).resolves.toMatchObject({ outcome: "created" });
    expect(ours()).toEqual([text(1)]);
    // The notes are read between the two.
    const [first, second] = server.asked.flatMap(({ method }, index) =>
      method === "POST" ? [index] : [],
    );
    expect(server.asked.slice(first, second).some(({ path }) => path.includes("notes?"))).toBe(
      true,
    );
  });

  test("that lands only after the next look leaves one note all the same", async () => {
    // The server is slow to store it: nothing is seen, it is posted again, and then there are two.
    server.faults.push({
      on: /POST/,
      status: 504,
      then: () => setTimeout(() => server.note(1, text(1)), 15),
    });
    server.faults.push({ on: /POST/, late: 50 });
    await postNote(client(), at, posting(1));
    expect(ours()).toEqual([text(1)]);
  });
});

describe("other runs", () => {
  test("an older run's update that lands after this one's is written over", async () => {
    server.note(1, text(1));
    server.faults.push({
      on: /PUT/,
      // The older run had looked before, and its write was under way.
      then: () => {
        setTimeout(() => Object.assign(server.notes[0] ?? {}, { body: text(2) }), 150);
      },
    });
    await postNote(client({ waits: { retries: 4, delayMs: 250, maxMs: 5000 } }), at, posting(3));
    await sleep(200);
    expect(ours()).toEqual([text(3)]);
  });

  test("an older run leaves the note that a newer one has written since it looked", async () => {
    server.note(1, text(1));
    server.faults.push({
      on: /GET .*notes\?/,
      then: () => Object.assign(server.notes[0] ?? {}, { body: text(3) }),
    });
    await expect(postNote(client(), at, posting(2))).resolves.toMatchObject({
      outcome: "superseded",
    });
    expect(server.made("PUT")).toEqual([]);
    expect(ours()).toEqual([text(3)]);
  });

  test.each([
    ["where nothing stands", []],
    ["where a note stands", [5]],
    ["where several do", [4, 5]],
  ])("many at once end with the newest one's note, %s", async (_, standing) => {
    for (const run of standing) server.note(1, text(run));
    const runs = [11, 14, 12, 13];
    await Promise.all(runs.map((run) => postNote(client(), at, posting(run))));
    expect(ours()).toEqual([text(14)]);
  });
});

describe("people", () => {
  test("a note whose marker somebody took out is left to them, and a new one posted", async () => {
    const note = server.note(1, "mine now");
    await expect(postNote(client(), at, posting(2))).resolves.toMatchObject({ outcome: "created" });
    expect(note).toMatchObject({ body: "mine now", edits: 0 });
  });

  test("a note that is removed before it is written is posted anew", async () => {
    server.note(1, text(1));
    server.faults.push({
      on: /GET .*notes\/\d+/,
      then: () => server.notes.splice(0),
    });
    await postNote(client(), at, posting(2));
    expect(ours()).toEqual([text(2)]);
  });

  test("a box that is ticked between look and write stays ticked", async () => {
    const note = server.note(1, text(1, "- [ ] task"));
    server.faults.push({
      on: /GET .*notes\?/,
      then: () => (note.body = text(1, "- [x] task")),
    });
    await postNote(client(), at, {
      marker: mark,
      run: 2,
      body: (standing) => text(2, standing?.includes("[x]") === true ? "- [x] task" : "- [ ] task"),
    });
    expect(ours()).toEqual([text(2, "- [x] task")]);
  });
});

describe("size", () => {
  test.each([
    ["GitLab's limit", { status: 0 }],
    ["a proxy's limit", { status: 413 }],
  ])("a text past %s is made anew, smaller", async (_, { status }) => {
    if (status !== 0) server.faults.push({ on: /POST/, status, text: "<html>too large" });
    const limits: (number | undefined)[] = [];
    await postNote(client({ timeoutMs: 10_000 }), at, {
      marker: mark,
      run: 1,
      body: (_standing, limit) => {
        limits.push(limit);
        return text(1, "x".repeat(limit === undefined ? 1_100_000 : 10));
      },
    });
    expect(limits.slice(0, 2)).toEqual([undefined, 100_000]);
    expect(ours()).toEqual([text(1, "x".repeat(10))]);
  });
});

test.each(["closed", "merged", "locked"] as const)(
  "nothing is posted to one that is %s",
  async (state) => {
    server.state = state;
    await expect(postNote(client(), at, posting(1))).resolves.toEqual({
      outcome: "not open",
      state,
    });
    expect(server.made("POST")).toEqual([]);
  },
);

test("where the discussion is locked, the error says so", async () => {
  server.discussionLocked = true;
  server.tokens.set("bot-token", { user: 1, scope: "api", member: false });
  await expect(postNote(client(), at, posting(1))).rejects.toThrow(/locked.*403 Forbidden/);
});

describe("the token", () => {
  test("is sent as a header to GitLab, and never in an address", async () => {
    await postNote(client(), at, posting(1));
    expect(server.asked.every(({ headers }) => headers["private-token"] === "bot-token")).toBe(
      true,
    );
    expect(server.asked.map(({ path }) => path).join()).not.toContain("bot-token");
  });

  test("is taken out of what GitLab says of it", async () => {
    server.faults.push({
      on: /GET user/,
      status: 401,
      text: '{"message":"no such token: bot-token"}',
    });
    await expect(postNote(client(), at, posting(1))).rejects.toThrow("no such token: [secret]");
  });

  test("is not carried along a redirect", async () => {
    server.faults.push({
      on: /GET/,
      status: 302,
      headers: { location: `${server.url}/elsewhere` },
    });
    await expect(postNote(client(), at, posting(1))).rejects.toThrow(/redirected/);
    expect(server.asked).toHaveLength(1);
  });
});

test("an answer that is none of GitLab's is an error, and nothing is posted", async () => {
  server.faults.push({ on: /GET user/, status: 200, text: "<html>Sign in</html>" });
  await expect(postNote(client(), at, posting(1))).rejects.toThrow(/sign-in page/);
  server.faults.push({ on: /GET .*notes\?/, status: 200, text: '{"notes":[]}' });
  await expect(postNote(client(), at, posting(1))).rejects.toBeInstanceOf(GitLabError);
  expect(server.made("POST")).toEqual([]);
});

test("a server that is not there is named", async () => {
  const { port } = server;
  const lonely = client({ waits: { retries: 1, delayMs: 1, maxMs: 10 } });
  await server.stop();
  await expect(postNote(lonely, at, posting(1))).rejects.toThrow(
    new RegExp(`127.0.0.1:${port}.*ECONNREFUSED`),
  );
  server = await GitLabServer.start();
});
