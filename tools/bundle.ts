/**
 * Bundles what runs: `node dist/tools/bundle.js` makes `dist/redstart.js`, which programs import, and `dist/main.cjs`,
 * which `bin/redstart` starts. The first line of main.cjs names its content, so that code compiled from another one is
 * recognized; `dist/cache` gets the code for this Node.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type BuildOptions, buildSync } from "esbuild";

const CACHE = "dist/cache";
const CACHE_LIMIT_MS = 10_000;
/** Options of Node, as bin/redstart starts it and as npx does: each way has compiled code of its own. */
const STARTS = [["--max-semi-space-size=1"], []];

const common = { bundle: true, platform: "node", target: "node20", logLevel: "warning" } satisfies BuildOptions;

buildSync({ ...common, format: "esm", entryPoints: ["dist/src/index.js"], outfile: "dist/redstart.js" });
bundleMain();
await compileMain();

/** Names stay as they are, for the stack traces in people's reports. */
function bundleMain(): void {
  const { outputFiles } = buildSync({
    ...common,
    format: "cjs",
    // One byte per character, as V8 holds it.
    charset: "ascii",
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    // bin/redstart.js names itself as the module's file.
    define: { "import.meta.url": "module.filename" },
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
