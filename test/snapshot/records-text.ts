/** All keys that a snapshot tells of, each as text, as `keySpaceText` gives them. Anything odd about the records is an Error. */
import type { Region } from "../../src/bytes/region.js";
import type { DataTypes } from "../../src/datatypes/data-types.js";
import type { ValueSlot } from "../../src/datatypes/value-slot.js";
import { BeginPayload, RecordKind } from "../../src/keyspace/snapshot/record.js";
import { RecordReader } from "../../src/keyspace/snapshot/record-reader.js";
import { Segment } from "../../src/memory/segment.js";
import {
  elementExpireAt,
  elementKeyLength,
  elementKeyOffset,
  elementPayloadOffset,
  elementValueLength,
  elementValueOffset,
} from "../../src/structures/entry/element.js";
import { ElementView } from "../../src/structures/entry/element-view.js";
import { type Encoding, ValueType } from "../../src/structures/entry/entry.js";
import { load, next } from "../../src/structures/packed/listpack.js";
import { streamRecordsText } from "./stream-records-text.js";
import { collectionText, joined, latin1 } from "./value-text.js";

interface Value {
  readonly name: string;
  readonly type: ValueType;
  readonly expireAtMs: number;
  readonly count: number;
  /** Of a stream, how many pieces are of its entries, and what else BEGIN says. */
  readonly entryPieces: number;
  readonly image: Piece;
  readonly pieces: Piece[];
}

/** Bytes in memory of their own. */
export interface Piece {
  readonly segment: Segment;
  readonly length: number;
}

export function recordsText(chunks: readonly (readonly [Region, number])[], types: DataTypes): Map<string, string> {
  const texts = new Map<string, string>();
  const open = new Map<number, Value>();
  const add = (name: string, text: string): void => {
    if (texts.has(name)) throw new Error(`${name} comes twice`);
    texts.set(name, text);
  };
  for (const [chunk, length] of chunks) {
    const record = new RecordReader(chunk, length);
    while (record.next()) {
      const name = `${record.database}:${latin1(chunk, record.keyOffset, record.keyLength)}`;
      const payload = pieceOf(chunk, record.payloadOffset, record.payloadLength);
      if (record.kind === RecordKind.WHOLE) {
        const { type, expireAtMs, encoding } = record;
        add(name, `${type} ${expireAtMs} ${wholeText(types, type, payload, encoding)}`);
      } else if (record.kind === RecordKind.BEGIN) {
        if (open.has(record.number)) throw new Error(`${name} has a number that is taken`);
        open.set(record.number, {
          name,
          type: record.type,
          expireAtMs: record.expireAtMs,
          count: payload.segment.dv.getUint32(BeginPayload.ELEMENTS, true),
          entryPieces: payload.segment.dv.getUint32(BeginPayload.PIECES, true),
          image: pieceOf(payload.segment, BeginPayload.BYTES, record.payloadLength - BeginPayload.BYTES),
          pieces: [],
        });
      } else if (record.kind === RecordKind.PIECE) {
        open.get(record.number)!.pieces.push(payload);
      } else {
        const value = open.get(record.number)!;
        open.delete(record.number);
        add(value.name, `${value.type} ${value.expireAtMs} ${piecesText(value)}`);
      }
    }
  }
  if (open.size > 0) throw new Error(`${open.size} values have no end`);
  return texts;
}

function pieceOf(region: Region, offset: number, length: number): Piece {
  const buffer = new ArrayBuffer((length + 15) & ~7);
  new Uint8Array(buffer).set(region.u8.subarray(offset, offset + length));
  return { segment: new Segment(buffer, buffer.byteLength), length };
}

function wholeText(types: DataTypes, type: ValueType, { segment, length }: Piece, encoding: Encoding): string {
  if (type === ValueType.STRING) return latin1(segment, 0, length);
  const change = (): never => {
    throw new Error("reading changed a value");
  };
  const value: ValueSlot = { segment, offset: 0, length, encoding, resize: change, dueChanged: change };
  return collectionText(types, type, value);
}

function piecesText(value: Value): string {
  const { type, pieces, count } = value;
  if (type === ValueType.STREAM) return streamRecordsText(value.image.segment, value.entryPieces, pieces, count);
  if (type === ValueType.STRING) {
    const text = pieces.map(({ segment, length }) => latin1(segment, 0, length)).join("");
    if (text.length !== count) throw new Error(`${value.name}: ${text.length} bytes, ${count} were said`);
    return text;
  }
  const elements: string[] = [];
  for (const { segment, length } of pieces) {
    for (let at = 0; at < length; ) {
      at = type === ValueType.LIST ? runElement(segment, at, elements) : element(segment, at, type, elements);
    }
  }
  if (elements.length !== count) throw new Error(`${value.name}: ${elements.length} elements, ${count} were said`);
  return joined(type, elements);
}

const view = new ElementView();

/** Reads an element of a listpack run; returns where the next is. */
function runElement(segment: Segment, at: number, elements: string[]): number {
  load(segment, at, view);
  elements.push(latin1(view.region, view.offset, view.length));
  return next(segment, at);
}

/** Reads a member or field; returns where the next is. */
function element(segment: Segment, at: number, type: ValueType, elements: string[]): number {
  const key = latin1(segment, elementKeyOffset(segment, at), elementKeyLength(segment, at));
  const payload = elementPayloadOffset(segment, at);
  if (type === ValueType.SET) {
    elements.push(key);
    return payload;
  }
  if (type === ValueType.ZSET) {
    elements.push(`${key}=${segment.dv.getFloat64(payload, true)}`);
    return payload + 8;
  }
  const length = elementValueLength(segment, payload);
  const valueAt = elementValueOffset(segment, payload);
  elements.push(`${key}=${latin1(segment, valueAt, length)}@${elementExpireAt(segment, at)}`);
  return valueAt + length;
}
