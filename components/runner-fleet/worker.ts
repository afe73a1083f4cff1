import { readFileSync } from "node:fs";
import { join } from "node:path";

/** User data of a worker: Docker and nothing else. The same for all, since a worker knows nothing of its fleet. */
export function workerUserData(): string {
  return readFileSync(join(__dirname, "templates", "worker.sh"), "utf8");
}
