/** Rules between the settings of `ops`. What is wrong by itself is missing here and was already said. */
import { isPrivate, overlaps, parseCidr } from "../shared/cidr";
import { parseVersion, postgresMajors } from "../shared/gitlab-releases";
import { disjoint, packageRules } from "../shared/package-settings";
import type { Refuse } from "../shared/settings";
import { customTierRefusal, takesHyperdisk, takesPersistentDisks } from "./fields";
import type { OpsSettings } from "./settings";

/** Checks everything that is there against everything else. */
export function opsRules(settings: Partial<OpsSettings>, refuse: Refuse): void {
  packageRules(settings, refuse);
  placeRules(settings, refuse);
  networkRules(settings, refuse);
  machineRules(settings, refuse);
  dataRules(settings, refuse);
  upgradeRules(settings, refuse);
  roleRules(settings, refuse);
}

function placeRules(
  { region: home, zone, standbyZone, backup }: Partial<OpsSettings>,
  refuse: Refuse,
): void {
  if (home !== undefined) {
    if (zone !== undefined && !zone.startsWith(`${home}-`)) {
      refuse(["zone"], `a zone of region ${home}`);
    }
    if (standbyZone !== undefined && !standbyZone.startsWith(`${home}-`)) {
      refuse(["standbyZone"], `a zone of region ${home}`);
    }
    if (backup?.region === home) {
      refuse(["backup", "region"], `a region other than ${home}: backups must outlive it`);
    }
  }
  if (zone !== undefined && zone === standbyZone) {
    refuse(["standbyZone"], `a zone other than ${zone}`);
  }
}

/**
 * Ranges that are taken: Docker's default bridge on every runner, and what Google uses for itself behind Cloud SQL
 * (https://cloud.google.com/sql/docs/postgres/private-ip#requirements). One range does for both.
 */
const dockerBridge = "172.17.0.0/16";

function networkRules({ network }: Partial<OpsSettings>, refuse: Refuse): void {
  if (network === undefined) return;
  const own = (["machineCidr", "runnersCidr", "servicesCidr"] as const).map((key) => ({
    path: ["network", key],
    cidr: network[key],
  }));
  const taken = parseCidr(dockerBridge);
  for (const { path, cidr } of own) {
    const range = parseCidr(cidr);
    if (range === undefined) continue;
    if (!isPrivate(range)) {
      refuse(path, "a private network (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)");
    }
    if (taken !== undefined && overlaps(range, taken)) {
      refuse(path, `a network clear of ${dockerBridge}, which Docker and Cloud SQL use themselves`);
    }
    const [least, most] = path[1] === "servicesCidr" ? [16, 24] : [16, 29];
    if (range.bits < least || range.bits > most) refuse(path, `a network of /${least} to /${most}`);
  }
  disjoint(
    [...own, ...network.peers.map((cidr, index) => ({ path: ["network", "peers", index], cidr }))],
    refuse,
  );
}

/** What an image of Ubuntu's own says of itself in its name. */
const ubuntuReleases: Readonly<Record<string, string>> = { "2204": "jammy", "2404": "noble" };

function machineRules({ machine, disks }: Partial<OpsSettings>, refuse: Refuse): void {
  if (machine === undefined) return;
  const name = /\/images\/(.*)$/.exec(machine.image)?.[1] ?? "";
  const release = ubuntuReleases[/ubuntu-(?:minimal-|pro-)?(\d{4})-/.exec(name)?.[1] ?? ""];
  if (release !== undefined && release !== machine.ubuntu) {
    refuse(["machine", "ubuntu"], `${release}, which the image ${name} is of`);
  }
  if (/(^|-)arm64(-|$)/.test(name)) {
    refuse(["machine", "image"], "an image for x86_64, as the machine's type is");
  }
  if (disks === undefined) return;
  const persistent = disks.type !== "hyperdisk-balanced";
  if (persistent && !takesPersistentDisks(machine.type)) {
    refuse(["disks", "type"], `hyperdisk-balanced, the only one that ${machine.type} takes`);
  }
  if (!persistent && !takesHyperdisk(machine.type)) {
    refuse(["disks", "type"], `pd-ssd or pd-balanced: ${machine.type} takes no Hyperdisk`);
  }
}

function dataRules({ database, backup }: Partial<OpsSettings>, refuse: Refuse): void {
  if (database === undefined) return;
  const custom = database.tier.startsWith("db-custom-");
  if (database.edition === "ENTERPRISE" && !custom) {
    refuse(["database", "tier"], "db-custom-<vCPU>-<MiB> with ENTERPRISE");
  }
  if (database.edition === "ENTERPRISE_PLUS" && custom) {
    refuse(["database", "tier"], "db-perf-optimized-N-<vCPU> with ENTERPRISE_PLUS");
  }
  const size = customTierRefusal(database.tier);
  if (size !== undefined) refuse(["database", "tier"], size);
  if (database.edition === "ENTERPRISE" && database.logRetentionDays > 7) {
    refuse(
      ["database", "logRetentionDays"],
      "1 to 7 with ENTERPRISE, 1 to 35 with ENTERPRISE_PLUS",
    );
  }
  // Logs are of use only from a backup on (https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr).
  if (database.retainedBackups < database.logRetentionDays) {
    refuse(
      ["database", "retainedBackups"],
      `at least database.logRetentionDays ${database.logRetentionDays}`,
    );
  }
  if (database.maxStorageGiB < database.storageGiB) {
    refuse(["database", "maxStorageGiB"], `at least database.storageGiB ${database.storageGiB}`);
  }
  if (backup !== undefined && backup.retentionDays < backup.snapshotDays) {
    refuse(["backup", "snapshotDays"], `at most backup.retentionDays ${backup.retentionDays}`);
  }
}

function upgradeRules({ upgrade, database }: Partial<OpsSettings>, refuse: Refuse): void {
  if (upgrade === undefined) return;
  const { major, firstVersion } = upgrade;
  if (firstVersion !== undefined) {
    const first = parseVersion(firstVersion.replace(/-ee\.\d+$/, ""));
    if (first === undefined) {
      refuse(["upgrade", "firstVersion"], "a package of EE's stable channel, as 19.3.0-ee.0");
    } else if (first.major !== major) {
      refuse(
        ["upgrade", "firstVersion"],
        `a version of GitLab ${major}: upgrades never leave upgrade.major`,
      );
    } else if (major === 18 && first.minor < 9) {
      // The bundled pg_dump has 17 from 18.9 on; an older one than the server fails the backup.
      if (database !== undefined && database.major > 16) {
        refuse(["upgrade", "firstVersion"], "18.9 or newer with PostgreSQL 17");
      }
    }
  }
  // The last minor of a major says what all of it, from here on, can run on.
  const majors = postgresMajors({ major, minor: 11, patch: 0 });
  if (database !== undefined && !majors.includes(database.major)) {
    refuse(["database", "major"], `PostgreSQL ${majors.join(" or ")} for GitLab ${major}`);
  }
}

function roleRules(
  { adminGroup, adminEmails, alerts, mirrors, domain }: Partial<OpsSettings>,
  refuse: Refuse,
): void {
  adminEmails?.forEach((email, index) => {
    if (email === adminGroup) {
      refuse(["adminEmails", index], "a person's email: a group signs in nowhere");
    }
    if (adminEmails.indexOf(email) !== index) {
      refuse(["adminEmails", index], "emails that differ");
    }
  });
  alerts?.emails.forEach((email, index) => {
    if (alerts.emails.indexOf(email) !== index) {
      refuse(["alerts", "emails", index], "emails that differ");
    }
  });
  mirrors?.forEach(({ url }, index) => {
    if (new URL(url).hostname === domain) {
      refuse(["mirrors", index, "url"], "a project of another GitLab: mirrors leave this one");
    }
  });
}
