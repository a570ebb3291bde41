/** Reads records (record.ts) out of a chunk, one after the other. */
import type { Region } from "../../bytes/region.js";
import type { Encoding, ValueType } from "../../structures/entry/entry.js";
import { type RecordKind, RecordLayout } from "./record.js";

export class RecordReader {
  /** The record that `next` has found. */
  kind!: RecordKind;
  type!: ValueType;
  encoding!: Encoding;
  database = 0;
  number = 0;
  expireAtMs = 0;
  access = 0;
  keyOffset = 0;
  keyLength = 0;
  payloadOffset = 0;
  payloadLength = 0;
  #at = 0;

  constructor(
    readonly chunk: Region,
    /** Bytes of it that are records. */
    readonly length: number,
  ) {}

  /** Goes to the next record; false at the end. */
  next(): boolean {
    if (this.#at >= this.length) return false;
    const { dv } = this.chunk;
    const at = this.#at;
    const word = (index: number): number => dv.getUint32(at + index * 4, true);
    const what = word(RecordLayout.WHAT);
    this.kind = what & RecordLayout.BYTE;
    this.type = (what >>> RecordLayout.TYPE_SHIFT) & RecordLayout.BYTE;
    this.encoding = (what >>> RecordLayout.ENCODING_SHIFT) & RecordLayout.BYTE;
    this.database = word(RecordLayout.DATABASE);
    this.number = word(RecordLayout.NUMBER);
    this.keyLength = word(RecordLayout.KEY_LENGTH);
    this.payloadLength = word(RecordLayout.PAYLOAD_LENGTH);
    this.access = word(RecordLayout.ACCESS);
    this.expireAtMs = dv.getFloat64(at + RecordLayout.EXPIRE_F64 * 8, true);
    this.keyOffset = at + RecordLayout.HEADER;
    this.payloadOffset = this.keyOffset + this.keyLength;
    this.#at = at + word(RecordLayout.BYTES);
    return true;
  }
}
