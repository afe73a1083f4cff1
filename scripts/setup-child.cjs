"use strict";
/**
 * Loaded first into every command that the launcher starts: when the launcher is killed outright,
 * and so cannot pass anything on, the channel between them breaks, and the command ends as if
 * interrupted instead of working on unseen.
 *
 * Processes that the command forks load this too, with a channel of their own to the command; they
 * are not the launcher's children and are left alone.
 */
if (process.channel && process.env.GITLAB_LAUNCHER_PID === String(process.ppid)) {
  process.channel.unref();
  process.on("disconnect", () => process.kill(process.pid, "SIGINT"));
}
