import { environments } from "../../engine/project/environments/registry";
import { project } from "../../engine/support/project";
import { runUp } from "../../../review/approval/up-command";

const digest = `plan-${"0".repeat(16)}.state-${"0".repeat(16)}.settings-${"0".repeat(16)}.policies-${"0".repeat(16)}.code-${"0".repeat(16)}`;

test.each<[string, { stacks: string[]; approved?: string }, string]>([
  ["no stack", { stacks: [] }, "name it (tiny, second)"],
  ["two stacks", { stacks: ["tiny", "second"], approved: `tiny:${digest}` }, "changes one"],
  ["an unknown stack", { stacks: ["prod"], approved: `prod:${digest}` }, 'environment "prod"'],
  ["no digest", { stacks: ["tiny"] }, "npm run preview -- tiny shows it"],
  ["an empty digest", { stacks: ["tiny"], approved: " " }, "npx pulumi up -s tiny"],
  ["a malformed digest", { stacks: ["tiny"], approved: "abc" }, '"abc" is no digest'],
  [
    "a digest of another stack",
    { stacks: ["tiny"], approved: `second:${digest}` },
    "tiny was not touched: this is an approval of second",
  ],
])("%s is refused in words, and no engine is looked for", async (_what, typed, message) => {
  const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    const engine = jest.fn();
    expect(await runUp({ project, registry: environments, engine, ...typed })).toBe(2);
    expect(engine).not.toHaveBeenCalled();
    expect(said.mock.calls.flat().join("\n")).toContain(message);
  } finally {
    said.mockRestore();
  }
});

test("in a pipeline, a missing digest is told where the job takes it", async () => {
  const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    const command = { project, registry: environments, stacks: ["tiny"], engine: jest.fn() };
    expect(await runUp({ ...command, env: { GITLAB_CI: "true" } })).toBe(2);
    const text = said.mock.calls.flat().join("\n");
    expect(text).toContain("the variable APPROVED");
    expect(text).not.toContain("Without any approval");
  } finally {
    said.mockRestore();
  }
});

test("an engine that is not to be had is said to have touched nothing", async () => {
  const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    const engine = jest.fn().mockRejectedValue(new Error("no engine here"));
    const command = { project, registry: environments, stacks: ["tiny"], engine };
    expect(await runUp({ ...command, approved: `tiny:${digest}` })).toBe(1);
    expect(said.mock.calls.flat()).toEqual(["tiny was not touched: no engine here"]);
  } finally {
    said.mockRestore();
  }
});
