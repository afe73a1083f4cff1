import {
  renderRuby,
  secretFile,
  type RubyValue,
  type Section,
  type Setting,
} from "../../render/ruby";
import { mailSection, objectStore } from "../../render/sections";
import type { PackageMachineFacts } from "../contract";
import { accountIds, gitSshPort, secretsFolder } from "./places";
import { upkeepPlaces } from "./upkeep";

/** A secret's value, read by GitLab from this machine's memory. */
const secret = (name: string) => secretFile(name, secretsFolder);

function site(facts: PackageMachineFacts): Section {
  return {
    title: "Site",
    settings: [
      ["external_url", `https://${facts.hosts.web}`],
      ["gitlab_rails['gitlab_ssh_host']", facts.hosts.ssh],
      // Rails adds the site's own name by itself; the rest is what this machine's own services call it by.
      ["gitlab_rails['allowed_hosts']", [facts.hosts.web, "localhost", "127.0.0.1", "[::1]"]],
      [
        "gitlab_rails['monitoring_whitelist']",
        ["127.0.0.0/8", "::1/128", ...facts.monitoringCidrs],
      ],
      // Only before the database has its first user.
      ["gitlab_rails['initial_root_password']", secret("initial-root-password")],
      ["gitlab_rails['display_initial_root_password']", false],
      ...(facts.secrets.license === undefined
        ? []
        : [["gitlab_rails['initial_license_file']", `${secretsFolder}/license`] as const]),
    ],
  };
}

/**
 * The package's accounts, by number: what lies on the data disks belongs to numbers, and a rebuilt machine would hand
 * out others (docs.gitlab.com/omnibus/settings/configuration, "Specify numeric user and group identifiers").
 */
function accounts(): Section {
  return {
    title: "Accounts by number: a rebuilt machine must find its files its own",
    settings: Object.entries(accountIds).flatMap(([account, id]): Setting[] => [
      [`${account}['uid']`, id],
      [`${account}['gid']`, id],
    ]),
  };
}

function tls(facts: PackageMachineFacts): Section {
  return {
    title: "TLS (docs.gitlab.com/omnibus/settings/ssl)",
    settings:
      facts.tls.kind === "lets-encrypt"
        ? [
            ["letsencrypt['enable']", true],
            ["letsencrypt['contact_emails']", [facts.tls.contact]],
            ["letsencrypt['auto_renew']", true],
          ]
        : [
            // NGINX finds the files by the hosts' names in /etc/gitlab/ssl.
            ["letsencrypt['enable']", false],
            ["nginx['redirect_http_to_https']", true],
            ["registry_nginx['redirect_http_to_https']", true],
          ],
  };
}

/**
 * Git over SSH: GitLab's own server, which cannot bind low ports; nftables brings port 22 to it. Its host keys are made
 * once, below /var/opt/gitlab, which lies on the state disk (docs.gitlab.com/administration/operations/gitlab_sshd).
 */
function ssh(): Section {
  return {
    title: "Git over SSH (docs.gitlab.com/administration/operations/gitlab_sshd)",
    settings: [
      ["gitlab_sshd['enable']", true],
      ["gitlab_sshd['listen_address']", `:${gitSshPort}`],
      ["gitlab_sshd['generate_host_keys']", true],
      ["gitlab_sshd['host_keys_dir']", "/var/opt/gitlab/gitlab-sshd"],
    ],
  };
}

/** Git data on its own disk, and nothing at all without both disks. */
function storage(facts: PackageMachineFacts): Section {
  return {
    title: "Git data and the guard of the mounts (docs.gitlab.com/omnibus/settings/configuration)",
    settings: [
      [
        "gitaly['configuration']",
        {
          // The path ends in /repositories; its parent is the package's to look after.
          storage: [
            {
              name: "default",
              path: `${facts.repositories.mountPoint}/git-data/repositories`,
            },
          ],
        },
      ],
      [
        "high_availability['mountpoint']",
        [facts.repositories.mountPoint, facts.state.mountPoint, "/var/opt/gitlab"],
      ],
    ],
  };
}

function database(facts: PackageMachineFacts): Section {
  const { postgres } = facts;
  if (postgres.kind === "bundled")
    return {
      title: "PostgreSQL: the package's own, restarted by nobody but a person",
      settings: [["postgresql['auto_restart_on_version_change']", false]],
    };
  return {
    title: "PostgreSQL (docs.gitlab.com/omnibus/settings/database)",
    settings: [
      ["postgresql['enable']", false],
      ["postgres_exporter['enable']", false],
      // Backups use the client of this major: an older one refuses a newer server.
      ["postgresql['version']", postgres.major],
      ["gitlab_rails['db_adapter']", "postgresql"],
      ["gitlab_rails['db_encoding']", "unicode"],
      ["gitlab_rails['db_host']", postgres.host],
      ["gitlab_rails['db_port']", postgres.port],
      ["gitlab_rails['db_database']", postgres.database],
      ["gitlab_rails['db_username']", postgres.username],
      ["gitlab_rails['db_password']", secret("database-password")],
      // The instance's own authority signs no name that could be held against the host.
      ["gitlab_rails['db_sslmode']", "verify-ca"],
      ["gitlab_rails['db_sslrootcert']", "/etc/gitlab-node/database-ca.pem"],
    ],
  };
}

function cache(facts: PackageMachineFacts): Section {
  const { redis } = facts;
  if (redis.kind === "bundled") return { title: "Redis", settings: [] };
  return {
    title:
      "Redis: TLS with its own authority, and a password (docs.gitlab.com/omnibus/settings/redis)",
    settings: [
      ["redis['enable']", false],
      ["redis_exporter['enable']", false],
      ["gitlab_rails['redis_host']", redis.host],
      ["gitlab_rails['redis_port']", redis.port],
      ["gitlab_rails['redis_password']", secret("redis-auth")],
      ["gitlab_rails['redis_ssl']", true],
      ["gitlab_rails['redis_tls_ca_cert_file']", "/etc/gitlab-node/redis-ca.pem"],
      ...(redis.clientCommand
        ? []
        : [
            ["gitlab_rails['redis_enable_client']", false] as const,
            // Its client cannot do without CLIENT, and nothing here needs the agent server for Kubernetes.
            ["gitlab_kas['enable']", false] as const,
          ]),
    ],
  };
}

function objects(facts: PackageMachineFacts): Section {
  const { project, buckets, access } = facts.objects;
  const connection: RubyValue = {
    provider: "Google",
    google_project: project,
    ...(access === "key"
      ? { google_json_key_location: `${secretsFolder}/object-storage-key.json` }
      : { google_application_default: true }),
  };
  return {
    title: "Object data in GCS (docs.gitlab.com/administration/object_storage)",
    settings: [
      ...objectStore(connection, buckets),
      // A type without a bucket fails unless it is off.
      ["gitlab_rails['agent_plan_content_enabled']", false],
    ],
  };
}

function registry(facts: PackageMachineFacts): Section {
  return {
    title: "Container Registry (docs.gitlab.com/administration/packages/container_registry)",
    settings: [
      ["registry_external_url", `https://${facts.hosts.registry}`],
      [
        "registry['storage']",
        {
          gcs: {
            bucket: facts.objects.buckets.registry,
            // The registry runs as a user of its own, who may not read GitLab's copy.
            ...(facts.objects.access === "key"
              ? { keyfile: `${secretsFolder}/registry-storage-key.json` }
              : {}),
          },
        },
      ],
    ],
  };
}

function mail({ smtp }: PackageMachineFacts): Section {
  return mailSection(smtp, secret("smtp-password"));
}

function backups(facts: PackageMachineFacts): Section {
  return {
    title:
      "Backups: made and proved by /opt/gitlab-node/backup, which removes what it has uploaded",
    settings: [
      ["gitlab_rails['manage_backup_path']", true],
      ["gitlab_rails['backup_path']", upkeepPlaces(facts).backups],
      // Two days, for archives that somebody has made by hand.
      ["gitlab_rails['backup_keep_time']", 172800],
    ],
  };
}

/** `gitlab.rb` of a machine with the Linux package: keys alone that hold for every release of 18.x and 19.x. */
export function renderPackageRb(facts: PackageMachineFacts): string {
  return renderRuby([
    site(facts),
    accounts(),
    tls(facts),
    ssh(),
    storage(facts),
    database(facts),
    cache(facts),
    objects(facts),
    registry(facts),
    mail(facts),
    backups(facts),
  ]);
}
