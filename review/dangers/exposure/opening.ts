/** What a resource lets in, taken apart so that two sides can be compared. */
import type { ResourceFact, Values } from "../../../engine/facts";
import { addresses, hasPorts, lastAddress, protocols } from "./region";

/** Who may come in: addresses, a party by name (a security group, a service tag), or somebody not known yet. */
export type Source =
  | { readonly addresses: string }
  /** `known: false`: it is a party and no addresses, but which one is not known yet. */
  | { readonly party: string; readonly known?: false }
  | { readonly notKnown: string };

/** A door: from whom, by which protocol, through which ports, to what. */
export interface Opening {
  /**
   * What it leads to, as something that stays the same when rules are split, renamed or moved; left out where that is
   * not known yet, and the resource is then compared with its own former self.
   */
  readonly target?: string;
  /** What includes the target: the network of a machine with a tag. */
  readonly wider?: string;
  readonly source: Source;
  /** `tcp`, `udp`, `icmp`, a number; `all`. */
  readonly protocol: string;
  /** `443`, `8000-8999`; left out or `*`: all. */
  readonly ports?: string;
  /** It shuts what rules of a higher number would open. */
  readonly deny?: boolean;
  /** It lets out rather than in: what pods may reach. */
  readonly outward?: boolean;
  /** Rules of a lower number go first; a deny goes before an allow of the same. @default 0 */
  readonly priority?: number;
}

/** A door that no addresses and ports describe: a public address, a right of everybody. */
export interface Grant {
  /** What makes two grants the same. */
  readonly key: string;
  /** What it means, as a sentence without its subject. */
  readonly words: string;
  /** It is open to everybody on the internet, or may be, where it is not known yet. */
  readonly toAll: boolean;
}

/** Something that keeps others out, and whose loss opens what it guarded. */
export interface Guard {
  readonly key: string;
  /** What its loss means. */
  readonly words: string;
  /** It guards nothing but its own resource, so that nothing is opened when both go. */
  readonly own?: boolean;
  /** Id or name of what it guards, where that is another resource. */
  readonly of?: string;
}

/** A guard of a resource of its own, by the property that it is. */
export function ownGuard({ urn }: { readonly urn: string }, what: string, words: string): Guard {
  return { key: `${urn} ${what}`, words, own: true };
}

/** All that one side of a resource says about who comes in. */
export interface Exposure {
  readonly openings: readonly Opening[];
  readonly grants: readonly Grant[];
  readonly guards: readonly Guard[];
}

/** Reads one side of a resource. */
export interface Reading {
  readonly fact: ResourceFact;
  readonly inputs: Values;
  /** The whole preview. */
  readonly all: readonly ResourceFact[];
  readonly side: "old" | "new";
}

/** Reads what one type exposes. */
export type Reader = (reading: Reading) => Partial<Exposure>;

/** The whole internet, of either family. */
export const everywhere: readonly Source[] = [{ addresses: "0.0.0.0/0" }, { addresses: "::/0" }];

/** The share of addresses from which a rule counts as open to all: half of them, which two rules make the whole. */
const share = 2n;

/** Whether it lets in (nearly) everybody, or may, where its source is not known. */
export function opensToAll({ source, outward }: Opening): boolean {
  if (outward === true) return false;
  if ("notKnown" in source) return true;
  if (!("addresses" in source)) return false;
  const at = addresses(source.addresses);
  if (at === undefined) return false;
  const [first, last] = at.range;
  return (last - first + 1n) * share >= lastAddress[at.family] + 1n;
}

const nobody: Source = { party: "" };

/** `tcp port 443`, `tcp ports 8000-8999`, `all ports`. */
export function doorWords({ protocol, ports: door, outward }: Opening): string {
  if (outward === true)
    return `the way out by ${doorWords({ protocol, ports: door, source: nobody })}`;
  const all = /^(-1|all|any|\*)$/i.test(protocol);
  if (all) return door === undefined || door === "*" ? "every port" : `port ${door}`;
  const name = protocol.toLowerCase();
  if (!hasPorts(protocols(protocol))) return name;
  if (door === undefined || door === "*" || door === "0-65535") return `every ${name} port`;
  return `${name} ${door.includes("-") ? "ports" : "port"} ${door}`;
}

/** `0.0.0.0/0`, `security group sg-1`. */
export function sourceWords(source: Source): string {
  if ("addresses" in source) return source.addresses;
  return "party" in source ? source.party : source.notKnown;
}

/** A grant to everybody, or what may be one. */
export function maybe(unknown: boolean, key: string, words: string): Grant {
  return {
    key: unknown ? `${key} not known` : key,
    words: unknown ? `not known before up: whether ${words}` : words,
    toAll: true,
  };
}
