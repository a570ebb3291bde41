/**
 * Bundles what runs: `node dist/tools/bundle.js` makes `dist/redstart.cjs`, which programs require, `dist/redstart.js`, by which they
 * import the same, and `dist/main.cjs`, which `bin/redstart` starts. The first line of main.cjs names its content, so that code compiled
 * from another one is recognized; `dist/cache` gets the code for this Node. `dist/types` gets the declarations that users see.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type BuildOptions, buildSync } from "esbuild";

const CACHE = "dist/cache";
const TYPES = "dist/types";
const CACHE_LIMIT_MS = 10_000;
/** Options of Node, as bin/redstart starts it and as npx does: each way has compiled code of its own. */
const STARTS = [["--max-semi-space-size=1"], []];

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  logLevel: "warning",
} satisfies BuildOptions;
/** One byte per character, as V8 holds it. */
const compact = { charset: "ascii", minifyWhitespace: true, minifySyntax: true, lineLimit: 120 } satisfies BuildOptions;

const threadCode = JSON.stringify(bundleWorker());

await bundlePackage();
copyDeclarations();
bundleMain();
await compileMain();

/** The code of threads, which goes as a text into both bundles: wherever these are, it is there. */
function bundleWorker(): string {
  const { outputFiles } = buildSync({ ...common, ...compact, entryPoints: ["dist/src/worker.js"], write: false });
  return outputFiles[0]!.text;
}

/**
 * One implementation for both kinds of modules, so that its classes are the same whoever loads it, and how. Nothing in it loads modules
 * asynchronously, which test runners with modules of their own (Jest) refuse.
 */
async function bundlePackage(): Promise<void> {
  buildSync({
    ...common,
    define: { "import.meta.url": "__filename", "import.meta.threadCode": threadCode },
    supported: { "dynamic-import": false },
    entryPoints: ["dist/src/index.js"],
    outfile: "dist/redstart.cjs",
  });
  const names = Object.keys(await import("../src/index.js"));
  writeFileSync("dist/redstart.js", `export { ${names.join(", ")} } from "./redstart.cjs";\n`);
}

/**
 * The declarations that index.d.ts leads to, once for each kind of modules: TypeScript takes them for what the nearest package.json says.
 */
function copyDeclarations(): void {
  rmSync(TYPES, { recursive: true, force: true });
  const files = new Set<string>();
  findDeclarations("dist/src/index.d.ts", files);
  for (const kind of ["import", "require"]) {
    for (const file of files) {
      const target = join(TYPES, kind, relative("dist/src", file));
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(file, target);
    }
  }
  writeFileSync(join(TYPES, "require", "package.json"), '{ "type": "commonjs" }\n');
}

function findDeclarations(file: string, found: Set<string>): void {
  if (found.has(file)) return;
  found.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)) {
    findDeclarations(join(dirname(file), `${path}.d.ts`), found);
  }
}

/** Names stay as they are, for the stack traces in people's reports. */
function bundleMain(): void {
  const { outputFiles } = buildSync({
    ...common,
    ...compact,
    // bin/redstart.js names itself as the module's file.
    define: { "import.meta.url": "module.filename", "import.meta.threadCode": threadCode },
    entryPoints: ["dist/src/main.js"],
    write: false,
  });
  const text = outputFiles[0]!.text;
  rmSync(CACHE, { recursive: true, force: true });
  writeFileSync("dist/main.cjs", `// ${createHash("sha1").update(text).digest("hex")}\n${text}`);
}

/** Starts the server in each way, so that it leaves its compiled code. Without, the first start does. */
async function compileMain(): Promise<void> {
  const children = [];
  for (const options of STARTS) {
    const port = String(await freePort());
    const args = [...options, "bin/redstart.js", "--bind", "127.0.0.1", "--port", port, "--save", ""];
    children.push(spawn(process.execPath, args, { stdio: "ignore" }));
  }
  const untilMs = Date.now() + CACHE_LIMIT_MS;
  while (!hasCaches() && children.some(({ exitCode }) => exitCode === null) && Date.now() < untilMs) await sleep(20);
  for (const child of children) child.kill();
  if (!hasCaches()) process.stderr.write("bundle: no compiled code in dist/cache, the first start will make it\n");
}

function hasCaches(): boolean {
  if (!existsSync(CACHE)) return false;
  return readdirSync(CACHE).filter((name) => name.endsWith(process.arch)).length === STARTS.length;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
