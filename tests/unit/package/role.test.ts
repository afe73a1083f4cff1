import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testWith } from "../../support/tools";

const step = join(__dirname, "../../../components/gitlab-instance/package/templates/role/oauth.rb");
const secrets = { Sentry: { uid: "id-1", secret: "gloas-planted" } };
const application = {
  name: "Sentry",
  redirectUris: ["https://sentry.example.com/auth/sso/"],
  scopes: ["read_user", "openid"],
  trusted: true,
};

let scratch: string;
beforeEach(() => (scratch = mkdtempSync(join(tmpdir(), "role-"))));
afterEach(() => rmSync(scratch, { recursive: true }));

/** Runs the step as GitLab would, on the applications that runs before have left. */
function run(ruby: string, applications: readonly object[], given: object) {
  const facts = join(scratch, "role.json");
  const store = join(scratch, "store.json");
  writeFileSync(facts, JSON.stringify({ oauthApplications: applications }));
  const { status, stdout, stderr } = spawnSync(
    ruby,
    [join(__dirname, "support-rails.rb"), step, facts, store],
    { input: JSON.stringify(given), encoding: "utf8" },
  );
  const stored = JSON.parse(readFileSync(store, "utf8")) as Record<string, unknown>[];
  return { status, said: stdout + stderr, stored };
}

testWith(
  "ruby",
  "an OAuth application is stored once, its secret by the model's own hashing",
  (ruby) => {
    const first = run(ruby, [application], secrets);
    expect({ status: first.status, said: first.said }).toEqual({
      status: 0,
      said: "Sentry: stored\n",
    });
    expect(first.stored).toEqual([
      expect.objectContaining({
        name: "Sentry",
        uid: "id-1",
        scopes: "read_user openid",
        redirect_uri: "https://sentry.example.com/auth/sso/",
        trusted: true,
        confidential: true,
      }),
    ]);
    expect(JSON.stringify(first.stored)).not.toContain("gloas-planted");
    const second = run(ruby, [application], secrets);
    expect(second.said).toBe("Sentry: as it should be\n");
    expect(second.stored).toEqual(first.stored);
  },
);

testWith("ruby", "a changed address or secret of an OAuth application changes that one", (ruby) => {
  const first = run(ruby, [application], secrets);
  const moved = run(ruby, [{ ...application, redirectUris: ["https://new.example.com/"] }], {
    Sentry: { uid: "id-1", secret: "gloas-other" },
  });
  expect(moved.stored).toHaveLength(1);
  expect(moved.stored[0]?.["redirect_uri"]).toBe("https://new.example.com/");
  expect(moved.stored[0]?.["secret"]).not.toBe(first.stored[0]?.["secret"]);
});

testWith(
  "ruby",
  "an OAuth application that GitLab refuses is named without its secret, and stops no other",
  (ruby) => {
    const { status, said, stored } = run(
      ruby,
      [
        { ...application, name: "Broken", redirectUris: ["nowhere"] },
        { ...application, name: "Absent" },
        application,
      ],
      { ...secrets, Broken: { uid: "id-2", secret: "gloas-second" } },
    );
    expect(status).toBe(1);
    expect(said).toMatch(/Broken: Redirect URI.*Absent: key not found/);
    expect(said).not.toContain("gloas-");
    expect(stored.map(({ name }) => name)).toEqual(["Sentry"]);
  },
);
