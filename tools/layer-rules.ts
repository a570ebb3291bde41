/**
 * The layer rule of the project as data and one pure function: which folder of `src/` may import which, in which order those of `src/server/`
 * stand, who may name the clock, random, sockets, files and timers, and who may copy memory that is shared. `check-layers.ts` applies it to the
 * tree; docs/ARCHITECTURE.md has the picture.
 */
import { code, imports } from "./source-scanner.js";

/** What each layer may import besides itself. Layers in no list of each other are siblings and must not meet. */
const below: Readonly<Record<string, readonly string[]>> = layers();

/** Files directly in `src/`: the ways in, from a program and from the command line. */
const topFiles: Readonly<Record<string, readonly string[]>> = {
  "index.ts": ["assemble", "server", "commands", "platform", "bytes"],
  "works.ts": ["memory", "platform"],
  "worker.ts": ["works", "platform"],
  "main.ts": ["index", "assemble", "server", "commands", "platform", "bytes"],
};

/**
 * The folders of `src/server/`, and the files beside them, from the lowest to the highest: each may import those before it
 * in the list.
 */
const serverOrder: readonly string[] = [
  "version",
  "deadlines",
  "subsystems",
  "config",
  "process",
  "snapshot-slices",
  "lone-primary",
  "observation",
  "memory",
  "acl",
  "throttle",
  "gates",
  "pubsub",
  "tracking",
  "clients",
  "listening",
  "info",
  "cron",
  "execution",
  "server",
];

/** Modules of Node that name no clock, random, socket, file or timer, so that any layer may use them. */
const pureNodeModules = new Set([
  "node:assert",
  "node:assert/strict",
  "node:buffer",
  "node:events",
  "node:stream",
  "node:util",
]);

/** What only platform may say, and what each of them stands for. */
const platformWords: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bDate\.now\b/g, "the clock"],
  [/\bnew Date(?:\(\s*\)|(?!\s*\())/g, "the clock"],
  [/(?<![.\w])performance\b(?!\s*[:?])/g, "the clock"],
  [/\bMath\.random\b/g, "random"],
  [/(?<![.\w])crypto\./g, "random"],
  [/(?<![.\w#])(?:set|clear)(?:Timeout|Interval|Immediate)\s*\(/g, "timers"],
  [/(?<![.\w])process\./g, "the process"],
  [/(?<![.\w])console\./g, "the terminal"],
];

/** Files that read the clock to choose the faster of two ways to the same result, once. */
const trials = new Set(["bytes/copy-long.ts"]);

/** Layers whose regions may be segments: typed arrays' own copies go byte by byte there. */
const segmentLayers = new Set(["memory", "structures", "datatypes", "keyspace", "commands"]);
const slowCopy = /\.\s*copyWithin\s*\(/g;
const slowSegmentCopy = /\.\s*copyWithin\s*\(|\bu8\s*\.\s*(?:set|fill)\s*\(|\b(?:u32|f64)\s*\.\s*set\s*\(/g;

function layers(): Record<string, readonly string[]> {
  const memory = ["bytes"];
  const structures = ["memory", ...memory];
  const datatypes = ["structures", ...structures];
  const keyspace = ["datatypes", ...datatypes];
  const protocol = ["bytes"];
  const commands = ["keyspace", "protocol", ...keyspace];
  const sibling = ["commands", "platform", ...commands];
  return {
    bytes: [],
    memory,
    structures,
    datatypes,
    keyspace,
    protocol,
    commands,
    server: sibling,
    scripting: sibling,
    persistence: sibling,
    replication: sibling,
    cluster: sibling,
    platform: ["bytes"],
    assemble: ["server", "scripting", "persistence", "replication", "cluster", ...sibling],
  };
}

/**
 * The violations of one source file, each as "line: what is wrong". `file` is relative to `src/`, with "/" between the
 * parts.
 */
export function violations(file: string, source: string): string[] {
  if (/\.(test|fuzz|bench)\.ts$/.test(file)) return [];
  const found: [line: number, message: string][] = [];
  const layer = layerOf(file);
  if (layer.includes(".") ? !(layer in topFiles) : !(layer in below)) {
    return [`1: ${layer} is no layer; tools/layer-rules.ts lists them`];
  }
  for (const { line, specifier } of imports(source)) {
    const problem = specifier.startsWith(".") ? projectImport(file, specifier) : outsideImport(file, specifier);
    if (problem !== null) found.push([line, problem]);
  }
  const text = code(source);
  if (layer !== "platform" && layer !== "bytes") {
    for (const match of text.matchAll(segmentLayers.has(layer) ? slowSegmentCopy : slowCopy)) {
      const word = match[0].replace(/[\s(]+$/, "").replace(/^\./, "");
      found.push([
        lineAt(text, match.index),
        `${word} is slow on segments: take what bytes/region.ts and words.ts have`,
      ]);
    }
  }
  if (layer !== "platform" && layer !== "main.ts" && !trials.has(file)) {
    for (const [pattern, what] of platformWords) {
      for (const match of text.matchAll(pattern)) {
        const word = match[0].replace(/[\s(.]+$/, "");
        found.push([lineAt(text, match.index), `${word} names ${what}: only platform/ may, take it as a parameter`]);
      }
    }
  }
  return found.sort((a, b) => a[0] - b[0]).map(([line, message]) => `${line}: ${message}`);
}

function layerOf(file: string): string {
  return file.split("/", 1)[0]!;
}

function projectImport(file: string, specifier: string): string | null {
  const target = resolve(file, specifier);
  if (target === null) return `imports ${specifier}, which is outside src/`;
  if (/\.(test|fuzz|bench)\.js$/.test(target)) return `imports ${target}: only tests may import a test`;
  const from = layerOf(file);
  const to = layerOf(target).replace(/\.js$/, "");
  if (from.includes(".")) {
    const allowed = topFiles[from]!;
    return allowed.includes(to) ? null : `${from} may not import ${to}: assemble/ does`;
  }
  if (from === to) {
    if (from === "commands") return commandImport(file, target);
    return from === "server" ? serverImport(file, target) : null;
  }
  if (below[from]!.includes(to)) return null;
  if (!(to in below)) return `${from} imports ${to}, which is above it`;
  if (below[to]!.includes(from)) return `${from} imports ${to} (${target}), which is above it`;
  return `${from} imports ${to} (${target}), which is beside it: neither may know the other`;
}

/** Groups of commands do not import each other; what two of them share lives in commands/ itself or below. */
function commandImport(file: string, target: string): string | null {
  const from = group(file);
  const to = group(target);
  if (from === null || to === null || from === to) return null;
  return `commands/${from} imports commands/${to} (${target}): move what both need to commands/ or below`;
}

/** The folders of `src/server/` stand one above the other. */
function serverImport(file: string, target: string): string | null {
  const from = serverUnit(file);
  const to = serverUnit(target);
  for (const unit of [from, to]) {
    if (!serverOrder.includes(unit)) return `server/${unit} has no place; tools/layer-rules.ts has the order`;
  }
  if (serverOrder.indexOf(to) <= serverOrder.indexOf(from)) return null;
  return `server/${from} imports server/${to} (${target}), which is above it`;
}

/** A folder of `src/server/`, or a file beside the folders without its ending. */
function serverUnit(file: string): string {
  return file.split("/")[1]!.replace(/\.[jt]s$/, "");
}

function group(file: string): string | null {
  const parts = file.split("/");
  return parts.length > 2 ? parts[1]! : null;
}

function outsideImport(file: string, specifier: string): string | null {
  const layer = layerOf(file);
  if (pureNodeModules.has(specifier)) return null;
  if (!specifier.startsWith("node:"))
    return `imports ${specifier}: the core has no dependencies (node: modules need their prefix)`;
  if (layer === "platform" || layer === "main.ts") return null;
  return `imports ${specifier}: only platform/ may, take an interface as a parameter`;
}

/** The path of an imported file relative to `src/`, or null when it lies outside. */
function resolve(file: string, specifier: string): string | null {
  const parts = file.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return null;
    } else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let i = 0; i < index; i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}
