import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../shared/secret";

/** Where a PostgreSQL server is, and what it is held against. */
export interface PostgresServer {
  readonly host: pulumi.Output<string>;
  readonly port: number;
  /** `verify-full` where the server's certificate names its host (RDS), else `verify-ca` (Cloud SQL). */
  readonly sslMode: "verify-full" | "verify-ca";
  /**
   * Certificates of the authority that signs the server's, PEM, where the service has one of its own (Cloud SQL).
   * @default the service's public one, which images carry (RDS)
   */
  readonly serverCa?: pulumi.Output<string>;
  /** PostgreSQL major: GitLab's bundled client must be at least this. */
  readonly major: number;
}

/** How GitLab reaches its PostgreSQL database. */
export interface PostgresConnection extends PostgresServer {
  readonly database: string;
  readonly username: string;
  readonly password: SecretReference;
}

/** Where a Redis server is. Always over TLS, always with a token. */
export interface RedisServer {
  /** The primary's name, which follows a failover; never a node's own. */
  readonly host: pulumi.Output<string>;
  readonly port: number;
  /** As with PostgreSQL: of its own for Memorystore. */
  readonly serverCa?: pulumi.Output<string>;
  /** False where the service blocks the CLIENT command (Memorystore). */
  readonly clientCommand: boolean;
}

/** How GitLab reaches Redis. */
export interface RedisConnection extends RedisServer {
  readonly token: SecretReference;
}

/** What ManagedData offers, whichever cloud is behind it. */
export interface ManagedData {
  readonly postgres: PostgresConnection;
  readonly redis: RedisConnection;
  /** Everything that must exist before a machine can use the data: pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];
}
