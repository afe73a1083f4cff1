"use strict";
/**
 * The folders of the user that the project works in. Plain JavaScript: the launcher needs them
 * before the dependencies are there.
 */
const os = require("node:os");
const path = require("node:path");

/** An environment value, with the empty string read as unset, as shells and the XDG rules have it. */
function given(env, name) {
  const value = env[name];
  return value === undefined || value === "" ? undefined : value;
}

/** The user's home folder. */
function homeFolder(env) {
  return given(env, process.platform === "win32" ? "USERPROFILE" : "HOME") ?? os.homedir();
}

/**
 * The project's own folder in the user's cache. Everything in it can be deleted at any time.
 *
 * Linux: `$XDG_CACHE_HOME` or `~/.cache` (XDG Base Directory Specification,
 * https://specifications.freedesktop.org/basedir-spec/latest/, which has relative values ignored);
 * macOS: `~/Library/Caches`, or `$XDG_CACHE_HOME` where that is set; Windows: `%LOCALAPPDATA%`.
 */
function cacheFolder(env) {
  return path.join(userCacheFolder(env), "gitlab-environments");
}

function userCacheFolder(env) {
  const home = homeFolder(env);
  if (process.platform === "win32") {
    return given(env, "LOCALAPPDATA") ?? path.join(home, "AppData", "Local");
  }
  const xdg = given(env, "XDG_CACHE_HOME");
  if (xdg !== undefined && path.isAbsolute(xdg)) return xdg;
  return process.platform === "darwin"
    ? path.join(home, "Library", "Caches")
    : path.join(home, ".cache");
}

module.exports = { cacheFolder, given, homeFolder };
