/**
 * MULTI's queue run by EXEC, and WATCH.
 *
 * A watch belongs to its client and to its key. Once a write has met it, it has done its work: the client's EXEC will fail, and the key
 * forgets the watch, so that each is met once however often the key is written and however many there are. The client keeps it until it
 * forgets all its watches.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import type { Transactions as TransactionsInterface } from "../../commands/transactions-context.js";
import type { Database } from "../../keyspace/database.js";
import type { AccessControl } from "../acl/acl.js";
import type { Execution } from "./execution.js";
import type { KeyInterest, KeyOfInterest } from "./key-interest.js";

/** Bytes that something kept for a client takes besides its text: measured by the resident memory of 200 000 on Node 20.20. */
const enum Cost {
  QUEUED_COMMAND = 1200,
  WATCHED_KEY = 250,
}

/** One client's watch of one key. */
export class Watch {
  /** Its neighbours among the watches of the key. */
  previous: Watch | null = null;
  next: Watch | null = null;
  /** The key knows of it. */
  isLinked = true;

  constructor(
    readonly client: Client,
    readonly key: KeyOfInterest,
    /** The key has expired but is still in memory, as when it was watched: its removal is no change. */
    public wasExpired: boolean,
  ) {}
}

/** What a client watches. */
interface WatchList {
  readonly watches: Map<KeyOfInterest, Watch>;
  /** What they count as memory of the client. */
  bytes: number;
}

interface TransactionsParts {
  readonly interest: KeyInterest;
  readonly acl: AccessControl;
  readonly execution: Pick<Execution, "context" | "dispatcher">;
}

export class Transactions implements TransactionsInterface {
  /** Different keys that somebody watches, those left out whose writes have met all their watches. */
  watchedKeyCount = 0;
  readonly #parts: TransactionsParts;
  readonly #interest: KeyInterest;
  readonly #watching = new Map<Client, WatchList>();

  constructor(parts: TransactionsParts) {
    this.#parts = parts;
    this.#interest = parts.interest;
  }

  /** Number of clients that watch keys. */
  get watchingCount(): number {
    return this.#watching.size;
  }

  watch(client: Client, db: Database, argv: Argv, i: number): void {
    let mine = this.#watching.get(client);
    if (mine === undefined) this.#watching.set(client, (mine = { watches: new Map(), bytes: 0 }));
    const key = this.#interest.add(db, argv, i);
    if (mine.watches.has(key)) return;
    const watch = new Watch(client, key, db.holdsExpired(argv, i));
    mine.watches.set(key, watch);
    const first = key.watches;
    if (first === null) this.watchedKeyCount++;
    else first.previous = watch;
    watch.next = first;
    key.watches = watch;
    const bytes = Cost.WATCHED_KEY + key.name.length;
    mine.bytes += bytes;
    client.watchedKeys = mine.watches.size;
    client.hold(bytes);
  }

  unwatch(client: Client): void {
    const mine = this.#watching.get(client);
    if (mine === undefined) return;
    this.#watching.delete(client);
    client.watchedKeys = 0;
    for (const watch of mine.watches.values()) if (watch.isLinked) this.#unlink(watch);
    client.hold(-mine.bytes);
  }

  /** Makes the key forget a watch. */
  #unlink(watch: Watch): void {
    const { key, previous, next } = watch;
    watch.isLinked = false;
    if (next !== null) next.previous = previous;
    if (previous !== null) {
      previous.next = next;
      return;
    }
    key.watches = next;
    if (next !== null) return;
    this.watchedKeyCount--;
    this.#interest.release(key);
  }

  enqueue(client: Client, command: CommandEntry, argv: Argv): void {
    const transaction = client.transaction!;
    const bytes = Cost.QUEUED_COMMAND + argv.count * 8 + argv.totalLength;
    transaction.queue.push({ command, argv: argv.keep() });
    transaction.bytes += bytes;
    transaction.gates |= command.gates;
    transaction.flagBits |= command.flagBits;
    client.hold(bytes);
  }

  discard(client: Client): void {
    if (client.transaction !== null) client.hold(-client.transaction.bytes);
    client.transaction = null;
    client.watchDirty = false;
    this.unwatch(client);
  }

  exec(client: Client): void {
    const { acl, execution } = this.#parts;
    const { context, dispatcher } = execution;
    const { reply } = context;
    const queue = client.transaction!.queue;
    if (client.watchDirty || this.#hasExpiredWatch(client)) {
      this.discard(client);
      return reply.nullArray();
    }
    // It is still in its transaction, as CLIENT INFO and the ACL log see it, but watches nothing any more.
    this.unwatch(client);
    const exec = context.command;
    context.inTransaction = true;
    dispatcher.expectsLargeInput();
    reply.array(queue.length);
    for (const { command, argv } of queue) {
      // What the user may do can have changed since the command was queued, even by one that was queued before it.
      const refusal = client.aclUser.isUnrestricted ? null : acl.refusalInExec(client, command, argv);
      if (refusal !== null) dispatcher.refuseQueued(refusal);
      else dispatcher.run1(command, argv);
      context.db = client.db;
    }
    context.inTransaction = false;
    context.command = exec;
    this.discard(client);
  }

  /** A key changed, which is argument i: whoever watches it will see EXEC fail. */
  touched(key: KeyOfInterest, argv: Argv, i: number): void {
    for (let watch = key.watches; watch !== null; ) {
      const { next } = watch;
      if (watch.wasExpired && !isInMemory(key.db, argv, i)) watch.wasExpired = false;
      else this.#meet(watch);
      watch = next;
    }
  }

  /** The contents of a database (null: of all) are about to go, or to be replaced by those of `other`. */
  flushing(db: Database | null, other: Database | null = null): void {
    if (this.watchedKeyCount === 0 || (db !== null && db.size === 0 && (other === null || other.size === 0))) return;
    for (const [client, { watches }] of this.#watching) {
      for (const watch of watches.values()) {
        // What else it watches makes no difference to it any more.
        if (client.watchDirty) break;
        if (db !== null && watch.key.db !== db) continue;
        if (this.#isChangedByFlush(watch, other)) this.#meet(watch);
      }
    }
  }

  /** A change met a watch. */
  #meet(watch: Watch): void {
    watch.client.watchDirty = true;
    this.#unlink(watch);
  }

  #hasExpiredWatch(client: Client): boolean {
    const mine = this.#watching.get(client);
    if (mine === undefined) return false;
    for (const { key, wasExpired } of mine.watches.values()) {
      if (!wasExpired && key.db.holdsExpired(this.#interest.asArgument(key), 0)) return true;
    }
    return false;
  }

  /** Whether emptying the key's database, or replacing its contents by those of `other`, changes what a client can see of it. */
  #isChangedByFlush(watch: Watch, other: Database | null): boolean {
    const argv = this.#interest.asArgument(watch.key);
    const wasHere = isInMemory(watch.key.db, argv, 0);
    const willBe = other !== null && isInMemory(other, argv, 0);
    if (!wasHere && !willBe) return false;
    const willBeExpired = other?.holdsExpired(argv, 0) ?? false;
    if (watch.wasExpired) {
      if (willBe) return !willBeExpired;
      watch.wasExpired = false;
      return false;
    }
    if (!wasHere && willBeExpired) {
      watch.wasExpired = true;
      return false;
    }
    return true;
  }
}

function isInMemory(db: Database, argv: Argv, i: number): boolean {
  return db.holdsLive(argv, i) || db.holdsExpired(argv, i);
}
