/**
 * Shows what is being done and for how long, on standard error: one line that is rewritten on a
 * terminal, plain lines in CI and in files. No dependency, since it shows their installation.
 */
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const TERMINAL_MS = 100;
/** In CI a line is due before the job looks hung. */
const PLAIN_MS = 15_000;

/** Whether `stream` shows rewritten lines: a terminal, and neither CI nor a dumb one. */
export function isInteractive(stream, env) {
  const ci = env.CI ?? "";
  return (
    stream.isTTY === true && env.TERM !== "dumb" && (ci === "" || ci === "false" || ci === "0")
  );
}

function elapsed(since) {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Starts showing progress. Nothing is written until `update` is called for the first time, so that
 * what is ready at once stays silent.
 *
 * @returns `update(message)` says what is being done now; `done()` and `fail()` end the display.
 */
export function showProgress(stream = process.stderr, env = process.env) {
  const interactive = isInteractive(stream, env);
  let message;
  let since = 0;
  let timer;
  let frame = 0;

  const clear = () => interactive && stream.write("\r\u001b[K");
  const activity = (text) => text.replace(/ \(.*\)$/, "");
  const draw = () => {
    if (interactive) {
      const room = Math.max(20, (stream.columns ?? 80) - 16);
      const text = message.length > room ? `${message.slice(0, room - 1)}…` : message;
      stream.write(`\r\u001b[K${FRAMES[frame++ % FRAMES.length]} ${text} ${elapsed(since)}`);
    } else {
      stream.write(`  ${message}, ${elapsed(since)}\n`);
    }
  };
  const finish = (mark) => {
    if (message === undefined) return;
    clearInterval(timer);
    clear();
    stream.write(`${mark} ${activity(message)}, ${elapsed(since)}\n`);
    message = undefined;
  };

  return {
    update(text) {
      // "(12 packages)" is a detail of the same activity; another activity starts a line of its own.
      const same = message !== undefined && activity(message) === activity(text);
      if (!same) {
        finish("✓");
        since = Date.now();
        if (!interactive) stream.write(`  ${text}\n`);
        timer = setInterval(draw, interactive ? TERMINAL_MS : PLAIN_MS);
        timer.unref();
      }
      message = text;
      if (!same && interactive) draw();
    },
    done: () => finish("✓"),
    fail: () => finish("✗"),
  };
}
