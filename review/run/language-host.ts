/** Whether the plain command line can run a program here. */
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { Engine } from "../../engine/binary";
import { ENGINE_EXECUTABLE, ENGINE_VERSION } from "../../engine/binary-places";

const host = ENGINE_EXECUTABLE.replace("pulumi", "pulumi-language-nodejs");

/**
 * The engine starts Node programs by `pulumi-language-nodejs`, which it looks for on the PATH and beside itself
 * (pulumi v3.259.0, sdk/go/common/workspace/plugins.go). Only the official download has it: an engine that was built
 * from the Go module rehearses, but cannot go to a cloud.
 * @returns what to do where it is missing
 */
export function missingLanguageHost(
  engine: Engine,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter(isAbsolute);
  // Symbolic links are followed, as the engine does.
  folders.push(dirname(realpathSync(engine.path)));
  if (folders.some((folder) => existsSync(join(folder, host)))) return undefined;
  return [
    `The engine ${engine.path} (${engine.route}) has no ${host}, without which it cannot run a program against a real backend.`,
    `Install Pulumi ${ENGINE_VERSION} (https://www.pulumi.com/docs/iac/download-install/versions/) and put it on the PATH, or preview with --sandbox, which needs none.`,
  ].join("\n");
}
