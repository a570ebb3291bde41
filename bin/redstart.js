#!/usr/bin/env node
// Starts the server from dist/main.cjs. Both are CommonJS (bin/package.json says so): Node then leaves its loader of ES modules
// alone. The compiled bundle is kept beside it in dist/cache, for this version of Node: see docs/design/0003-start.md.
"use strict";
// Node would open its debugger at this signal, to any program on this machine; a listener of one's own keeps it shut, from here on.
process.on("SIGUSR1", () => {});

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");

/** What bin/redstart starts Node with. */
const USUAL_OPTION = "--max-semi-space-size=1";
/** Characters of a bundle's first line that name its content; a cache begins with those of the bundle it was made from. */
const ID_LENGTH = 40;
/** After the server is ready; making a cache takes some 10 ms, once. */
const CACHE_DELAY_MS = 200;

const dist = join(__dirname, "..", "dist");
const bundle = join(dist, "main.cjs");
const cacheDirectory = join(dist, "cache");
// V8 only compares its own version, which Node patches without changing it; and it rejects code made under other options of its own.
const options = process.execArgv.join("");
const name = options === USUAL_OPTION ? "small-heap" : "main";
const cache = join(cacheDirectory, `${name}-${process.version}-${process.platform}-${process.arch}`);
const usesCache = process.env.NODE_DISABLE_COMPILE_CACHE === undefined;

const source = readOrNull(bundle, "latin1");
if (source === null) {
  process.stderr.write(`redstart: ${bundle} cannot be read; in a checkout, "npm install" or "npm run build" makes it\n`);
  process.exit(1);
}
const id = source.slice(3, 3 + ID_LENGTH);
const cachedData = usesCache ? readCache() : undefined;
const script = new Script(`(function (exports, require, module) {${source}\n})`, { filename: bundle, cachedData });
const bundled = { exports: {}, filename: __filename };
script.runInThisContext()(bundled.exports, require, bundled);
const started = bundled.exports.main(process.argv.slice(2));
// A start with options of another kind, to profile, does not replace what others use.
const isUsual = options === "" || options === USUAL_OPTION;
if (usesCache && isUsual && (cachedData === undefined || script.cachedDataRejected)) {
  started.then(() => setTimeout(writeCache, CACHE_DELAY_MS).unref());
}

function readOrNull(path, encoding) {
  try {
    return readFileSync(path, encoding);
  } catch {
    return null;
  }
}

/** What V8 made of this very bundle at an earlier start. */
function readCache() {
  const bytes = readOrNull(cache);
  return bytes !== null && bytes.latin1Slice(0, ID_LENGTH) === id ? bytes.subarray(ID_LENGTH) : undefined;
}

/** Leaves the compiled code for the next start. Where the package may not be written to, each start compiles. */
function writeCache() {
  const { mkdir, rename, rm, writeFile } = require("node:fs/promises");
  const temporary = `${cache}.${process.pid}`;
  mkdir(cacheDirectory, { recursive: true })
    .then(() => writeFile(temporary, [id, script.createCachedData()], { flag: "wx", flush: true }))
    .then(() => rename(temporary, cache))
    .catch(() => rm(temporary, { force: true }).catch(() => {}));
}
