/** What GitLab shows in a merge request by itself, from files and with no token. */
import { codeQuality, junit, type ListedRule } from "../../engine/policy-report";
import { junitXml, type TestCase } from "../../engine/xml";
import type { Counts, PreviewRecord } from "../record";
import type { StackPreview } from "../run/listener";

/** A file for the folder of widgets. */
export interface Widget {
  readonly name: string;
  readonly content: string;
}

/**
 * The numbers of GitLab's Terraform report. A replacement counts once as created and once as deleted: GitLab's own
 * recipe counts the actions of each change, and Terraform writes a replacement as two, `["delete", "create"]`.
 *
 * GitLab keeps one such report a job (its last one, under the job's `artifacts:name`), so there is a file a stack for
 * jobs that preview one, and `all` for a job that previews several.
 *
 * Sources: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsterraform;
 * https://docs.gitlab.com/user/infrastructure/iac/mr_integration/ (`convert_report`);
 * https://developer.hashicorp.com/terraform/internals/json-format#change-representation
 */
export function terraformReport(counts: readonly Counts[]): string {
  const sum = (number: (one: Counts) => number): number =>
    counts.reduce((total, one) => total + number(one), 0);
  return `${JSON.stringify({
    create: sum((one) => one.create + one.replace),
    update: sum((one) => one.update),
    delete: sum((one) => one.delete + one.replace),
  })}\n`;
}

/** A suite a stack: the preview and, where somebody looked for it, drift, which is no failure. */
export function previewJunit(records: readonly PreviewRecord[]): string {
  return junitXml(
    records.map(({ stack, mode, status, errors, counts, dangers, drift, seconds }) => {
      const cases: TestCase[] = [
        {
          classname: `previews.${mode}`,
          name: "preview",
          file: `environments/${stack}/index.ts`,
          seconds,
          failure:
            status === "previewed"
              ? undefined
              : {
                  type: "preview",
                  message: "it did not come to its end",
                  text: errors.join("\n\n"),
                },
          output: [
            `${counts.create} to create, ${counts.update} to update, ${counts.replace} to replace, ${counts.delete} to delete`,
            ...dangers.map(({ name, message }) => `${name}: ${message}`),
          ].join("\n"),
        },
      ];
      if (drift !== undefined) {
        cases.push({
          classname: `previews.${mode}`,
          name: "drift",
          failure:
            drift.status === "looked"
              ? undefined
              : {
                  type: "drift",
                  message: "nobody could look",
                  text: drift.errors.join("\n\n"),
                },
          output: drift.changes.map(({ name, operation }) => `${name}: ${operation}`).join("\n"),
        });
      }
      return { name: `preview ${stack}`, cases };
    }),
  );
}

/** Every widget of a run. A stack that was not previewed to its end has no numbers that could be shown. */
export function widgetsOf(
  previews: readonly StackPreview[],
  rules: readonly ListedRule[],
): Widget[] {
  const records = previews.map(({ record }) => record);
  const ended = records.filter(({ status }) => status === "previewed");
  const policies = {
    stacks: previews.map(({ record, coverage }) => ({
      stack: record.stack,
      results: record.policies.results,
      coverage,
      // Said by the suite of previews.
      errors: [],
    })),
    rules,
    // Said by `npm run policy`.
    uncovered: [],
  };
  return [
    ...ended.map(({ stack, counts }) => ({
      name: `terraform-${stack}.json`,
      content: terraformReport([counts]),
    })),
    ...(ended.length === records.length
      ? [{ name: "terraform.json", content: terraformReport(ended.map(({ counts }) => counts)) }]
      : []),
    { name: "code-quality.json", content: codeQuality(policies) },
    { name: "policies.junit.xml", content: junit(policies) },
    { name: "previews.junit.xml", content: previewJunit(records) },
  ];
}
