/** The string forms that models name, each with a check and a description for the error. */
import { isIPv4 } from "node:net";
import type { PropertyFormat } from "./model";
import { network } from "./networks";
import { quantity } from "./quantities";

interface Format {
  readonly describe: string;
  readonly holds: (text: string) => boolean;
}

const DAYS = "(?:mon|tue|wed|thu|fri|sat|sun)";
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const TIME_WINDOW = new RegExp(`^(?:${TIME}-${TIME}|${DAYS}:${TIME}-${DAYS}:${TIME})$`, "i");
const LABEL = "(?!-)[A-Za-z0-9_-]{1,63}(?<!-)";
const HOSTNAME = new RegExp(`^(?=.{1,254}$)(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*\\.?$`);
// arn:partition:service:region:account:resource; region and account may be empty.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const ARN = /^arn:aws(?:-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:\S+$/;

const formats: Readonly<Record<PropertyFormat, Format>> = {
  cidr: {
    describe: "an IP range in CIDR form with no host bits set, such as 10.0.0.0/16",
    holds: isNetwork,
  },
  ipv4: { describe: "an IPv4 address", holds: isIPv4 },
  arn: {
    describe: "an ARN (arn:aws:service:region:account:resource)",
    holds: (text) => ARN.test(text),
  },
  base64: {
    describe: "base64",
    holds: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  },
  "json-policy": {
    describe: "a policy document in JSON with Version and Statement, each with Effect and actions",
    holds: isPolicy,
  },
  hostname: { describe: "a host name", holds: (text) => HOSTNAME.test(text) },
  url: {
    describe: "a URL with a scheme and a host",
    holds: (text) => URL.canParse(text) && new URL(text).host !== "",
  },
  cron: {
    describe: "a cron expression of five fields, or cron(…), rate(…) or at(…) of AWS",
    holds: isCron,
  },
  "time-window": {
    describe: "a window such as 03:00-04:00 or sun:03:00-sun:04:00 (UTC)",
    holds: (text) => TIME_WINDOW.test(text),
  },
  rfc3339: {
    describe: "a time such as 2025-01-31T02:00:00Z",
    holds: (text) =>
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(text) &&
      !Number.isNaN(Date.parse(text)),
  },
  quantity: {
    describe: "an amount such as 2, 500m or 1Gi",
    holds: (text) => quantity(text) !== undefined,
  },
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
  "qualified-name": {
    describe:
      "a key: an optional DNS name of at most 253 characters and a slash, then at most 63 letters, digits, '-', '_' and '.' that begin and end with a letter or digit",
    holds: isQualifiedName,
  },
  "label-value": {
    describe:
      "empty, or at most 63 letters, digits, '-', '_' and '.' that begin and end with a letter or digit",
    holds: (text) => text === "" || isName(text),
  },
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names
  "dns-label": {
    describe:
      "a name of at most 63 lower-case letters, digits and '-' that begins and ends with a letter or digit (RFC 1123)",
    holds: (text) => text.length <= 63 && LABEL_1123.test(text),
  },
  "dns-subdomain": {
    describe:
      "a name of at most 253 lower-case letters, digits, '-' and '.' whose parts begin and end with a letter or digit (RFC 1123)",
    holds: isSubdomain,
  },
  "dns-1035-label": {
    describe:
      "a name of at most 63 lower-case letters, digits and '-' that begins with a letter and ends with a letter or digit (RFC 1035)",
    holds: (text) => text.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text),
  },
};

const LABEL_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split(".").every((part) => LABEL_1123.test(part));
}

function isName(text: string): boolean {
  return text.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text);
}

function isQualifiedName(text: string): boolean {
  const [name = "", prefix, ...rest] = text.split("/").reverse();
  return rest.length === 0 && isName(name) && (prefix === undefined || isSubdomain(prefix));
}

/** What the text should have been, or undefined where it has the form. */
export function formatProblem(format: PropertyFormat, text: string): string | undefined {
  return formats[format].holds(text) ? undefined : formats[format].describe;
}

function isNetwork(text: string): boolean {
  return text.includes("/") && network(text)?.exact === true;
}

function isCron(text: string): boolean {
  if (/^rate\([1-9]\d* (?:minutes?|hours?|days?)\)$/.test(text)) return true;
  if (/^at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)$/.test(text)) return true;
  const aws = /^cron\((.*)\)$/.exec(text);
  const fields = (aws?.[1] ?? text).trim().split(/\s+/);
  // AWS has a sixth field, the year, and wants "?" in one of the two day fields.
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
  if (fields.length !== (aws ? 6 : 5)) return false;
  if (!fields.every((field) => /^[\dA-Za-z*?,/#LW-]+$/.test(field))) return false;
  return aws ? fields[2] === "?" || fields[4] === "?" : !fields.includes("?");
}

function isPolicy(text: string): boolean {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof document !== "object" || document === null) return false;
  const { Version, Statement } = document as { Version?: unknown; Statement?: unknown };
  if (Version !== undefined && Version !== "2012-10-17" && Version !== "2008-10-17") return false;
  const statements: unknown[] = Array.isArray(Statement) ? (Statement as unknown[]) : [Statement];
  return statements.length > 0 && statements.every(isStatement);
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
const STATEMENT_KEYS = new Set([
  "Sid", "Principal", "NotPrincipal", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition",
]); // prettier-ignore

function isStatement(statement: unknown): boolean {
  if (typeof statement !== "object" || statement === null) return false;
  const keys = Object.keys(statement);
  if (keys.some((key) => !STATEMENT_KEYS.has(key))) return false;
  const { Effect } = statement as { Effect?: unknown };
  const actions = keys.filter((key) => key === "Action" || key === "NotAction");
  return (Effect === "Allow" || Effect === "Deny") && actions.length === 1;
}
