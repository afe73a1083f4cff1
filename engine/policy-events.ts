/** What a pack's policies came to in one preview, read from the engine's events. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { typeOf } from "./facts";

/** What came of one rule at one place. */
export interface PolicyResult {
  readonly stack: string;
  readonly rule: string;
  readonly urn: string;
  /** An exempted result blocks nothing; an undecided one waits for a value that only up knows. */
  readonly state: "failed" | "exempted" | "undecided";
  readonly mandatory: boolean;
  readonly message: string;
}

/** How many rules looked at the resources of one type. */
export interface TypeCoverage {
  readonly type: string;
  readonly resources: number;
  /** Ids of the rules that looked at one of them. */
  readonly rules: readonly string[];
}

/** Summaries that the SDK's declarations leave out (pulumi v3.259.0, sdk/go/common/apitype/events.go). */
interface Summaries {
  readonly policyAnalyzeSummaryEvent?: {
    readonly resourceUrn: string;
    readonly passed?: readonly string[];
    readonly failed?: readonly string[];
  };
  readonly policyAnalyzeStackSummaryEvent?: {
    readonly passed?: readonly string[];
    readonly failed?: readonly string[];
  };
}

/** How `@pulumi/policy` says that a rule touched a value that is not known yet (1.21.0, server.js). */
const couldNotRun = /^can't run policy '[^']*' from policy pack '[^']*' during preview: /;
const exempted = /^exempted until /m;

/** Takes the events of one preview. */
export class PolicyReader {
  private readonly found: PolicyResult[] = [];
  private readonly looked = new Map<string, Set<string>>();
  private readonly types = new Map<string, number>();
  private readonly overStack = new Set<string>();

  constructor(private readonly stack: string) {}

  add(event: EngineEvent & Summaries): void {
    const {
      policyEvent,
      policyAnalyzeSummaryEvent: one,
      policyAnalyzeStackSummaryEvent: all,
    } = event;
    if (policyEvent) {
      const message = policyEvent.message.replace(/<\{%[^%]*%\}>/g, "").trim();
      this.found.push({
        stack: this.stack,
        rule: policyEvent.policyName,
        urn: policyEvent.resourceUrn ?? "",
        state: couldNotRun.test(message)
          ? "undecided"
          : exempted.test(message)
            ? "exempted"
            : "failed",
        mandatory: policyEvent.enforcementLevel === "mandatory",
        message: message.replace(couldNotRun, ""),
      });
    }
    if (one) {
      const type = typeOf(one.resourceUrn);
      this.types.set(type, (this.types.get(type) ?? 0) + 1);
      const rules = this.looked.get(type) ?? new Set();
      for (const rule of [...(one.passed ?? []), ...(one.failed ?? [])]) rules.add(rule);
      this.looked.set(type, rules);
    }
    for (const rule of [...(all?.passed ?? []), ...(all?.failed ?? [])]) this.overStack.add(rule);
  }

  /** Each once: the engine says a violation for the resource, and again for the stack that fails by it. */
  results(): PolicyResult[] {
    const seen = new Map(this.found.map((one) => [`${one.rule} ${one.urn} ${one.message}`, one]));
    return [...seen.values()];
  }

  /**
   * @param typesOf the types that a rule about the whole stack looks at; nothing for one about single resources
   */
  coverage(typesOf: ReadonlyMap<string, readonly string[]>): TypeCoverage[] {
    return [...this.types]
      .map(([type, resources]) => {
        const whole = [...this.overStack].filter(
          (rule) => typesOf.get(rule)?.includes(type) ?? false,
        );
        return {
          type,
          resources,
          rules: [...new Set([...(this.looked.get(type) ?? []), ...whole])].sort(),
        };
      })
      .sort((one, other) => (one.type < other.type ? -1 : 1));
  }
}
