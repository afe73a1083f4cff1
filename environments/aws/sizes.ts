/**
 * Memory of an RDS class, GiB: 2, 4 or 8 for each vCPU in the c, m and r families; `large` has 2 vCPU, `xlarge` 4, `Nxlarge` 4 N
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html).
 * @throws for a family or size that it does not know
 */
export function databaseMemoryGiB(instanceClass: string): number {
  const match = /^db\.([cmr])\d+[a-z]*\.(\d*)(x?)large$/.exec(instanceClass);
  const perCpu = { c: 2, m: 4, r: 8 }[match?.[1] ?? ""];
  if (match === null || perCpu === undefined) {
    throw new Error(
      `database.instanceClass: found ${instanceClass}, allowed: a class of the c, m or r families`,
    );
  }
  const [, , times, extra] = match;
  const cpus = extra === "" ? 2 : 4 * (times === "" ? 1 : Number(times));
  return cpus * perCpu;
}
