/** Rules between the settings of `ops`. What is wrong by itself is missing here and was already said. */
import { databaseRules } from "../shared/gcp-data-settings";
import { googleRanges, takesHyperdisk, takesPersistentDisks } from "../shared/gcp-fields";
import { parseVersion, postgresMajors } from "../shared/gitlab-releases";
import { packageRules } from "../shared/package-settings";
import { disjoint } from "../shared/rules";
import type { Refuse } from "../shared/settings";
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

function networkRules({ network }: Partial<OpsSettings>, refuse: Refuse): void {
  if (network === undefined) return;
  const own = [
    { path: ["network", "machineCidr"], cidr: network.machineCidr, least: 16, most: 29 },
    { path: ["network", "runnersCidr"], cidr: network.runnersCidr, least: 16, most: 29 },
    { path: ["network", "servicesCidr"], cidr: network.servicesCidr, least: 16, most: 24 },
  ];
  googleRanges(own, refuse);
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
  databaseRules(database, refuse);
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
