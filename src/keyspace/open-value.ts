/**
 * The value of a key while a command works on it: opened for reading by `Database.read`, for changing by `Database.edit`, and new by
 * `Database.begin`. Reused by its owner, valid while nothing but this slot changes the keyspace.
 */
import { Argv } from "../bytes/argv.js";
import type { ValueSlot, ValueView } from "../datatypes/value-slot.js";
import type { Segment } from "../memory/segment.js";
import { Encoding } from "../structures/entry/entry.js";
import type { Database } from "./database.js";

const NO_KEY = new Argv();

/** A value opened for reading. An OpenValue at run time, so that what reads meets objects of one shape, whoever calls it. */
export interface OpenView extends ValueView {
  /** The entry this is open on. */
  ref: number;
  show(segment: Segment, offset: number, length: number, encoding: Encoding): void;
}

export class OpenValue implements ValueSlot, OpenView {
  segment!: Segment;
  offset = 0;
  length = 0;
  /** The entry this is open on, and its database and key unless it is only read; kept by Database. */
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
