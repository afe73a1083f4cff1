/**
 * A saved plan of a first preview as data that stays the same from run to run: the engine's own record of type, name,
 * inputs and options of every resource.
 */
import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Json } from "../../sandbox/model";
import { unknownMarkers } from "../../sandbox/values";

/** One resource as the program asked for it. */
export interface PlannedResource {
  /** Without stack and project: `parent type$type::name`. */
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: { readonly [key: string]: Json };
  readonly options: { readonly [key: string]: Json };
}

interface Goal {
  readonly type: string;
  readonly name: string;
  readonly inputDiff?: { readonly adds?: Record<string, Json> };
  readonly parent?: string;
  readonly protect?: boolean;
  readonly dependencies?: readonly string[];
  readonly provider?: string;
  readonly deleteBeforeReplace?: boolean | null;
  readonly ignoreChanges?: readonly string[];
  readonly aliases?: readonly string[];
  readonly customTimeouts?: { readonly [key: string]: Json };
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** What the provider adds to its checked inputs: bookkeeping, and tags that the default tags repeat. */
const bookkeeping = new Set(["__defaults", "tagsAll"]);

/**
 * Names that the provider made up from a resource's own: they differ from run to run, wherever they are named.
 * The provider's own form is `<name>-<seven hexadecimal digits>`, on Azure eight and no dash, cut and spelled as its service takes it.
 */
function autoNames(goals: readonly Goal[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const goal of goals) {
    for (const value of Object.values(goal.inputDiff?.adds ?? {})) {
      const match =
        typeof value === "string"
          ? /^(.+?)-?(?:[0-9a-f]{7}|[0-9a-f]{8})(\.fifo)?$/.exec(value)
          : null;
      if (match?.[1] === undefined || !goal.name.toLowerCase().startsWith(match[1].toLowerCase()))
        continue;
      found.set(match[0], `${match[1]}-[auto]`);
    }
  }
  return found;
}

function inputs(
  checked: Readonly<Record<string, Json>>,
  names: ReadonlyMap<string, string>,
): Record<string, Json> {
  const kept = Object.fromEntries(
    Object.entries(masked(checked) as Record<string, Json>).filter(
      ([key]) => !bookkeeping.has(key),
    ),
  );
  let text = JSON.stringify(kept);
  for (const [name, shown] of names) text = text.replaceAll(name, shown);
  return JSON.parse(text) as Record<string, Json>;
}

/** A text that stands in Base64, packed or not, in lines that people can review. */
export interface Unpacked {
  readonly packed: "gzip" | "base64";
  readonly lines: readonly string[];
}

const shortestPacked = 200;

/** What is packed in a value; undefined where that is no text. */
function unpacked(value: string): Unpacked | undefined {
  if (value.length < shortestPacked || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined;
  const bytes = Buffer.from(value, "base64");
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = gzip ? gunzipSync(bytes) : bytes;
  const text = plain.toString();
  if (!Buffer.from(text).equals(plain)) return undefined;
  // A file's digest, or an object's name of one, follows from what stands in it: made-up names among that.
  const lines = text.replaceAll(/(?<!sha256:)\b[0-9a-f]{64}\b/g, "[digest]").split("\n");
  return { packed: gzip ? "gzip" : "base64", lines };
}

/** The value that was unpacked, as far as it stands in a golden. */
export function repacked({ packed, lines }: Unpacked): string {
  const bytes = Buffer.from(lines.join("\n"));
  return (packed === "gzip" ? gzipSync(bytes) : bytes).toString("base64");
}

function masked(value: Json): Json {
  if (typeof value === "string") {
    if (unknownMarkers.has(value)) return "[unknown]";
    const inside = unpacked(value);
    return inside === undefined ? value : { ...inside, lines: [...inside.lines] };
  }
  if (Array.isArray(value)) return value.map(masked);
  if (value === null || typeof value !== "object") return value;
  if (secretSignature in value) return "[secret]";
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, masked(item)]),
  );
}

/** `urn:pulumi:aws::gitlab::type::name` without what is the same for all. */
function short(urn: string): string {
  return urn.split("::").slice(2).join("::");
}

/** The last part of a URN: the name in the program. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Reads a plan file; sorted by URN. */
export function readPlan(file: string): PlannedResource[] {
  const plan = JSON.parse(readFileSync(file, "utf8")) as {
    resourcePlans: Record<string, { goal: Goal | null }>;
  };
  const names = autoNames(Object.values(plan.resourcePlans).flatMap(({ goal }) => goal ?? []));
  return Object.entries(plan.resourcePlans)
    .flatMap(([urn, { goal }]) => (goal === null ? [] : [{ urn, goal }]))
    .map(({ urn, goal }) => ({
      urn: short(urn),
      type: goal.type,
      name: goal.name,
      inputs: inputs(goal.inputDiff?.adds ?? {}, names),
      options: options(goal),
    }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

function options(goal: Goal): Record<string, Json> {
  const provider = goal.provider?.split("::")[3];
  const ignored = goal.ignoreChanges ?? [];
  const aliases = goal.aliases ?? [];
  return {
    ...(provider === undefined || provider === "" ? {} : { provider }),
    ...(goal.protect === true ? { protect: true } : {}),
    ...(goal.deleteBeforeReplace === true ? { deleteBeforeReplace: true } : {}),
    ...(ignored.length > 0 ? { ignoreChanges: [...ignored].sort() } : {}),
    ...(aliases.length > 0 ? { aliases: [...aliases] } : {}),
    ...(Object.keys(goal.customTimeouts ?? {}).length > 0
      ? { customTimeouts: { ...goal.customTimeouts } }
      : {}),
    dependencies: [...new Set((goal.dependencies ?? []).map(nameOf))].sort(),
  };
}
