/**
 * Loads npm's tree reader when it is asked for and not with the Pulumi SDK, which uses it only to find the packages
 * of functions that become cloud functions. It is a quarter of the SDK's loading time (3.259.0,
 * runtime/closure/codePaths). Has to be imported before the SDK.
 */
import { createRequire } from "node:module";

const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const file = fromSdk.resolve("@npmcli/arborist");

fromSdk.cache[file] = {
  ...module,
  id: file,
  filename: file,
  loaded: true,
  children: [],
  exports: {
    // The SDK then takes the module as it is, instead of copying its members, which would load it.
    __esModule: true,
    get Arborist(): unknown {
      Reflect.deleteProperty(fromSdk.cache, file);
      return (fromSdk(file) as { Arborist: unknown }).Arborist;
    },
  },
};
