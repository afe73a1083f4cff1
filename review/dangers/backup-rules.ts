/** What makes backups, how often, and who tells when one is missing. */
import type { ResourceFact, Values } from "../../engine/facts";
import { at, inWords, isFalse, isTrue, itemsAt, notKnown, numberAt, textAt } from "./values";

/** Whether it is about backups: by its name, or by the component that it is part of. */
export function isForBackups({ urn }: Pick<ResourceFact, "urn">): boolean {
  const [, , types = "", name = ""] = urn.split("::");
  return /backup|snapshot|export/i.test(`${types.replace(/\$?[^$]*$/, "")} ${name}`);
}

/** What starts something by the clock. */
const clocks = /^aws:scheduler\/schedule:|^gcp:cloudscheduler\/job:|^kubernetes:batch\/v1:CronJob$/;
/** What calls somebody. */
const alarms =
  /^aws:cloudwatch\/metricAlarm:|^gcp:monitoring\/alertPolicy:|^azure-native:monitor:(MetricAlert|ScheduledQueryRule|ActivityLogAlert)$/;

/** Whether it has been switched off, each type in its own way. */
function isOff(inputs: Values): boolean {
  return (
    isFalse(inputs, "state") ||
    isTrue(inputs, "paused") ||
    isTrue(inputs, "spec.suspend") ||
    isFalse(inputs, "actionsEnabled") ||
    isFalse(inputs, "enabled")
  );
}

/** Starts of backups, and calls about them, that are no more; as sentences. */
export function backupsStopped({ type, urn, operation, old, new: after }: ResourceFact): string[] {
  const clock = clocks.test(type);
  if (!isForBackups({ urn }) || !(clock || alarms.test(type)) || old === undefined) return [];
  const stopped =
    operation === "delete" || (after !== undefined && !isOff(old.inputs) && isOff(after.inputs));
  if (!stopped) return [];
  return [
    clock
      ? "the backups that it starts are started no more"
      : "nobody is called any more when something is wrong with backups",
  ];
}

/** Days between two runs of a schedule; undefined where it cannot be told. */
export function daysBetween(schedule: string): number | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule);
  if (rate !== null) {
    const unit = { minute: 1 / 1440, hour: 1 / 24, day: 1 }[rate[2] as "minute" | "hour" | "day"];
    return Number(rate[1]) * unit;
  }
  const repeated = /\/P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?)?$/.exec(schedule);
  if (repeated !== null) {
    const [weeks, days, hours] = repeated.slice(1).map((part) => Number(part ?? 0));
    const all = (weeks ?? 0) * 7 + (days ?? 0) + (hours ?? 0) / 24;
    return all === 0 ? undefined : all;
  }
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html, or the five fields of Unix.
  const fields = schedule
    .replace(/^cron\((.*)\)$/, "$1")
    .trim()
    .split(/\s+/);
  if (fields.length < 5 || fields.length > 6) return undefined;
  const [, hour = "*", day = "*", month = "*", weekday = "*"] = fields;
  const times = (field: string, of: number): number => {
    if (field === "*" || field === "?") return of;
    const every = /^(?:\*|\d+)\/(\d+)$/.exec(field);
    if (every !== null) return of / Number(every[1]);
    return field.split(",").reduce((sum, part) => {
      const span = /^(\d+)-(\d+)$/.exec(part);
      return sum + (span === null ? 1 : Number(span[2]) - Number(span[1]) + 1);
    }, 0);
  };
  const runs =
    times(hour, 24) * (times(day, 30) / 30) * (times(month, 12) / 12) * (times(weekday, 7) / 7);
  return runs > 0 && Number.isFinite(runs) ? 1 / runs : undefined;
}

/** Schedules by what they are of, as the text that people read and the days between two runs. */
type Schedules = ReadonlyMap<string, { readonly text: string; readonly days: number | undefined }>;

function told(text: string): { text: string; days: number | undefined } {
  return { text, days: daysBetween(text) };
}

/** Google Cloud's snapshot schedule, of which there is one kind at a time. */
function snapshotSchedule(inputs: Values): { text: string; days: number | undefined } | undefined {
  const path = "snapshotSchedulePolicy.schedule";
  const hours = numberAt(inputs, `${path}.hourlySchedule.hoursInCycle`);
  if (hours !== undefined) return { text: `every ${hours} hours`, days: hours / 24 };
  const days = numberAt(inputs, `${path}.dailySchedule.daysInCycle`);
  if (days !== undefined) return { text: days === 1 ? "daily" : `every ${days} days`, days };
  const week = itemsAt(inputs, `${path}.weeklySchedule.dayOfWeeks`).length;
  return week === 0 ? undefined : { text: `${week} a week`, days: 7 / week };
}

function schedulesOf({ type, urn }: ResourceFact, inputs: Values): Schedules {
  const one = (path: string): Schedules => {
    const text = textAt(inputs, path);
    return new Map(text === undefined ? [] : [["", told(text)]]);
  };
  if (type.startsWith("aws:backup/plan:")) {
    return new Map(
      itemsAt(inputs, "rules").flatMap((rule) => {
        const text = textAt(rule, "schedule");
        return text === undefined ? [] : [[inWords(at(rule, "ruleName")), told(text)]];
      }),
    );
  }
  if (type.startsWith("gcp:compute/resourcePolicy:")) {
    const found = snapshotSchedule(inputs);
    return new Map(found === undefined ? [] : [["", found]]);
  }
  if (type === "azure-native:dataprotection:BackupPolicy") {
    return new Map(
      itemsAt(inputs, "properties.policyRules").flatMap((rule) =>
        itemsAt(rule, "trigger.schedule.repeatingTimeIntervals").flatMap((interval) =>
          typeof interval === "string" ? [[inWords(at(rule, "name")), told(interval)]] : [],
        ),
      ),
    );
  }
  if (!clocks.test(type) || !isForBackups({ urn })) return new Map();
  return new Map([...one("scheduleExpression"), ...one("schedule"), ...one("spec.schedule")]);
}

/** Backups that are made more rarely than before, or where that cannot be told; as sentences. */
export function backupsRarer(fact: ResourceFact): string[] {
  const { old, new: after } = fact;
  if (old === undefined || after === undefined) return [];
  const [before, now] = [schedulesOf(fact, old.inputs), schedulesOf(fact, after.inputs)];
  return [...before].flatMap(([key, was]) => {
    const is = now.get(key);
    // One that is gone is told where that is what its type is for.
    if (is === undefined || is.text === was.text) return [];
    const of = key === "" ? "" : ` by ${key}`;
    if (was.days === undefined || is.days === undefined)
      return [`backups${of} are made at other times: ${was.text} before, ${is.text} after`];
    return is.days > was.days * 1.01
      ? [`backups${of} are made more rarely: ${was.text} before, ${is.text} after`]
      : [];
  });
}

/** How many things a backup is of; `notKnown` where they are not known. */
export function backedUp(inputs: Values): number | typeof notKnown {
  if (at(inputs, "resources") === notKnown) return notKnown;
  return itemsAt(inputs, "resources").length;
}
