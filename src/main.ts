/** The command `redstart`: arguments and redis.conf as for redis-server, log on standard output, signals. */
import { readFileSync } from "node:fs";
import { assemble } from "./assemble.js";
import { createNodePlatform } from "./platform/node.js";
import { logInitialized, logReady, logStart, type StartFacts, showsBanner } from "./server/banner.js";
import { parseCommandLine, usage } from "./server/config/command-line.js";
import { binary } from "./server/config/config-files.js";
import { ConfigFileError, loadConfig } from "./server/config/parse-file.js";
import { logSink } from "./server/log.js";
import { VERSION } from "./server/version.js";

/** Runs the command; `args` are those after the script's name. */
export async function main(args: readonly string[]): Promise<void> {
  const command = parseCommandLine(args.map(binary));
  if (command.action === "version")
    return print(`Redstart server v=${VERSION.redstart} redis=${VERSION.redis} node=${process.version}\n`);
  if (command.action === "help") return print(usage("redstart"));
  if (command.action !== "serve") return fail(`redstart: --${command.action} is not available\n`);
  const stdin = command.readsStdin ? readFileSync(0, "latin1") : undefined;
  const platform = createNodePlatform();
  try {
    const assembled = assemble({
      platform,
      configure(store, table) {
        const renameCommand = (from: string, to: string): string | null => table.rename(from, to);
        const sources = { file: command.file, stdin, options: command.options };
        loadConfig(store, VERSION.redis, sources, { renameCommand });
        if (command.file !== null)
          store.file = platform.files.absolute(command.file, platform.process.workingDirectory);
      },
      sink: (store, { files, terminal }) => logSink(store.get("logfile"), files, terminal),
      onShutdown: () => process.exit(0),
    });
    await serve(assembled, command.file, args.length > 0);
  } catch (error) {
    if (error instanceof ConfigFileError) return fail(`${error.message}\n`);
    throw error;
  }
}

async function serve(
  { server, config, log, platform }: ReturnType<typeof assemble>,
  file: string | null,
  hasArguments: boolean,
): Promise<void> {
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
    log.warning("Failed listening on port " + facts.port + " (tcp), aborting.");
    process.exit(1);
  }
  logInitialized(log, facts, shows);
  if (server.listeners.hasTcp) logReady(log, "tcp");
  if (server.listeners.hasUnix) logReady(log, "unix");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      log.warning(`Received ${signal} scheduling shutdown...`);
      server.shutdown({ save: null, now: false, force: false, abort: false });
    });
  }
  process.on("SIGHUP", () => {});
}

function print(text: string): void {
  process.stdout.write(text);
}

function fail(text: string): void {
  process.stderr.write(text);
  process.exitCode = 1;
}
