/** `npm run accept`: writes the goldens anew. Review the diff: a golden proves no intent. */
import { runTool } from "./support/tool";

void runTool("jest", ["tests/golden", ...process.argv.slice(2)], {
  GITLAB_ACCEPT_GOLDENS: "1",
}).then((code) => {
  process.exitCode = code;
});
