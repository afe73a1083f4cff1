/** `npm run lint [-- eslint's arguments]` */
import { lint } from "./support/checks";

void lint(process.argv.slice(2)).then((code) => (process.exitCode = code));
