/**
 * What GitLab's documentation says about versions: upgrade stops, PostgreSQL and Redis.
 * The boot scripts check the same stops against the version that is really deployed.
 */

/** A release as numbers. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Reads `MAJOR.MINOR.PATCH`; undefined where it is none. */
export function parseVersion(text: string): Version | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (match === null) return undefined;
  const [, major = 0, minor = 0, patch = 0] = match.map(Number);
  return { major, minor, patch };
}

/** Last minor of a major: every major since 14 ends with x.11 (docs.gitlab.com/policy/maintenance). */
const lastMinor = 11;

/**
 * Why one deployment may not go from one release to another in one step, or undefined where it may.
 *
 * A multi-node deployment without downtime goes one minor at a time (docs.gitlab.com/update/zero_downtime); that
 * includes every required stop x.2, x.5, x.8 and x.11 (docs.gitlab.com/update/upgrade_paths).
 */
export function upgradeRefusal(from: Version, to: Version): string | undefined {
  const name = ({ major, minor, patch }: Version) => `${major}.${minor}.${patch}`;
  const older =
    to.major < from.major ||
    (to.major === from.major &&
      (to.minor < from.minor || (to.minor === from.minor && to.patch < from.patch)));
  if (older) return `not older than ${name(from)}: GitLab's database can't be taken back`;
  const next =
    from.minor >= lastMinor
      ? { major: from.major + 1, minor: 0 }
      : { major: from.major, minor: from.minor + 1 };
  const sameMinor = to.major === from.major && to.minor === from.minor;
  if (sameMinor || (to.major === next.major && to.minor === next.minor)) return undefined;
  const stop = requiredStopBetween(from, to);
  return `${from.major}.${from.minor}.x or ${next.major}.${next.minor}.x, one minor at a time${stop === undefined ? "" : ` (${stop} is a required stop)`}`;
}

/** The first required stop after `from` and before `to`, as `major.minor`. */
export function requiredStopBetween(from: Version, to: Version): string | undefined {
  for (let major = from.major; major <= to.major; major += 1) {
    for (const minor of [2, 5, 8, 11]) {
      const after = major > from.major || minor > from.minor;
      const before = major < to.major || minor < to.minor;
      if (after && before) return `${major}.${minor}`;
    }
  }
  return undefined;
}

/**
 * PostgreSQL majors that a release runs on, and that its bundled client can dump.
 * 18.x takes 16 and 17, 19.x takes 17 only (docs.gitlab.com/install/requirements). The bundled pg_dump is 16 up to 18.8
 * and has 17 from 18.9 on; an older client than the server fails the backup (omnibus-gitlab: config/software/postgresql*.rb).
 */
export function postgresMajors(release: Version): readonly number[] {
  if (release.major >= 19) return [17];
  if (release.major === 18) return release.minor >= 9 ? [16, 17] : [16];
  return [16];
}
