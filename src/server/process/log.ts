/**
 * The log, in Redis' format:
 *
 *     12345:M 22 Nov 2026 16:02:01.123 * Ready to accept connections tcp
 *     pid   role     local time        level: . debug, - verbose, * notice, # warning
 */
import type { Clock } from "../../platform/clock.js";
import type { Files } from "../../platform/files.js";
import type { Terminal } from "../../platform/terminal.js";

/** How much a message matters, as the directive `loglevel` names it. */
export type LogLevel = "debug" | "verbose" | "notice" | "warning";

/** Who writes: X sentinel, C a server that is still starting, S a replica, M a primary. */
export type LogRole = "X" | "C" | "S" | "M";

/** Where finished lines go. Must not throw: a log that cannot be written must not stop the server. */
export type LogSink = (text: string) => void;

/** What a log needs to know to start. */
export interface LogOptions {
  readonly pid: number;
  readonly clock: Clock;
  readonly sink: LogSink;
}

const RANK: Readonly<Record<LogLevel | "nothing", number>> = {
  debug: 0,
  verbose: 1,
  notice: 2,
  warning: 3,
  nothing: 4,
};
const MARKS = ".-*#";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The log of one server. */
export class Log {
  /** Messages below this level are dropped. */
  level: LogLevel | "nothing" = "notice";
  role: LogRole = "C";
  sink: LogSink;
  readonly #pid: number;
  readonly #clock: Clock;

  constructor(options: LogOptions) {
    this.#pid = options.pid;
    this.#clock = options.clock;
    this.sink = options.sink;
  }

  /** True when messages of a level are written; ask before making a costly one. */
  isOn(level: LogLevel): boolean {
    return RANK[level] >= RANK[this.level] && this.sink !== silentSink;
  }

  /** Writes a message of one line. */
  write(level: LogLevel, message: string): void {
    if (!this.isOn(level)) return;
    this.sink(`${this.#pid}:${this.role} ${timestamp(this.#clock)} ${MARKS[RANK[level]]} ${message}\n`);
  }

  /** Writes text as it is, without time and level. */
  raw(level: LogLevel, text: string): void {
    if (this.isOn(level)) this.sink(text);
  }

  debug(message: string): void {
    this.write("debug", message);
  }

  verbose(message: string): void {
    this.write("verbose", message);
  }

  notice(message: string): void {
    this.write("notice", message);
  }

  warning(message: string): void {
    this.write("warning", message);
  }
}

/** The local time as the log prints it: "22 Nov 2026 16:02:01.123". */
export function timestamp(clock: Clock): string {
  const nowMs = clock.nowMs();
  const local = new Date(nowMs + clock.zoneOffsetMinutes(nowMs) * 60_000);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${two(local.getUTCDate())} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  return `${day} ${time}.${String(local.getUTCMilliseconds()).padStart(3, "0")}`;
}

/** Where the directive `logfile` says that the log goes: standard output when it is empty, else that file. */
export function logSink(logfile: string, files: Files, terminal: Terminal): LogSink {
  if (logfile === "") return (text) => terminal.write(text);
  return (text) => {
    try {
      files.appendText(logfile, text);
    } catch {}
  };
}

/**
 * A sink for servers that are to be silent, such as embedded ones. Nothing is formatted for it, which saves the 8 ms that
 * finding out the time zone takes a process the first time (Node 20.20).
 */
export const silentSink: LogSink = () => {};
