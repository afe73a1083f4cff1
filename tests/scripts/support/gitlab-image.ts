import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Container, ImageModel } from "./docker";
import type { Machine } from "./machine";
import type { Answer, World } from "./world";

/** The image's digest of a release, in this world. */
export function digestOf(version: string): string {
  return `sha256:${createHash("sha256").update(`image ${version}`).digest("hex")}`;
}

type Json = { [key: string]: Json } | string | Json[] | null;

/** GitLab's external database, as far as scripts and migrations see it. */
export interface Database {
  tables: number;
  users: number;
  /** Release whose regular migrations are done. */
  regular: string;
  /** Release whose post-deployment migrations are done. */
  post: string;
  /** Background migrations that are not finished, and how many of them have failed. */
  background: number;
  failed: number;
  extensions: Set<string>;
}

/**
 * GitLab's image, as the scripts meet it: what `generate-secrets` adds, how long reconfigure takes, what migrations do
 * to the database, which services answer. It notes what a real GitLab would not survive as a violation.
 */
export class GitLabImage implements ImageModel {
  readonly database: Database = {
    tables: 0,
    users: 0,
    regular: "",
    post: "",
    background: 0,
    failed: 0,
    extensions: new Set(),
  };
  /** What went against GitLab's rules. A test that ends with one has failed. */
  readonly violations: string[] = [];
  /** Runner fleets that GitLab knows: name → token. */
  readonly runners = new Map<string, string>();
  /** Seconds of reconfigure, and of migrations. */
  configureSeconds = 20;
  migrateSeconds = 40;
  /** Background migrations that post-deployment migrations of a release queue. */
  queued = 0;
  /** Secrets that this release adds to those of every release: section.key → value. */
  readonly added = new Map<string, string>();
  /** Changes the secrets that generate-secrets is about to write. */
  tamper: ((secrets: { [section: string]: { [key: string]: Json } }) => void) | undefined;
  readonly #versions = new Map<string, string>();

  constructor(
    readonly world: World,
    versions: readonly string[],
  ) {
    for (const version of versions) this.#versions.set(digestOf(version), version);
  }

  versionOf(container: Container): string {
    const version = this.#versions.get(container.image.split("@")[1] ?? "");
    if (version === undefined) throw new Error(`no such image: ${container.image}`);
    return version;
  }

  readonly main = (
    container: Container,
    machine: Machine,
  ): Answer | Promise<Answer> | undefined => {
    if (container.entrypoint === "/opt/gitlab/bin/gitlab-ctl")
      return this.#generateSecrets(container);
    if (container.entrypoint === "/opt/gitlab-node/psql")
      return this.#sql(container, container.command, machine);
    if (container.entrypoint !== undefined)
      return { code: 127, err: `no such entry point: ${container.entrypoint}\n` };
    const problem = this.#configurationProblem(container);
    if (problem !== undefined)
      return this.world.pause(5).then(() => ({ code: 1, err: `reconfigure: ${problem}\n` }));
    container.state.set("configured", this.world.clock.now + this.configureSeconds);
    return undefined;
  };

  readonly exec = async (
    container: Container,
    words: readonly string[],
    machine: Machine,
    stdin: Buffer,
  ): Promise<Answer> => {
    const [command = "", ...rest] = words;
    const line = words.join(" ");
    const configured = this.world.clock.now >= Number(container.state.get("configured"));
    if (line === "test -e /run/gitlab-configured") return { code: configured ? 0 : 1 };
    if (command === "/opt/gitlab-node/psql") return this.#sql(container, rest, machine);
    if (!configured) return { code: 1, err: "not configured yet\n" };
    if (command === "/opt/gitlab-node/install") return this.#install(container, machine);
    if (command === "gitlab-rake") return this.#rake(container, rest, machine);
    if (line === "gitlab-ctl status gitaly" || line.includes("/dev/tcp/127.0.0.1/8075"))
      return { code: /gitaly\['enable'\] = false/.test(this.#settings(container)) ? 1 : 0 };
    if (line.includes("/-/readiness"))
      return { code: /puma\['enable'\] = false/.test(this.#settings(container)) ? 7 : 0 };
    if (line === "gitlab-rails runner /opt/gitlab-node/configure.rb") {
      const answers = stdin
        .toString()
        .split("\n")
        .filter((row) => row !== "")
        .map((row) => {
          const [name = ""] = row.split("|");
          const token = this.runners.get(name) ?? `glrt-${randomBytes(15).toString("hex")}`;
          this.runners.set(name, token);
          return `runner-token\t${name}\t${token}\n`;
        });
      return { code: 0, out: answers.join("") };
    }
    return { code: 127, err: `the image has no ${line}\n` };
  };

  #settings(container: Container): string {
    const path = container.mounts.get("/etc/gitlab/gitlab.rb");
    return path === undefined ? "" : readFileSync(path, "utf8");
  }

  /** What makes reconfigure fail, or worse: pass with keys of its own. */
  #configurationProblem(container: Container): string | undefined {
    const settings = this.#settings(container);
    if (!settings.includes("package['generate_default_secrets'] = false"))
      this.violations.push(`${container.name} may make keys of its own`);
    for (const name of [
      "gitlab-secrets.json",
      "ssh_host_rsa_key",
      "ssh_host_ecdsa_key",
      "ssh_host_ed25519_key",
    ])
      if (!container.mounts.has(`/etc/gitlab/${name}`))
        this.violations.push(`${container.name} has no ${name}`);
    const secrets = container.mounts.get("/etc/gitlab-secrets") ?? "";
    for (const [, path = ""] of settings.matchAll(
      /File\.read\('\/etc\/gitlab-secrets\/([^']+)'\)/g,
    ))
      if (!existsSync(join(secrets, path))) return `no such file: /etc/gitlab-secrets/${path}`;
    for (const [, list = ""] of settings.matchAll(
      /high_availability\['mountpoint'\] = \[([^\]]*)\]/g,
    ))
      for (const [, path = ""] of list.matchAll(/'([^']+)'/g))
        if (!container.mounts.has(path)) return `${path} is no mount point`;
    return undefined;
  }

  #generateSecrets(container: Container): Answer {
    const settings = this.#settings(container);
    const [command, option, file = ""] = container.command;
    if (command !== "generate-secrets" || option !== "-f") return { code: 128 };
    const host = container.mounts.get("/work");
    if (host === undefined) return { code: 1, err: "no /work\n" };
    // Without these it only warns: package defaults are true.
    if (
      !settings.includes("package['generate_secrets_json_file'] = false") ||
      settings.includes("generate_default_secrets")
    )
      return { code: 0 };
    const path = join(host, file.replace(/^\/work\//, ""));
    const known = existsSync(path)
      ? (JSON.parse(readFileSync(path, "utf8")) as { [section: string]: { [key: string]: Json } })
      : {};
    const fresh = (bytes = 32): string => randomBytes(bytes).toString("hex");
    const wanted: [string, string, () => Json][] = [
      ...["db_key_base", "secret_key_base", "otp_key_base", "encrypted_settings_key_base"].map(
        (key): [string, string, () => Json] => ["gitlab_rails", key, () => fresh(64)],
      ),
      [
        "gitlab_rails",
        "openid_connect_signing_key",
        () => `-----BEGIN RSA PRIVATE KEY-----\n${fresh(400)}\n-----END RSA PRIVATE KEY-----\n`,
      ],
      ["gitlab_rails", "active_record_encryption_primary_key", () => [fresh(16)]],
      ["gitlab_rails", "active_record_encryption_deterministic_key", () => [fresh(16)]],
      ["gitlab_rails", "active_record_encryption_key_derivation_salt", () => fresh(16)],
      ["gitlab_rails", "gitaly_token", () => null],
      ["gitlab_shell", "secret_token", () => fresh()],
      ["gitlab_workhorse", "secret_token", () => fresh()],
      ["gitlab_kas", "api_secret_key", () => fresh()],
      ["registry", "http_secret", () => fresh()],
      [
        "registry",
        "internal_certificate",
        () => `-----BEGIN CERTIFICATE-----\n${fresh(300)}\n-----END CERTIFICATE-----\n`,
      ],
      [
        "registry",
        "internal_key",
        () => `-----BEGIN RSA PRIVATE KEY-----\n${fresh(400)}\n-----END RSA PRIVATE KEY-----\n`,
      ],
      ["gitaly", "gitlab_secret", () => fresh()],
      ["gitaly", "configuration", () => ({ auth: { token: null } })],
      ...[...this.added].map(([key, value]): [string, string, () => Json] => [
        key.split(".")[0] ?? "",
        key.split(".")[1] ?? "",
        () => value,
      ]),
    ];
    for (const [section, key, make] of wanted) {
      const values = (known[section] ??= {});
      values[key] ??= make();
    }
    this.tamper?.(known);
    writeFileSync(path, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 });
    this.world.happened("image", "generated-secrets", file);
    return { code: 0, out: "[INFO] Generating /work/gitlab-secrets.json file\n" };
  }

  #sql(container: Container, words: readonly string[], machine: Machine): Answer {
    if (!machine.network)
      return { code: 2, err: "psql: error: connection to server failed: timeout expired\n" };
    const secrets = container.mounts.get("/etc/gitlab-secrets") ?? "";
    if (!existsSync(join(secrets, "database-password"))) return { code: 1, err: "no password\n" };
    const sql = words.at(-1) ?? "";
    const { database } = this;
    if (sql.includes("pg_tables")) return { code: 0, out: `${database.tables}\n` };
    if (sql.includes("to_regclass('public.users')"))
      return { code: 0, out: database.tables > 10 ? "t\n" : "f\n" };
    if (sql === "SELECT count(*) FROM users") return { code: 0, out: `${database.users}\n` };
    if (sql.includes("batched_background_migrations"))
      return { code: 0, out: `${database.background}|${database.failed}\n` };
    const extension = /^CREATE EXTENSION IF NOT EXISTS (\w+)$/.exec(sql);
    if (extension) {
      database.extensions.add(extension[1] ?? "");
      return { code: 0, out: "CREATE EXTENSION\n" };
    }
    return { code: 3, err: `ERROR: this database does not know ${sql}\n` };
  }

  async #install(container: Container, machine: Machine): Promise<Answer> {
    const { database } = this;
    if (database.tables > 1) return this.#migrate(container, machine, true);
    machine.world.happened(machine.name, "install-begins", this.versionOf(container));
    database.tables = 5;
    await this.world.pause(this.migrateSeconds);
    if (!container.running) return { code: 137 };
    Object.assign(database, {
      tables: 900,
      users: 2,
      regular: this.versionOf(container),
      post: this.versionOf(container),
    });
    machine.world.happened(machine.name, "install-done", this.versionOf(container));
    return { code: 0 };
  }

  #rake(
    container: Container,
    words: readonly string[],
    machine: Machine,
  ): Answer | Promise<Answer> {
    if (words[0] === "gitlab:db:drop_tables") {
      if (this.database.users > 0)
        this.violations.push("the tables of an installed GitLab were dropped");
      this.database.tables = 0;
      return { code: 0 };
    }
    if (words[0] !== "db:migrate") return { code: 1, err: `no such task: ${words.join(" ")}\n` };
    // The console runs the regular ones alone, the running container the rest.
    return this.#migrate(container, machine, container.name === "gitlab");
  }

  async #migrate(container: Container, machine: Machine, post: boolean): Promise<Answer> {
    const { database, world } = this;
    const version = this.versionOf(container);
    for (const name of ["pg_trgm", "btree_gist", "amcheck"])
      if (!database.extensions.has(name))
        return { code: 1, err: `PG::InsufficientPrivilege: extension ${name}\n` };
    const minor = (text: string): number =>
      Number(text.split(".")[0]) * 100 + Number(text.split(".")[1]);
    if (database.users === 0)
      this.violations.push(`${version} migrated a database that was never installed`);
    const next = database.regular.includes(".11.") ? 89 : 1;
    if (minor(version) > minor(database.regular) + next)
      this.violations.push(`migrated from ${database.regular} to ${version}`);
    if (database.background > 0 && version !== database.regular)
      this.violations.push(`${version} migrated over unfinished background migrations`);
    if (post)
      for (const other of world.machines.values())
        for (const running of other.docker.containers.values())
          if (running.running && running.name === "gitlab" && this.versionOf(running) !== version)
            this.violations.push(
              `post-deployment migrations of ${version} beside ${this.versionOf(running)} on ${other.name}`,
            );
    world.happened(machine.name, post ? "post-begins" : "regular-begins", version);
    await world.pause(this.migrateSeconds);
    if (!container.running) return { code: 137 };
    database.regular = version;
    if (post) {
      database.post = version;
      database.background = this.queued;
    }
    world.happened(machine.name, post ? "post-done" : "regular-done", version);
    return { code: 0 };
  }
}
