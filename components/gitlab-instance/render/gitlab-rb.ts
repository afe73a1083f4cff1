import type { NodeFacts } from "../contract";
import { renderRuby, secretFile, type RubyValue, type Section, type Setting } from "./ruby";
import { mailSection, objectStore } from "./sections";

/** Port inside the container on which Workhorse serves Gitaly and the internal load balancer. */
const workhorsePort = 8181;

/** `[major, minor]` of a release. */
function minorOf(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return [major, minor];
}

/** Whether a release is at least that minor. */
export function atLeast(version: string, major: number, minor: number): boolean {
  const [found, foundMinor] = minorOf(version);
  return found > major || (found === major && foundMinor >= minor);
}

/** What no node does: nothing that belongs to another machine, to one node of several, or to the host. */
function nothingElse(): Section {
  const off = [
    "postgresql",
    "redis",
    "gitlab_kas",
    "gitlab_pages",
    "prometheus",
    "alertmanager",
    "node_exporter",
    "redis_exporter",
    "postgres_exporter",
    "gitlab_exporter",
    "letsencrypt",
  ];
  return {
    title: "Services of other machines, or none of ours (monitoring is CloudWatch's)",
    settings: off.map((service): Setting => [`${service}['enable']`, false]),
  };
}

/** Secrets come from the one shared set, and are never made or written here (gitlab-facts: docs.gitlab.com/omnibus/settings/configuration). */
function sharedSecrets(): Section {
  return {
    title: "The shared secrets, as they are: this node makes none and writes none",
    settings: [
      ["package['generate_default_secrets']", false],
      ["package['generate_secrets_json_file']", false],
    ],
  };
}

/** Switches of the services that a console, or a Gitaly node, does not run. */
function noServices(services: readonly string[]): Section {
  return {
    title: "Not on this node",
    settings: services.map((service): Setting => [`${service}['enable']`, false]),
  };
}

/** Which key NGINX's settings have: they moved in 19.3, the registry's in 19.2 (omnibus-gitlab: gitlab_rails.rb, registry.rb). */
function nginx(version: string, setting: string): string {
  return atLeast(version, 19, 3) ? `gitlab_rails['nginx']['${setting}']` : `nginx['${setting}']`;
}
function registryNginx(version: string, setting: string): string {
  return atLeast(version, 19, 2)
    ? `registry['nginx']['${setting}']`
    : `registry_nginx['${setting}']`;
}

function front(facts: NodeFacts): Section[] {
  const { version } = facts.release;
  return [
    {
      title: "Edge: the load balancer ends TLS, so NGINX speaks HTTP and says https",
      settings: [
        [nginx(version, "listen_port"), 80],
        [nginx(version, "listen_https"), false],
        [nginx(version, "real_ip_trusted_addresses"), [...facts.trustedCidrs]],
        [nginx(version, "real_ip_header"), "X-Forwarded-For"],
        [nginx(version, "real_ip_recursive"), "on"],
        // The package works this out from external_url alone; said here so that no reader has to know.
        [
          nginx(version, "proxy_set_headers"),
          { "X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on" },
        ],
        ["gitlab_rails['trusted_proxies']", [...facts.trustedCidrs]],
        ["gitlab_rails['monitoring_whitelist']", ["127.0.0.0/8", "::1/128", ...facts.trustedCidrs]],
      ],
    },
    {
      title: "Internal API: Gitaly calls Workhorse, not the public address",
      settings: [
        ["gitlab_workhorse['listen_network']", "tcp"],
        ["gitlab_workhorse['listen_addr']", `0.0.0.0:${workhorsePort}`],
        ["gitlab_rails['internal_api_url']", `http://127.0.0.1:${workhorsePort}`],
      ],
    },
  ];
}

function site(facts: NodeFacts): Section {
  return {
    title: "Site",
    settings: [
      ["external_url", `https://${facts.hosts.web}`],
      ["gitlab_rails['gitlab_ssh_host']", facts.hosts.ssh],
      // Migrations have an order over all nodes; a node that made them at each boot would break it.
      ["gitlab_rails['auto_migrate']", false],
    ],
  };
}

function data(facts: NodeFacts): Section[] {
  const { postgres, redis } = facts;
  return [
    {
      title: "PostgreSQL (docs.gitlab.com/omnibus/settings/database)",
      settings: [
        ["gitlab_rails['db_adapter']", "postgresql"],
        ["gitlab_rails['db_encoding']", "unicode"],
        ["gitlab_rails['db_host']", postgres.host],
        ["gitlab_rails['db_port']", postgres.port],
        ["gitlab_rails['db_database']", postgres.database],
        ["gitlab_rails['db_username']", postgres.username],
        ["gitlab_rails['db_password']", secretFile("database-password")],
        ["gitlab_rails['db_sslmode']", postgres.sslMode],
        ["gitlab_rails['db_sslrootcert']", "/etc/gitlab-secrets/rds-ca.pem"],
        // Backups use the client of this major: an older one refuses a newer server. From 19.0 on there is only 17.
        ...(atLeast(facts.release.version, 19, 0)
          ? []
          : [["postgresql['version']", postgres.major] as const]),
      ],
    },
    {
      title: "Redis: one primary endpoint, TLS and token (docs.gitlab.com/omnibus/settings/redis)",
      settings: [
        ["gitlab_rails['redis_host']", redis.host],
        ["gitlab_rails['redis_port']", redis.port],
        ["gitlab_rails['redis_password']", secretFile("redis-token")],
        ["gitlab_rails['redis_ssl']", true],
        ...(redis.clientCommand ? [] : [["gitlab_rails['redis_enable_client']", false] as const]),
      ],
    },
    {
      title: "Gitaly, under the name that follows it",
      settings: [
        [
          "gitlab_rails['repositories_storages']",
          {
            default: {
              gitaly_address: `tcp://${facts.internal.gitalyHost}:${facts.internal.gitalyPort}`,
              gitaly_token: secretFile("gitaly-token"),
            },
          },
        ],
      ],
    },
  ];
}

/** Object types by bucket; `registry` has a configuration of its own. */
function objects(facts: NodeFacts): Section {
  const { objects: place, region } = facts;
  if (place.kind === "efs") {
    return {
      title: "Object data: shared directories on EFS",
      settings: [
        ["high_availability['mountpoint']", mountpoints(facts)],
        ["gitlab_rails['shared_path']", "/var/opt/gitlab/gitlab-rails/shared"],
        // Both lie outside of the shared path by default, and a node that is replaced would lose them.
        [
          "gitlab_rails['uploads_directory']",
          "/var/opt/gitlab/gitlab-rails/shared/uploads-private",
        ],
        ["gitlab_ci['builds_directory']", "/var/opt/gitlab/gitlab-rails/shared/builds"],
      ],
    };
  }
  const settings = objectStore({ provider: "AWS", region, use_iam_profile: true }, place.buckets);
  // Types without a bucket fail unless they are off: Pages is not served here, but its deployments are stored.
  if (atLeast(facts.release.version, 19, 0))
    settings.push(["gitlab_rails['agent_plan_content_enabled']", false]);
  if (facts.role === "single")
    settings.push(["high_availability['mountpoint']", mountpoints(facts)]);
  return {
    title: "Object data: S3 by the machine's role (docs.gitlab.com/administration/object_storage)",
    settings,
  };
}

/** Paths in the container that must be mount points before anything starts (docs.gitlab.com/omnibus/settings/configuration). */
function mountpoints({ role, objects: place }: NodeFacts): RubyValue {
  return [
    ...(role === "gitaly" || role === "single" ? ["/var/opt/gitlab/git-data"] : []),
    ...(role !== "gitaly" && place.kind === "efs" ? ["/var/opt/gitlab/gitlab-rails/shared"] : []),
  ];
}

function registry(facts: NodeFacts): Section {
  const { version } = facts.release;
  return {
    title: "Container Registry (docs.gitlab.com/administration/packages/container_registry)",
    settings: [
      ["registry_external_url", `https://${facts.hosts.registry}`],
      [registryNginx(version, "listen_port"), 5050],
      [registryNginx(version, "listen_https"), false],
      [
        registryNginx(version, "proxy_set_headers"),
        { "X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on" },
      ],
      ...(facts.objects.kind === "s3"
        ? [
            [
              "registry['storage']",
              { s3: { bucket: facts.objects.buckets.registry, region: facts.region } },
            ] as const,
          ]
        : []),
    ],
  };
}

function mail({ smtp }: NodeFacts): Section {
  return mailSection(smtp, secretFile("smtp-password"));
}

/** Gitaly's own side (docs.gitlab.com/administration/gitaly/configure_gitaly). */
function gitaly(listen: string): Section {
  return {
    title: "Gitaly",
    settings: [
      [
        "gitaly['configuration']",
        {
          listen_addr: `${listen}:8075`,
          prometheus_listen_addr: `${listen}:9236`,
          auth: { token: secretFile("gitaly-token") },
          // The path ends in /repositories; its parent is the mount, which the package looks after.
          storage: [{ name: "default", path: "/var/opt/gitlab/git-data/repositories" }],
        },
      ],
    ],
  };
}

function sizes(facts: NodeFacts): Section {
  return {
    title: "Sizes",
    settings: [
      ...(facts.pumaWorkers === null
        ? []
        : [["puma['worker_processes']", facts.pumaWorkers] as const]),
      ...(facts.sidekiqConcurrency === null
        ? []
        : [["sidekiq['concurrency']", facts.sidekiqConcurrency] as const]),
    ],
  };
}

const railsServices = ["puma", "sidekiq", "nginx", "gitlab_workhorse", "registry"] as const;

/** `gitlab.rb` of the node's service container. @throws for a backup machine, which has none. */
export function renderGitlabRb(facts: NodeFacts): string {
  const common = [sharedSecrets(), nothingElse()];
  switch (facts.role) {
    case "application":
      return renderRuby([
        site(facts),
        ...front(facts),
        ...data(facts),
        objects(facts),
        registry(facts),
        mail(facts),
        sizes(facts),
        noServices(["gitaly"]),
        ...common,
      ]);
    case "single":
      return renderRuby([
        site(facts),
        ...front(facts),
        ...data(facts),
        gitaly("0.0.0.0"),
        objects(facts),
        registry(facts),
        mail(facts),
        sizes(facts),
        ...common,
      ]);
    case "gitaly":
      return renderRuby([
        {
          title: "Site",
          settings: [
            ["external_url", `https://${facts.hosts.web}`],
            ["gitlab_rails['auto_migrate']", false],
            ["gitlab_rails['internal_api_url']", facts.internal.apiUrl],
            ["high_availability['mountpoint']", mountpoints(facts)],
          ],
        },
        gitaly("0.0.0.0"),
        noServices(railsServices),
        ...common,
      ]);
    case "backup":
      throw new Error("a backup machine has no service container: it runs the console");
  }
}

/**
 * `gitlab.rb` of the one-shot container in which Rails is configured and no service runs: migrations and backups.
 * On a `single` node it runs Gitaly too, since its own is not up yet while it migrates.
 */
export function renderConsoleRb(facts: NodeFacts): string {
  const single = facts.role === "single";
  return renderRuby([
    site(facts),
    ...data(facts),
    ...(single ? [gitaly("127.0.0.1")] : []),
    objects(facts),
    mail(facts),
    ...(facts.role === "backup"
      ? [
          {
            title: "Backups",
            settings: [
              ["gitlab_rails['backup_path']", "/var/opt/gitlab/backups"],
              ["gitlab_rails['backup_keep_time']", 0],
            ] as const,
          },
        ]
      : []),
    noServices([...railsServices, ...(single ? [] : ["gitaly"]), "logrotate"]),
    sharedSecrets(),
    nothingElse(),
  ]);
}

/**
 * `gitlab.rb` of the one run that makes or completes the shared secrets: there alone GitLab may generate, and
 * `gitlab-ctl generate-secrets` writes the file that it is told (omnibus-gitlab: generate_secrets.rb).
 */
export function renderSecretsRb(facts: NodeFacts): string {
  return renderRuby([
    {
      title: "Making secrets",
      settings: [
        ["external_url", `https://${facts.hosts.web}`],
        ["package['generate_secrets_json_file']", false],
      ],
    },
  ]);
}
