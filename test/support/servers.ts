/**
 * Starts redstart or redis-server as a process of its own on a free port of 127.0.0.1, and sees to it that none is left
 * behind: stopped after the test, when the test's process exits, and when it is interrupted.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.js";
import { makeTemporaryDirectory, type Scope } from "./temporary-directory.js";

/** The programs a test can start. */
export type Program = "redstart" | "redis-server";

/** The program tests talk to unless they say otherwise; set REDSTART_TEST_SERVER=redis-server to test the tests. */
export const testedProgram: Program =
  process.env["REDSTART_TEST_SERVER"] === "redis-server" ? "redis-server" : "redstart";

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const running = new Set<ChildProcess>();

/** A started server. */
export interface RunningServer {
  readonly program: Program;
  readonly port: number;
  readonly pid: number;
  /** Its working directory, removed by `stop`. */
  readonly directory: string;
  /** From start to "Ready to accept connections". */
  readonly startMs: number;
  /** What it printed so far. */
  output(): string;
  /** Resolves with the exit code or signal once it has ended by itself. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Asks it to end, and kills it when it does not. Safe to call twice. */
  stop(): Promise<void>;
}

interface ServerOptions {
  readonly program?: Program;
  /** More arguments, as in redis-server: "--maxmemory", "10mb". */
  readonly args?: readonly string[];
  /** A port of one's own choice, as after a restart; otherwise a free one. */
  readonly port?: number;
  /** A prefix that replaces itself by the program, e.g. ["taskset", "-c", "0"]. */
  readonly wrapper?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** The full path of a program on PATH, or null. */
export function programPath(name: string): string | null {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return null;
}

/** For a test's `skip` option: false when all programs are on PATH, or the reason to skip. */
export function skipWithout(...names: string[]): string | false {
  const missing = names.filter((name) => programPath(name) === null);
  return missing.length === 0 ? false : `no ${missing.join(", ")} on PATH`;
}

/** Starts a server that is stopped after `scope`. */
export async function serverFor(scope: Scope, options: ServerOptions = {}): Promise<RunningServer> {
  const server = await startServer(options);
  scope.after(() => server.stop());
  return server;
}

/** Starts a server and waits until it accepts connections. Throws with its output when it does not. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await startOnce(options, options.port ?? (await freePort()));
    } catch (error) {
      const portWasTaken = /Address already in use|EADDRINUSE|Failed listening/.test(String(error));
      if (!portWasTaken || attempt === 4) throw error;
    }
  }
}

async function startOnce(options: ServerOptions, port: number): Promise<RunningServer> {
  const program = options.program ?? testedProgram;
  const directory = makeTemporaryDirectory();
  const command = [...(options.wrapper ?? []), ...commandOf(program)];
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", directory.path];
  const started = performance.now();
  const child = spawn(command[0]!, [...command.slice(1), ...settings, ...(options.args ?? [])], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: directory.path,
    env: { ...process.env, ...options.env },
  });
  track(child);
  let output = "";
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve(1);
    });
    child.once("close", (code, signal) => resolve(code ?? signal ?? 1));
  });
  void exited.then(() => running.delete(child));
  const stop = async () => {
    await stopChild(child, exited);
    directory.remove();
  };
  const ready = new Promise<void>((resolve) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString("utf8");
      if (output.includes("Ready to accept connections")) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
  });
  let limit: NodeJS.Timeout | undefined;
  const result = await Promise.race([
    ready.then(() => "ready"),
    exited.then((code) => `ended with ${code}`),
    new Promise<string>((resolve) => {
      limit = setTimeout(resolve, START_LIMIT_MS, `was not ready within ${START_LIMIT_MS} ms`);
    }),
  ]);
  clearTimeout(limit);
  if (result !== "ready") {
    await stop();
    throw new Error(`${program} ${result}:\n${output}`);
  }
  const startMs = performance.now() - started;
  return { program, port, pid: child.pid!, directory: directory.path, startMs, output: () => output, exited, stop };
}

function commandOf(program: Program): string[] {
  if (program === "redis-server") return [programPath(program) ?? program];
  const script = fileURLToPath(new URL("../../../bin/redstart", import.meta.url));
  // As users start it; Windows knows no scripts that are not its own.
  return process.platform === "win32" ? [process.execPath, script] : [script];
}

async function stopChild(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const limit = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await exited;
  clearTimeout(limit);
}

function track(child: ChildProcess): void {
  if (running.size === 0) {
    process.once("exit", killAll);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(1));
    }
  }
  running.add(child);
}

function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
