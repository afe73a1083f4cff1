import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../support/machine";
import type { World } from "../support/world";

/** Where GitLab publishes the release that tests pin. */
export const downloads =
  "https://s3.dualstack.us-east-1.amazonaws.com/gitlab-runner-downloads/v19.2.0";
export const token = "glrt-planted0123456789abcdefg";

/** What the download is: a runner that knows its version, and installs the plugin of its configuration. */
export function runnerBinary(plugin: string): string {
  return `#!/bin/bash
case "$1" in
  --version) printf 'Version:      19.2.0\\nGit revision: abc\\n' ;;
  fleeting)
    [[ "$2" == --config && "$4" == install ]] || exit 64
    grep -q 'plugin = "${plugin}"' "$3" || exit 65
    [[ ! -e "$NODE_ROOT/no-plugin" ]] || exit 66
    touch "$FLEETING_PLUGIN_PATH/\${plugin%%:*}"
    ;;
  *) exit 64 ;;
esac
`.replace("${plugin%%:*}", plugin.replace(/:.*/, ""));
}

/** The release as it is served: address to content. */
export function release(binary: string): Record<string, string> {
  const sum = createHash("sha256").update(binary).digest("hex");
  return {
    [`${downloads}/binaries/gitlab-runner-linux-amd64`]: binary,
    [`${downloads}/release.sha256`]: `${"0".repeat(64)} *binaries/gitlab-runner-linux-arm64\n${sum} *binaries/gitlab-runner-linux-amd64\n`,
  };
}

/** Stands in for what would change the test machine's own users, files and services. */
export function hostCommands(world: World, machine: Machine): void {
  for (const command of ["useradd", "chown", "id"])
    writeFileSync(join(machine.bin, command), readFileSync(join(machine.bin, "dnf")), {
      mode: 0o755,
    });
  machine.commands["id"] = () => ({
    code: world.calls.some(({ command }) => command === "useradd") ? 0 : 1,
  });
  machine.commands["useradd"] = () => ({ code: 0 });
  machine.commands["chown"] = () => ({ code: 0 });
  const systemctl = machine.commands["systemctl"];
  machine.commands["systemctl"] = (call, self, closed) => {
    world.happened(machine.name, "systemctl", call.args.join(" "));
    // The runner itself is not run here: what counts is when it is started, and with what.
    if (call.args.includes("gitlab-runner.service")) return { code: 0 };
    return systemctl?.(call, self, closed) ?? { code: 1 };
  };
  mkdirSync(machine.path("/usr/local/bin"), { recursive: true });
}

/** Starts of the runner, in order. */
export function starts(world: World): readonly unknown[] {
  return world.history.filter(({ detail }) => detail === "restart gitlab-runner.service");
}
