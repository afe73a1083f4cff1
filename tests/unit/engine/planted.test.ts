import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fc } from "../../support/properties";
import { PlantedSecrets } from "../../../engine/planted";

const planted = new PlantedSecrets();
const marker = planted.marker("tiny:password");
planted.plant("tiny:password", `Root-"${marker}"!`);
planted.marker("tiny:other");

test("a marker is 32 letters and digits of all three kinds, the same for the same key only", () => {
  expect(marker).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9]{32}$/);
  expect(planted.marker("tiny:password")).toBe(marker);
  expect(planted.marker("tiny:other")).not.toBe(marker);
});

test("a secret is found and named wherever it stands, in clear, hexadecimal or base64 at any offset", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (before, after) => {
      const text = `${before}${marker}${after}`;
      for (const form of ["utf8", "hex", "base64"] as const) {
        const found = planted.search(Buffer.from(text).toString(form), "x");
        expect(found).toContainEqual({
          key: "tiny:password",
          where: "x",
          form: form === "utf8" ? "clear" : form,
        });
      }
    }),
  );
});

test("a secret in packed user data is found, and in base64 of base64", () => {
  const packed = gzipSync(`#!/bin/sh\npassword=${marker}\n`).toString("base64");
  expect(planted.search(`{"userData":"${packed}"}`, "x")).toEqual([
    { key: "tiny:password", where: "x", form: "clear in gzip" },
  ]);
  const twice = Buffer.from(Buffer.from(`password=${marker}`).toString("base64")).toString(
    "base64",
  );
  expect(planted.search(twice, "x").map(({ key }) => key)).toContain("tiny:password");
});

test("a secret cut short is still found", () => {
  expect(planted.search(marker.slice(0, 20), "x")).toEqual([
    { key: "?", where: "x", form: "clear" },
  ]);
});

test("other text, ciphertext and masked values are not taken for secrets", () => {
  const other = new PlantedSecrets().marker("tiny:password");
  expect(planted.search(`[secret] ${other} ${Buffer.from(other).toString("base64")}`, "x")).toEqual(
    [],
  );
});

test("messages are shown without the secret's whole value, as it is or escaped", () => {
  const value = `Root-"${marker}"!`;
  expect(planted.redact(`a ${value} b ${JSON.stringify(value)} c ${marker}`)).toBe(
    'a [secret] b "[secret]" c [secret]',
  );
});

test("a made-up value without its marker is refused, since it could not be found", () => {
  expect(() => {
    planted.plant("tiny:other", "hunter2");
  }).toThrow(/tiny:other does not hold its marker/);
});

test("a folder is looked through again only where it changed, and plain secrets of a state are found", () => {
  const folder = mkdtempSync(join(tmpdir(), "planted-"));
  try {
    mkdirSync(join(folder, "deep"));
    const file = join(folder, "deep", "state.json");
    writeFileSync(file, "{}");
    expect(planted.searchFolder(folder)).toEqual([]);
    writeFileSync(file, `{"a": "${marker}"}`);
    expect(planted.searchFolder(folder)).toEqual([
      { key: "tiny:password", where: "deep/state.json", form: "clear" },
    ]);
    expect(planted.searchFolder(folder)).toEqual([]);
    writeFileSync(
      file,
      '{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",\n "plaintext": "\\"x\\""}',
    );
    expect(planted.searchFolder(folder)).toEqual([
      { key: "?", where: "deep/state.json", form: "secret without encryption" },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("packed text with a secret is found every time that it stands somewhere, clean text before it or not", () => {
  const run = (text: string) => Buffer.from(`${text} ${"filling ".repeat(8)}`).toString("base64");
  const clean = run("nothing here");
  const dirty = run(marker);
  for (let time = 0; time < 3; time += 1) {
    expect(planted.search(`${clean}\n${dirty}`, `place ${time}`)).not.toEqual([]);
    expect(planted.search(clean, `clean ${time}`)).toEqual([]);
    // Packed once more: what was clean at one depth is still looked into at another.
    expect(planted.search(Buffer.from(dirty).toString("base64"), `deep ${time}`)).not.toEqual([]);
  }
});
