/** `npm run typecheck [-- tsc's arguments]` */
import { typecheck } from "./support/checks";

void typecheck(process.argv.slice(2)).then((code) => (process.exitCode = code));
