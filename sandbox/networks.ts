/** IP addresses and ranges as numbers. */
import { isIP, isIPv4 } from "node:net";

/** A range of addresses, both ends included. */
export interface Network {
  readonly bits: 32 | 128;
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
  /** True where the address given is the range's first. */
  readonly exact: boolean;
}

/** Reads `10.0.0.0/16`, `2001:db8::/32` or a single address; undefined for anything else. */
export function network(text: string): Network | undefined {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (rest.length > 0 || family === 0) return undefined;
  const bits = family === 4 ? 32 : 128;
  if (prefix !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  const number = isIPv4(address) ? ipv4Number(address) : ipv6Number(address);
  const hosts = (1n << BigInt(bits - length)) - 1n;
  return {
    bits,
    length,
    first: number & ~hosts,
    last: number | hosts,
    exact: (number & hosts) === 0n,
  };
}

/** True where the address or range lies in the block. */
export function contains(block: string, inner: string): boolean {
  const [outer, other] = [network(block), network(inner)];
  if (!outer || !other || outer.bits !== other.bits) return false;
  return other.first >= outer.first && other.last <= outer.last;
}

/** True where two ranges share an address. */
export function overlap(left: string, right: string): boolean {
  const [one, other] = [network(left), network(right)];
  if (!one || !other || one.bits !== other.bits) return false;
  return one.first <= other.last && other.first <= one.last;
}

/** An IPv4 address from its number. */
export function ipv4Text(number: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join(".");
}

function ipv4Number(address: string): bigint {
  return address.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function ipv6Number(address: string): bigint {
  // A dotted tail stands for the last two groups.
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (dotted) {
    const tail = ipv4Number(dotted[2] ?? "");
    const groups = `${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
    return ipv6Number(`${dotted[1]}${groups}`);
  }
  const [head = "", end] = address.split("::");
  const groups = (part: string | undefined): string[] => (part ? part.split(":") : []);
  const missing = end === undefined ? 0 : 8 - groups(head).length - groups(end).length;
  const all = [...groups(head), ...Array<string>(missing).fill("0"), ...groups(end)];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
