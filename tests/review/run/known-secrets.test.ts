import { secretsIn } from "../../../review/run/known-secrets";

const shown = JSON.stringify({
  "gitlab:rootPassword": { value: "staple-in-the-stable", secret: true },
  "gitlab:region": { value: "us-east1", secret: false },
  "gitlab:smtp": {
    value: '{"server":"smtp.example.com","password":"in-the-object"}',
    objectValue: { server: "smtp.example.com", password: "in-the-object" },
    secret: true,
  },
  "gitlab:keys": {
    value: '[{"name":"one","key":"first-key"}]',
    objectValue: [{ name: "one", key: "first-key" }],
    secret: true,
  },
  "gitlab:fromElsewhere": {
    value: '{"token":"of-an-environment","port":25}',
    objectValue: { token: "of-an-environment", port: 25 },
    secret: true,
  },
});

test("of an object with a secret in it, that secret alone is one: a mask must not strike out servers", () => {
  const found = secretsIn(shown, [
    ["gitlab:rootPassword"],
    ["gitlab:smtp", "password"],
    ["gitlab:keys", 0, "key"],
    ["gitlab:notThere"],
  ]);
  expect(found).toEqual([
    "staple-in-the-stable",
    "in-the-object",
    "first-key",
    "of-an-environment",
    "25",
  ]);
});

test("what is not the settings of a stack is an error, never an empty list", () => {
  expect(() => secretsIn("error: no passphrase", [])).toThrow();
  expect(() => secretsIn('{"gitlab:a": "text"}', [])).toThrow();
});
