/** Values as they may be shown, however deep: by the engine's marks, by the names of properties, by the texts in them. */
import { unknownMarkers } from "../../sandbox/values";
import type { Masked, MaskedObject } from "../record";
import { isReadElsewhere } from "./assignments";
import { marks } from "./marks";
import { isAboutSecret, isNameName, isNameOfSecret, isSecretName, isValueName } from "./names";
import { parsePropertyPath } from "./property-path";

/** What the engine writes in place of values that JSON has no form for: pulumi/pulumi sdk/go/common/resource/sig/sig.go. */
const signature = "4dabf18193072939515e22adb298388d";
const kinds = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
} as const;

/** Deeper than any provider's property; what is deeper is hidden. */
const deepest = 100;

/**
 * Why a value is sensitive: its own name says so, or the name of what it is part of, or none does. `all` is for objects
 * whose every value is secret, whatever its name.
 */
type Reason = "own" | "part" | "all" | undefined;

/**
 * Masks a value.
 * @param path where it stands; names in it count as if they stood round the value
 * @param text masks a text by what stands in it
 */
export function maskTree(value: unknown, path: string, text: (text: string) => string): Masked {
  const reason = parsePropertyPath(path).reduce<Reason>(
    (outer, step) => (typeof step === "string" ? reasonOf(step, outer) : outer),
    undefined,
  );
  return new Tree(text).mask(value, reason, 0);
}

function reasonOf(name: string, outer: Reason): Reason {
  if (outer === "all") return "all";
  if (isSecretName(name)) return "own";
  return outer === undefined || isAboutSecret(name) ? undefined : "part";
}

class Tree {
  constructor(private readonly text: (text: string) => string) {}

  mask(value: unknown, reason: Reason, depth: number): Masked {
    if (depth > deepest) return marks.hidden;
    if (typeof value === "string") return this.string(value, reason);
    if (value === null || value === undefined) return null;
    if (typeof value === "boolean") return reason === "all" ? marks.hidden : value;
    if (typeof value === "number" || typeof value === "bigint") {
      if (reason !== undefined) return marks.hidden;
      const shown = this.text(String(value));
      return shown === String(value) ? Number(value) : shown;
    }
    if (Array.isArray(value)) return value.map((item) => this.mask(item, reason, depth + 1));
    if (typeof value === "object") return this.object(value as Entries, reason, depth);
    return marks.hidden;
  }

  private string(value: string, reason: Reason): Masked {
    if (unknownMarkers.has(value)) return marks.unknown;
    if (reason !== undefined && (reason === "all" || !isReadElsewhere(value))) {
      return value === marks.secret || value === marks.unknown ? value : marks.hidden;
    }
    return this.text(value);
  }

  private object(value: Entries, reason: Reason, depth: number): Masked {
    if (typeof value[signature] === "string") return this.special(value, reason, depth);
    // A setting that `pulumi config set --secret` wrote.
    if (typeof value["secure"] === "string" && Object.keys(value).length === 1) return marks.secret;
    const named = secretsByShape(value);
    return record(value, (name, item) => {
      // The name of the object says whose the value is: `{name: "DB_PASSWORD", value: "…"}`.
      const inner = named(name) ?? this.inner(value, name, reason);
      return [this.key(name), this.mask(item, inner, depth + 1)];
    });
  }

  /** What counts for a property of an object: a reference to a secret has no secret in it. */
  private inner(value: Entries, name: string, outer: Reason): Reason {
    const item = value[name];
    if (outer !== "all" && typeof item === "string" && isNameOfSecret(name, item)) return undefined;
    const refers = outer !== "all" && typeof value["secretName"] === "string";
    return reasonOf(name, refers ? undefined : outer);
  }

  private key(name: string): string {
    return name === "" ? name : this.text(name);
  }

  private special(value: Entries, reason: Reason, depth: number): Masked {
    const kind = value[signature];
    if (kind === kinds.secret) return marks.secret;
    if (kind === kinds.output) {
      if (value["secret"] === true) return marks.secret;
      return "value" in value ? this.mask(value["value"], reason, depth + 1) : marks.unknown;
    }
    if (kind === kinds.resource) return this.mask(value["id"] ?? value["urn"], reason, depth + 1);
    if (kind === kinds.asset || kind === kinds.archive) {
      const rest = Object.entries(value).filter(([name]) => name !== signature);
      return this.mask(Object.fromEntries(rest), reason, depth + 1);
    }
    // A kind that this version does not know could be anything.
    return marks.hidden;
  }
}

type Entries = Readonly<Record<string, unknown>>;

/** An object of its entries; one that is called `__proto__` is an entry like the others. */
function record(
  value: Entries,
  entry: (name: string, item: unknown) => readonly [string, Masked],
): MaskedObject {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => entry(name, item)));
}

/**
 * What an object's shape says of its properties: a list's entry of name and value, a Kubernetes Secret, a parameter of
 * Systems Manager that is encrypted, a secret of Key Vault.
 */
function secretsByShape(value: Entries): (name: string) => Reason {
  const names = Object.entries(value).filter(
    ([name, item]) => isNameName(name) && typeof item === "string",
  );
  const ofPair = names.some(([, item]) => isSecretName(item as string));
  const kubernetes = value["kind"] === "Secret";
  const encrypted = value["type"] === "SecureString";
  const vault = typeof value["secretName"] === "string" && typeof value["vaultName"] === "string";
  // A registry's login in Docker's configuration: https://docs.docker.com/reference/cli/docker/login/
  const login = typeof value["auth"] === "string" && isLogin(value["auth"]);
  return (name) => {
    if (login && name === "auth") return "own";
    if (ofPair && isValueName(name)) return "own";
    if (kubernetes && /^(?:data|stringData)$/.test(name)) return "all";
    if (encrypted && /^(?:value|insecureValue)$/.test(name)) return "own";
    if (vault && name === "value") return "own";
    return undefined;
  };
}

/** User and password in Base64. */
function isLogin(text: string): boolean {
  return (
    /^[A-Za-z0-9+/]{6,}={0,2}$/.test(text) &&
    /^[\x21-\x39\x3b-\x7e]+:[\x20-\x7e]+$/.test(Buffer.from(text, "base64").toString())
  );
}
