/** JUnit XML as GitLab reads it. Source: https://docs.gitlab.com/ci/testing/unit_test_reports/ */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** A text as it may stand in XML, in an element or in an attribute; what XML 1.0 cannot hold is left out. */
export function xml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(/[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "");
}

/** One case of a suite. */
export interface TestCase {
  readonly classname: string;
  readonly name: string;
  /** A file of the repository. */
  readonly file?: string;
  readonly seconds?: number;
  readonly failure?: {
    readonly type: string;
    /** In a few words. @default none */
    readonly message?: string;
    readonly text: string;
  };
  /** Why it was not taken; a failure goes before it. */
  readonly skipped?: string;
  readonly output?: string;
}

/** A suite of cases. */
export interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

function attributes(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${xml(value)}"`]))
    .join("");
}

function caseText({ classname, name, file, seconds, failure, skipped, output }: TestCase): string {
  const body = [
    failure === undefined
      ? ""
      : `<failure${attributes({ message: failure.message, type: failure.type })}>${xml(failure.text)}</failure>`,
    failure === undefined && skipped !== undefined
      ? `<skipped${attributes({ message: skipped })}/>`
      : "",
    output === undefined ? "" : `<system-out>${xml(output)}</system-out>`,
  ].join("");
  return `<testcase${attributes({ classname, name, file, time: seconds?.toFixed(2) })}>${body}</testcase>`;
}

/** The report. */
export function junitXml(suites: readonly TestSuite[]): string {
  const written = suites.map(({ name, cases }) => {
    const failures = cases.filter(({ failure }) => failure !== undefined).length;
    const skipped = cases.filter(
      (one) => one.failure === undefined && one.skipped !== undefined,
    ).length;
    const timed = cases.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]));
    const head = attributes({
      name,
      tests: String(cases.length),
      failures: String(failures),
      errors: "0",
      skipped: String(skipped),
      time: timed.length === 0 ? undefined : timed.reduce((sum, one) => sum + one, 0).toFixed(2),
    });
    return `<testsuite${head}>\n${cases.map(caseText).join("\n")}\n</testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${written.join("\n")}\n</testsuites>\n`;
}
