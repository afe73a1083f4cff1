/** Subnets of one VPC by tier, one a zone, in zone order. */
export interface SubnetPlan {
  readonly public: readonly string[];
  readonly private: readonly string[];
  readonly isolated: readonly string[];
}

/** IPv4 network: first address as a number, and prefix length. */
interface Block {
  readonly first: number;
  readonly bits: number;
}

function parse(cidr: string): Block {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const parts = (match ?? []).slice(1).map(Number);
  const [a, b, c, d, bits] = parts;
  if (
    a === undefined ||
    b === undefined ||
    c === undefined ||
    d === undefined ||
    bits === undefined ||
    [a, b, c, d].some((octet) => octet > 255) ||
    bits > 32
  ) {
    throw new Error(`${cidr} is not an IPv4 network`);
  }
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  if (first % 2 ** (32 - bits) !== 0) throw new Error(`${cidr} has host bits set`);
  return { first, bits };
}

function print({ first, bits }: Block): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${bits}`;
}

/**
 * Shares out a VPC: the network is cut into four quarters, one a zone, the fourth left free for a later zone or use.
 * Of each quarter the first half is private (machines, whose number grows), the next quarter isolated (databases,
 * file systems), and an eighth public (load balancers and NAT; a load balancer wants 8 free addresses a subnet and AWS
 * takes 5 of each, https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html);
 * the last eighth stays free.
 *
 * @param cidr the VPC, /16 to /20: a /20 leaves /25 for the public subnets
 * @param zones how many, 1 to 4
 * @throws if the network is not of that size or not one, or the zones are too many
 */
export function planSubnets(cidr: string, zones: number): SubnetPlan {
  const vpc = parse(cidr);
  if (vpc.bits < 16 || vpc.bits > 20) throw new Error(`${cidr}: allowed are /16 to /20`);
  if (!Number.isInteger(zones) || zones < 1 || zones > 4) {
    throw new Error(`zones: found ${zones}, allowed: 1 to 4`);
  }
  const part = (zone: number, eighths: number, bits: number): string =>
    print({
      first: vpc.first + zone * 2 ** (30 - vpc.bits) + eighths * 2 ** (27 - vpc.bits),
      bits: vpc.bits + bits,
    });
  const each = (eighths: number, bits: number): readonly string[] =>
    Array.from({ length: zones }, (_, zone) => part(zone, eighths, bits));
  return { private: each(0, 3), isolated: each(4, 4), public: each(6, 5) };
}
