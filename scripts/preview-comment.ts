/** `npm run preview-comment -- DIR`: posts a run's previews as one note to the merge request. */
import { checkout } from "../engine/isolation";
import { runPreviewComment } from "../review/gitlab/comment-command";

void runPreviewComment({
  project: checkout,
  args: process.argv.slice(2),
  environment: process.env,
  out: (text) => {
    process.stdout.write(text);
  },
  say: (line) => {
    console.error(line);
  },
}).then((code) => {
  process.exitCode = code;
});
