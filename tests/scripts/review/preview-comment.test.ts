import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPreviewComment } from "../../../review/gitlab/comment-command";
import { tickedIn } from "../../../review/note/render";
import { marker, runLine, runOf } from "../../../review/note/marker";
import type { Change, PreviewRecord } from "../../../review/record";
import { PreviewStore } from "../../../review/store";
import { certificates } from "../../review/support/certificates";
import { GitLabServer } from "../../review/support/gitlab-server";
import { typescript } from "../../support/typescript";

const checkout = join(__dirname, "..", "..", "..");
const token = "project-token-0123456789";
const mark = marker("gitlab");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;
let dir: string;
let server: GitLabServer;

/** The variables of a merge request's job, and none of this process's own but the PATH. */
function job(url: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    CI: "true",
    GITLAB_TOKEN: token,
    GITLAB_API_RETRY_DELAY: "0.05",
    CI_API_V4_URL: url,
    CI_SERVER_URL: url.replace("/api/v4", ""),
    CI_PROJECT_ID: "8",
    CI_PROJECT_DIR: folder,
    CI_PROJECT_URL: "https://gitlab.example/fork/infrastructure",
    CI_MERGE_REQUEST_IID: "3",
    CI_MERGE_REQUEST_PROJECT_ID: "7",
    CI_MERGE_REQUEST_PROJECT_URL: "https://gitlab.example/group/infrastructure",
    CI_PIPELINE_ID: "100",
    CI_PIPELINE_URL: "https://gitlab.example/fork/infrastructure/-/pipelines/100",
    CI_JOB_ID: "500",
    CI_JOB_URL: "https://gitlab.example/fork/infrastructure/-/jobs/500",
    CI_JOB_TOKEN: "job-token-0123456789",
    CI_COMMIT_SHA: "0123456789abcdef0123456789abcdef01234567",
    ...more,
  };
}

function run(env: Record<string, string>, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [
      ...typescript,
      join(checkout, "scripts", "preview-comment.ts"),
      ...(args.length > 0 ? args : [dir]),
    ],
    { cwd: checkout, env },
  );
  const told = { stdout: "", stderr: "" };
  child.stdout.on("data", (text: Buffer) => (told.stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (told.stderr += text.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, ...told });
    });
  });
}

/** The same without a process of its own, for what is decided within it: starting one costs more than all of the rest. */
async function call(env: Record<string, string>, ...args: readonly string[]): Promise<Ended> {
  const told = { stdout: "", stderr: "" };
  const code = await runPreviewComment({
    project: checkout,
    args: args.length > 0 ? args : [dir],
    environment: env,
    out: (text) => (told.stdout += text),
    say: (line) => (told.stderr += `${line}\n`),
  });
  return { code, ...told };
}

function record(more: Partial<PreviewRecord> = {}): PreviewRecord {
  const changes = more.changes ?? [change("server", "size", "small", "large")];
  return {
    format: 1,
    stack: "aws",
    summary: "GitLab CE on AWS",
    production: true,
    mode: "cloud",
    status: "previewed",
    errors: [],
    counts: { create: 0, update: changes.length, replace: 0, delete: 0, same: 40 },
    changes,
    dangers: [],
    policies: { rules: 12, results: [] },
    seconds: 12,
    commit: "0123456789abcdef0123456789abcdef01234567",
    ...more,
  };
}

function change(name: string, path: string, before: string, after: string): Change {
  return {
    urn: `urn:pulumi:aws::gitlab::aws:ec2/instance:Instance::${name}`,
    type: "aws:ec2/instance:Instance",
    name,
    components: ["instance"],
    operation: "update",
    stateful: false,
    protectionLifted: false,
    properties: [{ path, kind: "update", replaces: false, before, after }],
  };
}

function keep(...records: readonly PreviewRecord[]): void {
  const store = new PreviewStore(dir);
  for (const one of records) {
    store.begin(one.stack);
    store.write(one);
  }
}

const ours = (): string[] =>
  server.notes.filter(({ body }) => body.startsWith(mark)).map(({ body }) => body);
const oneLine = (text: string): string[] => text.split("\n").filter((line) => line !== "");

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "preview-comment-"));
  dir = join(folder, "previews");
  keep(record());
  server = await GitLabServer.start();
  server.tokens.set(token, { user: 1, scope: "api" });
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a first note is posted among 250 others over pages, and the next pipeline's takes its place", async () => {
  for (let index = 0; index < 250; index++) {
    // Somebody quotes the note, and so does the bot itself.
    server.note(index % 5 === 0 ? 1 : 2, `> ${mark}\n\nnote ${index}`, index % 7 === 0);
  }
  const first = await run(job(server.url));
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const { id, body = "" } = server.notes.at(-1) ?? {};
  expect(first.stdout).toBe(
    `The note is posted: https://gitlab.example/group/infrastructure/-/merge_requests/3#note_${id}\n`,
  );
  expect(body.split("\n").slice(0, 2)).toEqual([mark, runLine(100)]);
  expect(body).toContain("https://gitlab.example/fork/infrastructure/-/pipelines/100");
  expect(body).toContain("/-/jobs/500/artifacts/file/previews/note.md");

  for (let index = 0; index < 120; index++) server.note(2, "later");
  keep(record({ changes: [change("server", "size", "small", "huge")] }));
  const second = await run(job(server.url, { CI_PIPELINE_ID: "101" }));
  expect(second).toMatchObject({ code: 0, stderr: "" });
  expect(server.notes.find((note) => note.id === id)).toMatchObject({ edits: 1 });
  expect(ours()).toHaveLength(1);
  expect(ours()[0]).toContain("huge");
  expect(server.notes).toHaveLength(371);
});

test("two runs at once end with one note, that of the newer pipeline", async () => {
  server.note(1, `${mark}\n${runLine(90)}\n\nold`);
  server.note(1, `${mark}\n${runLine(91)}\n\nleft over`);
  const ended = await Promise.all(
    ["101", "102"].map((id) => run(job(server.url, { CI_PIPELINE_ID: id }))),
  );
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(ours().map(runOf)).toEqual([102]);
});

test("a box that somebody ticked stays ticked, and a note that somebody made their own is left to them", async () => {
  const dangerous = record({
    counts: { create: 0, update: 0, replace: 1, delete: 0, same: 40 },
    changes: [{ ...change("server", "zone", "a", "b"), operation: "replace" }],
  });
  keep(dangerous);
  await call(job(server.url));
  const [note] = server.notes;
  if (note === undefined) throw new Error("no note");
  note.body = note.body.replace("- [ ]", "- [x]");
  expect(tickedIn(note.body)).toHaveLength(1);
  keep({ ...dangerous, seconds: 99 });
  await call(job(server.url, { CI_PIPELINE_ID: "101" }));
  expect(runOf(note.body)).toBe(101);
  expect(tickedIn(note.body)).toHaveLength(1);

  note.body = note.body.replace(mark, "my own list");
  const edits = note.edits;
  await call(job(server.url, { CI_PIPELINE_ID: "102" }));
  expect(note.edits).toBe(edits);
  expect(ours().map(runOf)).toEqual([102]);
});

test("a plan of 3 MB fits into the note, and stands in full beside it", async () => {
  const changes = Array.from({ length: 3000 }, (_, index) =>
    change(`server-${index}`, "boot", `${index} `.repeat(100), `${index}\n`.repeat(100)),
  );
  keep(record({ changes }));
  expect(readFileSync(join(dir, "aws", "preview.json")).length).toBeGreaterThan(3_000_000);
  const ended = await run(job(server.url));
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ours()).toHaveLength(1);
  expect(ours()[0]?.length).toBeLessThan(1_000_000);
  const full = readFileSync(join(dir, "note.md"), "utf8");
  expect(full.length).toBeGreaterThan(1_500_000);
  expect(full).toContain("server-2999");
});

test("without a token it says so in one line and goes well, and with one that may not it fails", async () => {
  server.tokens.set("read-only-token-0123", { user: 1, scope: "read_api" });
  const [without, readOnly] = await Promise.all([
    run(job(server.url, { GITLAB_TOKEN: "" })),
    run(job(server.url, { GITLAB_TOKEN: "read-only-token-0123" })),
  ]);
  expect(without).toMatchObject({ code: 0, stderr: "" });
  expect(oneLine(without.stdout)).toEqual([expect.stringMatching(/GITLAB_TOKEN is not set/)]);
  expect(readOnly).toMatchObject({ code: 1, stdout: "" });
  expect(oneLine(readOnly.stderr)).toEqual([expect.stringMatching(/it needs api/)]);
  expect(readOnly.stderr).not.toContain("read-only-token-0123");
});

describe("where nothing can be posted, it says so in one line and goes well:", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["no token", { GITLAB_TOKEN: "", CI_JOB_TOKEN: "" }, /GITLAB_TOKEN is not set.*scope api/],
    ["a job token alone", { GITLAB_TOKEN: "" }, /a job token may not write notes/],
    ["a branch's pipeline", { CI_MERGE_REQUEST_IID: "" }, /not a merge request's pipeline/],
  ])("%s", async (_, environment, line) => {
    const ended = await call(job(server.url, environment));
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(oneLine(ended.stdout)).toEqual([expect.stringMatching(line)]);
    expect(server.asked).toEqual([]);
    expect(existsSync(join(dir, "note.md"))).toBe(true);
  });

  test("a closed merge request", async () => {
    server.state = "merged";
    const ended = await call(job(server.url));
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(oneLine(ended.stdout)).toEqual(["Nothing is posted: merge request !3 is merged."]);
    expect(server.notes).toEqual([]);
  });
});

describe("where the token may not, it says in one line what is missing, and fails:", () => {
  test.each<[string, () => void, RegExp]>([
    ["a token that is unknown", () => server.tokens.clear(), /GITLAB_TOKEN is not valid/],
    [
      "a token that may only read",
      () => server.tokens.set(token, { user: 1, scope: "read_api" }),
      /it needs api/,
    ],
    [
      "a user who may not comment",
      () => server.tokens.set(token, { user: 1, scope: "api", comments: false }),
      /may not comment on merge request !3 of project 7.*Reporter/,
    ],
    [
      "a user who does not see the project",
      () => server.tokens.set(token, { user: 1, scope: "api", sees: false }),
      /can't see merge request !3 of project 7.*Reporter/,
    ],
  ])("%s", async (_, arrange, line) => {
    arrange();
    const ended = await call(job(server.url));
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(oneLine(ended.stderr)).toEqual([expect.stringMatching(line)]);
    expect(ended.stderr).not.toContain(token);
    expect(ours()).toEqual([]);
  });
});

test("what cannot be read is said in one line, and nothing is asked of GitLab", async () => {
  const broken = join(folder, "broken");
  mkdirSync(join(broken, "aws"), { recursive: true });
  writeFileSync(join(broken, "aws", "preview.json"), "{");
  const cases = [
    [join(folder, "missing"), /missing does not exist/],
    [broken, /preview.json is not valid JSON/],
    [join(broken, "aws", "preview.json"), /not a directory/],
  ] as const;
  const ended = await Promise.all(cases.map(([path]) => call(job(server.url), path)));
  for (const [index, { code, stderr, stdout }] of ended.entries()) {
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(oneLine(stderr)).toEqual([expect.stringMatching(cases[index]?.[1] ?? "")]);
  }
  expect(server.asked).toEqual([]);
});

test("with no preview at all, a note that stands is made a line, and none is posted where none stands", async () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  const none = await call(job(server.url), empty);
  expect(none).toMatchObject({ code: 0, stderr: "" });
  expect(oneLine(none.stdout)).toEqual([expect.stringMatching(/holds no preview/)]);
  expect(server.notes).toEqual([]);

  await call(job(server.url));
  const quiet = await call(job(server.url, { CI_PIPELINE_ID: "101" }), empty);
  expect(quiet).toMatchObject({ code: 0, stderr: "" });
  expect(ours()).toEqual([expect.stringContaining("No environment was previewed")]);
});

test("--out writes the note and posts none", async () => {
  const file = join(folder, "out", "note.md");
  const shown = await run(job(server.url), dir, "--out", "-");
  const written = await call(job(server.url), dir, "--out", file);
  const wrong = await call(job(server.url), dir, "--nonsense");
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout.startsWith(`${mark}\n`)).toBe(true);
  expect(written).toMatchObject({ code: 0, stdout: "", stderr: "" });
  expect(readFileSync(file, "utf8")).toBe(shown.stdout);
  expect(wrong.code).toBe(2);
  expect(server.asked).toEqual([]);
});

describe("a GitLab of one's own", () => {
  const { ca, certificate, key } = certificates();
  let secure: GitLabServer;

  beforeEach(async () => {
    secure = await GitLabServer.start({
      relativeRoot: "/gitlab",
      tls: { key, cert: certificate },
    });
    secure.tokens.set(token, { user: 1, scope: "api" });
    writeFileSync(join(folder, "ca.pem"), ca);
  });

  afterEach(() => secure.stop());

  test("is reached below a relative URL root, by its own CA from the variable or the flag", async () => {
    const file = join(folder, "ca.pem");
    const [none, variable] = await Promise.all([
      call(job(secure.url)),
      call(job(secure.url, { CI_SERVER_TLS_CA_FILE: file })),
    ]);
    expect(none.code).toBe(1);
    expect(oneLine(none.stderr)).toEqual([
      expect.stringMatching(/certificate that is not trusted.*CI_SERVER_TLS_CA_FILE/),
    ]);
    expect(variable).toMatchObject({ code: 0, stderr: "" });
    const flag = await run(
      job("", { CI_SERVER_URL: secure.url.replace("/api/v4", "") }),
      dir,
      "--ca",
      file,
    );
    expect(flag).toMatchObject({ code: 0, stderr: "" });
    expect(secure.notes).toHaveLength(1);
    expect(secure.notes[0]?.edits).toBe(0);
  });

  test("is reached through the proxy that the environment names, tunnelled where it has TLS", async () => {
    const proxy = await startProxy();
    try {
      const through = { http_proxy: proxy.url, https_proxy: proxy.url };
      const ended = await Promise.all([
        call(job(secure.url, { ...through, CI_SERVER_TLS_CA_FILE: join(folder, "ca.pem") })),
        call(job(server.url, through)),
        call(job(server.url, { ...through, no_proxy: "127.0.0.1", CI_PIPELINE_ID: "99" })),
      ]);
      expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
      expect([...proxy.tunnelled]).toEqual([`127.0.0.1:${secure.port}`]);
      expect(proxy.forwarded.size).toBe(1);
      expect([...proxy.forwarded][0]).toContain(`127.0.0.1:${server.port}`);
    } finally {
      await proxy.stop();
    }
  });
});

/** A proxy that tunnels by CONNECT and forwards plain requests. */
async function startProxy(): Promise<{
  url: string;
  tunnelled: Set<string>;
  forwarded: Set<string>;
  stop: () => Promise<void>;
}> {
  const tunnelled = new Set<string>();
  const forwarded = new Set<string>();
  const sockets = new Set<net.Socket>();
  const proxy = http.createServer((request, response) => {
    const url = new URL(request.url ?? "");
    forwarded.add(url.host);
    const { method, headers } = request;
    const onward = http.request(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  proxy.on("connect", (request: http.IncomingMessage, client: net.Socket) => {
    tunnelled.add(request.url ?? "");
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const onward = net.connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(client);
      client.pipe(onward);
    });
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    tunnelled,
    forwarded,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      proxy.closeAllConnections();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}
