import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backupFiles } from "../../../components/backup-schedule/files";
import { libraryFiles } from "../../../components/node-files/library";
import type { Machine } from "../support/machine";
import { World } from "../support/world";
import { addLockedBuckets, backupAccount, type LockedBuckets } from "./s3";

/** GitLab version of the machine under test. */
export const version = "19.2.2";

/** A planted secret: stands in gitlab-secrets.json, and nowhere that people read. */
export const planted = "db-key-base-0123456789";

const digest = `sha256:${"a".repeat(64)}`;
const repository = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/gitlab";

const nodeEnvironment = (objectData: string): string => `OBJECTS_KIND='${objectData}'
NODE_ENVIRONMENT='aws'
NODE_ROLE='backup'
AWS_REGION='eu-central-1'
ALERT_TOPIC_ARN='arn:aws:sns:eu-central-1:111122223333:alerts'
LOG_GROUP='/gitlab/aws'
GITLAB_VERSION='${version}'
IMAGE='${repository}@${digest}'
IMAGE_REPOSITORY='${repository}'
IMAGE_UPSTREAM='docker.io/gitlab/gitlab-ce'
IMAGE_DIGEST='${digest}'
COORDINATION_TABLE='coordination'
GITALY_HOST_ENTRY='unused:127.0.0.2'
`;

/** What the archive holds beside the database and the repositories, and how the command ends. */
export interface Archive {
  /** Names left out of it. */
  without: readonly string[];
  version: string;
  /** Exit code of `gitlab-backup create`. */
  code: number;
  /** Bytes of the repositories. */
  bytes: number;
}

export interface Setup {
  readonly world: World;
  readonly machine: Machine;
  readonly s3: LockedBuckets;
  readonly archive: Archive;
  /** Settings that `gitlab-backup create` was called with, one entry a call. */
  readonly settings: string[][];
}

/** A backup machine whose boot has just come to its last step. */
export async function backupMachine(objectData: "s3" | "efs" = "s3"): Promise<Setup> {
  const world = await World.create({ quietMs: 20 });
  const machine = world.machine("backup", [
    ...libraryFiles("aws"),
    { path: "/etc/gitlab-node/node.env", mode: "0644", content: nodeEnvironment(objectData) },
    { path: "/etc/gitlab-node/gitlab-console.rb", mode: "0644", content: "external_url 'x'\n" },
    {
      path: "/run/gitlab-secrets/gitlab-secrets.json",
      mode: "0600",
      content: `{"a":"${planted}"}`,
    },
    { path: "/run/gitlab-secrets/container/gitaly-token", mode: "0600", content: planted },
    ...["rsa", "ecdsa", "ed25519"].flatMap((kind) => [
      {
        path: `/run/gitlab-secrets/ssh_host_${kind}_key`,
        mode: "0600",
        content: `key ${planted}\n`,
      },
      { path: `/run/gitlab-secrets/ssh_host_${kind}_key.pub`, mode: "0644", content: "public\n" },
    ]),
    ...backupFiles({
      backupAccountId: backupAccount,
      archiveBucket: "archives",
      secretsBucket: "secrets",
      objectData,
    }),
  ]);
  for (const folder of ["opt/gitlab-node/container", "mnt/gitlab-shared", "dev"])
    mkdirSync(machine.path(folder), { recursive: true });
  writeFileSync(machine.path("/dev/sdf"), "");
  world.registry.add(digest);
  world.table.items.set("version", {
    id: { S: "version" },
    deployed: { S: version },
    gitaly: { S: version },
  });
  machine.commands["blkid"] = () => ({
    code: world.history.some(({ what }) => what === "mkfs") ? 0 : 2,
  });
  machine.commands["mkfs.ext4"] = () => {
    world.happened(machine.name, "mkfs");
    return { code: 0 };
  };
  machine.commands["shutdown"] = (call) => {
    world.happened(machine.name, "shutdown", call.args.join(" "));
    return { code: 0 };
  };
  const archive: Archive = { without: [], version, code: 0, bytes: 1000 };
  const settings: string[][] = [];
  machine.docker.model = {
    exec: (container, words) => {
      if (words[0] !== "gitlab-backup") return { code: 0 };
      settings.push([...words.slice(2)]);
      world.happened(machine.name, "gitlab-backup");
      const folder = container.mounts.get("/var/opt/gitlab/backups") ?? "";
      const id = words.find((word) => word.startsWith("BACKUP="))?.slice(7) ?? "";
      if (archive.code === 0) writeArchive(join(folder, `${id}_gitlab_backup.tar`), archive);
      return { code: archive.code, out: "" };
    },
  };
  return {
    world,
    machine,
    s3: addLockedBuckets(world, ["archives", "secrets"]),
    archive,
    settings,
  };
}

function writeArchive(file: string, archive: Archive): void {
  const content = mkdtempSync(join(tmpdir(), "archive-"));
  mkdirSync(join(content, "db"));
  mkdirSync(join(content, "repositories/@hashed"), { recursive: true });
  writeFileSync(join(content, "db/database.sql.gz"), "rows");
  writeFileSync(join(content, "repositories/@hashed/a.bundle"), Buffer.alloc(archive.bytes, 7));
  writeFileSync(
    join(content, "backup_information.yml"),
    `---\n:db_version: '20260101'\n:gitlab_version: ${archive.version}\n:tar_version: tar (GNU tar) 1.34\n`,
  );
  for (const name of archive.without) rmSync(join(content, name), { recursive: true });
  const names = ["backup_information.yml", "db", "repositories"].filter(
    (name) => !archive.without.includes(name),
  );
  execFileSync("tar", ["-C", content, "-cf", file, ...names]);
  rmSync(content, { recursive: true });
}

/** Runs what the boot's last step starts, and waits for the machine's end. */
export async function runBackup({ world, machine }: Setup): Promise<void> {
  const ends = world.history.filter(({ what }) => what === "shutdown").length;
  const { code, log } = await machine.run("/opt/gitlab-node/backup");
  if (code !== 0) throw new Error(`the entry ended with ${code}: ${log}`);
  await world.until(
    "the machine ends",
    () => world.history.filter(({ what }) => what === "shutdown").length > ends,
    60_000,
  );
}
