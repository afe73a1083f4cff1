/** One parameter of an RDS parameter group, as the API takes it: text, in PostgreSQL's own base unit. */
export interface DatabaseParameter {
  readonly name: string;
  readonly value: string;
  /** Dynamic ones hold at once, static ones after the next restart (RDS: Working with parameter groups). */
  readonly applyMethod: "immediate" | "pending-reboot";
}

/** GitLab's floor (docs.gitlab.com/administration/postgresql/tune). */
export const leastConnections = 400;

/**
 * PostgreSQL for GitLab on RDS. Values that GitLab asks for are at least those of
 * docs.gitlab.com/administration/postgresql/tune; shared_buffers stays RDS's own quarter of the memory, which is over
 * GitLab's 2 GB from 8 GiB on.
 *
 * @param connections max_connections, 400 on: a GitLab node of 8 vCPU alone wants 286
 * @throws if they are under GitLab's floor
 */
export function databaseParameters(connections: number): readonly DatabaseParameter[] {
  if (!Number.isInteger(connections) || connections < leastConnections) {
    throw new Error(`maxConnections: found ${connections}, allowed: ${leastConnections} on`);
  }
  const immediate = (name: string, value: number | string): DatabaseParameter => ({
    name,
    value: String(value),
    applyMethod: "immediate",
  });
  return [
    { name: "max_connections", value: String(connections), applyMethod: "pending-reboot" },
    // RDS's default from PostgreSQL 15 on; said here so that nobody has to look it up
    // (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html).
    immediate("rds.force_ssl", 1),
    // In kB: 16 MB, twice GitLab's floor.
    immediate("work_mem", 16 * 1024),
    // In kB: 256 MB, four times GitLab's floor; index builds of migrations use it.
    immediate("maintenance_work_mem", 256 * 1024),
    // In ms: 60 s. The package sets the same on its own PostgreSQL; on RDS nobody does
    // (docs.gitlab.com/administration/postgresql/database_troubleshooting).
    // pg_dump and GitLab's migrations lift the first for themselves.
    immediate("statement_timeout", 60 * 1000),
    immediate("idle_in_transaction_session_timeout", 60 * 1000),
    // In ms.
    immediate("deadlock_timeout", 5 * 1000),
    immediate("log_lock_waits", 1),
    // Statements themselves are not logged: GitLab writes values into them, personal data and tokens among them.
    // SSD: a page elsewhere costs hardly more than the next one.
    immediate("random_page_cost", "1.1"),
  ];
}
