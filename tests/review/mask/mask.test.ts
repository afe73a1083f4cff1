/** Secrets never pass the mask, however they are written; what reviewers need does. */
import { gzipSync } from "node:zlib";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { fc } from "../../support/properties";
import { SettingsError } from "../../../engine/environment";
import { FactReader } from "../../../engine/facts";
import { Mask, marks } from "../../../review/mask/mask";

const mask = new Mask();
const shown = (value: unknown, path?: string): string => JSON.stringify(mask.value(value, path));
const secret = fc
  .string({ minLength: 6, maxLength: 30, unit: "grapheme" })
  .map((text) => `Zq${text.replace(/[\s\p{Cc}]/gu, "_")}7x`);

describe("a known secret is struck out", () => {
  const writings: Readonly<Record<string, (text: string) => string>> = {
    "as it is": (text) => text,
    "in JSON": (text) => JSON.stringify({ note: text }),
    "in JSON in JSON": (text) => JSON.stringify([JSON.stringify({ note: `a ${text}` })]),
    "in a URL": (text) => `https://example.com/?q=${encodeURIComponent(text)}`,
    "in Base64": (text) => Buffer.from(`some text, ${text}`).toString("base64"),
    "in Base64 for URLs": (text) => Buffer.from(`some text, ${text}`).toString("base64url"),
    "in hexadecimal": (text) => Buffer.from(text).toString("hex"),
    "in packed Base64": (text) => gzipSync(`#!/bin/sh\n${text}\n`).toString("base64"),
    "in YAML": (text) => `a:\n  - '${text.replaceAll("'", "''")}'\n`,
  };

  test.each(Object.entries(writings))("%s, at any depth of any JSON", (_, write) => {
    fc.assert(
      fc.property(
        secret,
        fc.json({ maxDepth: 2 }).map((json) => JSON.parse(json) as unknown),
        fc.array(fc.constantFrom("list", "map", "text"), { maxLength: 4 }),
        (planted, other, layers) => {
          const value = layers.reduce<unknown>(
            (inner, layer) =>
              layer === "list"
                ? [other, inner]
                : layer === "map"
                  ? { a: other, b: inner }
                  : JSON.stringify({ inner }),
            write(planted),
          );
          const result = JSON.stringify(new Mask({ secrets: [planted] }).value(value));
          for (const form of Object.values(writings).slice(0, 1)) {
            expect(result).not.toContain(form(planted));
          }
          expect(result).not.toContain(JSON.stringify(planted).slice(1, -1));
          expect(result).not.toContain(write(planted));
          expect(result).toContain(marks.secret);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("as a variable whose name says secret, and not as another", () => {
    const own = new Mask({
      environment: { CI_JOB_TOKEN: "abcdef-12345", CI_PROJECT_NAME: "gitlab-environments" },
    });
    expect(own.text("abcdef-12345 of gitlab-environments")).toBe(
      `${marks.secret} of gitlab-environments`,
    );
  });

  test("by its own mark, too, where it is deeper than the mask looks", () => {
    const deep = Array.from({ length: 9 }).reduce<string>(
      (inner) => JSON.stringify({ inner }),
      "a Zq-planted-7x",
    );
    const masked = new Mask({ secrets: ["Zq-planted-7x"] }).text(deep);
    expect(masked).toContain(marks.secret);
    expect(masked).not.toContain("planted");
    expect(new Mask().text(deep)).toContain(marks.hidden);
  });

  test("line by line where it has several and is indented", () => {
    const key = "first-line-of-a-long-key\nsecond-line-of-a-long-key";
    const text = `key: |\n    ${key.replace("\n", "\n    ")}\n`;
    expect(new Mask({ secrets: [key] }).text(text)).not.toContain("line-of-a-long-key");
  });
});

describe("what the engine marks", () => {
  test("as secret, as unknown and as an output is shown as that", () => {
    const signature = "4dabf18193072939515e22adb298388d";
    expect(
      mask.value({
        a: { [signature]: "1b47061264138c4ac30d75fd1eb44270", value: "x" },
        b: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        c: "http://04da6b54-80e4-46f7-96ec-b56ff0331ba9:80",
        d: { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", secret: true, value: "x" },
        e: { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: "shown" },
        f: { [signature]: "0000", value: "x" },
      }),
    ).toEqual({
      a: marks.secret,
      b: marks.unknown,
      c: `http://${marks.unknown}:80`,
      d: marks.secret,
      e: "shown",
      f: marks.hidden,
    });
  });

  test("as a change that is not in the plan is told without its values", () => {
    const text = mask.engineText(
      "error: resource urn:pulumi:a::b::c::d violates plan: properties changed: " +
        "++a[{one secret}!={two,\n ++x, secrets}], =~b[{map[k:{three}]}], -+c",
    );
    expect(text).toMatch(
      /urn:pulumi:a::b::c::d violates plan: properties changed: a \(.*\), b \(.*\), c/,
    );
    expect(text).not.toMatch(/one|two|three/);
  });
});

describe("a sensitive value is hidden", () => {
  test.each<[string, unknown]>([
    ["by its name", { dbPassword: "hunter2" }],
    ["as a number by its name", { password: 70022 }],
    ["in a list under such a name", { tokens: ["hunter2"] }],
    ["in a map under such a name", { credentials: { gitlab: "hunter2" } }],
    ["in a list of names and values", { env: [{ name: "DB_PASSWORD", value: "hunter2" }] }],
    ["in a Kubernetes Secret", { kind: "Secret", stringData: { a: "hunter2" } }],
    ["in an encrypted parameter", { type: "SecureString", value: "hunter2" }],
    ["in JSON in a text", { doc: '{"a": {"clientSecret": "hunter2"}}' }],
    ["in escaped JSON in a message", 'failed: {"body":"{\\"password\\":\\"hunter2\\"}"'],
    ["in YAML", "db:\n  password: hunter2 and hunter2\n"],
    ["in a block of YAML", "password: |\n  hunter2\n  hunter2\nother: 1\n"],
    ["in a list of YAML", "env:\n  - name: DB_PASSWORD\n    value: hunter2\n"],
    ["in gitlab.rb", "gitlab_rails['db_password'] = \"hunter2\"\n"],
    ["in a shell's script", "export PGPASSWORD='hunter2'\n"],
    ["in a URL", "cannot reach postgres://gitlab:hunter2@10.0.0.1/db"],
    ["in a URL with an @", "postgres://gitlab:hun@hunter2@10.0.0.1/db"],
    ["in a header", "Authorization: Bearer hunter2hunter2"],
    ["in a signed address", "https://a.blob.core.windows.net/b?sv=1&sig=hunter2hunter2"],
    ["in an option", "ran mysql --password hunter2"],
    ["as a setting's value", "ran pulumi config set --secret gitlab:smtpPassword hunter2 -s ops"],
    ["as a setting's value with its name", "pulumi config set-all --secret smtpPassword=hunter2"],
    ["as a setting's value after its name", "pulumi config set smtpPassword --secret hunter2"],
    ["in XML", "<password>hunter2</password>"],
    ["in Go's words", "map[password:hunter2 user:gitlab]"],
    ["in Base64", { data: Buffer.from("#!/bin/sh\nPASSWORD=hunter2\n").toString("base64") }],
    ["in packed boot data", { userData: gzipSync("PASSWORD=hunter2\n").toString("base64") }],
    [
      "in a private key",
      `a\n-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\nb`,
    ],
    ["in a private key that is cut off", `-----BEGIN PRIVATE KEY-----\nhunter2`],
    ["as a token by its form", { note: `x glpat-${"hunter2".repeat(4)} y` }],
  ])("%s", (_, value) => {
    expect(shown(value)).not.toContain("hunter2");
    expect(shown(value)).toContain(marks.hidden);
  });

  test("by the path that it stands at", () => {
    expect(mask.value("hunter2", 'env["DB_PASSWORD"]')).toBe(marks.hidden);
    expect(mask.value("hunter2", "rules[0].port")).toBe("hunter2");
  });

  test("and hiding it again changes nothing", () => {
    const text = "password: abc def\nurl: postgres://a:b@c/d\ntoken=xyz1234567";
    expect(mask.text(mask.text(text))).toBe(mask.text(text));
  });
});

describe("what reviewers need is shown", () => {
  test.each<[string, unknown]>([
    [
      "a digest",
      { image: `registry.example.com/a/b:1.2.3@sha256:${"0123456789abcdef".repeat(4)}` },
    ],
    [
      "which secrets are missing, and how to set them",
      new SettingsError("aws", [
        {
          key: "smtpPassword",
          found: "nothing",
          allowed: "a text; set it with: pulumi config set --secret gitlab:smtpPassword -s aws",
        },
        { key: "rootPassword", found: "[secret]", allowed: "12 characters or more" },
      ]).message,
    ],
    [
      "how the engine says it",
      "set a value using the command `pulumi config set --secret gitlab:rootPassword <value>`",
    ],
    ["an ARN", { secretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:Db-Aa1Bb2" }],
    [
      "a URN",
      "urn:pulumi:a::b::gcp:secretmanager/secret:Secret::runner-token of type x:y/token:Token",
    ],
    ["a self link", "https://www.googleapis.com/compute/v1/projects/p/zones/z/disks/d"],
    ["a resource id", "/subscriptions/a12f734b-63e6-4705-a857-e98c68b93db1/resourceGroups/Rg1"],
    ["a UUID", { clientId: "a12f734b-63e6-4705-a857-e98c68b93db1" }],
    ["a version", { version: "18.4.2-ee.0" }],
    ["a range", ["10.0.0.0/16", "2001:db8::/32"]],
    ["a secret's name", { secretName: "gitlab-root-password-secret", passwordRef: { name: "a" } }],
    ["a place of tokens", { tokenUrl: "https://example.com/oauth/token", kmsKeyId: "key/abc" }],
    ["a reference to a secret", { secretKeyRef: { name: "gitlab-db", key: "password" } }],
    ["a volume of a secret", { secret: { secretName: "tls", items: [{ key: "a", path: "b" }] } }],
    ["a switch", { automountServiceAccountToken: false, httpTokens: "required" }],
    ["a value that is read elsewhere", 'TOKEN="$(cat /run/token)"\nPASSWORD=$DB_PASSWORD\n'],
    ["a sentence", "invalid password: must be longer than 8 characters"],
    [
      "a public key",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGh op",
    ],
    ["boot data without a secret", gzipSync("#!/bin/sh\necho hello\n").toString("base64")],
    ["a date's form", '"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'],
  ])("%s", (_, value) => {
    expect(mask.value(value)).toEqual(value);
  });
});

describe("an event", () => {
  const metadata = {
    op: "update",
    urn: "urn:pulumi:s::p::aws:rds/instance:Instance::db",
    type: "aws:rds/instance:Instance",
    old: {
      id: "db",
      protect: true,
      parent: "",
      custom: true,
      inputs: { password: "hunter2" },
      outputs: {},
    },
    new: null,
    detailedDiff: { password: { diffKind: "update", inputDiff: true } },
  };

  test("reads as before, without its secrets", () => {
    const event = { sequence: 1, timestamp: 2, resourcePreEvent: { metadata } };
    const kept = mask.event(event as unknown as EngineEvent);
    expect(JSON.stringify(kept)).not.toContain("hunter2");
    const reader = new FactReader();
    reader.add(kept);
    expect(reader.facts().resources).toMatchObject([
      { name: "db", operation: "update", changes: [{ path: "password", kind: "update" }] },
    ]);
  });

  test("of debugging says nothing", () => {
    const event = { diagnosticEvent: { severity: "debug", message: "hunter2", color: "never" } };
    expect(JSON.stringify(mask.event(event as unknown as EngineEvent))).not.toContain("hunter2");
  });
});

test.each([
  ["words", "password "],
  ["starts of tokens", "eyJ-"],
  ["names", "a.b-c_"],
  ["quotes", 'password="\\"'],
  ["keys", "-----BEGIN PRIVATE KEY-----"],
  ["starts of addresses", "://a:"],
  ["white space", "   \n"],
])(
  "a text of a million characters is masked in one go: %s",
  (_, part) => {
    const text = part.repeat(Math.ceil(1_000_000 / part.length));
    expect(typeof mask.text(text)).toBe("string");
  },
  20_000,
);
