/** SIGUSR1 opens the debugger of a Node process, where nobody listens to it: of no server, however it was started. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../support/embedded.js";
import { freePort } from "../support/ports.js";
import { RespConnection } from "../support/resp-connection.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { isWindows } from "../support/unix-socket.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const skip = isWindows && "no signals";
const limit = { skip, timeout: 60_000 };

/** Resolves with all a process has printed when one of these words is in it. */
function printed(child: ChildProcess, words: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      if (words.test(output)) resolve(output);
    };
    child.stdout!.on("data", look);
    child.stderr!.on("data", look);
    child.on("exit", () => reject(new Error(`ended: ${output}`)));
  });
}

const starts: readonly (readonly [how: string, program: string, args: readonly string[]])[] = [
  ["bin/redstart", join(root, "bin", "redstart"), []],
  ["bin/redstart.js, as npx and npm start run it", process.execPath, [join(root, "bin", "redstart.js")]],
  [
    "dist/main.cjs alone",
    process.execPath,
    ["-e", `require(${JSON.stringify(join(root, "dist", "main.cjs"))}).main(process.argv.slice(1))`, "--"],
  ],
];

for (const [how, program, args] of starts) {
  test(`SIGUSR1 leaves the debugger shut: ${how}`, limit, async (t) => {
    const port = await freePort();
    const child = spawn(program, [...args, "--port", String(port), "--bind", "127.0.0.1", "--save", ""], {
      cwd: temporaryDirectory(t),
      env: { ...process.env, NODE_OPTIONS: "--inspect-port=0" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    t.after(() => child.kill("SIGKILL"));
    await printed(child, /Ready to accept connections/);
    child.kill("SIGUSR1");
    const output = await printed(child, /SIGUSR1|Debugger listening/);
    assert.match(output, /# Received SIGUSR1, which has no meaning here/);
    const client = await RespConnection.connect(port);
    assert.equal(await client.call("PING"), "PONG");
    await client.close();
  });
}

test("SIGUSR1 leaves the debugger shut: in the background", limit, async (t) => {
  const directory = temporaryDirectory(t);
  const port = await freePort();
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", directory];
  const background = ["--daemonize", "yes", "--pidfile", "pid", "--logfile", "log"];
  spawn(join(root, "bin", "redstart"), [...settings, ...background], { stdio: "ignore", cwd: directory });
  const log = (): string => {
    try {
      return readFileSync(join(directory, "log"), "utf8");
    } catch {
      return "";
    }
  };
  await until("ready", () => log().includes("Ready to accept connections"));
  const pid = Number(readFileSync(join(directory, "pid"), "utf8"));
  try {
    process.kill(pid, "SIGUSR1");
    await until("told", () => log().includes("Received SIGUSR1"));
  } finally {
    process.kill(pid, "SIGKILL");
  }
});

test("npm start runs bin/redstart.js", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  assert.match(scripts.start, /^node \S+ bin\/redstart\.js$/);
});

test("a program that embeds a server keeps its signals", limit, async () => {
  const { createServer } = await import("../../src/index.js");
  const signals = ["SIGUSR1", "SIGUSR2", "SIGINT", "SIGTERM", "SIGHUP"];
  const before = signals.map((signal) => process.listenerCount(signal));
  const server = await createServer({ port: null });
  assert.deepEqual(
    signals.map((signal) => process.listenerCount(signal)),
    before,
  );
  await server.close();
});
