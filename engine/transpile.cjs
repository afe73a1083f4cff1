/**
 * Runs TypeScript files of this checkout as they stand: `node --require engine/transpile.cjs file.ts`. A rehearsal starts
 * some thirty Node processes, and what `@swc-node/register` (1.12.1) loads before the first of their lines, the whole
 * TypeScript compiler to read tsconfig.json with and all files' names, is half a second of each. Here the transpiler too
 * is loaded only for files that have changed since they were last transpiled.
 *
 * Types are checked elsewhere (`npm run typecheck`). Syntax is TypeScript's alone: no JSX, no decorators.
 */
"use strict";

const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, relative } = require("node:path");

const checkout = dirname(__dirname);
const folder = join(checkout, "node_modules", ".cache", "transpiled");
const { compilerOptions } = JSON.parse(readFileSync(join(checkout, "tsconfig.json"), "utf8"));

/** As `tsc` would emit CommonJS for these compiler options. */
const options = {
  isModule: true,
  swcrc: false,
  configFile: false,
  sourceMaps: true,
  inlineSourcesContent: false,
  module: {
    type: "commonjs",
    noInterop: !compilerOptions.esModuleInterop,
    ignoreDynamic: false,
  },
  jsc: {
    target: compilerOptions.target,
    keepClassNames: true,
    externalHelpers: false,
    parser: { syntax: "typescript", tsx: false, decorators: false },
    transform: { useDefineForClassFields: true },
  },
};

// Whatever the output depends on besides the source.
const { version } = require("@swc/core/package.json");
const basis = JSON.stringify({ version, options });

/** The place of a file's output; one for each file, so that the folder does not grow with each change. */
function place(filename) {
  const name = relative(checkout, filename);
  // Outside stand folders that a test makes for itself.
  return name.startsWith("..") ? undefined : join(folder, name.replace(/[^A-Za-z0-9._-]/g, "~"));
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Whole or not at all: other processes read it at the same time. */
function write(file, text) {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch {
    // A checkout that cannot be written to is transpiled each time.
  }
}

/** The files that run: what each was made of, and its map where it was made here. */
const running = new Map();

/** The file's JavaScript; its last line says what it was made of. */
function compiled(filename) {
  const source = readFileSync(filename, "utf8");
  const made = createHash("sha256").update(basis).update(filename).update(source).digest("hex");
  const kept = place(filename);
  const known = kept && read(`${kept}.js`);
  if (known?.endsWith(`\n//${made}\n`)) {
    running.set(filename, { made });
    return known;
  }
  const { code, map } = require("@swc/core").transformSync(source, { ...options, filename });
  running.set(filename, { made, map });
  const text = `${code}\n//${made}\n`;
  if (kept !== undefined) {
    write(`${kept}.map`, JSON.stringify({ made, map }));
    write(`${kept}.js`, text);
  }
  return text;
}

const maps = new Map();

function mapOf(filename) {
  if (!maps.has(filename)) {
    const { made, map } = running.get(filename);
    const kept = JSON.parse(read(`${place(filename)}.map`) ?? "{}");
    // The file may have changed since this process loaded it.
    const text = map ?? (kept.made === made ? kept.map : undefined);
    maps.set(filename, text && new Module.SourceMap(JSON.parse(text)));
  }
  return maps.get(filename);
}

/** A line of a stack trace, with the place in the TypeScript file. */
function said(frame) {
  const text = frame.toString();
  const [filename, line, column] = [
    frame.getFileName(),
    frame.getLineNumber(),
    frame.getColumnNumber(),
  ];
  if (!running.has(filename) || line === null || column === null) return text;
  const entry = mapOf(filename)?.findEntry(line - 1, column - 1);
  if (entry?.originalLine === undefined) return text;
  const [from, to] = [
    `:${line}:${column}`,
    `:${entry.originalLine + 1}:${entry.originalColumn + 1}`,
  ];
  return text.replace(`${filename}${from}`, () => `${filename}${to}`);
}

/** Has Node load TypeScript files so from now on; also where something else has been registered since. */
function register() {
  Module._extensions[".ts"] = (module, filename) => {
    module._compile(compiled(filename), filename);
  };
  Error.prepareStackTrace = (error, frames) =>
    [String(error), ...frames.map((frame) => `\n    at ${said(frame)}`)].join("");
}

register();
module.exports = { register };
