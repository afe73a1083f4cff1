/**
 * Runs a stack's program as it is at a preview, without an engine, and prints what it loaded and read: a process of its
 * own, so that nothing but the program is in it. Argument: the stack. Prints a JSON list of paths in this checkout.
 */
// The module itself: a namespace import would be a copy, and patched for this file alone.
import fs from "node:fs";
import { join, relative, sep } from "node:path";
// A stack trace for every promise is most of what a program under mocks costs.
import "../../../../engine/lean-sdk";
import { devOutputs } from "../../../engine/support/dev-outputs";

const checkout = join(__dirname, "..", "..", "..", "..");
const [stack = ""] = process.argv.slice(2);
const read = new Set<string>();

/** Node's own, before anything else takes hold of them. Directories that are listed count as read. */
const reading = ["readFileSync", "openSync", "readdirSync", "readFile", "open", "createReadStream"];
for (const [where, names] of [
  [fs, reading],
  [fs.promises, ["readFile", "open", "readdir"]],
] as const) {
  for (const name of names) {
    const own = Reflect.get(where, name) as (...args: unknown[]) => unknown;
    Reflect.set(where, name, (path: unknown, ...rest: unknown[]): unknown => {
      if (typeof path === "string" || path instanceof URL) read.add(String(path));
      return own.call(where, path, ...rest);
    });
  }
}

/** Outputs that stand inside an input, where the mocks know nothing unknown. */
const addresses: Readonly<Record<string, object>> = {
  "gcp:container/cluster:Cluster": {
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: "gke.example.com" } },
  },
};

async function main(): Promise<void> {
  const before = new Set(Object.keys(require.cache));
  const settings = await settingsOf();
  const pulumi = await import("@pulumi/pulumi");
  await pulumi.runtime.setMocks(
    {
      // As at a first preview: no id and no output is known, but for another stack's.
      newResource: ({ type, inputs }): { id: string | undefined; state: object } =>
        type === "pulumi:pulumi:StackReference"
          ? {
              id: "dev",
              state: {
                ...(inputs as object),
                outputs: devOutputs(),
                secretOutputNames: ["oauthClientSecrets"],
              },
            }
          : { id: undefined, state: { ...(inputs as object), ...addresses[type] } },
      call: () => ({}),
    },
    "gitlab",
    stack,
    true,
    "organization",
  );
  pulumi.runtime.setAllConfig(settings);
  const { default: program } = (await import(join(checkout, "index.ts"))) as {
    default: () => Promise<Record<string, unknown>>;
  };
  const outputs = await program();
  if (Object.keys(outputs).length === 0) throw new Error(`${stack} has no outputs`);
  await pulumi.runtime.disconnect();
  const loaded = Object.keys(require.cache).filter((path) => !before.has(path));
  read.delete(__filename);
  const own = [...loaded, ...read]
    .map((path) => relative(checkout, path).split(sep).join("/"))
    .filter((path) => !path.startsWith("..") && !path.startsWith("node_modules/"));
  process.stdout.write(JSON.stringify([...new Set(own)].sort()));
}

/** The committed settings and made-up secrets, as the engine would hand them over. */
async function settingsOf(): Promise<Record<string, string>> {
  const { parse } = await import("yaml");
  const { environments } = await import("../../../../environments/registry.ts");
  const environment = await environments[stack]?.load();
  if (environment === undefined) throw new Error(`no stack ${stack}`);
  const { config } = parse(fs.readFileSync(join(checkout, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const marker = "Aa1".padEnd(32, "x");
  const secrets = environment.secrets.map((key) => [
    key.includes(":") ? key : `gitlab:${key}`,
    environment.rehearsal.madeUp?.(key, marker) ?? marker,
  ]);
  const open = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries([...open, ...secrets]) as Record<string, string>;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
