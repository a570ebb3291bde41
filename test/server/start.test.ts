import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../support/embedded.js";
import { freePort } from "../support/ports.js";
import { serverFor, testedProgram } from "../support/servers.js";
import { type Scope, temporaryDirectory } from "../support/temporary-directory.js";
import { isWindows } from "../support/unix-socket.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const skip = testedProgram === "redstart" ? false : "tests the command redstart";

/** What the command needs of Node beyond node:net; each costs a part of a millisecond to two. */
const expectedModules = ["os", "perf_hooks", "tty", "vm"];

function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { timeout: 10_000, env: { ...process.env, ...env } };
    execFile(process.execPath, args, options, (_, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

/** The command and its bundle in a directory of their own, without a cache. */
function copyOfPackage(scope: Scope): { bin: string; bundle: string; cache: string } {
  const directory = temporaryDirectory(scope);
  const [bin, bundle] = [join(directory, "bin", "redstart"), join(directory, "dist", "main.cjs")];
  cpSync(join(root, "bin"), join(directory, "bin"), { recursive: true });
  cpSync(join(root, "dist", "main.cjs"), bundle);
  cpSync(join(root, "package.json"), join(directory, "package.json"));
  return { bin, bundle, cache: join(directory, "dist", "cache") };
}

const onFreePort = async () => ["--port", String(await freePort()), "--bind", "127.0.0.1", "--save", ""];

/** Those that are complete. */
const cacheFiles = (directory: string): string[] =>
  existsSync(directory) ? readdirSync(directory).filter((name) => !/\.\d+$/.test(name)) : [];

/** Starts the server until it has left its compiled code; returns the file. */
async function compile({ bin, cache }: { bin: string; cache: string }): Promise<string> {
  const child = execFile(process.execPath, [bin, ...(await onFreePort())]);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await until("the cache is written", () => cacheFiles(cache).length > 0);
  child.kill();
  await ended;
  const [name] = cacheFiles(cache);
  return join(cache, name!);
}

/** The same bundle but for the version, as long as before. */
function changeVersion({ bundle }: { bundle: string }, keepsId: boolean): void {
  const text = readFileSync(bundle, "latin1");
  const changed = text.replace(/redstart:"\d/, 'redstart:"x');
  assert.notEqual(changed, text);
  writeFileSync(bundle, keepsId ? changed : changed.replace(/^\/\/ .{8}/, "// 00000000"), "latin1");
}

test("a start loads no more of Node than it needs", { skip: skip || isWindows }, async (t) => {
  const directory = temporaryDirectory(t);
  const probe = join(directory, "probe.cjs");
  const write = `require("node:fs").writeFileSync(process.env.MODULES_FILE, process.moduleLoadList.join("\\n"))`;
  writeFileSync(probe, `process.on("exit", () => ${write});`);
  const env = (file: string) => ({
    NODE_OPTIONS: `--require "${probe.replaceAll("\\", "\\\\")}"`,
    NODE_DISABLE_COMPILE_CACHE: "1",
    MODULES_FILE: join(directory, file),
  });
  const modules = (file: string): string[] =>
    [...readFileSync(join(directory, file), "utf8").matchAll(/^NativeModule (?!internal\/)(.*)$/gm)].map((m) => m[1]!);
  const server = await serverFor(t, { env: env("server") });
  await server.stop();
  // Without listening: that would load node:dns, node:cluster and node:child_process.
  const bare = `require("node:net");`;
  await runNode(["-e", bare], env("bare"));
  const known = new Set([...modules("bare"), ...expectedModules]);
  assert.ok(known.has("net"));
  assert.deepEqual(
    modules("server").filter((name) => !known.has(name)),
    [],
  );
});

test("the first start leaves its compiled code for the next ones", { skip }, async (t) => {
  const copy = copyOfPackage(t);
  const original = (await runNode([copy.bin, "--version"])).stdout;
  assert.equal(existsSync(copy.cache), false);
  await compile(copy);
  // V8 does not compare the text, so the old version shows that the cache was used.
  changeVersion(copy, true);
  assert.equal((await runNode([copy.bin, "--version"])).stdout, original);
  const uncached = await runNode([copy.bin, "--version"], { NODE_DISABLE_COMPILE_CACHE: "1" });
  assert.match(uncached.stdout, /redstart=x/);
});

test("compiled code of another bundle, or none at all, is ignored and replaced", { skip }, async (t) => {
  const copy = copyOfPackage(t);
  const file = await compile(copy);
  const first = readFileSync(file);
  const idLength = 40;
  changeVersion(copy, false);
  assert.match((await runNode([copy.bin, "--version"])).stdout, /redstart=x/);
  const id = readFileSync(copy.bundle, "latin1").slice(3, 3 + idLength);
  for (const bad of [
    Buffer.alloc(0),
    Buffer.from(`${id}junk`),
    Buffer.concat([Buffer.from(id), first.subarray(idLength, 9_000)]),
  ]) {
    writeFileSync(file, bad);
    const { stdout, stderr } = await runNode([copy.bin, "--version"]);
    assert.match(stdout, /redstart=x/);
    assert.equal(stderr, "");
  }
  const child = execFile(process.execPath, [copy.bin, ...(await onFreePort())]);
  t.after(() => void child.kill());
  await until(
    "the cache is replaced",
    () => readFileSync(file, "latin1").startsWith(id) && readFileSync(file).length > 9_000,
  );
});

test("without its bundle the command says what to do", { skip }, async (t) => {
  const copy = copyOfPackage(t);
  rmSync(copy.bundle);
  const { stdout, stderr } = await runNode([copy.bin]);
  assert.equal(stdout, "");
  assert.match(stderr, /^redstart: .*main\.cjs cannot be read; .*npm run build.*\n$/);
});
