/**
 * What Node loads before a program that plain `pulumi` runs in tests of the commands round it: TypeScript as
 * engine/child.ts has it, and the SDK without what it needs only for cloud functions. Together a second of each run, of
 * which such a test has a dozen. How Pulumi.yaml itself has programs run is proved by tests/engine/real-path.test.ts.
 */
"use strict";

const { join } = require("node:path");

const engine = join(__dirname, "..", "..", "..", "engine");
require(join(engine, "transpile.cjs"));
require(join(engine, "late-modules.ts"));
