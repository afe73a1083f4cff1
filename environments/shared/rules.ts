/** Rules between settings that several environments have. */
import { overlaps, parseCidr } from "./cidr";
import type { Refuse } from "./settings";

/** Refuses every name in a list that stands there before. */
export function unique(
  list: readonly { readonly name: string }[] | undefined,
  path: readonly PropertyKey[],
  refuse: Refuse,
): void {
  const names = list?.map(({ name }) => name) ?? [];
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) refuse([...path, index, "name"], "names that differ");
  });
}

/** Refuses networks, given with their paths, that share addresses with one before them. */
export function disjoint(
  networks: readonly { readonly path: readonly PropertyKey[]; readonly cidr: string }[],
  refuse: Refuse,
): void {
  networks.forEach(({ path, cidr: text }, index) => {
    const own = parseCidr(text);
    const other = networks.slice(0, index).find((before) => {
      const range = parseCidr(before.cidr);
      return own !== undefined && range !== undefined && overlaps(own, range);
    });
    if (other === undefined) return;
    const name = other.path.map(String).join(".");
    refuse(path, `a network that does not overlap ${name} ${other.cidr}`);
  });
}
