/** Writes records (record.ts) into chunks, and gives full ones to the snapshot's sink. */
import { copyAll } from "../../bytes/copy-long.js";
import { copyBytes, Region } from "../../bytes/region.js";
import type { Encoding, ValueType } from "../../structures/entry/entry.js";
import { RecordKind, RecordLayout } from "./record.js";

/** Bytes of a chunk; a record that is longer gets one of its own. */
const CHUNK = 262_144;

/** Who takes what a snapshot says. */
export interface SnapshotSink {
  /** Takes a chunk, of which the first `length` bytes are whole records; returns one that is not needed any more, or null. */
  take(chunk: Region, length: number): Region | null;
  /** True while so much waits to be taken care of that the walk should wait. Writers of keys do not. */
  readonly isFull: boolean;
}

/** For a snapshot that nobody wants, or not any more. */
export const NOWHERE: SnapshotSink = { take: (chunk) => chunk, isFull: false };

export class RecordWriter {
  /** Who gets the chunks from now on. */
  sink: SnapshotSink;
  #chunk: Region = Region.allocate(CHUNK);
  #words = wordsOf(this.#chunk);
  #doubles = doublesOf(this.#chunk);
  /** Where the record that is being written begins, and where its next byte goes. */
  #start = 0;
  #at = 0;
  /** What the piece that is being written belongs to. */
  #number = 0;
  /** Bytes of all records so far. */
  writtenBytes = 0;

  constructor(sink: SnapshotSink) {
    this.sink = sink;
  }

  /** The chunk in which `reserve` found room. */
  get region(): Region {
    return this.#chunk;
  }

  /** Begins a record with this header and key, and room for `length` bytes of payload, which go where it returns; `end` ends it. */
  begin(
    kind: RecordKind,
    type: ValueType,
    encoding: Encoding,
    database: number,
    number: number,
    expireAtMs: number,
    access: number,
    keySource: Region,
    keyOffset: number,
    keyLength: number,
    length: number,
  ): number {
    this.#start = this.#roomFor(RecordLayout.HEADER + keyLength + length);
    const word = this.#start >> 2;
    const words = this.#words;
    words[word + RecordLayout.WHAT] =
      kind | (type << RecordLayout.TYPE_SHIFT) | (encoding << RecordLayout.ENCODING_SHIFT);
    words[word + RecordLayout.DATABASE] = database;
    words[word + RecordLayout.NUMBER] = number;
    words[word + RecordLayout.KEY_LENGTH] = keyLength;
    words[word + RecordLayout.PAYLOAD_LENGTH] = length;
    this.#doubles[(this.#start >> 3) + RecordLayout.EXPIRE_F64] = expireAtMs;
    words[word + RecordLayout.ACCESS] = access;
    copyBytes(keySource, keyOffset, this.#chunk, this.#start + RecordLayout.HEADER, keyLength);
    const payload = this.#start + RecordLayout.HEADER + keyLength;
    this.#at = payload + length;
    return payload;
  }

  /** Ends the record. */
  end(): void {
    const bytes = (this.#at - this.#start + 7) & ~7;
    this.#words[this.#start >> 2] = bytes;
    this.#at = this.#start + bytes;
    this.#start = this.#at;
    this.writtenBytes += bytes;
  }

  /** Begins a piece of the value with this number, to be filled by `reserve`. */
  beginPiece(number: number): void {
    this.#number = number;
    this.#start = this.#roomFor(RecordLayout.HEADER);
    this.#header(RecordKind.PIECE);
    this.#at = this.#start + RecordLayout.HEADER;
  }

  /** Adds `length` bytes to the piece: they go where this returns. The piece may become two here. */
  reserve(length: number): number {
    if (this.#at + length > this.#chunk.u8.length) {
      this.endPiece();
      this.#flushFor(RecordLayout.HEADER + length);
      this.beginPiece(this.#number);
    }
    const at = this.#at;
    this.#at += length;
    return at;
  }

  /** Ends the piece. One that is empty was none. */
  endPiece(): void {
    const length = this.#at - this.#start - RecordLayout.HEADER;
    if (length === 0) {
      this.#at = this.#start;
      return;
    }
    this.#words[(this.#start >> 2) + RecordLayout.PAYLOAD_LENGTH] = length;
    this.end();
  }

  /** Writes a piece of these bytes. */
  piece(number: number, source: Uint8Array): void {
    this.beginPiece(number);
    const at = this.reserve(source.length);
    copyAll(source, this.#chunk, at);
    this.endPiece();
  }

  /** Says that a value in pieces is complete. */
  endValue(number: number): void {
    this.#number = number;
    this.#start = this.#roomFor(RecordLayout.HEADER);
    this.#header(RecordKind.END);
    this.#at = this.#start + RecordLayout.HEADER;
    this.end();
  }

  /** Gives the sink what there is. */
  flush(): void {
    if (this.#start > 0) this.#flushFor(0);
  }

  /** A header without a key. */
  #header(kind: RecordKind): void {
    const word = this.#start >> 2;
    this.#words.fill(0, word, word + RecordLayout.HEADER / 4);
    this.#words[word + RecordLayout.WHAT] = kind;
    this.#words[word + RecordLayout.NUMBER] = this.#number;
  }

  /** Finds room for a record of `bytes`, and what rounds it up; returns where it begins. */
  #roomFor(bytes: number): number {
    if (this.#start + bytes + 7 > this.#chunk.u8.length) this.#flushFor(bytes);
    return this.#start;
  }

  #flushFor(bytes: number): void {
    let chunk: Region | null = null;
    if (this.#start > 0) chunk = this.sink.take(this.#chunk, this.#start);
    else if (this.#chunk.u8.length >= bytes + 7) return;
    if (chunk === null || chunk.u8.length < bytes + 7) chunk = Region.allocate(Math.max(CHUNK, (bytes + 14) & ~7));
    this.#chunk = chunk;
    this.#words = wordsOf(chunk);
    this.#doubles = doublesOf(chunk);
    this.#start = 0;
    this.#at = 0;
  }
}

function wordsOf(chunk: Region): Uint32Array {
  return new Uint32Array(chunk.u8.buffer, chunk.u8.byteOffset, chunk.u8.length >> 2);
}

function doublesOf(chunk: Region): Float64Array {
  return new Float64Array(chunk.u8.buffer, chunk.u8.byteOffset, chunk.u8.length >> 3);
}
