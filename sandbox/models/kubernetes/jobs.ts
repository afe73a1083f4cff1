/** Jobs and CronJobs: https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
import type { PropertyModel, ResourceModel, Rule } from "../../model";
import {
  SKIP_AWAIT,
  block,
  blocks,
  bool,
  int,
  kube,
  labels,
  list,
  map,
  oneOf,
  required,
  selector,
  status,
  str,
} from "./common";
import { endsByItself, podDemand, podReady } from "./pod-ready";
import { implies, podRules, present } from "./pod-rules";
import { podTemplate } from "./pod-spec";

const API = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/";
const GUIDE = "https://kubernetes.io/docs/concepts/workloads/controllers/job/";
const CRON_API =
  "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/";
const CRON = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/";

const podFailurePolicy: PropertyModel = block({
  rules: blocks(
    {
      action: oneOf(["Count", "FailIndex", "FailJob", "Ignore"], required),
      onExitCodes: block(
        {
          containerName: str(),
          operator: oneOf(["In", "NotIn"], required),
          values: list(int({ min: 0, max: 255 }), { required: true, minItems: 1, maxItems: 255 }),
        },
        { exactlyOneOf: ["onPodConditions"] },
      ),
      onPodConditions: blocks({ status: oneOf(["False", "True", "Unknown"]), type: str(required) }),
    },
    { required: true, maxItems: 20 },
  ),
});

/** A Job's specification; what the provider makes a new Job for where it changes. */
function jobSpec(own: boolean): Readonly<Record<string, PropertyModel>> {
  const replace = own ? { replace: true } : {};
  return {
    activeDeadlineSeconds: int({ min: 1 }),
    backoffLimit: int({ min: 0, ...(own ? { optionalComputed: true, value: "6" } : {}) }),
    backoffLimitPerIndex: int({ min: 0 }),
    completionMode: oneOf(["Indexed", "NonIndexed"]),
    completions: int({ min: 0, ...replace }),
    manualSelector: bool(),
    maxFailedIndexes: int({ min: 0 }),
    parallelism: int({
      min: 0,
      ...replace,
      ...(own ? { optionalComputed: true, value: "1" } : {}),
    }),
    podFailurePolicy,
    podReplacementPolicy: oneOf(["Failed", "TerminatingOrFailed"]),
    selector: selector(replace),
    suspend: bool(),
    template: podTemplate(["Never", "OnFailure"], replace),
    ttlSecondsAfterFinished: int({ min: 0 }),
  };
}
const omits = "Jobs that other controllers run, success policies and gang scheduling are not used";

function jobRules(spec: string): Rule[] {
  const pod = `${spec}.template.spec`;
  return [
    {
      name: "a Job says whether its pods are started again",
      then: present(`${pod}.restartPolicy`),
      message: `${pod}.restartPolicy: Required value: valid values: "OnFailure", "Never"`,
      source: GUIDE,
    },
    {
      name: "a Job's selector is made by the system",
      when: present(`${spec}.selector`),
      then: { property: `${spec}.manualSelector`, equals: true },
      message: `${spec}.selector: Invalid value: \`selector\` not auto-generated; leave it out, or set manualSelector`,
      source: GUIDE,
    },
    {
      name: "a selector that is given selects the Job's pods",
      when: present(`${spec}.selector`),
      then: { property: `${spec}.selector`, selects: `${spec}.template.metadata.labels` },
      message: `${spec}.template.metadata.labels: Invalid value: \`selector\` does not match template \`labels\``,
      source: GUIDE,
    },
    {
      name: "pods whose failures are looked at are not started again",
      when: present(`${spec}.podFailurePolicy`),
      then: { property: `${pod}.restartPolicy`, equals: "Never" },
      message: `${pod}.restartPolicy: Invalid value: only "Never" is supported when podFailurePolicy is specified`,
      source: GUIDE,
    },
    {
      name: "an indexed Job has a number of completions",
      when: { property: `${spec}.completionMode`, equals: "Indexed" },
      then: present(`${spec}.completions`),
      message: `${spec}.completions: Required value: when completion mode is Indexed`,
      source: GUIDE,
    },
    {
      name: "only an indexed Job counts failures by index",
      then: implies(
        { any: [present(`${spec}.backoffLimitPerIndex`), present(`${spec}.maxFailedIndexes`)] },
        { property: `${spec}.completionMode`, equals: "Indexed" },
      ),
      message: `${spec}.backoffLimitPerIndex: Invalid value: requires indexed completion mode`,
      source: GUIDE,
    },
    {
      name: "a pod failure policy counts by index where the Job does",
      then: implies(
        { property: `${spec}.podFailurePolicy.rules[].action`, equals: "FailIndex" },
        present(`${spec}.backoffLimitPerIndex`),
      ),
      message: `${spec}.podFailurePolicy.rules[].action: Invalid value: "FailIndex" requires backoffLimitPerIndex`,
      source: GUIDE,
    },
    ...podRules(pod),
  ];
}

/** What the API server does not let be changed, though the provider tries to. */
const fixed: readonly Rule[] = [
  "backoffLimitPerIndex",
  "completionMode",
  "manualSelector",
  "podFailurePolicy",
].map((name) => ({
  name: `${name} of a Job stays as it is`,
  when: { property: "^spec.template", present: true },
  then: {
    all: [
      { property: `spec.${name}`, allAmong: [`^spec.${name}`] },
      { property: `^spec.${name}`, allAmong: [`spec.${name}`] },
    ],
  },
  message: `spec.${name}: Invalid value: field is immutable`,
  source: API,
  at: "apply",
}));

const job: ResourceModel = kube({
  group: "batch/v1",
  kind: "Job",
  generation: true,
  source: API,
  properties: {
    spec: block(jobSpec(true), { omits }),
    status: status(
      {
        succeeded: "{spec.parallelism}",
        startTime: "{metadata.creationTimestamp}",
        completionTime: "{metadata.creationTimestamp}",
        conditions: [{ type: "Complete", status: "True" }],
      },
      { active: "{spec.parallelism}", startTime: "{metadata.creationTimestamp}" },
    ),
  },
  rules: [
    {
      name: "a Job has a template",
      then: present("spec.template"),
      message: "spec.template: Required value",
      source: API,
    },
    {
      name: "the name of a Job fits into a label of its pods",
      then: { property: "metadata.name", lengthAtMost: 63 },
      message: "metadata.name: Invalid value: must be no more than 63 characters",
      source: GUIDE,
    },
    ...jobRules("spec"),
    ...fixed,
  ],
  ready: {
    unless: { any: [SKIP_AWAIT, { property: "spec.suspend", equals: true }] },
    rules: [...podReady("spec.template.spec"), endsByItself("spec.template.spec")],
  },
  demand: [
    ...podDemand("spec.template.spec", "spec.parallelism"),
    { keys: ["count/jobs.batch"], at: "made" },
  ],
});

/** One field of a schedule: numbers, ranges, steps, and names where the field has them. */
const field = (names = ""): string => {
  const one = names === "" ? "\\d{1,2}" : `(\\d{1,2}|${names})`;
  const part = `(\\*|\\?|${one}(-${one})?)(/[1-9]\\d*)?`;
  return `${part}(,${part})*`;
};
const MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
const DAYS = "(?:sun|mon|tue|wed|thu|fri|sat)";
/** https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax */
const SCHEDULE = `@(yearly|annually|monthly|weekly|daily|midnight|hourly)|${[
  field(),
  field(),
  field(),
  field(MONTHS),
  field(DAYS),
].join(" +")}`;

const cronJob: ResourceModel = kube({
  group: "batch/v1",
  kind: "CronJob",
  generation: true,
  source: CRON_API,
  properties: {
    spec: block(
      {
        concurrencyPolicy: oneOf(["Allow", "Forbid", "Replace"]),
        failedJobsHistoryLimit: int({ min: 0, optionalComputed: true, value: "1" }),
        jobTemplate: block(
          {
            metadata: block(
              { annotations: map(), labels: labels() },
              { omits: "the controller sets the rest of a Job's metadata" },
            ),
            spec: block(jobSpec(false), { omits }),
          },
          required,
        ),
        schedule: str({ required: true, pattern: SCHEDULE, example: "30 2 * * *" }),
        startingDeadlineSeconds: int({ min: 0 }),
        successfulJobsHistoryLimit: int({ min: 0, optionalComputed: true, value: "3" }),
        suspend: bool(),
        // As time zones are called in the tz database; the controller's own is refused by name.
        timeZone: str({
          pattern: "(?!Local$)[A-Z][\\w+-]*(/[A-Z][\\w+-]*)*",
          example: "Etc/UTC",
        }),
      },
      required,
    ),
    status: status({}, {}),
  },
  rules: [
    {
      name: "the name of a CronJob leaves room for what its Jobs' names have after it",
      then: { property: "metadata.name", lengthAtMost: 52 },
      message: "metadata.name: Invalid value: must be no more than 52 characters",
      source: CRON,
    },
    {
      name: "a CronJob has a template",
      then: present("spec.jobTemplate.spec.template"),
      message: "spec.jobTemplate.spec.template: Required value",
      source: CRON_API,
    },
    ...jobRules("spec.jobTemplate.spec"),
  ],
  demand: [{ keys: ["count/cronjobs.batch"], at: "made" }],
});

export const models: readonly ResourceModel[] = [job, cronJob];
