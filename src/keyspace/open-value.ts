/**
 * The value of a key while a command works on it. Opened by `Database.open` and `Database.begin`; reused by its owner, valid while
 * nothing but this slot changes the keyspace.
 */
import { Argv } from "../bytes/argv.js";
import type { ValueSlot } from "../datatypes/value-slot.js";
import type { Segment } from "../memory/segment.js";
import { Encoding } from "../structures/entry/entry.js";
import type { Database } from "./database.js";

const NO_KEY = new Argv();

export class OpenValue implements ValueSlot {
  segment!: Segment;
  offset = 0;
  length = 0;
  /** The database, the key and the entry this is open on; kept by Database. */
  db!: Database;
  argv: Argv = NO_KEY;
  i = 0;
  ref = 0;
  /** False while the entry is not yet in the database. */
  isPlaced = false;
  #encoding: Encoding = Encoding.RAW;

  get encoding(): Encoding {
    return this.#encoding;
  }

  set encoding(encoding: Encoding) {
    if (encoding === this.#encoding) return;
    this.#encoding = encoding;
    this.db.setEncoding(this.ref, encoding);
  }

  resize(length: number): void {
    if (length !== this.length) this.db.resizeOpen(this, length);
  }

  dueChanged(had: boolean): void {
    if (this.isPlaced) this.db.dueChanged(this, had);
  }

  /** For Database: the payload now lies here. */
  show(segment: Segment, offset: number, length: number, encoding: Encoding): void {
    this.segment = segment;
    this.offset = offset;
    this.length = length;
    this.#encoding = encoding;
  }
}
