/**
 * CLIENT TRACKING: clients keep what they read in a cache of their own, and are told when it is no longer true.
 *
 * By default the server remembers who has read which key (`tracking-table.ts`) and tells each reader once, when the key changes,
 * expires or is evicted, or when the table is full; with BCAST it remembers nothing and tells of every change under some prefixes,
 * once in each turn of the event loop (`broadcasts.ts`). A client is told of its own changes when the command has ended.
 *
 * While nobody tracks, `isOn` is false and the key space's listener is the one without tracking: that costs one comparison for a
 * command, nothing for a key. When the last client stops tracking, the table is emptied.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { ClientRegistry } from "../../commands/clients-context.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import { CommandBit } from "../../commands/flag-bits.js";
import { findKeys, KeyPositions } from "../../commands/get-keys.js";
import type { Tracking as TrackingInterface, TrackingOptions } from "../../commands/tracking-context.js";
import type { KeyspaceListener } from "../../keyspace/keyspace.js";
import { type Arena, isOutOfMemory } from "../../memory/arena.js";
import type { Timers } from "../../platform/timers.js";
import { ReplyWriter } from "../../protocol/reply-writer.js";
import { Broadcasts } from "./broadcasts.js";
import { brokenRedirect, Invalidation } from "./invalidation.js";
import { TrackingTable } from "./tracking-table.js";

/** Keys dropped from a table that is too full before a command; more each time it was not enough, as in Redis. */
const EFFORT = 100;
/** Keys of an emptied table that are freed in one turn of the event loop. */
const FREE_STEP = 1000;
/** What a tracking client takes besides its prefixes. */
const TRACKING_BYTES = 200;

export interface TrackingParts {
  arena: Arena;
  random(): number;
  clients: ClientRegistry;
  timers: Timers;
  /** Whose batch of commands is being run; null when it is nobody's. */
  currentClient(): Client | null;
  /** Whose command is running; null between commands. */
  runningClient(): Client | null;
  /** Called when the first client begins to track, and when the last has stopped. */
  switched(isOn: boolean): void;
}

export class Tracking implements TrackingInterface {
  /** Whether any client tracks. */
  isOn = false;
  /** tracking-table-max-keys; 0 for no limit. */
  maxKeys = 0;
  readonly #parts: TrackingParts;
  readonly #broadcasts = new Broadcasts();
  #table: TrackingTable | null = null;
  #clientCount = 0;
  /** Times in a row that the table was too full afterwards, too. */
  #failures = 0;
  #writer = new ReplyWriter();
  readonly #keys = new KeyPositions();
  readonly #ids: number[] = [];
  /** What the running command has to tell its client, or whoever gets that client's messages: names of keys, null for all keys. */
  readonly #own: (string | null)[] = [];
  #isDelivering = false;
  #isFreeing = false;

  constructor(parts: TrackingParts) {
    this.#parts = parts;
  }

  get clientCount(): number {
    return this.#clientCount;
  }

  get keyCount(): number {
    return this.#table?.keyCount ?? 0;
  }

  get itemCount(): number {
    return this.#table?.itemCount ?? 0;
  }

  get prefixCount(): number {
    return this.#broadcasts.prefixCount;
  }

  // Switching it on and off

  enable(client: Client, options: TrackingOptions): void {
    const before = client.tracking;
    const prefixes = new Set(before?.prefixes);
    client.tracking = {
      redirect: options.redirect,
      isRedirectBroken: false,
      broadcast: options.broadcast,
      optIn: options.optIn,
      optOut: options.optOut,
      noLoop: options.noLoop,
      isCachingGiven: before?.isCachingGiven ?? false,
      prefixes,
    };
    if (options.broadcast) {
      for (const name of options.prefixes.length === 0 ? [""] : options.prefixes) {
        if (prefixes.has(name)) continue;
        prefixes.add(name);
        this.#broadcasts.add(client, name);
      }
    }
    if (before !== null) return;
    client.hold(TRACKING_BYTES);
    if (this.#clientCount++ > 0) return;
    this.#table ??= new TrackingTable({ arena: this.#parts.arena, random: this.#parts.random });
    this.isOn = true;
    this.#parts.switched(true);
  }

  disable(client: Client): void {
    const { tracking } = client;
    if (tracking === null) return;
    for (const name of tracking.prefixes) this.#broadcasts.remove(client, name);
    client.tracking = null;
    client.hold(-TRACKING_BYTES);
    // What the table says of this client is found out when the keys change.
    if (--this.#clientCount > 0) return;
    this.isOn = false;
    this.#clearTable();
    this.#parts.switched(false);
  }

  // Commands; to be called while `isOn`

  /** Before a command of a client: CLIENT CACHING is over when its command is, and the table must not be too large. */
  beforeCommand(client: Client): void {
    const { tracking } = client;
    if (client.wasHeld) client.wasHeld = false;
    else if (tracking?.isCachingGiven && client.transaction === null) {
      if (client.lastCommand?.parent?.name !== "client") tracking.isCachingGiven = false;
    }
    this.limitTable();
  }

  /** After a command, also one inside EXEC: what it has read is remembered. */
  afterCall(client: Client, entry: CommandEntry, argv: Argv): void {
    const { tracking } = client;
    if ((entry.flagBits & CommandBit.READONLY) === 0 || tracking === null || tracking.broadcast) return;
    if (tracking.optIn && !tracking.isCachingGiven) return;
    if (tracking.optOut && tracking.isCachingGiven) return;
    const keys = this.#keys;
    findKeys(entry, argv, keys);
    for (let k = 0; k < keys.count; k++) this.#remember(client, argv, keys.index[k]!);
  }

  #remember(client: Client, argv: Argv, i: number): void {
    try {
      this.#table!.add(argv, i, client.id);
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      // What cannot be remembered must not be cached.
      this.#send(client, Invalidation.ofKey(this.#writer, argv, i));
    }
  }

  /** Drops random keys from a table that is too full, telling those who have read them. */
  limitTable(): void {
    const table = this.#table;
    if (table === null || this.maxKeys === 0) return;
    for (let effort = EFFORT * (this.#failures + 1); table.keyCount > this.maxKeys; effort--) {
      const drawn = effort === 0 ? null : table.draw();
      if (drawn === null) {
        this.#failures++;
        return;
      }
      this.#invalidate(drawn.copy(), 0);
    }
    this.#failures = 0;
  }

  /** Whether there is something for `sendOwn`. */
  get hasOwn(): boolean {
    return this.#own.length > 0;
  }

  /** Tells the client whose command has ended of its own changes. */
  sendOwn(): void {
    const current = this.#parts.currentClient()!;
    for (const name of this.#own) {
      const writer = this.#writer;
      this.#send(current, name === null ? Invalidation.ofAll(writer) : Invalidation.ofNames(writer, [name]));
    }
    this.forgetOwn();
  }

  /** The running command was broken off, and its client closed. */
  forgetOwn(): void {
    this.#own.length = 0;
  }

  // What happens to keys

  /** A listener that does what `listener` does, and tells the clients that track. */
  listening(listener: KeyspaceListener): KeyspaceListener {
    return {
      notify: listener.notify,
      swapping: listener.swapping,
      fieldRemoved: listener.fieldRemoved,
      touched: (db, argv, i) => {
        listener.touched(db, argv, i);
        this.#touched(argv, i);
      },
      removed: (reason, db, argv, i) => {
        listener.removed(reason, db, argv, i);
        // It is no change of the client's in whose time it happens.
        if (this.#broadcasts.prefixCount > 0) this.#broadcasts.touched(argv.latin1(i), null);
      },
      flushing: (db) => {
        listener.flushing(db);
        this.#flushing();
      },
    };
  }

  #touched(argv: Argv, i: number): void {
    if (this.#broadcasts.prefixCount > 0) {
      this.#broadcasts.touched(argv.latin1(i), this.#parts.currentClient());
      if (this.#broadcasts.hasChanges) this.#deliverSoon();
    }
    this.#invalidate(argv, i);
  }

  /** Tells who has read the key at argument i, and forgets them. */
  #invalidate(argv: Argv, i: number): void {
    const ids = this.#ids;
    const count = this.#table!.take(argv, i, ids);
    if (count === 0) return;
    const message = Invalidation.ofKey(this.#writer, argv, i);
    const current = this.#parts.currentClient();
    const running = this.#parts.runningClient();
    for (let k = 0; k < count; k++) {
      const client = this.#parts.clients.byId(ids[k]!);
      const tracking = client?.tracking;
      // It may have stopped, and begun again in another way.
      if (client === undefined || !tracking || tracking.broadcast) continue;
      if (tracking.noLoop && client === current) continue;
      if (client === running) this.#own.push(argv.latin1(i));
      else this.#send(client, message);
    }
  }

  /** All keys of a database or of all go: whoever tracks forgets everything, since messages do not name databases. */
  #flushing(): void {
    const message = Invalidation.ofAll(this.#writer);
    const running = this.#parts.runningClient();
    for (const client of this.#parts.clients.all()) {
      if (client.tracking === null) continue;
      if (client === running) this.#own.push(null);
      else this.#send(client, message);
    }
    this.#clearTable();
  }

  #deliverSoon(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    this.#parts.timers.soon(() => {
      this.#isDelivering = false;
      this.#broadcasts.deliver((clients, keys) => {
        const message = Invalidation.ofNames(this.#writer, keys);
        for (const client of clients) this.#send(client, message);
      });
      // Do not keep the room of one large message for ever.
      if (this.#writer.region.u8.length > 1 << 20) this.#writer = new ReplyWriter();
    });
  }

  /** Sends a message about keys of `client` to where it wants to have it. */
  #send(client: Client, message: Invalidation): void {
    const { tracking } = client;
    if (tracking === null) return;
    let receiver = client;
    const isRedirected = tracking.redirect !== 0;
    if (isRedirected) {
      const target = this.#parts.clients.byId(tracking.redirect);
      if (target === undefined) {
        tracking.isRedirectBroken = true;
        if (client.resp === 3) client.send(brokenRedirect(this.#writer, tracking.redirect));
        return;
      }
      receiver = target;
    }
    // RESP2 has no pushes: such a client gets messages of others only, while it is subscribed to anything.
    if (receiver.resp === 3 || (isRedirected && receiver.subscriptionCount > 0)) {
      receiver.send(message.encoded(receiver.resp));
    }
  }

  #clearTable(): void {
    if (this.#table === null || this.#table.keyCount === 0) return;
    this.#table.clear();
    this.#freeSoon();
  }

  #freeSoon(): void {
    if (this.#isFreeing) return;
    this.#isFreeing = true;
    this.#parts.timers.after(1, () => {
      this.#isFreeing = false;
      if (this.#table!.drainSome(FREE_STEP)) this.#freeSoon();
    });
  }
}
