/**
 * `client-throttle`: holds clients to limits in commands and bytes a second, by delaying what they send.
 *
 * The dispatcher asks before each command of a client whether it may run, and charges it afterwards with what it took: one command, and
 * the bytes of the request and its reply. While nothing is configured that costs one comparison a batch; a client without a limit costs
 * no clock and no memory but one object. The clock is read when a bucket has run empty, not for every command.
 *
 * Time is monotonic: setting the system's clock neither frees nor holds anybody.
 */
import type { Clock } from "../../platform/clock.js";
import type { Timer, Timers } from "../../platform/timers.js";
import { selectorName, type ThrottleLimit } from "../config/throttle-limit.js";
import { Deadlines } from "../deadlines.js";
import type { ServerStats } from "../observation/stats.js";
import { ClientThrottle, type ThrottledConnection, type ThrottleRule } from "./client-throttle.js";
import { Turnstile } from "./turnstile.js";

/** Letting clients pass may take so long before others have a turn. */
const OPENING_US = 1000;

export interface ThrottlingParts {
  clock: Clock;
  timers: Timers;
  stats: ServerStats;
}

export class Throttling {
  /** In the order of the configuration. */
  rules: readonly ThrottleRule[] = [];
  readonly #parts: ThrottlingParts;
  /** Turnstiles at which somebody waits. */
  readonly #turnstiles: Deadlines<Turnstile>;
  readonly #waiting = new Set<ClientThrottle>();
  #rulesByText: ReadonlyMap<string, ThrottleRule> = new Map();
  /** Sum of the moments since which those in `#waiting` wait. */
  #waitingSinceUs = 0;
  #soon: Timer | null = null;

  constructor(parts: ThrottlingParts) {
    this.#parts = parts;
    const clock = { nowMs: () => Math.floor(this.nowUs() / 1000) };
    this.#turnstiles = new Deadlines(clock, parts.timers, () => this.#open());
  }

  /** Clients that wait now. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** How long clients have waited, those that still do included. */
  get delayedUs(): number {
    return this.#parts.stats.throttledUs + this.nowUs() * this.#waiting.size - this.#waitingSinceUs;
  }

  nowUs(): number {
    return this.#parts.clock.monotonicUs();
  }

  /** The limits from now on, also for those who wait. A limit that stays as it was keeps its buckets. */
  set limits(limits: readonly ThrottleLimit[]) {
    const rules = new Map<string, ThrottleRule>();
    for (const limit of limits) for (const unit of ["commands", "bytes"] as const) this.#addRule(rules, limit, unit);
    this.#rulesByText = rules;
    this.rules = [...rules.values()];
    const nowUs = this.nowUs();
    for (const waiting of [...this.#waiting]) waiting.release(nowUs);
  }

  /** A connection is about to run commands. Returns what to ask for each of them; null when there are no limits. */
  enter(connection: ThrottledConnection, nowUs: number): ClientThrottle | null {
    if (this.rules.length === 0) return null;
    const throttle = (connection.throttle ??= new ClientThrottle(this, connection));
    throttle.begin(nowUs);
    return throttle;
  }

  /** The connection has closed. */
  forget(connection: ThrottledConnection): void {
    connection.throttle?.leave(this.nowUs());
  }

  stop(): void {
    this.#soon?.cancel();
    this.#turnstiles.stop();
  }

  /** What CLIENT LIST says of a client besides, with a blank before it. */
  describe({ throttle }: ThrottledConnection): string {
    return throttle?.describe(this.nowUs()) ?? "";
  }

  // For ClientThrottle

  waits(throttle: ClientThrottle, turnstile: Turnstile, nowUs: number): void {
    this.#parts.stats.throttledCommands++;
    this.#waiting.add(throttle);
    this.#waitingSinceUs += nowUs;
    this.#schedule(turnstile, nowUs);
  }

  waited(throttle: ClientThrottle, nowUs: number): void {
    this.#waiting.delete(throttle);
    this.#waitingSinceUs -= throttle.waitsSinceUs;
    this.#parts.stats.throttledUs += nowUs - throttle.waitsSinceUs;
  }

  /** Somebody waits no longer at a turnstile that did not open. */
  left(turnstile: Turnstile): void {
    if (turnstile.waiting.size === 0) this.#turnstiles.remove(turnstile);
  }

  /** Lets those pass whose turnstiles have come to their time. */
  #open(): void {
    this.#soon = null;
    const startUs = this.nowUs();
    let nowUs = startUs;
    for (;;) {
      const turnstile = this.#turnstiles.takeExpired(Math.floor(nowUs / 1000));
      if (turnstile === null) return;
      turnstile.bucket.fillForWaiting(nowUs);
      while (nowUs - startUs < OPENING_US && turnstile.passOne(nowUs)) nowUs = this.nowUs();
      if (turnstile.waiting.size > 0) this.#schedule(turnstile, nowUs);
      if (nowUs - startUs < OPENING_US) continue;
      this.#soon ??= this.#parts.timers.soon(() => this.#open());
      return;
    }
  }

  #schedule(turnstile: Turnstile, nowUs: number): void {
    if (turnstile.heapIndex >= 0) return;
    turnstile.bucket.fill(nowUs);
    turnstile.close(nowUs);
    this.#turnstiles.add(turnstile);
  }

  #addRule(rules: Map<string, ThrottleRule>, limit: ThrottleLimit, unit: "commands" | "bytes"): void {
    const { selector, shared } = limit;
    const rate = limit[unit];
    if (rate === 0) return;
    const text = `${selector.by} ${selectorName(selector)} ${unit} ${rate} ${shared}`;
    const known = this.#rulesByText.get(text);
    rules.set(text, known ?? { selector, unit, rate, shared: shared ? new Turnstile(unit, rate, this.nowUs()) : null });
  }
}
