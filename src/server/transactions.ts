/**
 * MULTI's queue run by EXEC, and WATCH.
 *
 * Watched keys are kept by database and name; a write asks here whether somebody watches its key, which costs one comparison while
 * nobody watches anything.
 */
import type { Argv } from "../bytes/argv.js";
import type { Client } from "../commands/client.js";
import type { CommandEntry } from "../commands/command-entry.js";
import type { Context, Transactions as TransactionsInterface } from "../commands/context.js";
import type { Database } from "../keyspace/database.js";
import type { AccessControl } from "./acl/acl.js";
import type { Dispatcher } from "./dispatcher.js";

/** Bytes that something kept for a client takes besides its text: measured by the resident memory of 200 000 on Node 20.20. */
const enum Cost {
  QUEUED_COMMAND = 1200,
  WATCHED_KEY = 1100,
}

interface WatchedKey {
  readonly db: Database;
  readonly name: string;
  readonly argv: Argv;
  /** The key has expired but is still in memory, as when it was watched: its removal is no change. */
  wasExpired: boolean;
}

export class Transactions implements TransactionsInterface {
  /** Set once, before the first command: these and the transactions know each other. */
  context!: Context;
  dispatcher!: Dispatcher;
  acl!: AccessControl;
  readonly #watched = new Map<Client, WatchedKey[]>();
  /** Watchers by database index and key. */
  readonly #watchers = new Map<number, Map<string, Set<Client>>>();

  /** Number of clients that watch keys. */
  get watchingCount(): number {
    return this.#watched.size;
  }

  get watchedKeyCount(): number {
    let count = 0;
    for (const keys of this.#watchers.values()) count += keys.size;
    return count;
  }

  watch(client: Client, db: Database, argv: Argv, i: number): void {
    const name = argv.latin1(i);
    const mine = this.#watched.get(client) ?? [];
    if (mine.some((key) => key.db === db && key.name === name)) return;
    const copy = argv.copy(i);
    copy.count = 1;
    mine.push({ db, name, argv: copy, wasExpired: db.holdsExpired(argv, i) });
    this.#watched.set(client, mine);
    let keys = this.#watchers.get(db.index);
    if (keys === undefined) this.#watchers.set(db.index, (keys = new Map()));
    let clients = keys.get(name);
    if (clients === undefined) keys.set(name, (clients = new Set()));
    clients.add(client);
    client.watchedKeys = mine.length;
    client.hold(Cost.WATCHED_KEY + name.length);
  }

  unwatch(client: Client): void {
    const mine = this.#watched.get(client);
    if (mine === undefined) return;
    this.#watched.delete(client);
    client.watchedKeys = 0;
    for (const { db, name } of mine) {
      const keys = this.#watchers.get(db.index);
      const clients = keys?.get(name);
      clients?.delete(client);
      if (clients?.size === 0) keys!.delete(name);
      client.hold(-Cost.WATCHED_KEY - name.length);
    }
  }

  enqueue(client: Client, command: CommandEntry, argv: Argv): void {
    const transaction = client.transaction!;
    const bytes = Cost.QUEUED_COMMAND + argv.count * 8 + argv.totalLength;
    transaction.queue.push({ command, argv: argv.keep() });
    transaction.bytes += bytes;
    client.hold(bytes);
  }

  discard(client: Client): void {
    if (client.transaction !== null) client.hold(-client.transaction.bytes);
    client.transaction = null;
    client.watchDirty = false;
    this.unwatch(client);
  }

  exec(client: Client): void {
    const { reply } = this.context;
    const queue = client.transaction!.queue;
    if (client.watchDirty || this.#hasExpiredWatch(client)) {
      this.discard(client);
      return reply.nullArray();
    }
    // It is still in its transaction, as CLIENT INFO and the ACL log see it, but watches nothing any more.
    this.unwatch(client);
    const context = this.context;
    const exec = context.command;
    context.inTransaction = true;
    this.dispatcher.hasLargeInput = true;
    reply.array(queue.length);
    for (const { command, argv } of queue) {
      // What the user may do can have changed since the command was queued, even by one that was queued before it.
      const refusal = client.aclUser.isUnrestricted ? null : this.acl.refusalInExec(client, command, argv);
      if (refusal !== null) this.dispatcher.refuseQueued(refusal);
      else this.dispatcher.run1(command, argv);
      context.db = client.db;
    }
    context.inTransaction = false;
    context.command = exec;
    this.discard(client);
  }

  /** A key changed: whoever watches it will see EXEC fail. */
  touched(db: Database, argv: Argv, i: number): void {
    if (this.#watched.size === 0) return;
    const clients = this.#watchers.get(db.index)?.get(argv.latin1(i));
    if (clients === undefined) return;
    for (const client of clients) {
      const key = this.#watched.get(client)!.find((watched) => watched.db === db && watched.name === argv.latin1(i))!;
      if (key.wasExpired && !isInMemory(db, key)) key.wasExpired = false;
      else client.watchDirty = true;
    }
  }

  /** The contents of a database (null: of all) are about to go, or to be replaced by those of `other`. */
  flushing(db: Database | null, other: Database | null = null): void {
    for (const [client, keys] of this.#watched) {
      for (const key of keys) {
        if ((db === null || key.db === db) && isChangedByFlush(key, other)) client.watchDirty = true;
      }
    }
  }

  #hasExpiredWatch(client: Client): boolean {
    return this.#watched.get(client)?.some((key) => !key.wasExpired && key.db.holdsExpired(key.argv, 0)) ?? false;
  }
}

function isInMemory(db: Database, key: WatchedKey): boolean {
  return db.holdsLive(key.argv, 0) || db.holdsExpired(key.argv, 0);
}

/** Whether emptying the key's database, or replacing its contents by those of `other`, changes what a client can see of it. */
function isChangedByFlush(key: WatchedKey, other: Database | null): boolean {
  const wasHere = isInMemory(key.db, key);
  const willBe = other !== null && isInMemory(other, key);
  const willBeExpired = other?.holdsExpired(key.argv, 0) ?? false;
  if (!wasHere && !willBe) return false;
  if (key.wasExpired) {
    if (willBe) return !willBeExpired;
    key.wasExpired = false;
    return false;
  }
  if (!wasHere && willBeExpired) {
    key.wasExpired = true;
    return false;
  }
  return true;
}
