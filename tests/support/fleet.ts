import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { FleetSettings } from "../../components/runner-fleet/contract";
import { parseRunnerConfig } from "../../components/runner-fleet/render/config";

/** A fleet as settings have it. */
export const fleetSettings: FleetSettings = {
  name: "builds",
  tags: ["packages"],
  runUntagged: false,
  workerTypes: ["big", "small"],
  managerType: "tiny",
  maxWorkers: 7,
  jobsPerWorker: 1,
  maxUses: 5,
  workerDiskGiB: 50,
  privileged: false,
  defaultImage: "docker.io/library/alpine:3.22",
  periods: [{ periods: ["* * * * *"], timezone: "UTC", idleCount: 0, idleTime: "20m0s" }],
};

/** Keys that GitLab Runner reads, from its own sources; `runners[]` is an array of tables. */
const known = new Set(
  readFileSync(join(__dirname, "runner-config-keys.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t")[0] ?? ""),
);

/** All keys of a config.toml, in the form of the list. */
export function configKeys(value: unknown, path = ""): string[] {
  if (Array.isArray(value) && value.some((entry) => typeof entry === "object"))
    return value.flatMap((entry) => configKeys(entry, `${path}[]`));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = path === "" ? name : `${path}.${name}`;
    // Handed on to the plugin: the runner itself does not know its keys.
    return here === "runners[].autoscaler.plugin_config" ? [here] : configKeys(inner, here);
  });
}

/** Those that GitLab Runner does not read. */
export function unknownConfigKeys(text: string): string[] {
  return configKeys(parseRunnerConfig(text)).filter((key) => !known.has(key));
}

/** Files of a bundle as metadata carries it: path to content. */
export function unpacked(packed: unknown): Map<string, string> {
  const bundle = gunzipSync(Buffer.from(String(packed), "base64"));
  const end = bundle.indexOf("\n\n") + 2;
  let offset = end;
  return new Map(
    bundle
      .subarray(0, end - 2)
      .toString()
      .split("\n")
      .map((line) => {
        const [, , bytes, path] = line.split(" ");
        const content = bundle.subarray(offset, offset + Number(bytes)).toString();
        offset += Number(bytes);
        return [path ?? "", content];
      }),
  );
}
