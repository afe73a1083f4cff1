/** The production change checklist: tasks that fit what can go wrong, ticked by people in the note itself. */
import { createHash } from "node:crypto";
import { digestParts, type PreviewRecord } from "../record";
import { findingsOf } from "./findings";
import { aboutData, harmsOf, losses, someNames } from "./harm";
import { code, fence } from "./markdown";
import { placesOf } from "./places";

/** One task. */
export interface Task {
  /** Stable while the environment's change is the same, and another as soon as it is not: ticks go with it. */
  readonly id: string;
  /** Markdown of one line. */
  readonly text: string;
  /** What is typed for it. */
  readonly command?: string;
}

/** An environment's tasks. */
export interface Checklist {
  readonly stack: string;
  readonly tasks: readonly Task[];
}

/** Types, without their modules, that people notice the replacement of: machines, names, addresses, ways in. */
const serving: ReadonlySet<string> = new Set([
  ...[
    "Instance",
    "VirtualMachine",
    "Group",
    "Deployment",
    "Cluster",
    "NodePool",
    "ReplicationGroup",
  ],
  ...["LoadBalancer", "Listener", "TargetGroup", "ForwardingRule", "GlobalForwardingRule"],
  ...["Service", "Ingress", "Eip", "Address", "GlobalAddress", "PublicIPAddress"],
  ...["Record", "RecordSet"],
]);

/**
 * The checklist of one environment; nothing unless people depend on it and the change can lose data, cut somebody
 * off, let somebody in, or take something away.
 * @param page a link to a page of the checkout
 */
export function checklistOf(
  record: PreviewRecord,
  page: (text: string, path: string) => string,
): Checklist | undefined {
  if (!record.production) return undefined;
  const harms = harmsOf(record);
  const replaced = record.changes.filter(({ operation }) => operation === "replace");
  const deleted = record.changes.filter(({ operation }) => operation === "delete");
  if (harms.length + replaced.length + deleted.length === 0) return undefined;

  const of = (...kinds: readonly string[]) => harms.filter(({ kind }) => kinds.includes(kind));
  const data = harms.filter(({ kind }) => aboutData.has(kind));
  const lost = harms.filter(({ kind }) => losses.has(kind));
  const bare = of("protection-lifted");
  const exposed = of("exposure-widened");
  const taken = deleted.filter(({ stateful }) => !stateful);
  const stops = [
    ...lost,
    ...of("database-touched", "git-storage-touched"),
    ...replaced.filter(({ type }) => serving.has(type.slice(type.lastIndexOf(":") + 1))),
  ];
  const place = placesOf(record.stack);
  const restore = place === undefined ? undefined : page("the restore page", place.restore);

  const texts: Record<string, string | undefined> = {
    backup:
      data.length === 0
        ? undefined
        : `A backup younger than \`backup.maxAgeHours\` (26 unless set) is proved${
            place === undefined
              ? ""
              : `: the alarm ${page(code(place.alarm), place.runbook)} is quiet, and this lists it`
          }`,
    data:
      lost.length === 0
        ? undefined
        : `What is in ${someNames(lost)} has been moved or copied, or its owner has said that nobody needs it`,
    restore:
      data.length === 0
        ? undefined
        : `Whoever applies this has read ${restore ?? "how the environment is restored"}`,
    protection:
      bare.length === 0
        ? undefined
        : `${someNames(bare)}: the merge request that puts protection back is named in this one`,
    access:
      exposed.length === 0
        ? undefined
        : `${someNames(exposed)}: the wider access is meant, and whoever answers for security agrees`,
    unused: taken.length === 0 ? undefined : `Nothing uses ${someNames(taken)} any more`,
    window:
      stops.length === 0
        ? undefined
        : `A maintenance window is announced to the people who depend on ${code(record.stack)}: ${someNames(stops)} can stop serving`,
    rollback:
      lost.length > 0
        ? "The way back is named in this merge request: reverting it does not bring data back"
        : "The way back is named in this merge request",
    call: `Whoever is on call knows when this is applied, and has the ${page("runbooks", "docs/runbooks/README.md")}`,
    approved:
      record.digest === undefined || findingsOf(record).broken.length > 0
        ? undefined
        : "It is applied with the digest that was approved here, by the command below",
  };
  const identity = identityOf(record);
  return {
    stack: record.stack,
    tasks: Object.entries(texts).flatMap(([key, text]) =>
      text === undefined
        ? []
        : [
            {
              id: `${key}-${hash([record.stack, key, identity])}`,
              text,
              ...(key === "backup" ? { command: place?.backups } : {}),
            },
          ],
    ),
  };
}

/** What an approval is bound to; where there is none, the change itself. */
function identityOf({ digest, changes, dangers }: PreviewRecord): string {
  return digest === undefined
    ? hash([JSON.stringify(changes), JSON.stringify(dangers)])
    : digestParts.map((part) => digest[part]).join("-");
}

function hash(texts: readonly string[]): string {
  return createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 16);
}

/** GitLab's three states of a task: open, done, and not applicable (https://docs.gitlab.com/user/markdown/#task-lists). */
const marks = { open: " ", done: "x", inapplicable: "~" } as const;

/** @param ticked as `tickedIn` reads it */
export function taskLines({ id, text, command }: Task, ticked: ReadonlySet<string>): string[] {
  const mark = ticked.has(id) ? marks.done : ticked.has(`${id}~`) ? marks.inapplicable : marks.open;
  return [
    `- [${mark}] ${text} <!-- task=${id} -->`,
    ...(command === undefined ? [] : fence([command], "sh").map((line) => `  ${line}`)),
  ];
}

const task = /^[-*+] \[([xX~])\] .*<!-- task=([a-z]+-[0-9a-f]{16}) -->\s*$/;
const fenceBar = /^ {0,3}(`{3,}|~{3,})/;

/**
 * What people have ticked in a note: ids of tasks, with `~` after those that they have marked as not applicable. What
 * stands in fences comes from plans, and ticks nothing.
 */
export function tickedIn(body: string): string[] {
  const ticked: string[] = [];
  let open: string | undefined;
  for (const line of body.split(/\r?\n/)) {
    const bar = fenceBar.exec(line)?.[1];
    if (open !== undefined) {
      const closes = bar !== undefined && bar.startsWith(open) && line.trim() === bar;
      if (closes) open = undefined;
      continue;
    }
    if (bar !== undefined) {
      open = bar;
      continue;
    }
    const [, mark, id] = task.exec(line) ?? [];
    if (mark !== undefined && id !== undefined) ticked.push(mark === "~" ? `${id}~` : id);
  }
  return ticked;
}
