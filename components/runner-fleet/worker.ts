import { template } from "./files";

/** How a worker's image installs Docker: Amazon Linux 2023 by dnf, Ubuntu by apt-get, which other boot jobs may hold. */
const installs = {
  "amazon-linux": "dnf -y -q --setopt=install_weak_deps=False install docker",
  ubuntu:
    "apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 install docker.io",
} as const;

/**
 * User of Ubuntu's images that may use sudo without a password: on GCP the image's own, to whom the guest agent gives
 * the plugin's key; on Azure the name that a scale set is told.
 */
export const ubuntuUser = "ubuntu";

/** Distribution of a worker's image. */
export type WorkerImage = keyof typeof installs;

/**
 * User data of a worker: Docker and nothing else. The same for all, since a worker knows nothing of its fleet.
 * @param user that the manager comes as
 */
export function workerUserData(image: WorkerImage = "amazon-linux", user = "ec2-user"): string {
  if (!/^[a-z][a-z0-9-]*$/.test(user)) throw new Error(`user: found ${user}, want a plain name`);
  return template("worker.sh")
    .replaceAll("@install@", () => installs[image])
    .replaceAll("@user@", () => user);
}
