/**
 * Who waits for which keys, in the order they came; and which of those keys have changed since somebody looked.
 *
 * A key has a queue for each type of value that somebody waits for, so that a change which is of no use to those who wait for another type
 * does not look at them, however many they are.
 */
import type { Argv } from "../../bytes/argv.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import type { Database } from "../../keyspace/database.js";
import type { ValueType } from "../../structures/entry/entry.js";
import type { ServerClient } from "../clients/server-client.js";
import type { KeyInterest, KeyOfInterest } from "./key-interest.js";

/** A client that waits for keys, with the command it will run again. */
export interface Waiter {
  readonly connection: ServerClient;
  readonly command: CommandEntry;
  /** A copy of its arguments. */
  readonly argv: Argv;
  /** The type of value it can use. */
  readonly type: ValueType;
  /** It also wants to run when a key goes, or becomes another type. */
  readonly wakesOnDeletion: boolean;
  readonly keys: KeyOfInterest[];
  /** What it gets when its time is up; null for a null array. */
  readonly expiredReply: Uint8Array | null;
  /** When its time is up, ms since 1970; infinite when never. */
  readonly deadlineMs: number;
  /** Its place among the deadlines, kept by them; -1 when it has none there. */
  heapIndex: number;
  /** Bytes counted as memory of the client. */
  readonly heldBytes: number;
}

/** Those who wait for a value of one type at one key. */
export class KeyQueue {
  /** In the order they came. */
  readonly waiters = new Set<Waiter>();
  /** How many of them want to know when the key goes. */
  deletionWaiters = 0;

  constructor(
    readonly type: ValueType,
    /** The key's queue for another type. */
    public next: KeyQueue | null,
  ) {}
}

export class KeyWaiters {
  /** Keys that changed, in the order they did; whoever serves them empties it. */
  readonly ready: KeyOfInterest[] = [];
  /** Different keys among those that somebody waits for whose going somebody waits for. */
  deletionKeyCount = 0;
  readonly #interest: KeyInterest;
  /** In the order somebody began to wait for them. */
  readonly #keys = new Set<KeyOfInterest>();

  constructor(interest: KeyInterest) {
    this.#interest = interest;
  }

  /** Different keys that somebody waits for. */
  get keyCount(): number {
    return this.#keys.size;
  }

  /** Lets a waiter wait for argument `i` of `argv` also; the same key twice counts once. */
  add(waiter: Waiter, db: Database, argv: Argv, i: number): void {
    const key = this.#interest.add(db, argv, i);
    let queue = queueOf(key, waiter.type);
    if (queue === null) {
      queue = new KeyQueue(waiter.type, key.queues);
      key.queues = queue;
      this.#keys.add(key);
    } else if (queue.waiters.has(waiter)) {
      return;
    }
    queue.waiters.add(waiter);
    waiter.keys.push(key);
    if (waiter.wakesOnDeletion && queue.deletionWaiters++ === 0) this.deletionKeyCount++;
  }

  /** Ends a waiter's waiting for all its keys. */
  remove(waiter: Waiter): void {
    for (const key of waiter.keys) {
      const queue = queueOf(key, waiter.type)!;
      queue.waiters.delete(waiter);
      if (waiter.wakesOnDeletion && --queue.deletionWaiters === 0) this.deletionKeyCount--;
      if (queue.waiters.size > 0) continue;
      removeQueue(key, queue);
      if (key.queues !== null) continue;
      this.#keys.delete(key);
      this.#interest.release(key);
    }
    waiter.keys.length = 0;
  }

  /** All keys of a database (null: of all) have changed, or with `isEmptied` gone. */
  databaseChanged(db: Database | null, isEmptied: boolean): void {
    for (const key of this.#keys) {
      if (db !== null && key.db !== db) continue;
      if (!isEmptied || wakesOnDeletion(key)) this.markReady(key);
    }
  }

  /** A key that somebody waits for has changed. */
  markReady(key: KeyOfInterest): void {
    if (key.isReady) return;
    key.isReady = true;
    this.ready.push(key);
  }
}

function queueOf({ queues }: KeyOfInterest, type: ValueType): KeyQueue | null {
  let queue = queues;
  while (queue !== null && queue.type !== type) queue = queue.next;
  return queue;
}

function removeQueue(key: KeyOfInterest, queue: KeyQueue): void {
  if (key.queues === queue) {
    key.queues = queue.next;
    return;
  }
  let before = key.queues!;
  while (before.next !== queue) before = before.next!;
  before.next = queue.next;
}

function wakesOnDeletion(key: KeyOfInterest): boolean {
  for (let queue = key.queues; queue !== null; queue = queue.next) if (queue.deletionWaiters > 0) return true;
  return false;
}
