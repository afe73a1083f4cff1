/**
 * Sets of openings as integer boxes: addresses × protocols × ports. Whether a set is wider than another is then a
 * question of subtraction, and `10.0.0.0/9` with `10.128.0.0/9` is the same as `10.0.0.0/8`.
 */
import { isIPv4, isIPv6 } from "node:net";

/** First and last, both within. */
type Range = readonly [bigint, bigint];

/** A range in each of three dimensions: addresses, IP protocol numbers, ports. */
export type Box = readonly [Range, Range, Range];

/** All that is in one set and not in the other. */
export function subtract(one: readonly Box[], other: readonly Box[]): readonly Box[] {
  return other.reduce<readonly Box[]>(
    (rest, taken) => rest.flatMap((box) => without(box, taken)),
    one,
  );
}

/** What is left of a box: at most two slices in each dimension. */
function without(box: Box, taken: Box): readonly Box[] {
  const common = box.map(([first, last], index) => {
    const [from, to] = taken[index] as Range;
    return [first > from ? first : from, last < to ? last : to] as const;
  });
  if (common.some(([first, last]) => first > last)) return [box];
  const rest: Box[] = [];
  let left = [...box];
  common.forEach(([first, last], index) => {
    const [from, to] = left[index] as Range;
    const slice = (range: Range) => left.map((own, at) => (at === index ? range : own));
    if (from < first) rest.push(slice([from, first - 1n]) as unknown as Box);
    if (last < to) rest.push(slice([last + 1n, to]) as unknown as Box);
    left = slice([first, last]);
  });
  return rest;
}

/** Which of the two address spaces. */
export type Family = "ipv4" | "ipv6";

/** The last address of a family. */
export const lastAddress: Readonly<Record<Family, bigint>> = {
  ipv4: 2n ** 32n - 1n,
  ipv6: 2n ** 128n - 1n,
};

/** A single address as a number; undefined where it is none. */
function addressOf(text: string): { family: Family; value: bigint } | undefined {
  if (isIPv4(text)) {
    const value = text.split(".").reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
    return { family: "ipv4", value };
  }
  if (!isIPv6(text) || text.includes("%")) return undefined;
  // An address may end in IPv4's own form: `::ffff:192.0.2.1`.
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = dotted === null ? undefined : addressOf(dotted[2] ?? "")?.value;
  const plain =
    tail === undefined
      ? text
      : `${dotted?.[1] ?? ""}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const [head = "", rest] = plain.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [front, back] = [groups(head), groups(rest ?? "")];
  const zeros = Array<string>(8 - front.length - back.length).fill("0");
  const all = [...front, ...(rest === undefined ? [] : zeros), ...back];
  const value = all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
  return { family: "ipv6", value };
}

/** Addresses of `10.0.0.0/8`, `2001:db8::/32`, a single address or `first-last`; undefined where it is none of these. */
export function addresses(text: string): { family: Family; range: Range } | undefined {
  const span = text.split("-");
  if (span.length === 2) {
    const [first, last] = span.map((part) => addressOf(part.trim()));
    return first !== undefined && first.family === last?.family && first.value <= last.value
      ? { family: first.family, range: [first.value, last.value] }
      : undefined;
  }
  const [host = "", length, ...more] = text.split("/");
  const address = addressOf(host);
  if (address === undefined || more.length > 0) return undefined;
  const width = address.family === "ipv4" ? 32 : 128;
  if (length === undefined) {
    return { family: address.family, range: [address.value, address.value] };
  }
  if (!/^\d{1,3}$/.test(length) || Number(length) > width) return undefined;
  const size = 2n ** BigInt(width - Number(length));
  // Host bits do not count: clouds that take them at all cut them off.
  const first = address.value - (address.value % size);
  return { family: address.family, range: [first, first + size - 1n] };
}

const allProtocols: Range = [0n, 255n];
const allPorts: Range = [0n, 65535n];

/** https://www.iana.org/assignments/protocol-numbers */
const protocolNumbers: Readonly<Record<string, bigint>> = {
  icmp: 1n,
  icmpv4: 1n,
  ipip: 94n,
  tcp: 6n,
  udp: 17n,
  esp: 50n,
  ah: 51n,
  icmpv6: 58n,
  "ipv6-icmp": 58n,
  sctp: 132n,
  http: 6n,
  https: 6n,
  tls: 6n,
};

/** Protocols by name or number; `-1`, `all` and `*` are all. A name that is not known here counts as all of them. */
export function protocols(text: string): Range {
  const name = text.toLowerCase();
  const number = protocolNumbers[name] ?? (/^\d{1,3}$/.test(name) ? BigInt(name) : undefined);
  return number === undefined ? allProtocols : [number, number];
}

/** Ports of `443`, `8000-8999` or `*`; of anything else, all. */
export function ports(text: string): Range {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return allPorts;
  const first = BigInt(match[1] ?? 0);
  return [first, BigInt(match[2] ?? match[1] ?? 0)];
}

/** Whether a range of protocols has ports at all. */
export function hasPorts([first, last]: Range): boolean {
  return [6n, 17n, 132n].some((one) => first <= one && one <= last);
}
