/** What rules come to in one run: verdicts, taken together with exemptions, as sentences with a level. */
import {
  daysLeft,
  exemptionFor,
  standings,
  type Exemption,
  type Judged,
  type Standing,
} from "./exemptions";
import {
  judge,
  judgeStack,
  type Finding,
  type Level,
  type ResourceRule,
  type ResourceView,
  type Rule,
  type StackRule,
  type StackView,
  type Verdict,
} from "./rule";

/** Something to say of a resource or a stack. */
export interface Report {
  readonly message: string;
  readonly level: Level;
  readonly urn?: string;
  /** The entry that exempts it. */
  readonly exempted?: Exemption;
}

/** What is to be said of one rule at one place. */
export interface Said {
  readonly reports: readonly Report[];
  /** The property that the rule waits for, where it is undecided. */
  readonly open?: string;
}

/** How reports of exempted findings begin; by it they are told from others in the engine's events. */
export const exemptedMark = "exempted until";

/** Assesses one run of a program: a preview or an up. */
export class Assessor {
  private readonly judged: Judged[] = [];

  /**
   * @param faults what is wrong with the file of exemptions; said once, and no entry holds then
   * @param today by UTC
   */
  constructor(
    private readonly entries: readonly Exemption[],
    private readonly faults: readonly string[],
    private readonly today: Date,
  ) {}

  /** What came of every rule so far. */
  get verdicts(): readonly Judged[] {
    return this.judged;
  }

  resource(rule: ResourceRule, resource: ResourceView): Said {
    const found = judge(rule, resource);
    return found === undefined ? { reports: [] } : this.weigh(rule, found, resource.urn);
  }

  stack(rule: StackRule, stack: StackView): Said {
    const found = judgeStack(rule, stack);
    return found === undefined
      ? { reports: [] }
      : this.weigh(
          rule,
          found,
          stack.resources.find(isStack)?.urn ?? stack.resources[0]?.urn ?? "",
        );
  }

  private weigh(rule: Rule, found: Verdict, urn: string): Said {
    const at = (finding: Finding): string => finding.urn ?? urn;
    const note = (place: string, state: Judged["state"]): void => {
      this.judged.push({ rule: rule.id, urn: place, state });
    };
    const broken = new Set(found.broken.map(at));
    const open = new Set(found.open.map(at).filter((place) => !broken.has(place)));
    for (const place of broken) note(place, "failed");
    for (const place of open) note(place, "undecided");
    if (found.state === "passed") note(urn, "passed");
    return {
      reports: found.broken.map((finding) => this.report(rule, finding, at(finding))),
      open: found.open[0]?.holds.path,
    };
  }

  private report(rule: Rule, { message }: Finding, urn: string): Report {
    const exempted = exemptionFor(this.entries, rule.id, urn, this.today);
    if (exempted === undefined)
      return { message: `${message}. ${rule.fix}`, level: rule.level, urn };
    const { expires, owner, reason } = exempted;
    return {
      message: `${exemptedMark} ${expires} (${owner}): ${message}. ${reason}`,
      level: "advisory",
      urn,
      exempted,
    };
  }

  /** How the entries about this stack stand, once every rule has run. */
  standings(urns: readonly string[]): Standing[] {
    const stack = /^urn:pulumi:([^:]+)::/.exec(urns[0] ?? "")?.[1] ?? "";
    return standings(this.entries, stack, urns, this.judged, this.today);
  }

  /** The rule about exemptions themselves. */
  exemptions(urns: readonly string[]): Said {
    const stands = this.standings(urns);
    return {
      reports: [
        ...this.faults.map((message) => ({ message, level: "mandatory" as const })),
        ...stands.flatMap(({ entry, faults }) =>
          faults.map((fault) => ({
            message: `The exemption of ${entry.policies.join(", ")} (${entry.owner}) ${fault}`,
            level: "mandatory" as const,
          })),
        ),
        ...stands
          .filter(({ warning }) => warning !== undefined)
          .map(({ entry }) => ({
            message: `The exemption of ${entry.policies.join(", ")} (${entry.owner}) ends in ${daysLeft(entry, this.today)} days`,
            level: "advisory" as const,
          })),
      ],
    };
  }
}

function isStack({ type }: ResourceView): boolean {
  return type === "pulumi:pulumi:Stack";
}
