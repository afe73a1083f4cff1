import { createRequire } from "node:module";
import "@pulumi/pulumi";

/** As the SDK's own files ask for a module. */
const fromSdk = createRequire(require.resolve("@pulumi/pulumi"));
const loaded = (part: string): boolean =>
  Object.keys(require.cache).some((file) => file.includes(`/node_modules/${part}/`));

test("tests load the SDK without the compiler and npm's tree reader, which come when a member is asked for", () => {
  expect([loaded("@pulumi/pulumi"), loaded("typescript"), loaded("@npmcli/arborist")]).toEqual([
    true,
    false,
    false,
  ]);
  const { version } = fromSdk("./typescript-shim") as { version: string };
  expect(version).toBe((fromSdk("typescript") as { version: string }).version);
  const { Arborist } = fromSdk("@npmcli/arborist") as { Arborist: new (options: object) => object };
  expect(new Arborist({ path: __dirname })).toHaveProperty("loadActual");
  expect([loaded("typescript"), loaded("@npmcli/arborist")]).toEqual([true, true]);
});
