/**
 * How long commands take. The clock is read when the command changes and every 32 commands, not for each: a pipeline of 32 GETs costs two
 * readings. That is for brief commands, whose time follows from the bytes they take and give, as long as those are few; any other call is
 * timed by itself, so that the slow log has its own time.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import type { Context } from "../../commands/context.js";
import type { Clock } from "../../platform/clock.js";
import type { CommandObservers } from "../observation/command-observers.js";
import { LogLinearHistogram } from "../observation/latency-histogram.js";
import type { ServerStats } from "../observation/stats.js";

/** The clock is looked at after this many commands of a batch. */
const CLOCK_INTERVAL = 32;
/** Taking or giving more bytes than this can be slow by itself. */
const BRIEF_BYTES = 16384;

interface CommandClockParts {
  readonly clock: Clock;
  readonly stats: ServerStats;
  readonly observers: CommandObservers;
  readonly context: Pick<Context, "client">;
}

export class CommandClock {
  /** latency-tracking */
  tracksLatency = true;
  /** There may be arguments of more than BRIEF_BYTES. */
  hasLargeInput = false;
  /** The last reading that commands are charged from. */
  sinceUs = 0;
  readonly #clock: Clock;
  readonly #stats: ServerStats;
  readonly #observers: CommandObservers;
  readonly #context: Pick<Context, "client">;
  /** When the batch began. */
  #startUs = 0;
  /** The brief command whose calls are being timed together, how many they are, and the commands of the batch so far. */
  #timed: CommandEntry | null = null;
  #timedCalls = 0;
  #batchCommands = 0;

  constructor({ clock, stats, observers, context }: CommandClockParts) {
    this.#clock = clock;
    this.#stats = stats;
    this.#observers = observers;
    this.#context = context;
  }

  /** Reads the clock for a batch; returns its time in ms since 1970. */
  read(): number {
    this.#startUs = this.#clock.monotonicUs();
    return this.#clock.msAt(this.#startUs);
  }

  /** Begins a batch of `bytes` bytes at the time read before, which is returned. */
  begin(bytes: number): number {
    this.#timed = null;
    this.sinceUs = this.#startUs;
    this.#batchCommands = 0;
    this.hasLargeInput = bytes > BRIEF_BYTES;
    return this.#startUs;
  }

  /** How late it is after `count` commands of a batch. Commands that can be slow have just read the clock. */
  usAfter(count: number): number {
    if (count % CLOCK_INTERVAL !== 0) return this.sinceUs;
    const nowUs = this.#clock.monotonicUs();
    this.#chargeTimed(nowUs, null);
    return nowUs;
  }

  /** Ends a batch, which has taken as long as returned; `argv` has its last command, if it is still there. */
  finish(argv: Argv | null): number {
    // After a command that was timed by itself, the clock has just been read.
    const isRead = this.#timed === null && this.#batchCommands > 0;
    const nowUs = isRead ? this.sinceUs : this.#clock.monotonicUs();
    this.#chargeTimed(nowUs, this.#timedCalls === 1 ? argv : null);
    this.#timed = null;
    const tookUs = nowUs - this.#startUs;
    this.#stats.countCycle(tookUs, this.#batchCommands);
    this.#stats.eventLoopCommandUs += tookUs;
    return tookUs;
  }

  /** Time was spent that is no command's: on eviction. */
  exclude(us: number): void {
    this.sinceUs += us;
  }

  /** A call begins; returns whether it is brief. */
  beginCall(entry: CommandEntry, argv: Argv): boolean {
    const isBrief =
      argv.count <= (entry.briefWords & this.#observers.briefMask) &&
      (!this.hasLargeInput || argumentBytes(argv) <= BRIEF_BYTES);
    const timed = isBrief ? entry : null;
    if (timed !== this.#timed) {
      // The first command of a batch counts from the batch's beginning.
      if (this.#timed !== null) this.#chargeTimed(this.#clock.monotonicUs(), null);
      this.#timed = timed;
    }
    return isBrief;
  }

  /** A brief call has ended with a reply of `replyBytes`. If it took long, it was this call rather than the few of its group before. */
  endBrief(entry: CommandEntry, argv: Argv, replyBytes: number, hadMuchToDo: boolean): void {
    entry.calls++;
    this.#stats.totalCommands++;
    this.#timedCalls++;
    this.#batchCommands++;
    if (replyBytes > BRIEF_BYTES || hadMuchToDo) this.#chargeTimed(this.#clock.monotonicUs(), argv);
  }

  /** A call has ended that is timed by itself; returns when. */
  endCall(): number {
    const nowUs = this.#clock.monotonicUs();
    // Brief commands that ran inside (EXEC's).
    if (this.#timed !== null) this.#chargeTimed(nowUs, null);
    this.#timed = null;
    this.sinceUs = nowUs;
    return nowUs;
  }

  /** Counts a call of the batch that took `usec`. */
  countCall(client: Client, entry: CommandEntry, argv: Argv, usec: number): void {
    this.#batchCommands++;
    this.charge(client, entry, argv, usec);
  }

  /** Charges a call that took `usec`. */
  charge(client: Client, entry: CommandEntry, argv: Argv, usec: number): void {
    entry.calls++;
    this.#stats.totalCommands++;
    entry.usec += usec;
    if (this.tracksLatency) (entry.histogram ??= new LogLinearHistogram()).record(usec);
    if (usec >= this.#observers.leastUs) this.#observers.slow(client, entry, argv, usec);
  }

  /**
   * Gives the time since the last reading to the brief command that has run since, once or many times in a row. `argv` is the call that took
   * it, null when that may have been any of them.
   */
  #chargeTimed(nowUs: number, argv: Argv | null): void {
    const timed = this.#timed;
    if (timed !== null && this.#timedCalls > 0) {
      const usec = nowUs - this.sinceUs;
      timed.usec += usec;
      if (this.tracksLatency) {
        timed.histogram ??= new LogLinearHistogram();
        timed.histogram.record(usec / this.#timedCalls, this.#timedCalls);
      }
      if (usec >= this.#observers.leastUs) this.#observers.slow(this.#context.client, timed, argv, usec);
    }
    this.sinceUs = nowUs;
    this.#timedCalls = 0;
  }
}

/** Bytes that the arguments lie in. */
function argumentBytes({ offset, length, count }: Argv): number {
  return offset[count - 1]! + length[count - 1]! - offset[0]!;
}
