import type { container as inputs } from "@pulumi/gcp/types/input";

/** Days of the week, as GKE's recurrence has them, in their order. */
export const weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof weekdays)[number];

/** A time in which nothing, or not everything, is upgraded. */
export interface MaintenanceExclusion {
  /** Unique among a cluster's exclusions. */
  readonly name: string;
  /** RFC 3339 in UTC: `2027-12-20T00:00:00Z`. */
  readonly start: string;
  /** As `start`. How long it may last depends on the scope. */
  readonly end: string;
  /** https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions#scope */
  readonly scope: "NO_UPGRADES" | "NO_MINOR_UPGRADES" | "NO_MINOR_OR_NODE_UPGRADES";
}

/** When Google may upgrade control plane and nodes by itself. Security emergencies do not wait for it. */
export interface ClusterMaintenance {
  readonly days: readonly Weekday[];
  /** Hour in UTC at which the window opens on each of the days: 0 to 23. */
  readonly hour: number;
  /** How long it stays open, in hours: 4 to 24. */
  readonly hours: number;
  /** @default none */
  readonly exclusions?: readonly MaintenanceExclusion[];
}

/**
 * Hours of maintenance that GKE wants in every 32 days, in windows of 4 hours or more
 * (https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions#restrictions).
 */
export const leastMaintenanceHours = 48;

/** Hours of maintenance that every 32 days have at least: any weekday comes four times in them. */
export function maintenanceHours({
  days,
  hours,
}: Pick<ClusterMaintenance, "days" | "hours">): number {
  return 4 * new Set(days).size * hours;
}

/** A Monday, from which on the windows recur. It is past, and only has to stay what it is. */
const monday = { year: 2025, month: 0, day: 6 };

/**
 * A maintenance policy, as the cluster takes it. A change of it changes the cluster in place.
 * @throws if GKE would refuse the window
 */
export function maintenancePolicy(
  maintenance: ClusterMaintenance,
): inputs.ClusterMaintenancePolicy {
  const { hour, hours } = maintenance;
  const days = weekdays.filter((day) => maintenance.days.includes(day));
  const [first] = days;
  if (!Number.isInteger(hour) || hour < 0 || hour > 23) {
    throw new Error(`maintenance.hour: found ${hour}, allowed: 0 to 23`);
  }
  if (!Number.isInteger(hours) || hours < 4 || hours > 24) {
    throw new Error(`maintenance.hours: found ${hours}, allowed: 4 to 24`);
  }
  if (first === undefined || maintenanceHours({ days, hours }) < leastMaintenanceHours) {
    throw new Error(
      `maintenance: found ${maintenanceHours({ days, hours })} hours in 32 days, allowed: ${leastMaintenanceHours} on`,
    );
  }
  const start = Date.UTC(
    monday.year,
    monday.month,
    monday.day + weekdays.indexOf(first),
    maintenance.hour,
  );
  return {
    recurringWindow: {
      startTime: zulu(start),
      endTime: zulu(start + hours * 60 * 60 * 1000),
      recurrence: `FREQ=WEEKLY;BYDAY=${days.join(",")}`,
    },
    maintenanceExclusions: (maintenance.exclusions ?? []).map(({ name, start, end, scope }) => ({
      exclusionName: name,
      startTime: start,
      endTime: end,
      exclusionOptions: { scope },
    })),
  };
}

/** GKE gives times back in this form; in another, each preview would show a change. */
function zulu(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
