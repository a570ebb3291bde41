/**
 * Who looks at commands when they are done: the slow log and the latency monitor at those that took long, MONITOR at all.
 *
 * The dispatcher reads the clock once for many quick commands in a row. While somebody wants to see each of them, or those that took
 * less than a millisecond, it times each by itself.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import { CommandBit } from "../../commands/flag-bits.js";
import type { Clock } from "../../platform/clock.js";
import { LatencyMonitor } from "./latency-monitor.js";
import { Monitors } from "./monitors.js";
import { SlowLog } from "./slow-log.js";

/** A group of quick commands may take this long without one of them being slow. */
const GROUP_US = 1000;

/** Says which settings have a value that must not be shown. */
export interface SensitiveSettings {
  isSensitive(setting: string): boolean;
}

export class CommandObservers {
  readonly slowLog = new SlowLog();
  readonly latency = new LatencyMonitor();
  readonly monitors = new Monitors(() => this.update());
  /** The time in microseconds from which on somebody wants to know of a command. */
  leastUs = Number.POSITIVE_INFINITY;
  /** 0 while each command is to be timed and reported by itself, otherwise -1. */
  briefMask = -1;
  readonly #clock: Clock;
  readonly #settings: SensitiveSettings;

  constructor(clock: Clock, settings: SensitiveSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** To be called when a limit of the logs has changed. */
  update(): void {
    this.leastUs = Math.min(this.slowLog.leastUs, this.latency.leastUs);
    this.briefMask = this.monitors.count > 0 || this.leastUs < GROUP_US ? 0 : -1;
  }

  /**
   * A command of `client`, or a group of them, took `us`, at least `leastUs`. Without `argv` it is not known which of the group did:
   * that is a spike, but no entry of the slow log.
   */
  slow(client: Client, entry: CommandEntry, argv: Argv | null, us: number): void {
    const nowMs = this.#clock.nowMs();
    this.latency.add((entry.flagBits & CommandBit.FAST) !== 0 ? "fast-command" : "command", us, nowMs);
    if (argv === null || us < this.slowLog.leastUs || (entry.flagBits & CommandBit.SKIP_SLOWLOG) !== 0) return;
    this.slowLog.add(client, argv, this.#secretsOf(entry, argv), us, nowMs);
  }

  /** Shows a command to the clients that MONITOR, if there are any and it may be shown. */
  show(client: Client, entry: CommandEntry, argv: Argv): void {
    if (this.monitors.count === 0 || (entry.flagBits & (CommandBit.SKIP_MONITOR | CommandBit.ADMIN)) !== 0) return;
    this.monitors.feed(client, argv, this.#secretsOf(entry, argv), this.#clock.nowUs());
  }

  #secretsOf(entry: CommandEntry, argv: Argv): ReadonlySet<number> | null {
    const { secrets } = entry.command;
    if (secrets === undefined) return null;
    const hidden = new Set<number>();
    secrets(argv, (index) => hidden.add(index), this.#settings);
    return hidden;
  }
}
