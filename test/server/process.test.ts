import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../support/embedded.js";
import { freePort } from "../support/ports.js";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor, testedProgram } from "../support/servers.js";
import { type Scope, temporaryDirectory } from "../support/temporary-directory.js";
import { isWindows } from "../support/unix-socket.js";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command with arguments that make it end by itself. */
function run(args: readonly string[], input = "", cwd?: string): Promise<Ended> {
  const script = fileURLToPath(new URL("../../../bin/redstart", import.meta.url));
  const command = testedProgram === "redstart" ? [process.execPath, script] : [testedProgram];
  return new Promise((resolve) => {
    const child = execFile(
      command[0]!,
      [...command.slice(1), ...args],
      { cwd, timeout: 10_000 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

async function configOf(scope: Scope, port: number, name: string): Promise<string> {
  const client = await RespConnection.connect(port);
  scope.after(() => client.close());
  return ((await client.call("CONFIG", "GET", name)) as string[])[1]!;
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} shuts the server down in order`, { skip: isWindows && "no signals" }, async (t) => {
    const server = await serverFor(t, { args: ["--pidfile", "redis.pid", "--unixsocket", "redis.sock"] });
    assert.equal(readFileSync(join(server.directory, "redis.pid"), "utf8"), `${server.pid}\n`);
    const client = await RespConnection.connect(server.port);
    process.kill(server.pid, signal);
    assert.equal(await server.exited, 0);
    await client.closed;
    const lines = server.output().trimEnd().split("\n").slice(-5);
    const texts = [
      `# Received ${signal} scheduling shutdown...`,
      "# User requested shutdown...",
      "* Removing the pid file.",
      "* Removing the unix socket file.",
      /# \w+ is now ready to exit, bye bye\.\.\.$/,
    ];
    for (const [i, text] of texts.entries()) {
      assert.ok(typeof text === "string" ? lines[i]!.endsWith(text) : text.test(lines[i]!), lines[i]);
    }
    assert.equal(existsSync(join(server.directory, "redis.pid")), false);
    assert.equal(existsSync(join(server.directory, "redis.sock")), false);
  });
}

test("SHUTDOWN NOSAVE ends the server without a reply", async (t) => {
  const server = await serverFor(t);
  const client = await RespConnection.connect(server.port);
  await assert.rejects(client.call("SHUTDOWN", "NOSAVE"), /closed|ECONNRESET/);
  assert.equal(await server.exited, 0);
  assert.match(server.output(), /# User requested shutdown\.\.\./);
});

test("a port in use is told in Redis' words, and ends the command with code 1", async (t) => {
  const other = createServer();
  t.after(() => void other.close());
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  const { code, stdout } = await run(["--port", String(port), "--bind", "127.0.0.1"]);
  assert.equal(code, 1);
  const socket = `Could not create server TCP listening socket 127.0.0.1:${port}: bind: Address already in use`;
  assert.ok(stdout.includes(`# Warning: ${socket}\n`), stdout);
  assert.match(stdout, new RegExp(`# Failed listening on port ${port} \\(tcp\\), aborting\\.\n$`, "i"));
});

test("a mistake in the configuration is shown with its line, and ends the command with code 1", async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, "redis.conf");
  writeFileSync(file, "port 0\n\nno-such-directive 1\n");
  const { code, stdout, stderr } = await run([file]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^\n\*\*\* FATAL CONFIG FILE ERROR \(Redis 7[.\d]+\) \*\*\*\nReading the configuration file, at line 3\n>>> 'no-such-directive 1'\nBad directive or wrong number of arguments\n$/,
  );
  assert.match(
    (await run(["--maxmemory", "lots"])).stderr,
    />>> 'maxmemory "lots"'\nargument must be a memory value\n$/,
  );
  assert.match(
    (await run(["--logfile", "/no/such/place/log"])).stderr,
    /\nCan't open the log file: No such file or directory\n$/,
  );
});

test("what a configuration has beside ASCII is printed as it was written", async (t) => {
  assert.match((await run(["--é", "ü"])).stderr, />>> 'é "\\xc3\\xbc"'\nBad directive/);
  const path = join(temporaryDirectory(t), "é.conf");
  assert.ok((await run([path])).stdout.endsWith(`can't open config file '${path}': No such file or directory\n`));
});

test("a Sentinel that is asked for is refused, rather than a server started in its place", async () => {
  const { code, stderr } = await run(["--sentinel", "--port", String(await freePort())]);
  assert.equal(code, 1);
  assert.equal(stderr, "redstart: --sentinel is not available\n");
});

test("a configuration with a module to load does not start", async () => {
  const { code, stdout } = await run(["--port", String(await freePort()), "--loadmodule", "/no/such.so", "1"]);
  assert.equal(code, 1);
  assert.match(stdout, /# Can't load module from \/no\/such\.so: server aborting\n$/);
});

test("a configuration file that is not there is told in the log", async () => {
  const { code, stdout } = await run(["no-such.conf"]);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^\d+:C .* # Fatal error, can't open config file '.*no-such\.conf': No such file or directory\n$/,
  );
});

test("redis.conf with comments, quotes and includes is read, arguments after it win", async (t) => {
  const directory = temporaryDirectory(t);
  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  write("passwords.conf", 'requirepass "with \\"quotes\\" and \\x41"\nmaxclients 50\n');
  const file = write(
    "redis.conf",
    `# comment\n\n  MAXCLIENTS 40\ninclude ${join(directory, "pass*.conf")}\ntimeout 'a'\n`.replace("'a'", "'7'"),
  );
  const port = await freePort();
  // The configuration file comes first, so it cannot be given through `args`, which follow others.
  const { spawn } = await import("node:child_process");
  const script = fileURLToPath(new URL("../../../bin/redstart", import.meta.url));
  const child = spawn(process.execPath, [script, file, "--port", String(port), "--maxmemory", "64mb", "--save", ""], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => void child.kill());
  await new Promise<void>((resolve) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("Ready to accept connections")) resolve();
    });
  });
  const client = await RespConnection.connect(port);
  t.after(() => client.close());
  await client.call("AUTH", 'with "quotes" and A');
  const get = async (name: string): Promise<unknown> => ((await client.call("CONFIG", "GET", name)) as string[])[1];
  assert.equal(await get("maxclients"), "50");
  assert.equal(await get("timeout"), "7");
  assert.equal(await get("maxmemory"), String(64 * 1024 * 1024));
  await client.call("CONFIG", "SET", "timeout", 9);
  await client.call("CONFIG", "REWRITE");
  assert.match(readFileSync(file, "utf8"), /^timeout 9$/m);
});

test("the log goes to logfile, which is in dir", async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, "data"));
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", join(directory, "data")];
  const more = ["--logfile", "server.log", "--daemonize", "yes", "--pidfile", "server.pid", "--loglevel", "verbose"];
  const { code, stdout } = await run([...args, ...more], "", directory);
  assert.equal(code, 0);
  assert.equal(stdout, "");
  const log = join(directory, "data", "server.log");
  await until(
    "it runs",
    () => existsSync(log) && readFileSync(log, "utf8").includes("Ready to accept connections tcp"),
  );
  const pid = Number(readFileSync(join(directory, "data", "server.pid"), "utf8"));
  t.after(() => {
    try {
      process.kill(pid, "SIGKILL");
    } catch {}
  });
  assert.equal(await configOf(t, port, "daemonize"), "no");
  const client = await RespConnection.connect(port);
  assert.match(String(await client.call("INFO", "server")), new RegExp(`process_id:${pid}\r\n`));
  await client.close();
  const ender = await RespConnection.connect(port);
  await ender.call("SHUTDOWN").catch(() => {});
  await until("it has ended", () => readFileSync(log, "utf8").includes("bye bye"));
  const text = readFileSync(log, "utf8");
  assert.match(text, / - Accepted 127\.0\.0\.1:\d+\n/);
  assert.match(text, / - Client closed connection id=\d+ addr=127\.0\.0\.1:\d+ /);
});

test("settings come from standard input, and --version and --help need no server", async () => {
  assert.match((await run(["-"], "no-such 1\n")).stderr, />>> 'no-such 1'/);
  assert.match((await run(["--version"])).stdout, /^Redis server v=7\.\d+\.\d+ .*bits=64/);
  assert.match((await run(["--help"])).stdout, /^Usage: /);
});

test("the process shows its address in lists of processes", { skip: process.platform !== "linux" }, async (t) => {
  const server = await serverFor(t);
  const title = (): string => readFileSync(`/proc/${server.pid}/cmdline`, "latin1").split("\0", 1)[0]!;
  assert.match(title(), new RegExp(`^(redstart|.*redis-server) 127\\.0\\.0\\.1:${server.port}`));
});

test("a log whose reader has gone does not stop the server", async (t) => {
  const port = await freePort();
  const { spawn } = await import("node:child_process");
  const script = fileURLToPath(new URL("../../../bin/redstart", import.meta.url));
  const args = [script, "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--loglevel", "verbose"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => void child.kill());
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.stdout.destroy();
  let client: RespConnection | null = null;
  await until("it listens", async () => {
    client = await RespConnection.connect(port).catch(() => null);
    return client !== null;
  });
  for (let i = 0; i < 5; i++) await (await RespConnection.connect(port)).close();
  assert.equal(await client!.call("PING"), "PONG");
  await (client as unknown as RespConnection).close();
});

test("an assertion that fails stops the server, and the log says where", {
  skip: testedProgram !== "redstart" || isWindows,
}, async (t) => {
  const file = join(temporaryDirectory(t), "bug.cjs");
  writeFileSync(file, 'process.on("SIGUSR2", function aBug() { throw new Error("a free list is broken"); });');
  const server = await serverFor(t, { env: { NODE_OPTIONS: `--require ${file}` } });
  process.kill(server.pid, "SIGUSR2");
  assert.equal(await server.exited, 1);
  assert.match(
    server.output(),
    /# Redstart \S+ stops after an error that is a bug: Error: a free list is broken\n.*at process\.aBug/,
  );
});
