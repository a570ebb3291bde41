/** What the records of a snapshot say of a stream, as `streamText` says it of one in memory. */
import type { Region } from "../../src/bytes/region.js";
import { Group, Head, Pending } from "../../src/datatypes/stream-blocks.js";
import { idText } from "../../src/datatypes/stream-id.js";
import { StreamImage } from "../../src/keyspace/snapshot/stream-image.js";
import { Segment } from "../../src/memory/segment.js";
import { ElementView } from "../../src/structures/entry/element-view.js";
import { load, next, readInteger } from "../../src/structures/packed/listpack.js";
import { EntryFlag, LeafBlock, LeafView, readEntryId } from "../../src/structures/tree/stream-leaf.js";
import type { Piece } from "./records-text.js";
import { latin1 } from "./value-text.js";

/** A ref of the only block in a segment of its own. */
const ONLY_BLOCK = 1;

export function streamRecordsText(
  image: Segment,
  entryPieces: number,
  pieces: readonly Piece[],
  entries: number,
): string {
  const { dv } = image;
  const ids = [Head.FIRST_ID, Head.LAST_ID, Head.MAX_DELETED_ID].map((word) => idText(idAt(image, word * 4)));
  const lines = [`${ids.join(" ")} added ${dv.getBigInt64(Head.ENTRIES_ADDED * 4, true)}`];
  for (const { segment, length } of pieces.slice(0, entryPieces)) entryLines(segment, length, lines);
  if (lines.length - 1 !== entries) throw new Error(`${lines.length - 1} entries, ${entries} were said`);
  let piece = entryPieces;
  let at: number = StreamImage.HEAD;
  const text = (length: number): string => {
    at += length;
    return latin1(image, at - length, length);
  };
  for (let groups = dv.getUint32(Head.ENTRIES * 4, true); groups > 0; groups--) {
    const lastId = idText(idAt(image, at));
    const read = dv.getBigInt64(at + Group.ENTRIES_READ * 4, true);
    const [consumers, leaves, nameLength] = [24, 28, 32].map((offset) => dv.getUint32(at + offset, true)) as [
      number,
      number,
      number,
    ];
    at += StreamImage.GROUP;
    lines.push(`group ${text(nameLength)} ${lastId} ${read < 0n ? -1 : read}`);
    const names = new Map<number, string>();
    for (let k = 0; k < consumers; k++) {
      const times = [dv.getFloat64(at, true), dv.getFloat64(at + 8, true)];
      const ref = dv.getUint32(at + 16, true);
      const length = dv.getUint32(at + 20, true);
      at += StreamImage.CONSUMER;
      names.set(ref, text(length));
      lines.push(`consumer ${names.get(ref)} ${times.join(" ")}`);
    }
    for (const { segment, length } of pieces.slice(piece, piece + leaves)) pendingLines(segment, length, names, lines);
    piece += leaves;
  }
  if (piece !== pieces.length) throw new Error(`${pieces.length} pieces of a stream, ${piece} were said`);
  return lines.join("\n");
}

function idAt({ dv }: Region, at: number): Uint32Array {
  return Uint32Array.from({ length: 4 }, (_, i) => dv.getUint32(at + i * 4, true));
}

function entryLines(piece: Segment, length: number, lines: string[]): void {
  const master = idAt(piece, 0);
  const run = length - StreamImage.ID;
  const block = new Segment(new ArrayBuffer((8 + LeafBlock.RUN + run + 15) & ~7), (8 + LeafBlock.RUN + run + 15) & ~7);
  block.u32[2] = run;
  block.u8.set(piece.u8.subarray(StreamImage.ID, length), 8 + LeafBlock.RUN);
  const leaf = new LeafView();
  leaf.load([block], ONLY_BLOCK);
  const id = new Uint32Array(4);
  const view = new ElementView();
  for (let at = leaf.entriesAt; at < leaf.end; ) {
    const flags = readInteger(block, at);
    at = readEntryId(block, next(block, at), master, id);
    const words = [idText(id)];
    const read = (from: number): number => {
      load(block, from, view);
      words.push(latin1(view.region, view.offset, view.length));
      return next(block, from);
    };
    if ((flags & EntryFlag.SAME_FIELDS) !== 0) {
      for (let i = 0, field = leaf.fieldsAt; i < leaf.fieldCount; i++) {
        field = read(field);
        at = read(at);
      }
    } else {
      const fields = readInteger(block, at);
      at = next(block, at);
      for (let i = 0; i < fields * 2; i++) at = read(at);
    }
    at = next(block, at);
    if ((flags & EntryFlag.DELETED) === 0) lines.push(JSON.stringify(words));
  }
}

function pendingLines(piece: Segment, length: number, names: ReadonlyMap<number, string>, lines: string[]): void {
  for (let at = 0; at < length; at += Pending.WORDS * 4) {
    const word = (index: number): number => piece.dv.getUint32(at + index * 4, true);
    const time = word(Pending.TIME_HIGH) * 2 ** 32 + word(Pending.TIME_LOW);
    const deliveries = piece.dv.getBigInt64(at + Pending.DELIVERIES * 4, true);
    lines.push(`pending ${idText(idAt(piece, at))} ${names.get(word(Pending.CONSUMER))} ${time} ${deliveries}`);
  }
}
