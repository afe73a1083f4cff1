import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../shared/secret";

/** How GitLab reaches its PostgreSQL database. */
export interface PostgresConnection {
  readonly host: pulumi.Output<string>;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: SecretReference;
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

/** How GitLab reaches Redis. Always over TLS, always with a token. */
export interface RedisConnection {
  /** The primary's name, which follows a failover; never a node's own. */
  readonly host: pulumi.Output<string>;
  readonly port: number;
  readonly token: SecretReference;
  /** As with PostgreSQL: of its own for Memorystore. */
  readonly serverCa?: pulumi.Output<string>;
  /** False where the service blocks the CLIENT command (Memorystore). */
  readonly clientCommand: boolean;
}

/** What ManagedData offers, whichever cloud is behind it. */
export interface ManagedData {
  readonly postgres: PostgresConnection;
  readonly redis: RedisConnection;
  /** Everything that must exist before a machine can use the data: pass it to `dependsOn`. */
  readonly ready: pulumi.Resource[];
}
