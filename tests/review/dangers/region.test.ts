/** Arithmetic of openings, against a slow and simple account of the same. */
import { fc } from "../../support/properties";
import {
  addresses,
  ports,
  protocols,
  subtract,
  type Box,
} from "../../../review/dangers/exposure/region";

function box(cidr: string, door = "*", protocol = "tcp"): Box {
  const at = addresses(cidr);
  if (at === undefined) throw new Error(cidr);
  return [at.range, protocols(protocol), ports(door)];
}

const wider = (after: readonly Box[], before: readonly Box[]) => subtract(after, before).length > 0;

describe("regions", () => {
  test.each([
    ["10.0.0.0/8", ["0.0.0.0/0"], true],
    ["203.0.113.0/24", ["203.0.113.0/25"], false],
    ["2001:db8::/32", ["::/0"], true],
    ["2001:db8::/32", ["2001:db8:1::/48"], false],
    ["10.0.0.0/8", ["10.0.0.0/9", "10.128.0.0/9"], false],
    ["10.0.0.0/8", ["10.0.0.0/9", "10.128.0.0/9", "11.0.0.0/32"], true],
    ["0.0.0.0/0", ["0.0.0.0/1", "128.0.0.0/1"], false],
  ] as const)("%s, then %j: wider is %s", (before, after, expected) => {
    expect(
      wider(
        after.map((one) => box(one)),
        [box(before)],
      ),
    ).toBe(expected);
  });

  test("two halves cover the whole that they were made of", () => {
    expect(wider([box("0.0.0.0/0")], [box("0.0.0.0/1"), box("128.0.0.0/1")])).toBe(false);
    expect(wider([box("::/0")], [box("::/1"), box("8000::/1")])).toBe(false);
  });

  test("ports are compared as ranges", () => {
    const from = [box("0.0.0.0/0", "8000-8099"), box("0.0.0.0/0", "8100-8999")];
    expect(wider([box("0.0.0.0/0", "8000-8999")], from)).toBe(false);
    expect(wider([box("0.0.0.0/0", "7999-8999")], from)).toBe(true);
    expect(wider([box("0.0.0.0/0", "443", "udp")], [box("0.0.0.0/0", "443")])).toBe(true);
    expect(wider([box("0.0.0.0/0", "443")], [box("0.0.0.0/0", "*", "-1")])).toBe(false);
  });

  test("addresses are read in every form that clouds take, and nothing else is", () => {
    expect(addresses("192.0.2.7")?.range).toEqual([3221225991n, 3221225991n]);
    expect(addresses("192.0.2.0-192.0.2.255")?.range).toEqual(addresses("192.0.2.0/24")?.range);
    expect(addresses("2001:db8::1")?.range[0]).toBe(0x20010db8000000000000000000000001n);
    expect(addresses("::ffff:192.0.2.7")?.range[0]).toBe(0xffffc0000207n);
    expect(addresses("10.1.2.3/8")?.range).toEqual(addresses("10.0.0.0/8")?.range);
    for (const text of [
      "Internet",
      "10.0.0.0/33",
      "10.0.0/8",
      "1.2.3.4/8/9",
      "::/129",
      "fe80::1%1",
      "",
    ]) {
      expect(addresses(text)).toBeUndefined();
    }
  });

  test("what is left is in the one set and not in the other, whatever the boxes are", () => {
    const range = fc
      .tuple(fc.nat(6), fc.nat(6))
      .map(([one, other]) => [BigInt(Math.min(one, other)), BigInt(Math.max(one, other))] as const);
    const boxes = fc.array(fc.tuple(range, range, range), { maxLength: 4 });
    const holds = (set: readonly Box[], point: readonly bigint[]) =>
      set.some((one) =>
        one.every(([first, last], index) => {
          const at = point[index] ?? -1n;
          return first <= at && at <= last;
        }),
      );
    fc.assert(
      fc.property(boxes, boxes, fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6)), (one, other, at) => {
        const point = at.map(BigInt);
        const expected = holds(one, point) && !holds(other, point);
        expect(holds(subtract(one, other), point)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
