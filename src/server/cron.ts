/**
 * What a server does without being asked: expires keys, frees in slices, samples rates, closes idle clients, shrinks buffers.
 *
 * One timer runs `hz` times a second. What can be long is cut into slices of `SLICE_US`, resumed every few milliseconds, so that no
 * client waits for more than one slice. `active-expire-effort` 1 to 10 gives the expire cycle 25 to 43 % of the time, as in Redis.
 */
import type { CronTask } from "../commands/subsystem.js";
import type { ExpireCycle } from "../keyspace/expire-cycle.js";
import type { KeySizes } from "../keyspace/key-sizes.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { Clock } from "../platform/clock.js";
import type { Timer, Timers } from "../platform/timers.js";
import type { Clients } from "./clients/client-registry.js";
import type { Connection } from "./clients/connection.js";
import type { ServerStats } from "./observation/stats.js";

/** A slice of periodic work, in microseconds. */
const SLICE_US = 500;
/** How many entries a lazy-free step takes apart before it looks at the clock. */
const FREE_STEP = 128;
/** Clients that a tick looks at when there are so few that a share of them would be less. */
const LEAST_CLIENTS = 5;

export interface CronParts {
  clock: Clock;
  timers: Timers;
  keyspace: Keyspace;
  expireCycle: ExpireCycle;
  keySizes: KeySizes;
  clients: Clients;
  stats: ServerStats;
  /** Bytes in use now, for the peak. */
  usedMemory(): number;
  /** Whether the expire cycle may run, and anything periodic at all. */
  isExpiring(): boolean;
  isPaused(): boolean;
  /** Microseconds were spent on expiring keys. */
  expired(us: number): void;
  /** What others have to do, in this order, before anything else. */
  tasks: readonly CronTask[];
}

export class Cron {
  hz = 10;
  expireEffort = 1;
  /** Seconds after which an idle client is closed; 0 never. */
  idleTimeoutSeconds = 0;
  readonly #parts: CronParts;
  readonly #timers: Timer[] = [];
  #slice: Timer | null = null;
  #lastSampleMs = 0;
  /** When each task has run last. */
  readonly #taskMs: number[] = [];
  /** The clients still to be looked at in this round; null before one begins. */
  #round: Iterator<Connection> | null = null;

  constructor(parts: CronParts) {
    this.#parts = parts;
  }

  get isRunning(): boolean {
    return this.#timers.length > 0;
  }

  start(): void {
    this.#schedule();
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.length = 0;
    this.#slice?.cancel();
    this.#slice = null;
  }

  /** Restarts the timer, after `hz` changed. */
  restart(): void {
    this.stop();
    this.#schedule();
  }

  /** Starts the sliced work soon, since there is some: a flushed database to free. */
  wake(): void {
    if (this.#slice === null && this.#timers.length > 0)
      this.#slice = this.#parts.timers.after(1, () => this.#runSlice());
  }

  #schedule(): void {
    this.#timers.push(this.#parts.timers.every(Math.max(2, Math.floor(1000 / this.hz)), () => this.#tick()));
  }

  #tick(): void {
    const { clock, keyspace, stats } = this.#parts;
    if (this.#parts.isPaused()) return;
    const startUs = clock.monotonicUs();
    const nowMs = clock.nowMs();
    keyspace.setNow(nowMs);
    this.#runTasks(nowMs);
    if (nowMs - this.#lastSampleMs >= 100) {
      this.#lastSampleMs = nowMs;
      stats.sample(nowMs);
      stats.peakMemoryBytes = Math.max(stats.peakMemoryBytes, this.#parts.usedMemory());
    }
    this.#watchClients(nowMs);
    this.#countSizes();
    const usedUs = clock.monotonicUs() - startUs;
    stats.eventLoopCronUs += usedUs;
    stats.countCycle(usedUs, 0);
    if (this.#slice === null) this.#runSlice();
  }

  #runTasks(nowMs: number): void {
    const { tasks } = this.#parts;
    for (let i = 0; i < tasks.length; i++) {
      const task = tasks[i]!;
      if (nowMs - (this.#taskMs[i] ?? 0) < task.everyMs) continue;
      this.#taskMs[i] = nowMs;
      task.run(nowMs);
    }
  }

  /** One slice of what INFO keysizes has asked for, if it has. */
  #countSizes(): void {
    const { clock, keySizes } = this.#parts;
    if (!keySizes.isWalking) return;
    const startUs = clock.monotonicUs();
    keySizes.walkSome(() => clock.monotonicUs() - startUs < SLICE_US);
  }

  /** One slice of expiry and of freeing; schedules the next while there is work. */
  #runSlice(): void {
    this.#slice = null;
    const { clock, expireCycle, keyspace, stats, timers } = this.#parts;
    if (this.#parts.isPaused()) return;
    const startUs = clock.monotonicUs();
    keyspace.setNow(clock.nowMs());
    const hasTime = (): boolean => clock.monotonicUs() - startUs < SLICE_US;
    const isSwept = !this.#parts.isExpiring() || expireCycle.run(hasTime);
    const expireUs = clock.monotonicUs() - startUs;
    keyspace.stats.expireCycleMs += expireUs / 1000;
    this.#parts.expired(expireUs);
    if (!isSwept) keyspace.stats.expireTimeCapReached++;
    let isFreeing = keyspace.lazyFree.isPending;
    while (isFreeing && clock.monotonicUs() - startUs < SLICE_US * 2) isFreeing = keyspace.lazyFree.freeSome(FREE_STEP);
    stats.eventLoopCronUs += clock.monotonicUs() - startUs;
    if (isSwept && !isFreeing) return;
    const share = (25 + 2 * (this.expireEffort - 1)) / 100;
    const usedMs = (clock.monotonicUs() - startUs) / 1000;
    this.#slice = timers.after(Math.max(1, Math.round(usedMs / share - usedMs)), () => this.#runSlice());
  }

  /** Looks at a share of the clients, so that each has its turn about once a second, however many there are. */
  #watchClients(nowMs: number): void {
    const { clients } = this.#parts;
    for (
      let left = Math.max(Math.ceil(clients.count / this.hz), Math.min(clients.count, LEAST_CLIENTS));
      left > 0;
      left--
    ) {
      // The iterator of a Map lives with what is added and removed meanwhile.
      this.#round ??= clients.connections()[Symbol.iterator]();
      const next = this.#round.next();
      if (next.done) this.#round = null;
      else this.#watch(next.value, nowMs);
    }
  }

  #watch(connection: Connection, nowMs: number): void {
    const idleMs = nowMs - connection.lastInteractionMs;
    const isHeld = connection.blocked !== null || connection.suspension === "throttled";
    const mayIdle = isHeld || connection.subscriptionCount > 0 || connection.monitor;
    if (this.idleTimeoutSeconds > 0 && idleMs > this.idleTimeoutSeconds * 1000 && !mayIdle) {
      connection.close("idle timeout");
    } else {
      connection.tend(nowMs);
    }
  }
}
