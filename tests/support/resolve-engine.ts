/**
 * A process that resolves the engine on a made-up machine: `resolve-engine.ts <env as JSON>`.
 * Prints what is being done as `… message` lines, then the engine or the error as JSON.
 */
import { resolveEngine } from "../../engine/binary";

const env = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;

resolveEngine({
  env,
  goFolders: [],
  installer: { probe: () => Promise.resolve("offline"), script: __filename, timeoutMs: 1_000 },
  onProgress: (message) => console.log(`… ${message}`),
}).then(
  (engine) => console.log(JSON.stringify(engine)),
  (error: unknown) => {
    console.log(JSON.stringify({ error: String(error) }));
    process.exitCode = 1;
  },
);
