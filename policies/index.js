/**
 * Where the engine starts the pack. It runs with whatever environment its engine has, so that compiler settings and the
 * cache of transpiled code are named here; in a rehearsal the user's cache folder is a new one each time.
 */
const { join } = require("node:path");

process.env.SWC_NODE_PROJECT ??= join(__dirname, "..", "tsconfig.json");
process.env.SWC_NODE_CACHE_DIR ??= join(__dirname, "..", "node_modules", ".cache", "swc-node");
// Started through the launcher on the PATH, as a built engine does it, the SDK registers its own compiler, with type
// checks at each preview, whatever PulumiPolicy.yaml says (@pulumi/pulumi 3.259.0, cmd/run-policy-pack).
for (const extension of [".ts", ".tsx"]) delete require.extensions[extension];
require("@swc-node/register");
require("./pack.ts");
