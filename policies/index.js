/** Where the engine starts the pack, with whatever environment its engine has. */
// Started through the launcher on the PATH, as a built engine does it, the SDK registers its own compiler, with type
// checks at each preview, whatever PulumiPolicy.yaml says (@pulumi/pulumi 3.259.0, cmd/run-policy-pack).
for (const extension of [".ts", ".tsx"]) delete require.extensions[extension];
require("../engine/transpile.cjs").register();
require("./pack.ts");
