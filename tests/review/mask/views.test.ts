/** A known secret is struck out however an encoder has written it, and nothing round it is lost. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { Mask } from "../../../review/mask/mask";
import { escapedSpans } from "../../../review/mask/views";
import { fc } from "../../support/properties";

const secret = 'Zx7!q"Wer/Ty+Lm=9pK&v<3>é';
const mask = new Mask({ secrets: [secret] });
const each = (write: (character: string, code: number) => string): string =>
  [...secret].map((one) => write(one, one.charCodeAt(0))).join("");
const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

test.each([
  ["every character in JSON's escapes", each((_one, code) => `\\u${hex(code, 4)}`)],
  ["one character in them", secret.replace("Z", "\\u005a")],
  ["a slash that is escaped", JSON.stringify(secret).replaceAll("/", "\\/")],
  ["every byte in per cent", Buffer.from(secret).toString("hex").replace(/../g, "%$&")],
  ["as much in per cent as encodeURI writes", encodeURI(secret)],
  ["in per cent twice", encodeURIComponent(encodeURIComponent(secret))],
  ["HTML's numbers", each((_one, code) => `&#${code};`)],
  [
    "HTML as Go writes it",
    secret
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&#34;"),
  ],
  ["a shell's double quotes", secret.replace(/[$`"\\!]/g, "\\$&")],
  ["a terminal's colours within", `${secret.slice(0, 6)}\u001b[31m${secret.slice(6)}`],
  ["the engine's colours within", `${secret.slice(0, 6)}<{%reset%}>${secret.slice(6)}`],
  ["PowerShell's Base64", Buffer.from(`'${secret}' `, "utf16le").toString("base64")],
])("a known secret is struck out in %s", (_name, written) => {
  const shown = mask.text(`before ${written} after`);
  expect(shown).toMatch(/^before \S*\[(?:secret|hidden)\]\S* after$/);
  expect(JSON.stringify(mask.value({ [written]: written }))).not.toContain(written.slice(-12));
});

test("what is found in a view stands in the text where its escapes do, whatever is round it", () => {
  const written = fc.array(
    fc.constantFrom("\\u0061", "%61", "&#97;", "a", "b", "\\/", "é", "%C3%A9", "%"),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(written, written, (before, after) => {
      const text = [...before, "%58", "Y\\u005a", ...after].join("");
      const find = (inner: string) => {
        const at = inner.indexOf("XYZ");
        return at < 0 ? [] : [{ start: at, end: at + 3 }];
      };
      expect(escapedSpans(text, find).map(({ start, end }) => text.slice(start, end))).toContain(
        "%58Y\\u005a",
      );
    }),
  );
});

test("a text without any known secret keeps its escapes, and loses no more than its colours", () => {
  const text = 'path\\to "x" %41 &amp; \\u0041 <{%bold%}>b\u001b[0m';
  expect(mask.text(text)).toBe('path\\to "x" %41 &amp; \\u0041 b');
});

test("names and URNs keep what looks like a key, and lose a known secret", () => {
  const named = new Mask({ secrets: ["hunter22xyz"] });
  const urn = "urn:pulumi:ops::gitlab::aws:s3/bucket:Bucket::hunter22xyz-a1b2c3d4e5f6a7b8c9d0";
  expect(named.name(urn)).toBe(
    "urn:pulumi:ops::gitlab::aws:s3/bucket:Bucket::[secret]-a1b2c3d4e5f6a7b8c9d0",
  );
  const state = {
    urn,
    type: "aws:s3/bucket:Bucket",
    id: "x",
    parent: urn,
    inputs: {},
    outputs: {},
  };
  const metadata = { op: "create", urn, type: "aws:s3/bucket:Bucket", new: state, provider: "" };
  const events = [
    { resourcePreEvent: { metadata } },
    { policyEvent: { message: "no", resourceUrn: urn } },
    { diagnosticEvent: { message: "no", urn, severity: "error", color: "never" } },
  ] as unknown as EngineEvent[];
  for (const event of events)
    expect(JSON.stringify(named.event(event))).not.toContain("hunter22xyz");
});

test("passwords by short names, by programs' flags and in Docker's logins are hidden; what only sounds like one is not", () => {
  const blind = new Mask();
  const auth = Buffer.from("user:s3cr3tvalue").toString("base64");
  expect(
    blind.value({
      ...{ DB_PASS: "s3cr3tvalue", pass: "s3cr3tvalue" },
      ...{ bypass: "AzureServices", compass: "north", passthrough: "verify" },
      auths: { registry: { auth } },
    }),
  ).toEqual({
    ...{ DB_PASS: "[hidden]", pass: "[hidden]" },
    ...{ bypass: "AzureServices", compass: "north", passthrough: "verify" },
    auths: { registry: { auth: "[hidden]" } },
  });
  expect(
    blind.text("mysql -uroot -ps3cr3t db; sshpass -p s3cr3t ssh; redis-cli -h h -a s3cr3t"),
  ).toBe("mysql -uroot -p[hidden] db; sshpass -p [hidden] ssh; redis-cli -h h -a [hidden]");
});
