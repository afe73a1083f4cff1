/** A certificate authority and a certificate for this machine's loopback, made up anew: no key stands in the checkout. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** PEM texts. */
export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const tag = (type: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length =
    size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, Math.floor(size / 256), size % 256];
  return Buffer.concat([Buffer.from([type, ...length]), content]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => tag(0x30, ...parts);
const oid = (...bytes: readonly number[]): Buffer => tag(0x06, Buffer.from(bytes));
const utf8 = (text: string): Buffer => tag(0x0c, Buffer.from(text));
const time = (date: Date): Buffer =>
  tag(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, "")}`));
const octets = (content: Buffer): Buffer => tag(0x04, content);
const bits = (content: Buffer): Buffer => tag(0x03, Buffer.from([0]), content);
const yes = tag(0x01, Buffer.from([0xff]));

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const name = (common: string): Buffer =>
  sequence(tag(0x31, sequence(oid(0x55, 0x04, 0x03), utf8(common))));

/** X.509, version 3: https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function certificate(
  subject: string,
  key: KeyObject,
  issuer: { name: string; key: KeyObject },
  extensions: readonly Buffer[],
): string {
  const day = 86_400_000;
  const signed = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.from([1 + Math.floor(Math.random() * 126)])),
    ecdsaWithSha256,
    name(issuer.name),
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
    name(subject),
    key.export({ type: "spki", format: "der" }),
    tag(0xa3, sequence(...extensions)),
  );
  const der = sequence(signed, ecdsaWithSha256, bits(sign("sha256", signed, issuer.key)));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** For 127.0.0.1 and localhost, valid for a day. */
export function certificates(): Certificates {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = { name: "A company's CA", key: authority.privateKey };
  return {
    ca: certificate(issuer.name, authority.publicKey, issuer, [
      sequence(oid(0x55, 0x1d, 0x13), yes, octets(sequence(yes))),
    ]),
    certificate: certificate("localhost", server.publicKey, issuer, [
      sequence(
        oid(0x55, 0x1d, 0x11),
        octets(
          sequence(tag(0x82, Buffer.from("localhost")), tag(0x87, Buffer.from([127, 0, 0, 1]))),
        ),
      ),
    ]),
    key: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
