/** `npm run engine`: prints the path of the engine. The launcher has made sure that there is one. */
import { resolveEngine } from "../engine/binary";

void resolveEngine().then(
  (engine) => console.log(engine.path),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
