/** Kinds of value that Google Cloud has. Each says what is allowed, for the message. */
import { z } from "zod";
import { isPrivate, overlaps, parseCidr } from "./cidr";
import type { Refuse } from "./settings";

/** Id of a project (https://cloud.google.com/resource-manager/docs/creating-managing-projects). */
export const projectId = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    "a project id: 6 to 30 lower-case letters, digits and -, starting with a letter",
  );

/** A region. */
export const region = z.string().regex(/^[a-z]+-[a-z]+\d{1,2}$/, "a region, as us-east1");

/** A zone. */
export const zone = z.string().regex(/^[a-z]+-[a-z]+\d{1,2}-[a-z]$/, "a zone, as us-east1-c");

/** Name of a managed zone of Cloud DNS: its name, and not the domain. */
export const managedZone = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    "the name of a Cloud DNS zone, as example-com, not its domain",
  );

/** Email of a Google group, which is what roles are bound to: people come and go. */
export const groupEmail = z
  .email("the email of a Google group, as ops-admins@example.com")
  .refine(
    (email) => !/(@gmail\.com|\.gserviceaccount\.com)$/.test(email),
    "the email of a Google group of your organisation, no person's and no service account's",
  );

/**
 * Machine series, and what they mean here. x86_64 alone, since the images that are pinned are; a series of shared cores
 * is for idle machines (https://cloud.google.com/compute/docs/machine-resource).
 */
const armSeries = ["t2a", "c4a", "n4a", "a4x"];
const sharedCore = /^(e2-(micro|small|medium)|f1-micro|g1-small)$/;

/** A machine type with cores of its own. */
export const machineType = z
  .string()
  .regex(
    /^[a-z]\d[a-z]?-[a-z]+(-\d+)*(-lssd|-metal)?$|^(f1-micro|g1-small)$/,
    "a machine type, as n2-standard-8",
  )
  .refine(
    (type) => !sharedCore.test(type),
    "a type with cores of its own (no e2-micro, e2-small, e2-medium, f1-micro, g1-small): GitLab needs steady CPU",
  )
  .refine(
    (type) => !armSeries.includes(type.split("-")[0] ?? ""),
    "an x86_64 type: the images that are pinned are x86_64",
  );

/**
 * Whether a series takes persistent disks at all: the newest take Hyperdisk only
 * (https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support).
 */
export function takesPersistentDisks(type: string): boolean {
  return !["c4", "c4d", "n4", "n4d", "h4d", "x4", "m4", "z3"].includes(type.split("-")[0] ?? "");
}

/** Whether a series takes Hyperdisk Balanced (same page). */
export function takesHyperdisk(type: string): boolean {
  return !["n1", "n2", "n2d", "e2", "t2d", "c2", "c2d", "m1"].includes(type.split("-")[0] ?? "");
}

/** An image by its exact name; a family's newest image changes by itself, and the machine with it. */
export const ubuntuImage = z
  .string()
  .regex(
    /^projects\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/global\/images\/[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "an image by exact name, as projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260906, no family",
  );

/** A Cloud SQL tier, of either edition (https://cloud.google.com/sql/docs/postgres/machine-series-overview). */
export const databaseTier = z
  .string()
  .refine(
    (tier) => !/^db-(f1-micro|g1-small)$/.test(tier),
    "a tier with cores of its own (no db-f1-micro, db-g1-small): they have no SLA",
  )
  .refine(
    (tier) => /^db-(custom-\d+-\d+|perf-optimized-N-\d+)$/.test(tier),
    "a tier, as db-custom-4-16384 or db-perf-optimized-N-4",
  );

/**
 * What is wrong with a tier's size, or undefined. One vCPU or an even number to 96; 0.9 to 6.5 GiB for each, in steps
 * of 256 MiB, 3.75 GiB at least (https://cloud.google.com/sql/docs/postgres/create-instance#machine-types).
 */
export function customTierRefusal(tier: string): string | undefined {
  const match = /^db-custom-(\d+)-(\d+)$/.exec(tier);
  if (match === null) return undefined;
  const [cpus, mebibytes] = [Number(match[1]), Number(match[2])];
  if (cpus < 2 || cpus % 2 !== 0 || cpus > 96) {
    return "2 to 96 vCPUs, an even number (one is too few for GitLab)";
  }
  if (mebibytes % 256 !== 0) return "memory in steps of 256 MiB";
  const [least, most] = [Math.max(3840, cpus * 0.9 * 1024), cpus * 6.5 * 1024];
  if (mebibytes < least || mebibytes > most) {
    return `${Math.ceil(least / 256) * 256} to ${Math.floor(most / 256) * 256} MiB for ${cpus} vCPUs`;
  }
  return undefined;
}

/**
 * What Docker takes for its default bridge on every runner, and Google for itself behind Cloud SQL
 * (https://cloud.google.com/sql/docs/postgres/private-ip#requirements). One range does for both.
 */
const dockerBridge = "172.17.0.0/16";

/** Refuses ranges of a VPC network that are public, taken by what stands in them, or of a wrong size. */
export function googleRanges(
  ranges: readonly {
    readonly path: readonly PropertyKey[];
    readonly cidr: string;
    /** Fewest leading bits: the largest network. */
    readonly least: number;
    /** Most leading bits: the smallest network. */
    readonly most: number;
  }[],
  refuse: Refuse,
): void {
  const taken = parseCidr(dockerBridge);
  for (const { path, cidr, least, most } of ranges) {
    const range = parseCidr(cidr);
    if (range === undefined) continue;
    if (!isPrivate(range)) {
      refuse(path, "a private network (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)");
    }
    if (taken !== undefined && overlaps(range, taken)) {
      refuse(path, `a network clear of ${dockerBridge}, which Docker and Cloud SQL use themselves`);
    }
    if (range.bits < least || range.bits > most) refuse(path, `a network of /${least} to /${most}`);
  }
}
