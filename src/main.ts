/** The command `redstart`: arguments and redis.conf as for redis-server, log on standard output, signals. */
import { readFileSync } from "node:fs";
import { type Assembled, assemble } from "./assemble/assemble.js";
import { createNodePlatform } from "./platform/node.js";
import type { Platform } from "./platform/platform.js";
import { type CommandLine, parseCommandLine, usage } from "./server/config/command-line.js";
import { binary, native } from "./server/config/config-files.js";
import { ConfigFileError, loadConfig } from "./server/config/parse-file.js";
import { logInitialized, logReady, logStart, type StartFacts, showsBanner } from "./server/process/banner.js";
import { Log, logSink } from "./server/process/log.js";
import { processTitle } from "./server/process/process-title.js";
import { VERSION } from "./server/version.js";

/** Where a server in the background leaves its process id unless `pidfile` says otherwise. */
const DEFAULT_PID_FILE = "/var/run/redstart.pid";
/** Longer than any process lives. */
const FOREVER_MS = 2 ** 31 - 1;

type ServeCommand = Extract<CommandLine, { action: "serve" }>;

/** Runs the command; `args` are those after the script's name. */
export async function main(args: readonly string[]): Promise<void> {
  keepDebuggerShut();
  const command = parseCommandLine(args.map(binary));
  if (command.action === "version") {
    // Programs read the first number as Redis' version.
    const bits = createNodePlatform().process.archBits;
    return print(`Redis server v=${VERSION.redis} bits=${bits} redstart=${VERSION.redstart} node=${process.version}\n`);
  }
  if (command.action === "help") return print(usage("redstart"));
  if (command.action !== "serve") return fail(`redstart: --${command.action} is not available\n`);
  const stdin = command.readsStdin ? readFileSync(0, "latin1") : undefined;
  const platform = createNodePlatform();
  try {
    const assembled = assembleFor(command, stdin, platform);
    if (assembled.config.flag("daemonize")) {
      const { startDetached } = await import("./platform/daemon.js");
      return startDetached(backgroundArguments(args, assembled), stdin);
    }
    await serve(assembled, command.file, args.length > 0);
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    const message = native(error.message);
    if (error.report === "stderr") return fail(message);
    const { clock, process: facts, terminal } = platform;
    new Log({ pid: facts.pid, clock, sink: (text) => terminal.write(text) }).warning(message);
    process.exitCode = 1;
  }
}

/** SIGUSR1 is Node's sign to open its debugger, which runs any code; while somebody listens to it, it is not. */
function keepDebuggerShut(): void {
  process.on("SIGUSR1", () => {});
}

function assembleFor(command: ServeCommand, stdin: string | undefined, platform: Platform): Assembled {
  return assemble({
    platform,
    configure(store, table, users) {
      const renameCommand = (from: string, to: string): string | null => table.rename(from, to);
      const sources = { file: command.file, stdin, options: command.options };
      loadConfig(store, VERSION.redis, sources, {
        renameCommand,
        user: (name, rules, source) => users.add(name, rules, source),
        loadModule: refuseModule,
      });
      if (command.file === null) return;
      store.file = platform.files.absolute(command.file, platform.process.workingDirectory);
    },
    sink(store, { files, terminal }) {
      const logfile = store.get("logfile");
      const path = logfile === "" ? "" : files.absolute(native(logfile), native(store.get("dir")));
      return logSink(path, files, terminal);
    },
    onShutdown: () => process.exit(0),
  });
}

/** As redis-server does without a module it was told to load: a client would miss its commands. */
function refuseModule(path: string): never {
  throw new ConfigFileError(`Can't load module from ${path}: server aborting`, "log", 0);
}

/** The arguments for the same server in the background; a "-" at the end stays there. */
function backgroundArguments(args: readonly string[], { config }: Assembled): string[] {
  const more = ["--daemonize", "no"];
  if (config.text("pidfile") === "") more.push("--pidfile", DEFAULT_PID_FILE);
  return args.at(-1) === "-" && args.length > 1 ? [...args.slice(0, -1), ...more, "-"] : [...args, ...more];
}

async function serve(assembled: Assembled, file: string | null, hasArguments: boolean): Promise<void> {
  const { server, config, log, platform } = assembled;
  const facts: StartFacts = {
    version: VERSION.redstart,
    redisVersion: VERSION.redis,
    nodeVersion: platform.process.nodeVersion,
    archBits: platform.process.archBits,
    pid: platform.process.pid,
    mode: "standalone",
    port: config.number("port"),
  };
  logStart(log, facts, file, hasArguments);
  log.role = "M";
  const isTty = platform.terminal.isTty;
  const shows = showsBanner({ alwaysShowLogo: config.flag("always-show-logo"), logfile: config.get("logfile"), isTty });
  try {
    await server.listen(false);
  } catch {
    process.exit(1);
  }
  logInitialized(log, facts, shows);
  const { kinds } = server.listeners;
  if (kinds.length === 0) {
    log.warning("Configured to not listen anywhere, exiting.");
    process.exit(1);
  }
  if (config.flag("set-proc-title")) followTitle(assembled);
  followSignals(assembled);
  // With CONFIG SET port 0 there may be no socket for a while.
  setInterval(() => {}, FOREVER_MS);
  for (const kind of kinds) logReady(log, kind);
}

function followTitle({ config }: Assembled): void {
  const update = (): void => {
    process.title = native(processTitle(config, "redstart"));
  };
  for (const name of ["port", "bind", "proc-title-template"] as const) config.follow(name, update);
}

function followSignals({ server, log }: Assembled): void {
  let wasInterrupted = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (wasInterrupted && signal === "SIGINT") {
        log.warning("You insist... exiting now.");
        process.exit(1);
      }
      wasInterrupted = true;
      log.warning(`Received ${signal} scheduling shutdown...`);
      server.shutdown({ save: null, now: false, force: false, abort: false });
    });
  }
  process.on("SIGHUP", () => {});
  process.on("SIGUSR1", () => log.warning("Received SIGUSR1, which has no meaning here"));
  process.on("uncaughtException", (error) => {
    log.warning(`Redstart ${VERSION.redstart} stops after an error that is a bug: ${error.stack ?? error.message}`);
    process.exit(1);
  });
}

function print(text: string): void {
  process.stdout.write(text);
}

function fail(text: string): void {
  process.stderr.write(text);
  process.exitCode = 1;
}
