/**
 * A process that takes a lock: `locker.ts <lock file> <counter file> <rounds>`. In each round it
 * adds one to the counter, slowly, so that two that were inside at once would lose a count.
 * With `hold` for the rounds it takes the lock, says so and keeps it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { acquireLock } from "../../engine/locks";

async function main([lockFile = "", counter = "", rounds = ""]: readonly string[]): Promise<void> {
  if (rounds === "hold") {
    await acquireLock(lockFile, { purpose: "holds a lock" });
    console.log("held");
    setInterval(() => undefined, 1_000);
    return;
  }
  for (let round = 0; round < Number(rounds); round++) {
    const lock = await acquireLock(lockFile, { purpose: "counts" });
    const before = Number(readFileSync(counter, "utf8"));
    await new Promise((next) => setTimeout(next, 5));
    writeFileSync(counter, String(before + 1));
    lock.release();
  }
}

void main(process.argv.slice(2));
