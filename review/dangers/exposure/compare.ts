/** Which doors are open after a change and were not before, whatever resources they are made of. */
import type { ResourceFact } from "../../../engine/facts";
import type { Opening } from "./opening";
import { addresses, hasPorts, ports, protocols, subtract, type Box } from "./region";

/** An opening and whose it is. */
export interface Owned {
  readonly fact: ResourceFact;
  readonly opening: Opening;
}

const any = { ipv4: addresses("0.0.0.0/0")?.range, ipv6: addresses("::/0")?.range };

/** An opening as a box among those of its kind of source: of either address family, or of one party. */
function placed(opening: Opening): { readonly kind: string; readonly box: Box } {
  const protocol = protocols(opening.protocol);
  const door = ports(hasPorts(protocol) ? (opening.ports ?? "*") : "*");
  const { source } = opening;
  if ("party" in source) return { kind: `party ${source.party}`, box: [[0n, 0n], protocol, door] };
  if ("notKnown" in source) return { kind: "not known", box: [[0n, 0n], protocol, door] };
  const at = addresses(source.addresses);
  return at === undefined
    ? { kind: `party ${source.addresses}`, box: [[0n, 0n], protocol, door] }
    : { kind: at.family, box: [at.range, protocol, door] };
}

/** Names of what an opening leads to, from the narrowest on. */
function targets({ fact, opening }: Owned): readonly string[] {
  const { target, wider } = opening;
  return [target ?? `of ${fact.urn}`, ...(wider === undefined ? [] : [wider])];
}

/** What is left of an allowed door after the denials that go before it. */
function effective(owned: Owned, all: readonly Owned[]): readonly Box[] {
  const { kind, box } = placed(owned.opening);
  const own = targets(owned);
  const denials = all.filter(
    (other) =>
      other.opening.deny === true &&
      (other.opening.priority ?? 0) <= (owned.opening.priority ?? 0) &&
      own.includes(targets(other)[0] ?? ""),
  );
  const taken = denials.flatMap(({ opening }) => {
    const denied = placed(opening);
    if (denied.kind === kind) return [denied.box];
    // A denial of all addresses denies parties as well.
    const whole =
      denied.kind === "ipv4" && String(denied.box[0]) === String(any.ipv4) && kind !== "ipv6";
    return whole ? [[box[0], denied.box[1], denied.box[2]] as const] : [];
  });
  return subtract([box], taken);
}

/** One side of the whole stack, ready to be asked what it let in. */
export class Side {
  constructor(private readonly all: readonly Owned[]) {}

  get allowed(): readonly Owned[] {
    return this.all.filter(({ opening }) => opening.deny !== true);
  }

  /** What an opening of this side lets in, its side's denials taken off. */
  effective(owned: Owned): readonly Box[] {
    return effective(owned, this.all);
  }

  /** Whether something that an opening of the other side lets in was shut on this one. */
  lacks(owned: Owned, boxes: readonly Box[]): boolean {
    const { kind } = placed(owned.opening);
    const names = targets(owned);
    const { source, target } = owned.opening;
    const open = this.allowed.filter((other) => {
      const same = other.fact.urn === owned.fact.urn;
      // A party that is not known yet is taken for the one that the resource named before.
      if ("party" in source && source.known === false)
        return same && "party" in other.opening.source;
      if (placed(other.opening).kind !== kind) return false;
      return target === undefined ? same : names.includes(targets(other)[0] ?? "");
    });
    return (
      subtract(
        boxes,
        open.flatMap((other) => this.effective(other)),
      ).length > 0
    );
  }
}
