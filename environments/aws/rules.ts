/** What settings of the `aws` environment must be beside each other. */
import { isPrivate, overlaps, parseCidr } from "../shared/cidr";
import { parseVersion, postgresMajors, upgradeRefusal } from "../shared/gitlab-releases";
import type { Refuse } from "../shared/settings";
import { hostNames, type AwsSettings } from "./schema";

/** Rules between settings. What is wrong by itself is missing here and was already said. */
export function rules(settings: Partial<AwsSettings>, refuse: Refuse): void {
  networkRules(settings, refuse);
  releaseRules(settings, refuse);
  const {
    accountId: account,
    backup,
    backupAccount,
    cache,
    database,
    gitaly,
    region: home,
  } = settings;
  if (database !== undefined && database.maxStorageGiB < database.storageGiB * 1.1) {
    // RDS: the maximum must be at least 10 % above the allocated storage (AWS docs: USER_PIOPS.Autoscaling).
    refuse(
      ["database", "maxStorageGiB"],
      `at least 10 % above database.storageGiB ${database.storageGiB}`,
    );
  }
  if (cache?.engine === "redis" && cache.engineVersion === "7.2") {
    refuse(["cache", "engineVersion"], "7.0 or 7.1 for redis; 7.2 for valkey");
  }
  if (cache?.engine === "valkey" && cache.engineVersion !== "7.2") {
    refuse(["cache", "engineVersion"], "7.2 for valkey");
  }
  if (account !== undefined && account === backupAccount?.accountId) {
    refuse(
      ["backupAccount", "accountId"],
      "an account other than accountId: backups must outlive it",
    );
  }
  if (
    backupAccount !== undefined &&
    !backupAccount.roleArn.includes(`::${backupAccount.accountId}:`)
  ) {
    refuse(["backupAccount", "roleArn"], `a role of account ${backupAccount.accountId}`);
  }
  if (backup?.copyRegion !== undefined && backup.copyRegion === home) {
    refuse(["backup", "copyRegion"], `a region other than ${home}`);
  }
  if (
    backup !== undefined &&
    database !== undefined &&
    backup.retentionDays < database.backupRetentionDays
  ) {
    refuse(
      ["backup", "retentionDays"],
      `at least database.backupRetentionDays ${database.backupRetentionDays}`,
    );
  }
  if (gitaly?.data === "ebs" && gitaly.volume.throughputMiBps > gitaly.volume.iops / 4) {
    // EBS gp3: at most 0.25 MiB/s for each provisioned IOPS (AWS docs: general-purpose volumes).
    refuse(
      ["gitaly", "volume", "throughputMiBps"],
      `at most a quarter of gitaly.volume.iops ${gitaly.volume.iops}`,
    );
  }
  const names = settings.runners?.map((runner) => runner.name) ?? [];
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) refuse(["runners", index, "name"], "names that differ");
  });
  if (settings.domain !== undefined) {
    const { domain, registryDomain, sshDomain } = hostNames({
      ...settings,
      domain: settings.domain,
    });
    if (new Set([domain, registryDomain, sshDomain]).size < 3) {
      refuse(["domain"], "names of their own for web, registry and SSH");
    }
  }
}

function networkRules(
  { network: settings, region: home }: Partial<AwsSettings>,
  refuse: Refuse,
): void {
  const vpc = settings === undefined ? undefined : parseCidr(settings.cidr);
  if (settings === undefined || vpc === undefined) return;
  if (vpc.bits < 16 || vpc.bits > 20) refuse(["network", "cidr"], "a network of /16 to /20");
  if (!isPrivate(vpc)) {
    refuse(["network", "cidr"], "a private network (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)");
  }
  // Docker's default bridge on every machine: a VPC there can't be reached from a container.
  const docker = parseCidr("172.17.0.0/16");
  if (docker !== undefined && overlaps(vpc, docker)) {
    refuse(["network", "cidr"], "a network clear of Docker's bridge 172.17.0.0/16");
  }
  settings.peers.forEach((text, index) => {
    const peer = parseCidr(text);
    if (peer !== undefined && overlaps(vpc, peer)) {
      refuse(
        ["network", "peers", index],
        `a network that does not overlap network.cidr ${settings.cidr}`,
      );
    }
  });
  const zones = settings.zones ?? [];
  zones.forEach((zone, index) => {
    if (home !== undefined && zone.slice(0, -1) !== home) {
      refuse(["network", "zones", index], `a zone of region ${home}`);
    }
    if (zones.indexOf(zone) !== index) refuse(["network", "zones", index], "three different zones");
  });
}

function releaseRules({ release: settings, database }: Partial<AwsSettings>, refuse: Refuse): void {
  const target = settings === undefined ? undefined : parseVersion(settings.version);
  if (settings === undefined || target === undefined) return;
  if (target.major < 18 || (target.major === 18 && target.minor < 9)) {
    refuse(["release", "version"], "18.9 or newer: older images have no pg_dump for PostgreSQL 17");
  }
  const current =
    settings.upgradeFrom === undefined ? undefined : parseVersion(settings.upgradeFrom);
  const refusal = current === undefined ? undefined : upgradeRefusal(current, target);
  if (refusal !== undefined) {
    refuse(
      ["release", "version"],
      refusal,
      `${settings.version}, coming from ${settings.upgradeFrom}`,
    );
  }
  const majors = postgresMajors(target);
  if (database !== undefined && !majors.includes(Number.parseInt(database.engineVersion, 10))) {
    refuse(
      ["database", "engineVersion"],
      `PostgreSQL ${majors.join(" or ")} for GitLab ${settings.version}`,
    );
  }
}
