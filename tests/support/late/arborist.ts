/** npm's tree reader in the Pulumi SDK's hands (3.259.0, runtime/closure/codePaths): see typescript.ts beside this. */
import { dirname, join } from "node:path";

/** By its file: jest takes the package's name for this one. */
const place = join(dirname(require.resolve("@npmcli/arborist/package.json")), "lib", "index.js");

export = {
  // The SDK then takes the module as it is, instead of copying its members, which would load it.
  __esModule: true,
  get Arborist(): unknown {
    return jest.requireActual<{ readonly Arborist: unknown }>(place).Arborist;
  },
};
