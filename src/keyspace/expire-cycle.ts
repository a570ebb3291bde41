/**
 * The active expire cycle: removes keys whose time has come, though nobody asks for them.
 *
 * Redis samples keys at random; here every page of a dict knows when it next has something to expire, so a sweep walks the pages,
 * skips those that are not due, and finds every expired key. A sweep is cut into slices of a fraction of a millisecond and
 * resumes where it stopped, in this database or the next. `active-expire-effort` sets the share of time it may take (25 % at 1).
 */
import { DictPage } from "../structures/dict-page.js";
import type { Keyspace } from "./keyspace.js";

const END = 2 ** 32;

export class ExpireCycle {
  readonly #keyspace: Keyspace;
  readonly #due = new Uint32Array(DictPage.SLOTS);
  #database = 0;

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
      if (db !== null && db.volatileCount > 0 && !this.#sweep(this.#database, hasTime)) return false;
      this.#database = (this.#database + 1) % keyspace.databaseCount;
    }
    return true;
  }

  /** Sweeps one database from where its last sweep stopped to its end; false when time ran out. */
  #sweep(index: number, hasTime: () => boolean): boolean {
    const { dict, nowMs } = this.#keyspace;
    const db = this.#keyspace.database(index);
    let prefix = dict.sweepPosition(db.root);
    let pages = 0;
    while (db.root !== 0 && db.volatileCount > 0) {
      const expired = dict.sweepPage(db.root, prefix, nowMs, this.#due);
      prefix = dict.sweepNext;
      for (let i = 0; i < expired && db.root !== 0; i++) db.removeEntry(this.#due[i]!, "expired");
      if (db.root === 0) return true;
      const isAtEnd = prefix >= END;
      dict.setSweepPosition(db.root, isAtEnd ? 0 : prefix);
      if (isAtEnd) return true;
      if ((expired > 0 || (++pages & 63) === 0) && !hasTime()) return false;
    }
    return true;
  }
}
