/** IPv4 networks as numbers, for checks of settings. */
export interface Cidr {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

/** Reads `a.b.c.d/n`; undefined where it is none, or where host bits are set (clouds refuse `10.0.0.1/16`). */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [, ...parts] = match.map(Number);
  const [a = 256, b = 256, c = 256, d = 256, bits = 33] = parts;
  if ([a, b, c, d].some((octet) => octet > 255) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  if (first % size !== 0) return undefined;
  return { first, last: first + size - 1, bits };
}

/** Whether two networks share an address. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** Whether a network is private (RFC 1918), so that a VPC may have it and still reach the internet. */
export function isPrivate(cidr: Cidr): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((text) => {
    const range = parseCidr(text);
    return range !== undefined && range.first <= cidr.first && cidr.last <= range.last;
  });
}
