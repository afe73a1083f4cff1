import { leastConnections } from "./database-parameters";

/** One setting of PostgreSQL, by Cloud SQL's name for it and in its units. */
export interface DatabaseFlag {
  readonly name: string;
  readonly value: string;
}

const flag = (name: string, value: number | string): DatabaseFlag => ({
  name,
  value: String(value),
});

/** In ms. */
const idleInTransaction = flag("idle_in_transaction_session_timeout", 60 * 1000);
const logLockWaits = flag("log_lock_waits", "on");
/** SSD: a page elsewhere costs hardly more than the next one. */
const randomPageCost = flag("random_page_cost", "1.1");

/**
 * PostgreSQL's settings for GitLab by flag, in Cloud SQL's units (https://cloud.google.com/sql/docs/postgres/flags). Values that
 * GitLab asks for are at least those of docs.gitlab.com/administration/postgresql/tune. shared_buffers stays Cloud
 * SQL's own third of the memory; statement_timeout is no flag there and is set on the database at boot.
 *
 * @throws if there are fewer connections than GitLab's floor
 */
export function databaseFlags(connections: number): readonly DatabaseFlag[] {
  checkConnections(connections, leastConnections);
  return [
    flag("max_connections", connections),
    // In kB: 16 MB, twice GitLab's floor.
    flag("work_mem", 16 * 1024),
    // In kB: 256 MB, four times GitLab's floor; index builds of migrations use it.
    flag("maintenance_work_mem", 256 * 1024),
    idleInTransaction,
    // In ms.
    flag("deadlock_timeout", 5 * 1000),
    logLockWaits,
    randomPageCost,
  ];
}

/** Fewest that Cloud SQL takes (https://cloud.google.com/sql/docs/postgres/flags#list-flags-postgres). */
const fewestConnections = 14;

/**
 * PostgreSQL's settings for an app that asks for nothing special, beside Cloud SQL's own for the size. The number of
 * connections is said outright, since Cloud SQL's default follows the memory and a replica may not have fewer than its
 * primary (https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN).
 *
 * @throws if there are fewer connections than Cloud SQL takes
 */
export function appDatabaseFlags(connections: number): readonly DatabaseFlag[] {
  checkConnections(connections, fewestConnections);
  return [flag("max_connections", connections), idleInTransaction, logLockWaits, randomPageCost];
}

function checkConnections(found: number, least: number): void {
  if (!Number.isInteger(found) || found < least) {
    throw new Error(`maxConnections: found ${found}, allowed: ${least} on`);
  }
}
