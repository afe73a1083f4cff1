/**
 * Loads what the Pulumi SDK needs only to turn functions into cloud functions when it is asked for, and not with the SDK:
 * npm's tree reader and the TypeScript compiler, together most of the SDK's loading time (3.259.0,
 * runtime/closure/codePaths and parseFunction). Has to be imported before the SDK.
 */
import { createRequire } from "node:module";

const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

/** Puts a module's place in the cache, whose members are there to be read and load it when they are. */
function late(name: string, exports: (load: () => object) => object): void {
  const file = fromSdk.resolve(name);
  if (fromSdk.cache[file] !== undefined) return;
  const load = (): object => {
    Reflect.deleteProperty(fromSdk.cache, file);
    return fromSdk(file) as object;
  };
  const [id, filename] = [file, file];
  fromSdk.cache[file] = {
    ...module,
    ...{ id, filename, loaded: true, children: [], exports: exports(load) },
  };
}

late("@npmcli/arborist", (load) => ({
  // The SDK then takes the module as it is, instead of copying its members, which would load it.
  __esModule: true,
  get Arborist(): unknown {
    return Reflect.get(load(), "Arborist") as unknown;
  },
}));

late("@pulumi/pulumi/typescript-shim", (load) => {
  let compiler: object | undefined;
  return new Proxy(
    {},
    {
      get: (_target, member) => Reflect.get((compiler ??= load()), member) as unknown,
      has: (_target, member) => Reflect.has((compiler ??= load()), member),
    },
  );
});
