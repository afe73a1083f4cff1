/** What machines boot with is looked through for secrets, and what only names one is let be. */
import { gzipSync } from "node:zlib";
import { holdsSecret, plainText } from "../../policies/secrets-scan";

const token = `glrt-${"aB3".repeat(8)}`;

describe("a secret is found", () => {
  test.each([
    ["a token of GitLab", token],
    ["an access key of AWS", "AKIAIOSFODNN7EXAMPLE"],
    ["a secret key of AWS", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl"],
    ["a password in an address", "postgres://gitlab:hunter2hunter2@10.0.0.1/db"],
    ["a password by its name", "password: Qx7zK2pV9mL4"],
    ["random text", "x=Zk3Lp9Qw7Rt5Yb1Nc8Vd2Mf4Hg6Js0"],
    ["Base64 of a secret", Buffer.from(`TOKEN=${token}\n\n`).toString("base64")],
    ["packed Base64 of a secret", gzipSync(`# files\nTOKEN=${token}\n`).toString("base64")],
  ])("that is %s", (_, text) => {
    expect(holdsSecret(text)).toBe(true);
  });
});

describe("no secret is seen in", () => {
  test.each([
    [
      "a name of a secret",
      "TOKEN_SECRET='arn:aws:secretsmanager:us-east-1:111122223333:secret:gitlab-aws-token-50q59m'",
    ],
    ["an id", "AZURE_CLIENT_ID=a12f734b-63e6-4705-a857-e98c68b93db1"],
    ["a digest", `sha256:${"0123456789abcdef".repeat(4)}`],
    [
      "a public key",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f operators",
    ],
    ["a value that is read from elsewhere", 'password="$(cat /run/secret)"'],
    ["a path", "/computeMetadata/v1/instance/attributes/gitlab-node-files"],
    ["nothing", ""],
  ])("%s", (_, text) => {
    expect(holdsSecret(text)).toBe(false);
  });

  test("Base64 of anything but text is left as it stands", () => {
    const bytes = Buffer.from([
      0xff, 0xfe, 0x00, 0x80, 0xff, 0xfe, 0x00, 0x80, 0xff, 0xfe, 0x00, 0x80,
    ]).toString("base64");
    expect(plainText(bytes)).toBe(bytes);
  });
});
