/**
 * What the log says while a server starts. Texts that scripts and test tools wait for are Redis' own: "PID: n",
 * "Server initialized", "Ready to accept connections".
 */
import type { Log } from "./log.js";

/** What the first lines tell. */
export interface StartFacts {
  /** Redstart's own version, and that of the Redis it stands for. */
  readonly version: string;
  readonly redisVersion: string;
  readonly nodeVersion: string;
  readonly archBits: number;
  readonly pid: number;
  readonly mode: "standalone" | "cluster" | "sentinel";
  readonly port: number;
}

/** The lines before anything is done. `configFile`: the path of the file, or null when there is none. */
export function logStart(log: Log, facts: StartFacts, configFile: string | null, hasArguments: boolean): void {
  log.notice("oO0OoO0OoO0Oo Redstart is starting oO0OoO0OoO0Oo");
  log.notice(
    `Redstart version=${facts.version}, Redis version=${facts.redisVersion}, bits=${facts.archBits}, ` +
      `node=${facts.nodeVersion}, pid=${facts.pid}, just started`,
  );
  if (configFile !== null || hasArguments) log.notice("Configuration loaded");
  else {
    log.warning(
      "Warning: no config file specified, using the default config. " +
        "In order to specify a config file use redstart /path/to/redis.conf",
    );
  }
}

/** The lines once the server is made: the banner, or a line in its place, and that all is set. */
export function logInitialized(log: Log, facts: StartFacts, showBanner: boolean): void {
  log.notice("monotonic clock: POSIX clock_gettime");
  if (showBanner) log.raw("notice", banner(facts));
  else log.notice(`Running mode=${facts.mode}, port=${facts.port}.`);
  log.notice("Server initialized");
}

/** The line for each kind of listener that is open. */
export function logReady(log: Log, kind: "tcp" | "tls" | "unix"): void {
  log.notice(`Ready to accept connections ${kind}`);
}

/** Whether the banner is shown: `always-show-logo` is set, or the log goes to a terminal somebody may look at. */
export function showsBanner(settings: { alwaysShowLogo: boolean; logfile: string; isTty: boolean }): boolean {
  return settings.alwaysShowLogo || (settings.logfile === "" && settings.isTty);
}

/** A redstart on its branch. */
const BIRD = [
  "",
  "                 .-'''-.",
  "               .'   _   '.__",
  "              /    (o)   __.>",
  "            .'    .___.-'",
  "         .-'    .'#####\\",
  "      .-'     .' ######|",
  "   .-'  __.-''  #######;",
  " .' .-''  '-.  #######/",
  "/_.'         '-.####.'",
  "''              ||'|",
  "     ____.------++-+--------.___",
  "  --'  \\          \\       /     '--",
  "        '--        '-    '--",
];

/** Columns before the text beside the bird. */
const INDENT = 40;

/** The picture shown at start. */
export function banner(facts: StartFacts): string {
  const texts = [
    "",
    "",
    `Redstart ${facts.version} (Redis ${facts.redisVersion}) ${facts.archBits} bit`,
    "",
    `Running in ${facts.mode} mode`,
    `Port: ${facts.port}`,
    `PID: ${facts.pid}`,
  ];
  const lines = BIRD.map((line, i) => (texts[i] ? line.padEnd(INDENT) + texts[i] : line));
  return `${lines.join("\n")}\n\n`;
}
