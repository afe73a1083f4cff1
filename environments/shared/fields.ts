/** Kinds of value that settings of several environments have. Each says what is allowed, for the message. */
import { z } from "zod";
import { parseCidr } from "./cidr";
import { parseVersion } from "./gitlab-releases";

/** A whole number within bounds, both included. */
export const wholeNumber = (least: number, most: number) => z.number().int().min(least).max(most);

/** The same at the top of a stack file, where Pulumi hands numbers on as text. */
export const topLevelNumber = (least: number, most: number) =>
  z.preprocess(
    (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
    wholeNumber(least, most),
  );

/** An IPv4 network. */
export const cidr = z
  .string()
  .refine(
    (text) => parseCidr(text) !== undefined,
    "an IPv4 network without host bits, as 10.20.0.0/16",
  );

/** A fully qualified host name, lower case (RFC 1123). */
export const hostname = z
  .string()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
    "a host name in lower case, as gitlab.example.com",
  );

/** A GitLab or GitLab Runner version. */
export const version = z
  .string()
  .refine(
    (text) => parseVersion(text) !== undefined,
    "a GitLab version MAJOR.MINOR.PATCH, in quotes",
  );

/** An IANA time zone, as this machine's ICU knows it. */
export const timezone = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, "an IANA time zone, as Europe/Berlin");

/** An AWS account id. */
export const awsAccountId = z.string().regex(/^\d{12}$/, "an AWS account id: 12 digits, in quotes");

/** An AWS region. */
export const awsRegion = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region, as us-east-1");

/** ARN of the role that the deployer assumes in another AWS account. */
export const awsRoleArn = z
  .string()
  .regex(/^arn:aws:iam::\d{12}:role\/\S+$/, "the ARN of an IAM role");

/** A web address over TLS, without credentials in it. */
export const httpsUrl = z.string().refine((text) => {
  try {
    const url = new URL(text);
    return url.protocol === "https:" && url.username === "" && url.password === "";
  } catch {
    return false;
  }
}, "an address with https:// and without credentials");

/** How many machines of a runner fleet wait for jobs, and when; the last period that matches holds. */
export const fleetPeriods = z
  .array(
    z.strictObject({
      periods: z
        .array(z.string().regex(/^\S+ \S+ \S+ \S+ \S+$/, "five cron fields, as * * * * *"))
        .min(1),
      timezone,
      idleCount: wholeNumber(0, 100),
      idleTime: z.string().regex(/^(\d+h)?(\d+m)?(\d+s)?$/, "a Go duration, as 20m0s"),
    }),
  )
  .min(1)
  .default([{ periods: ["* * * * *"], timezone: "UTC", idleCount: 0, idleTime: "20m0s" }]);

/** What every environment says of itself, whichever cloud it is in and whatever it runs. */
export const siteFields = {
  /** Who answers for this environment; on every resource as a tag or label. */
  owner: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, _ and -, at most 63"),
  /** Host of its web pages. */
  domain: hostname,
  /** Address of docs/runbooks as people open it; every alarm links a page below it. */
  runbooks: httpsUrl,
  /** Lift only where the data may be lost: Pulumi's and the cloud's deletion protection of all that holds data. */
  protection: z.boolean().default(true),
  alerts: z.strictObject({
    /** Who is told. */
    emails: z.array(z.email("an address")).min(1).max(10),
  }),
} as const;
