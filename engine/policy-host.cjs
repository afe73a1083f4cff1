/**
 * Starts a policy pack for the engine in a rehearsal: `policy-host.cjs <engine address> <pack's folder> [flags]`.
 *
 * The SDK's own launcher (@pulumi/pulumi 3.259.0, cmd/run-policy-pack/index.js) does the same with a TypeScript compiler
 * loaded and connected to V8's inspector before it, for packs that are written otherwise than this one: most of a
 * second of a run that takes three. Under the official command line that launcher starts the pack, with the same result.
 */
"use strict";

let failed = false;
const note = (error) => {
  failed = true;
  console.error(error instanceof Error ? error.stack : error);
};
process.on("uncaughtException", note);
process.on("unhandledRejection", note);
// What failed must never look to the engine like a pack that found nothing.
process.on("exit", (code) => {
  if (code === 0 && failed) process.exitCode = 1;
});

require("./transpile.cjs");
require("./late-modules.ts");
const { run } = require("@pulumi/pulumi/cmd/run-policy-pack/run");

const [, pack] = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
if (pack === undefined) throw new Error("usage: policy-host.cjs <engine address> <folder>");
void run({
  argv: { _: [pack] },
  programStarted: () => undefined,
  reportLoggedError: () => undefined,
  typeScript: false,
});
