import { linksOf, mergeRequestOf, pipelineOf } from "../../../review/gitlab/ci";
import { connect, serverOf, tokenOf, withoutToken } from "../../../review/gitlab/connect";
import { GitLabError } from "../../../review/gitlab/errors";
import { proxiesOf } from "../../../review/gitlab/transport";
import { askedWait, waitBefore } from "../../../review/gitlab/waits";

const mask = { text: (text: string): string => text };

test.each([
  [{ CI_API_V4_URL: "https://host/gitlab/api/v4" }, "https://host/gitlab"],
  [{ CI_API_V4_URL: "https://host:8443/api/v4/" }, "https://host:8443"],
  [{ CI_SERVER_URL: "http://host/a/b/" }, "http://host/a/b"],
  [{ CI_API_V4_URL: "", CI_SERVER_URL: "https://host" }, "https://host"],
  [{}, "https://gitlab.com"],
])("GitLab's address is taken from %j", (environment, server) => {
  expect(serverOf(environment)).toBe(server);
});

test.each(["host", "ftp://host", "https://user:word@host"])("%s is no address of GitLab", (url) => {
  expect(() => serverOf({ CI_SERVER_URL: url })).toThrow(/CI_SERVER_URL is not/);
});

test("a token is taken without the new line at a file's end, and nothing else for one", () => {
  expect(tokenOf({ GITLAB_TOKEN: "glpat-0123456789\n" })).toBe("glpat-0123456789");
  expect(tokenOf({ GITLAB_TOKEN: " " })).toBeUndefined();
  expect(tokenOf({ GITLAB_TOKEN: "$GITLAB_TOKEN" })).toBeUndefined();
  for (const file of ["/builds/project.tmp/GITLAB_TOKEN", "two words", "wörd"])
    expect(() => tokenOf({ GITLAB_TOKEN: file })).toThrow(/does not hold a token/);
  expect(withoutToken({ CI_JOB_TOKEN: "0123" })).toMatch(/job token may not/);
  expect(withoutToken({})).not.toMatch(/job token/);
});

test.each([
  [{ timeout: "soon" }, {}, /--timeout or GITLAB_API_TIMEOUT/],
  [{ retries: "1.5" }, {}, /--retries/],
  [{}, { GITLAB_API_CONNECT_TIMEOUT: "0" }, /GITLAB_API_CONNECT_TIMEOUT/],
  [{ ca: "/nowhere/ca.pem" }, {}, /\/nowhere\/ca.pem cannot be read \(ENOENT\)/],
  [{ ca: __filename }, {}, /no PEM certificate/],
  [{}, { https_proxy: "not a proxy" }, /proxy.*is not a URL/],
])("%j and %j are refused in one line", (flags, environment, message) => {
  expect(() => connect("token", environment, flags, mask)).toThrow(message);
});

test("a flag counts before the variable, and an empty variable for none", async () => {
  const client = connect(
    "token",
    { GITLAB_API_RETRIES: "2", GITLAB_API_RETRY_DELAY: "" },
    { retries: "7" },
    mask,
  );
  expect(client.waits).toMatchObject({ retries: 7, delayMs: 1000 });
  await client.close();
});

test("proxies are read from either case, the lower one first", () => {
  expect(proxiesOf({ https_proxy: "http://a", HTTPS_PROXY: "http://b", NO_PROXY: "c" })).toEqual({
    httpProxy: undefined,
    httpsProxy: "http://a",
    noProxy: "c",
  });
});

test("of a fork's merge request, the project is the one that it is to be merged into", () => {
  const job = { CI_MERGE_REQUEST_IID: "3", CI_PROJECT_ID: "8" };
  expect(mergeRequestOf({ ...job, CI_MERGE_REQUEST_PROJECT_ID: "7" })).toEqual({
    project: 7,
    iid: 3,
  });
  expect(mergeRequestOf({ ...job, CI_MERGE_REQUEST_PROJECT_PATH: "a/b" })?.project).toBe("a/b");
  expect(mergeRequestOf({ CI_PROJECT_ID: "8" })).toBeUndefined();
  expect(mergeRequestOf({ ...job, CI_MERGE_REQUEST_IID: "3; x" })).toBeUndefined();
  expect(pipelineOf({ CI_PIPELINE_ID: "x" })).toBeUndefined();
});

test("the note in full is linked to where it is in the job's checkout", () => {
  const job = { CI_JOB_URL: "https://host/p/-/jobs/5", CI_PROJECT_DIR: "/builds/p" };
  expect(linksOf(job, "/builds/p/a b/note.md").fullNote).toBe(
    "https://host/p/-/jobs/5/artifacts/file/a%20b/note.md",
  );
  expect(linksOf(job, "/tmp/note.md").fullNote).toBeUndefined();
  expect(linksOf({}, "/tmp/note.md")).toEqual({});
});

test.each([
  [{ "retry-after": "17" }, 17_000],
  [
    { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT", date: "Thu, 01 Jan 2026 00:00:10 GMT" },
    20_000,
  ],
  [{ "ratelimit-reset": "1767225630", date: "Thu, 01 Jan 2026 00:00:10 GMT" }, 20_000],
  [{ "ratelimit-reset": "1767225600", date: "Thu, 01 Jan 2026 00:00:10 GMT" }, 0],
  [{ "retry-after": "soon" }, undefined],
  [{}, undefined],
])("%j asks to wait %p ms", (headers, wait) => {
  expect(askedWait(headers)).toBe(wait);
});

test("waits double, half of them by chance, up to the longest, and end", () => {
  const waits = { retries: 4, delayMs: 100, maxMs: 500 };
  const error = new GitLabError("", { retryable: true });
  const of = (chance: number) =>
    [0, 1, 2, 3, 4].map((retry) => waitBefore(retry, error, waits, () => chance));
  expect(of(0)).toEqual([50, 100, 200, 250, undefined]);
  expect(of(1)).toEqual([100, 200, 400, 500, undefined]);
  expect(waitBefore(0, error.final(), waits)).toBeUndefined();
  expect(waitBefore(0, new Error("a fault of ours"), waits)).toBeUndefined();
});
