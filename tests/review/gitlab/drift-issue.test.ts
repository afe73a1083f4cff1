import { fc } from "../../support/properties";
import { GitLab, type Issue } from "../../../review/gitlab/client";
import { nextIssueStep, syncDriftIssue } from "../../../review/gitlab/drift-issue";
import {
  type Drift,
  driftDescription,
  driftLabel,
  driftMarker,
  driftPrint,
} from "../../../review/gitlab/drift-text";
import type { Change, DriftRecord } from "../../../review/record";
import { GitLabServer, type StoredIssue } from "../support/gitlab-server";

const links = { pipeline: "https://gitlab.example/group/infrastructure/-/pipelines/9" };

function change(name: string, after: string): Change {
  return {
    urn: `urn:pulumi:aws::gitlab::aws:s3/bucket:Bucket::${name}`,
    type: "aws:s3/bucket:Bucket",
    name,
    components: ["backups"],
    operation: "update",
    stateful: true,
    protectionLifted: false,
    properties: [
      { path: "tags.owner", kind: "update", replaces: false, before: "platform", after },
      { path: "acl", kind: "add", replaces: false, after: "private" },
    ],
  };
}

const looked = (...changes: readonly Change[]): DriftRecord => ({
  status: "looked",
  errors: [],
  changes,
});
const drift = (record: DriftRecord, stack = "aws"): Drift & { run: number } => ({
  stack,
  drift: record,
  links,
  run: 9,
});

let server: GitLabServer;
let client: GitLab;

beforeEach(async () => {
  server = await GitLabServer.start();
  server.tokens.set("bot-token", { user: 1, scope: "api" });
  client = new GitLab({
    server: server.url.replace("/api/v4", ""),
    token: "bot-token",
    proxies: {},
    connectTimeoutMs: 500,
    timeoutMs: 2000,
    waits: { retries: 3, delayMs: 10, maxMs: 5000 },
    mask: { text: (said) => said },
  });
});

afterEach(async () => {
  await client.close();
  await server.stop();
});

const sync = (record: DriftRecord, stack?: string): ReturnType<typeof syncDriftIssue> =>
  syncDriftIssue(client, 7, drift(record, stack));

function issue(more: Partial<StoredIssue>): StoredIssue {
  const made: StoredIssue = {
    iid: server.issues.length + 1,
    title: "Somebody's issue",
    description: "",
    state: "opened",
    labels: [driftLabel],
    author: 1,
    notes: [],
    edits: 0,
    ...more,
  };
  server.issues.push(made);
  return made;
}

test("an issue is opened, left alone while the same drifts, and brought up to date when something else does", async () => {
  await expect(sync(looked(change("a", "me")))).resolves.toMatchObject({
    outcome: "opened",
    iid: 1,
  });
  await expect(sync(looked(change("a", "me")))).resolves.toMatchObject({ outcome: "unchanged" });
  expect(server.issues).toMatchObject([{ title: "Drift in aws", labels: ["drift"], edits: 0 }]);
  expect(server.issues[0]?.description).toContain("tags.owner");
  await expect(sync(looked(change("a", "you")))).resolves.toMatchObject({ outcome: "updated" });
  expect(server.issues).toHaveLength(1);
  expect(server.issues[0]?.description).toContain("you");
});

test("it is closed with a note when nothing drifts any more, and opened again when something does", async () => {
  await sync(looked(change("a", "me")));
  await expect(sync(looked())).resolves.toMatchObject({ outcome: "closed", iid: 1 });
  expect(server.issues[0]).toMatchObject({ state: "closed" });
  expect(server.issues[0]?.notes.map(({ body }) => body)).toEqual([
    expect.stringContaining("pipelines/9"),
  ]);
  await expect(sync(looked())).resolves.toEqual({ outcome: "nothing" });
  expect(server.issues[0]?.notes).toHaveLength(1);
  await expect(sync(looked(change("a", "me")))).resolves.toMatchObject({
    outcome: "reopened",
    iid: 1,
  });
  expect(server.issues).toMatchObject([{ state: "opened" }]);
});

test("a look that failed opens, alters and closes nothing", async () => {
  await sync(looked(change("a", "me")));
  const asked = server.asked.length;
  const failed: DriftRecord = { status: "failed", errors: ["no credentials"], changes: [] };
  await expect(sync(failed)).resolves.toEqual({ outcome: "not looked" });
  expect(server.asked).toHaveLength(asked);
  expect(server.issues).toMatchObject([{ state: "opened", edits: 0 }]);
});

test("each environment has an issue of its own, and other people's are left alone among many", async () => {
  const theirs = [
    issue({ author: 2, description: driftMarker("aws") }),
    issue({ description: `> ${driftMarker("aws")}` }),
    issue({ description: driftMarker("aws-2") }),
  ];
  for (let index = 0; index < 230; index++) issue({ description: `number ${index}` });
  await sync(looked(change("a", "me")), "dev");
  await sync(looked(change("a", "me")));
  for (let index = 0; index < 30; index++) issue({ description: `later ${index}` });
  await expect(sync(looked(change("a", "you")))).resolves.toMatchObject({ outcome: "updated" });
  await expect(sync(looked())).resolves.toMatchObject({ outcome: "closed" });
  expect(theirs.every(({ edits, state }) => edits === 0 && state === "opened")).toBe(true);
  const own = (stack: string): StoredIssue[] =>
    server.issues.filter(
      ({ author, description }) => author === 1 && description.startsWith(driftMarker(stack)),
    );
  expect(own("dev")).toMatchObject([{ state: "opened" }]);
  expect(own("aws").map(({ state }) => state)).toEqual(["closed"]);
});

test.each([
  ["opened", /POST .*issues$/],
  ["closed", /PUT .*issues\/1$/],
  ["told of", /POST .*issues\/1\/notes$/],
])("what is %s without an answer is not done twice", async (_, on) => {
  server.faults.push({ on, drop: "after" });
  await sync(looked(change("a", "me")));
  await sync(looked());
  expect(server.issues).toMatchObject([{ state: "closed" }]);
  expect(server.issues[0]?.notes).toHaveLength(1);
});

test("an issue that lost its label, or never got it, is found all the same", async () => {
  server.tokens.set("bot-token", { user: 1, scope: "api", labels: false });
  await expect(sync(looked(change("a", "me")))).resolves.toMatchObject({ outcome: "opened" });
  server.tokens.set("bot-token", { user: 1, scope: "api" });
  expect(server.issues).toMatchObject([{ labels: [] }]);
  await expect(sync(looked(change("a", "me")))).resolves.toMatchObject({ outcome: "unchanged" });
  await expect(sync(looked(change("a", "you")))).resolves.toMatchObject({ outcome: "updated" });
  expect(server.issues).toMatchObject([{ labels: ["drift"] }]);
  for (const one of server.issues) one.labels = [];
  await expect(sync(looked())).resolves.toMatchObject({ outcome: "closed", iid: 1 });
  expect(server.issues).toHaveLength(1);
});

test.each<[string, Partial<StoredIssue>]>([
  ["locked", { locked: true }],
  ["moved to another project", { movedTo: 42 }],
])("a closed issue that was %s is left, and another opened once", async (_, made) => {
  issue({ description: driftMarker("aws"), state: "closed", ...made });
  const now = looked(change("a", "me"));
  await expect(sync(now)).resolves.toMatchObject({ outcome: "opened", iid: 2 });
  await expect(sync(now)).resolves.toMatchObject({ outcome: "unchanged", iid: 2 });
  expect(server.issues.map(({ state }) => state)).toEqual(["closed", "opened"]);
});

test("names of what stands in a cloud are for members alone", async () => {
  await sync(looked(change("a", "me")));
  expect(server.issues).toMatchObject([{ confidential: true }]);
});

test("two pipelines at once leave one open issue", async () => {
  await Promise.all([sync(looked(change("a", "me"))), sync(looked(change("a", "me")))]);
  await sync(looked(change("a", "me")));
  expect(server.issues.filter(({ state }) => state === "opened")).toHaveLength(1);
});

test("the print tells what drifted, in whatever order it is found, and nothing else", () => {
  const [a, b] = [change("a", "me"), change("b", "me")];
  const reversed = { ...a, properties: [...a.properties].reverse() };
  expect(driftPrint(looked(a, b))).toBe(driftPrint(looked(b, reversed)));
  expect(driftPrint(looked(a))).not.toBe(driftPrint(looked(change("a", "you"))));
  expect(driftPrint(looked(a))).not.toBe(driftPrint(looked(a, b)));
});

test("whatever drifts, the issue is within GitLab's limit, and no line of it acts", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }))),
      fc.constantFrom(1, 300),
      (texts, times) => {
        const changes = Array.from({ length: times }, () => texts)
          .flat()
          .map(([name, after]) => change(name, after.repeat(times)));
        const text = driftDescription(drift(looked(...changes, change("x", "/close\n@all #1"))));
        expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
        expect(text.split("\n")[0]).toBe(driftMarker("aws"));
        expect(text).not.toMatch(/^\s*\//m);
        expect(text).not.toMatch(/^@(?!@ )/m);
      },
    ),
    { numRuns: 60 },
  );
});

test("of several open issues the oldest is kept; with none open, the newest is opened again", () => {
  const one = (iid: number, state: "opened" | "closed"): Issue => ({
    id: iid,
    iid,
    title: "",
    description: driftMarker("aws"),
    state,
    author: { id: 1 },
    web_url: "",
  });
  const now = drift(looked(change("a", "me")));
  const all = [one(1, "closed"), one(2, "opened"), one(3, "closed"), one(4, "opened")];
  expect(nextIssueStep(all, now)).toMatchObject({
    kind: "close",
    why: "double",
    issue: { iid: 4 },
  });
  expect(nextIssueStep(all.slice(0, 3), now)).toMatchObject({ kind: "update", issue: { iid: 2 } });
  expect(nextIssueStep([one(1, "closed"), one(3, "closed")], now)).toMatchObject({
    kind: "reopen",
    issue: { iid: 3 },
  });
});
