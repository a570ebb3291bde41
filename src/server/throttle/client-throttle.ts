/**
 * One client's side of throttling: the turnstiles its commands have to pass, by the limits that match it, and its waiting.
 *
 * A client that has more to do while one of its buckets is empty is suspended: what it has sent stays where it is, in its query buffer
 * and then in the system's, until TCP itself slows the sender. Nothing is dropped and nothing overtakes. A client that has nothing to do
 * never waits, however deep in debt.
 *
 * What a client once had a bucket for it keeps, also while the limit does not match it: changing user back and forth gains nothing.
 */
import { isInIpRange } from "../../bytes/ip-range.js";
import type { Client } from "../../commands/client.js";
import type { ThrottleClass, ThrottleSelector } from "../config/throttle-limit.js";
import type { Throttling } from "./throttling.js";
import { Turnstile, type TurnstileWaiter } from "./turnstile.js";

/** What throttling needs of a client. */
export interface ThrottledConnection extends Pick<Client, "user" | "subscriptionCount" | "suspension"> {
  readonly peerHost: string;
  /** Bytes of all its replies so far. */
  readonly repliedBytes: number;
  throttle: ClientThrottle | null;
  resume(): void;
  unsuspend(): void;
}

/** One unit of one limit. */
export interface ThrottleRule {
  readonly selector: ThrottleSelector;
  readonly unit: "commands" | "bytes";
  readonly rate: number;
  /** The turnstile that all who match have together; null when each has its own. */
  readonly shared: Turnstile | null;
}

/** A rule for one client. */
interface Share {
  readonly rule: ThrottleRule;
  readonly turnstile: Turnstile;
  /** What is left of its turn at a turnstile where others wait. */
  turn: number;
}

export class ClientThrottle implements TurnstileWaiter {
  /** How often, and for how long in all, it had to wait. */
  delays = 0;
  delayedUs = 0;
  readonly #throttling: Throttling;
  readonly #connection: ThrottledConnection;
  /** All it ever had, and those that apply now. */
  #known: Share[] = [];
  #shares: Share[] = [];
  /** What `#shares` was chosen by. */
  #rules: readonly ThrottleRule[] = [];
  #user = "";
  #class: ThrottleClass = "normal";
  /** Where it waits, null while it does not. */
  #turnstile: Turnstile | null = null;
  #waitsSinceUs = 0;
  /** Bytes of an unfinished command that have been charged. */
  #chargedBytes = 0;
  /** The output up to here has been charged. */
  #chargedReplies: number;

  constructor(throttling: Throttling, connection: ThrottledConnection) {
    this.#throttling = throttling;
    this.#connection = connection;
    this.#chargedReplies = connection.repliedBytes;
  }

  get isWaiting(): boolean {
    return this.#turnstile !== null;
  }

  get waitsSinceUs(): number {
    return this.#waitsSinceUs;
  }

  /** To be called before a batch of commands. */
  begin(nowUs: number): void {
    this.#follow();
    for (const { turnstile } of this.#shares) turnstile.bucket.fill(nowUs);
  }

  /** True when the next command has to wait; then the connection is suspended. */
  holds(): boolean {
    const shares = this.#shares;
    for (let i = 0; i < shares.length; i++) {
      const { turnstile, turn } = shares[i]!;
      if (turnstile.bucket.level > 0 && (turn > 0 || turnstile.waiting.size === 0)) continue;
      this.#wait(turnstile);
      return true;
    }
    return false;
  }

  /** A command of `bytes` bytes has been answered; `repliedBytes` is the length of all replies up to here. */
  charge(bytes: number, repliedBytes: number): void {
    this.#take(1, bytes - this.#chargedBytes + repliedBytes - this.#chargedReplies);
    this.#chargedBytes = 0;
    this.#chargedReplies = repliedBytes;
    this.#follow();
  }

  /** So many bytes have come of a command that is not complete, or was none. */
  chargePart(bytes: number, isComplete: boolean): void {
    this.#take(0, bytes - this.#chargedBytes);
    this.#chargedBytes = isComplete ? 0 : bytes;
  }

  pass(turnstile: Turnstile, nowUs: number): void {
    const share = this.#shares.find((each) => each.turnstile === turnstile);
    if (share !== undefined) share.turn = turnstile.turn;
    this.#endWait(nowUs);
    this.#connection.resume();
  }

  /** Ends its waiting, if it waits, because it has closed. */
  leave(nowUs: number): void {
    const turnstile = this.#turnstile;
    if (turnstile === null) return;
    turnstile.waiting.delete(this);
    this.#endWait(nowUs);
    this.#throttling.left(turnstile);
  }

  /** Ends its waiting because the limits have changed. */
  release(nowUs: number): void {
    if (this.#turnstile === null) return;
    this.leave(nowUs);
    this.#connection.unsuspend();
  }

  /** The smallest rate of a unit that applies; 0 when none does. */
  rate(unit: "commands" | "bytes"): number {
    this.#follow();
    const rates = this.#shares.filter(({ rule }) => rule.unit === unit).map(({ rule }) => rule.rate);
    return rates.length === 0 ? 0 : Math.min(...rates);
  }

  /** What CLIENT LIST adds; nothing when no limit applies. */
  describe(nowUs: number): string {
    const [commands, bytes] = [this.rate("commands"), this.rate("bytes")];
    if (commands === 0 && bytes === 0) return "";
    const delayedUs = this.delayedUs + (this.isWaiting ? nowUs - this.#waitsSinceUs : 0);
    return ` throttle-commands=${commands} throttle-bytes=${bytes} throttle-delays=${this.delays} throttle-ms=${Math.floor(delayedUs / 1000)}`;
  }

  #take(commands: number, bytes: number): void {
    const shares = this.#shares;
    for (let i = 0; i < shares.length; i++) {
      const share = shares[i]!;
      const units = share.rule.unit === "commands" ? commands : bytes;
      share.turnstile.bucket.take(units);
      share.turn = Math.max(0, share.turn - units);
    }
  }

  #wait(turnstile: Turnstile): void {
    this.#connection.suspension = "throttled";
    this.#turnstile = turnstile;
    this.#waitsSinceUs = this.#throttling.nowUs();
    this.delays++;
    turnstile.waiting.add(this);
    this.#throttling.waits(this, turnstile, this.#waitsSinceUs);
  }

  #endWait(nowUs: number): void {
    if (this.#turnstile === null) return;
    this.#turnstile = null;
    this.delayedUs += nowUs - this.#waitsSinceUs;
    this.#throttling.waited(this, nowUs);
  }

  /** Chooses the rules anew when they, or what they go by, have changed. */
  #follow(): void {
    const { user, subscriptionCount } = this.#connection;
    const className = subscriptionCount > 0 ? "pubsub" : "normal";
    const { rules } = this.#throttling;
    if (user === this.#user && className === this.#class && rules === this.#rules) return;
    this.#user = user;
    this.#class = className;
    this.#rules = rules;
    const nowUs = this.#throttling.nowUs();
    this.#known = this.#known.filter(({ rule }) => rules.includes(rule));
    this.#shares = rules.filter((rule) => this.#matches(rule.selector)).map((rule) => this.#share(rule, nowUs));
  }

  #matches(selector: ThrottleSelector): boolean {
    if (selector.by === "user") return selector.name === this.#user;
    if (selector.by === "class") return selector.name === this.#class;
    return isInIpRange(selector.range, this.#connection.peerHost);
  }

  #share(rule: ThrottleRule, nowUs: number): Share {
    let share = this.#known.find((known) => known.rule === rule);
    if (share === undefined) {
      share = { rule, turnstile: rule.shared ?? new Turnstile(rule.unit, rule.rate, nowUs), turn: 0 };
      this.#known.push(share);
    }
    share.turnstile.bucket.fill(nowUs);
    return share;
  }
}
