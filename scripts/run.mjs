/**
 * The launcher of every npm script: sees to the Node version, the dependencies and the engine, then
 * runs scripts/<command>.ts with the arguments that it was given.
 *
 * It runs on a fresh clone, so it has no dependency, and on whatever Node is there, so that an old
 * one is told its version instead of a syntax error: nothing newer than dynamic import stands here.
 */
import { readFileSync } from "fs";
import { dirname, join } from "path";
import { fileURLToPath } from "url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const needed = /\d+(\.\d+)*/.exec(
  JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node,
)[0];

function older(version, than) {
  const [a, b] = [version, than].map((text) => text.split(".").map(Number));
  for (let index = 0; index < b.length; index++) {
    const difference = (a[index] || 0) - b[index];
    if (difference !== 0) return difference < 0;
  }
  return false;
}

if (older(process.versions.node, needed)) {
  console.error(
    `Node ${needed} or newer is needed, and this is ${process.versions.node}. Install it from https://nodejs.org or with a version manager, then run the command again.`,
  );
  process.exitCode = 1;
} else {
  import("./setup-command.mjs").then(
    ({ runCommand }) => runCommand(root, process.argv[2], process.argv.slice(3)),
    (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
