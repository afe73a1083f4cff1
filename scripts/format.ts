/** `npm run format [-- prettier's arguments]`: rewrites what is not formatted. */
import { format } from "./support/checks";

void format(false, process.argv.slice(2)).then((code) => (process.exitCode = code));
