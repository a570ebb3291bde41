/**
 * The active expire cycle: removes keys whose time has come, and fields of hashes, though nobody asks for them.
 *
 * Redis samples keys at random; here every page of a dict knows when it next has something to expire, so a sweep walks the pages,
 * skips those that are not due, and finds every expired key. A sweep is cut into slices of a fraction of a millisecond and
 * resumes where it stopped, in this database or the next. `active-expire-effort` sets the share of time it may take (25 % at 1).
 */
import { Argv } from "../bytes/argv.js";
import { copyBytes, Region } from "../bytes/region.js";
import { PAGES_END } from "../structures/dict/dict.js";
import { DictPage } from "../structures/dict/dict-page.js";
import { EntryView } from "../structures/entry/entry.js";
import type { Database } from "./database.js";
import { expireFields } from "./field-expiry.js";
import type { Keyspace } from "./keyspace.js";
import { OpenValue } from "./open-value.js";

/** Fields removed between two looks at the clock. */
const FIELDS_AT_ONCE = 256;

export class ExpireCycle {
  readonly #keyspace: Keyspace;
  readonly #due = new Uint32Array(DictPage.SLOTS);
  #database = 0;
  readonly #view = new EntryView();
  /** The hash whose fields expire, and a copy of its key: its entry may get another place. */
  readonly #slot = new OpenValue();
  readonly #argv = new Argv();

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
  }

  /**
   * Sweeps until every database has been seen once or `hasTime` answers no. Returns true when a full round was completed.
   * `hasTime` is asked after each page that had something to expire, and after every 64 pages.
   */
  run(hasTime: () => boolean): boolean {
    const keyspace = this.#keyspace;
    for (let seen = 0; seen < keyspace.databaseCount; seen++) {
      const db = keyspace.existing(this.#database);
      if (db !== null && db.dueCount > 0 && !this.#sweep(this.#database, hasTime)) return false;
      this.#database = (this.#database + 1) % keyspace.databaseCount;
    }
    return true;
  }

  /** Sweeps one database from where its last sweep stopped to its end; false when time ran out. */
  #sweep(index: number, hasTime: () => boolean): boolean {
    const { dict, nowMs } = this.#keyspace;
    const db = this.#keyspace.database(index);
    const { keys } = db;
    let prefix = keys.sweepPosition;
    let pages = 0;
    while (keys.root !== 0 && db.dueCount > 0) {
      const expired = keys.sweepPage(prefix, nowMs, this.#due);
      prefix = dict.sweepNext;
      let ranOut = false;
      for (let i = 0; i < expired && keys.root !== 0; i++) {
        const ref = this.#due[i]!;
        if (dict.dueAtOf(ref) === 0 || db.isExpired(ref)) db.removeEntry(ref, "expired");
        else if (!this.#expireFields(db, ref, hasTime)) ranOut = true;
      }
      if (keys.root === 0) return true;
      const isAtEnd = prefix >= PAGES_END;
      keys.sweepPosition = isAtEnd ? 0 : prefix;
      if (isAtEnd) return true;
      if (ranOut) return false;
      if ((expired > 0 || (++pages & 63) === 0) && !hasTime()) return false;
    }
    return true;
  }

  /** Removes the fields of a hash that have expired; false when time ran out before it was through. */
  #expireFields(db: Database, ref: number, hasTime: () => boolean): boolean {
    const argv = this.#argv;
    const slot = this.#slot;
    const { hashes } = this.#keyspace.types;
    this.#copyKey(db, ref);
    db.edit(argv, 0, ref, slot);
    let isOpen = true;
    // At least once, so that the page learns when this hash is due next.
    do isOpen = expireFields(this.#keyspace, slot, FIELDS_AT_ONCE);
    while (isOpen && hashes.isDue(slot) && hasTime());
    return !isOpen || !hashes.isDue(slot);
  }

  #copyKey(db: Database, ref: number): void {
    const view = this.#view;
    const argv = this.#argv;
    db.loadEntry(ref, view);
    const { keyLength } = view;
    if (argv.source.u8.length < keyLength) argv.source = Region.allocate(Math.max(256, keyLength));
    copyBytes(view.segment, view.keyOffset, argv.source, 0, keyLength);
    argv.count = 1;
    argv.offset[0] = 0;
    argv.length[0] = keyLength;
  }
}
