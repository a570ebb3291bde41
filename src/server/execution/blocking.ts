/**
 * Clients that wait for keys (BLPOP and its like).
 *
 * A command that finds nothing calls `waitFor` and returns without a reply: its arguments are copied and its connection is suspended.
 * When one of the keys has changed, the whole command runs again once the command, EXEC or script that changed it has ended; finding
 * nothing again it writes nothing, calls `waitFor` again, and its client stays where it was in the queues. What one such run changes
 * can make further keys ready, so serving goes on until none is left. Who waits longest is served first.
 *
 * A command counts in the statistics when it has its reply, not when it begins to wait.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Blocking as BlockingInterface } from "../../commands/blocking-context.js";
import type { Database } from "../../keyspace/database.js";
import type { Clock } from "../../platform/clock.js";
import type { Timer, Timers } from "../../platform/timers.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { ServerClient, ServerContext } from "../clients/server-client.js";
import { Deadlines } from "../deadlines.js";
import type { ServerStats } from "../observation/stats.js";
import type { Dispatcher } from "./dispatcher.js";
import type { Execution } from "./execution.js";
import type { KeyInterest, KeyOfInterest } from "./key-interest.js";
import { type KeyQueue, KeyWaiters, type Waiter } from "./key-waiters.js";

/** Of who waits for no key. */
const NO_TYPE = ValueType.STRING;

/** Bytes that waiting for a key takes besides the arguments, counted as in `transactions.ts`. */
const enum Cost {
  WAITING = 900,
  KEY = 450,
}

const NULL_ARRAY = Buffer.from("*-1\r\n");
const NULL = Buffer.from("_\r\n");
const UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
const UNBLOCKED_REPLY = Buffer.from(`-${UNBLOCKED}\r\n`);

interface BlockingParts {
  interest: KeyInterest;
  stats: ServerStats;
  clock: Clock;
  timers: Timers;
  execution: Pick<Execution, "context" | "dispatcher" | "host">;
}

export class Blocking implements BlockingInterface {
  readonly #parts: BlockingParts;
  readonly #index: KeyWaiters;
  readonly #deadlines: Deadlines<Waiter>;
  readonly #waiters = new Map<ServerClient, Waiter>();
  /** Whose command is being run again. */
  #served: Waiter | null = null;
  #isServing = false;
  /** Keys that are ready, and at which a gate keeps somebody from being served. */
  readonly #held: KeyOfInterest[] = [];
  #soon: Timer | null = null;

  constructor(parts: BlockingParts) {
    this.#parts = parts;
    this.#index = new KeyWaiters(parts.interest);
    this.#deadlines = new Deadlines(parts.clock, parts.timers, () => this.#endExpired());
  }

  get context(): ServerContext {
    return this.#parts.execution.context;
  }

  get dispatcher(): Dispatcher {
    return this.#parts.execution.dispatcher;
  }

  /** Keys that somebody waits for have changed. */
  get hasReady(): boolean {
    return this.#index.ready.length > 0;
  }

  get canWait(): boolean {
    const { context } = this;
    return !context.inTransaction && !context.client.isInternal;
  }

  get blockingKeys(): number {
    return this.#index.keyCount;
  }

  get deletionKeys(): number {
    return this.#index.deletionKeyCount;
  }

  /** Clients that wait for a limited time. */
  get timeoutCount(): number {
    return this.#deadlines.size;
  }

  waitFor(
    argv: Argv,
    firstKey: number,
    keyCount: number,
    timeoutMs: number,
    type: ValueType,
    wakesOnDeletion = false,
  ): void {
    this.#suspend(argv, firstKey, keyCount, timeoutMs, type, wakesOnDeletion, null);
  }

  waitForReplicas(argv: Argv, timeoutMs: number, reply: Uint8Array): void {
    this.#suspend(argv, 0, 0, timeoutMs, NO_TYPE, false, reply);
  }

  #suspend(
    argv: Argv,
    firstKey: number,
    keyCount: number,
    timeoutMs: number,
    type: ValueType,
    wakesOnDeletion: boolean,
    expiredReply: Uint8Array | null,
  ): void {
    const { context } = this;
    const connection = context.client;
    this.dispatcher.waits();
    connection.suspension = "blocked";
    if (this.#served !== null) return;
    connection.commandCount--;
    const copy = argv.copy();
    const waiter: Waiter = {
      connection,
      command: context.command,
      argv: copy,
      type,
      wakesOnDeletion,
      expiredReply,
      keys: [],
      deadlineMs: timeoutMs === 0 ? Number.POSITIVE_INFINITY : context.nowMs + timeoutMs,
      heapIndex: -1,
      // The names of the keys are kept once more, as strings.
      heldBytes: Cost.WAITING + copy.source.u8.length * 2 + copy.count * 8 + keyCount * Cost.KEY,
    };
    for (let i = 0; i < keyCount; i++) this.#index.add(waiter, context.db, copy, firstKey + i);
    this.#waiters.set(connection, waiter);
    this.#deadlines.add(waiter);
    connection.hold(waiter.heldBytes);
    connection.blocked = {
      kind: "keys",
      argvBytes: copy.source.u8.length,
      unblock: (how) => this.#end(waiter, how),
      abandon: () => this.#release(waiter),
    };
  }

  // What happens to keys

  wake(argv: Argv, i: number): void {
    const key = this.#parts.interest.find(this.context.db, argv, i);
    if (key !== null) this.touched(key);
  }

  /** A key changed that somebody is interested in. */
  touched(key: KeyOfInterest): void {
    if (key.queues === null) return;
    this.#index.markReady(key);
    this.serveSoon();
  }

  /** A database (null: all) is about to be emptied. */
  flushing(db: Database | null): void {
    this.#index.databaseChanged(db, true);
    this.serveSoon();
  }

  swapping(a: Database, b: Database): void {
    this.#index.databaseChanged(a, false);
    this.#index.databaseChanged(b, false);
    this.serveSoon();
  }

  /** Outside of any client's batch nobody will call `serve` by himself. */
  serveSoon(): void {
    if (!this.hasReady || this.#soon !== null || this.#isServing || this.#parts.execution.host.current !== null) return;
    this.#soon = this.#parts.timers.soon(() => {
      this.#soon = null;
      if (this.hasReady) this.dispatcher.serveBlocked(null);
    });
  }

  /** A gate lets those try again that it has held. */
  tryAgain(): void {
    for (const key of this.#held) this.#index.ready.push(key);
    this.#held.length = 0;
    this.serveSoon();
  }

  /** Runs the commands that wait for keys that are ready, until there are none. For the dispatcher, between two commands. */
  serve(): void {
    const { ready } = this.#index;
    this.#isServing = true;
    // It grows while it is worked off.
    for (let i = 0; i < ready.length; i++) {
      const key = ready[i]!;
      key.isReady = false;
      if (this.#serveKey(key)) continue;
      key.isReady = true;
      this.#held.push(key);
    }
    ready.length = 0;
    this.#isServing = false;
  }

  /** False when a gate keeps somebody from being served. */
  #serveKey(key: KeyOfInterest): boolean {
    for (let queue = key.queues; queue !== null; ) {
      const { next } = queue;
      if (!this.#serveQueue(key, queue)) return false;
      queue = next;
    }
    return true;
  }

  #serveQueue(key: KeyOfInterest, queue: KeyQueue): boolean {
    for (const waiter of queue.waiters) {
      // Others may have been served before.
      if (this.#typeOf(key) !== queue.type) {
        if (queue.deletionWaiters === 0) break;
        if (!waiter.wakesOnDeletion) continue;
      }
      if (!this.#runAgain(waiter)) return false;
    }
    return true;
  }

  /** The type of the value at a key; what has expired is none, and is left for others to remove, as in Redis. */
  #typeOf(key: KeyOfInterest): ValueType | null {
    const argv = this.#parts.interest.asArgument(key);
    return key.db.holdsLive(argv, 0) ? key.db.type(key.db.peek(argv, 0)) : null;
  }

  /** False when a gate holds the command, which stays where it is. */
  #runAgain(waiter: Waiter): boolean {
    const { connection } = waiter;
    connection.suspension = null;
    this.#served = waiter;
    const isLet = this.dispatcher.runAgain(connection, waiter.command, waiter.argv);
    this.#served = null;
    if (!isLet) connection.suspension = "blocked";
    if (connection.closed || connection.suspension === "blocked") return isLet;
    this.#release(waiter);
    connection.commandCount++;
    connection.queueReplies();
    connection.unsuspend();
    return true;
  }

  // Ends without being served

  /** The connection has closed. */
  forget(connection: ServerClient): void {
    const waiter = this.#waiters.get(connection);
    if (waiter !== undefined) this.#release(waiter);
  }

  stop(): void {
    this.#soon?.cancel();
    this.#deadlines.stop();
  }

  #endExpired(): void {
    const nowMs = this.#parts.clock.nowMs();
    for (;;) {
      const waiter = this.#deadlines.takeExpired(nowMs);
      if (waiter === null) return;
      this.#end(waiter, "timeout");
    }
  }

  #end(waiter: Waiter, how: "timeout" | "error"): void {
    const { connection, command } = waiter;
    this.#release(waiter);
    connection.commandCount++;
    this.dispatcher.finishWaiting(connection, command, waiter.argv);
    let reply = waiter.expiredReply ?? (connection.resp === 3 ? NULL : NULL_ARRAY);
    if (how === "error") {
      command.failedCalls++;
      this.#parts.stats.countError(UNBLOCKED);
      reply = UNBLOCKED_REPLY;
    }
    if (connection.replyMode === "on") connection.send(reply);
    if (connection.replyMode === "skip") connection.replyMode = "on";
    connection.unsuspend();
  }

  #release(waiter: Waiter): void {
    const { connection } = waiter;
    this.#waiters.delete(connection);
    this.#index.remove(waiter);
    this.#deadlines.remove(waiter);
    connection.blocked = null;
    connection.hold(-waiter.heldBytes);
  }
}
