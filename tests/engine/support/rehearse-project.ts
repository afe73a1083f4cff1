/**
 * `npm start` for the tests' own project, as a process of its own: what is sent signals, and whose
 * environment is planted with things it must not use.
 * Arguments: stack, JSON file, then `key=value` settings.
 */
import { writeFileSync } from "node:fs";
import { resolveEngine } from "../../../engine/binary";
import { runRehearsal } from "../../../engine/rehearsal-command";
import { environments } from "../project/environments/registry";
import { project } from "./project";

const [stacks = "", file = "", ...set] = process.argv.slice(2);

void runRehearsal({
  project,
  registry: environments,
  stacks: stacks.split(","),
  set,
  without: [],
  keep: process.env.KEEP === "1",
  engine: resolveEngine,
  onReport: (report) => {
    if (file !== "") writeFileSync(file, JSON.stringify(report));
  },
}).then((code) => {
  process.exitCode = code;
});
