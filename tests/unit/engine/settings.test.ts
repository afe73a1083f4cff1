import { fc } from "../../support/properties";
import { parse } from "yaml";
import { parseSet, settingsPath, SettingsFileError, StackSettings } from "../../../engine/settings";

const file = `
# A comment
encryptionsalt: v1:abc
config:
  gitlab:version: "18.10"
  gitlab:network:
    cidr: 10.0.0.0/16
    zones: [a, b]
  gitlab:password:
    secure: v1:xyz
  gitlab:smtp:
    host: mail.example.com
    password:
      secure: v1:nested
  gitlab:runners:
    - name: one
    - token:
        secure: v1:inlist
`;

function config(settings: StackSettings): Record<string, unknown> {
  return (parse(settings.text()) as { config: Record<string, unknown> }).config;
}

function read(): StackSettings {
  return StackSettings.parse(file, "gitlab", "aws");
}

test("no encrypted value and no salt of the user's goes into the copy, and each place is known", () => {
  const settings = read();
  expect(settings.text()).not.toMatch(/secure|v1:/);
  expect(settings.encrypted).toEqual([
    ["gitlab:password"],
    ["gitlab:smtp", "password"],
    ["gitlab:runners", 1, "token"],
  ]);
});

test("every copy forbids default providers", () => {
  expect(
    config(StackSettings.parse("", "gitlab", "aws"))["pulumi:disable-default-providers"],
  ).toEqual(["*"]);
});

test.each([
  ["version=18.10", "18.10"],
  ["version=18", "18"],
  ["count=3", "3"],
  ["enabled=false", "false"],
  ["account=012345678901", "012345678901"],
])(
  "--set %s at the top is the text %j, as the engine hands it to the program",
  (argument, text) => {
    const settings = read();
    const [key, value] = parseSet(argument);
    settings.change({ [key]: value });
    expect(config(settings)[`gitlab:${key}`]).toBe(text);
  },
);

test("--set leads into objects and lists, and keeps YAML's types there", () => {
  const settings = read();
  settings.change(
    Object.fromEntries(
      [
        "network.cidr=10.1.0.0/16",
        "network.zones.1=c",
        "data.size=20",
        "data.version=18.10",
        "edge.open=true",
      ].map(parseSet),
    ),
  );
  expect(config(settings)).toMatchObject({
    "gitlab:network": { cidr: "10.1.0.0/16", zones: ["a", "c"] },
    "gitlab:data": { size: 20, version: "18.10" },
    "gitlab:edge": { open: true },
  });
});

test("an empty value takes a setting out", () => {
  const settings = read();
  settings.change(Object.fromEntries([parseSet("version=")]));
  expect(config(settings)).not.toHaveProperty("gitlab:version");
});

test("a path through a single value is refused by name", () => {
  expect(() => {
    read().change({ "version.major": 18 });
  }).toThrow(/gitlab:version holds a single value/);
});

test.each(["version", "=1", "a=[1", "..=2"])(
  "--set %s is refused with what is wrong",
  (argument) => {
    expect(() => settingsPath(parseSet(argument)[0], "gitlab")).toThrow(SettingsFileError);
  },
);

test("a file that is no YAML map, or none at all, is refused by name", () => {
  expect(() => StackSettings.parse("- a", "gitlab", "aws")).toThrow(
    /Pulumi\.aws\.yaml must hold a map/,
  );
  expect(() => StackSettings.parse("config: [", "gitlab", "aws")).toThrow(/not valid YAML/);
  expect(() => StackSettings.read("/nonexistent", "gitlab", "aws")).toThrow(
    /Pulumi\.aws\.yaml is missing/,
  );
});

test("whatever number is typed, what the program gets reads as it was typed", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9]{1,20}(\.[0-9]{1,4})?$/), (text) => {
      const settings = read();
      settings.change(
        Object.fromEntries([parseSet(`version=${text}`), parseSet(`data.value=${text}`)]),
      );
      const { "gitlab:version": top, "gitlab:data": inner } = config(settings);
      expect(top).toBe(text);
      expect(String((inner as { value: unknown }).value)).toBe(text);
    }),
  );
});

test("what the engine has encrypted stays through later changes", () => {
  const settings = read();
  settings.adopt(`encryptionsalt: v1:mine\nconfig:\n  gitlab:password:\n    secure: v1:made\n`);
  settings.change({ version: "18.11" });
  expect(parse(settings.text())).toMatchObject({
    encryptionsalt: "v1:mine",
    config: { "gitlab:password": { secure: "v1:made" }, "gitlab:version": "18.11" },
  });
});
