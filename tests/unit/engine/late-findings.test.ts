/** The rehearsal holds policies to what they said at preview. */
import type { Facts, PolicyFact } from "../../../engine/facts";
import { lateFindings } from "../../../engine/rehearsal-steps";

const finding: PolicyFact = {
  urn: "urn:pulumi:aws::p::t::db",
  policy: "rule",
  mandatory: false,
  message: "It is open",
};
const facts = (...policies: PolicyFact[]): Facts => ({ resources: [], policies, diagnostics: [] });

describe("a finding of up", () => {
  test("that the preview had too is none of its own", () => {
    expect(lateFindings(facts(finding), facts(finding))).toEqual([]);
    expect(lateFindings(facts(finding), facts())).toEqual([]);
  });

  test("that the preview had not is told, undecided or not", () => {
    expect(lateFindings(facts(), facts(finding))).toEqual(["  rule: db"]);
    const waiting = {
      ...finding,
      message: "can't run policy 'rule' from policy pack 'p' during preview",
    };
    expect(lateFindings(facts(waiting), facts(finding))).toEqual(["  rule: db"]);
  });
});
