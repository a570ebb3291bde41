/**
 * A leaf of a stream: entries with neighbouring IDs, packed into one listpack run exactly as Redis packs the nodes of its streams.
 *
 *     block    word 0 bytes of the run, then the run
 *     run      | live | deleted | n | field 1 ... field n | 0 | entry | entry | ...            the part up to 0: the master entry
 *     entry    | flags | ms | seq | value 1 ... value n                     | count |          SAME_FIELDS: fields as in the master
 *              | flags | ms | seq | m | field 1 | value 1 ... value m       | count |          its own fields
 *
 * `live` and `deleted` count entries. The ID of the first entry ever put in is the master ID, which is the key of the leaf in the
 * tree; `ms` and `seq` are what an entry's ID adds to it, as 64-bit numbers that wrap around. `count` is the number of elements
 * before it in its entry, for who comes from behind; the master's is the 0. Deleted entries stay, with a flag.
 *
 * Bytes of an entry with three small numbers under known fields: 3 * 2 + 3 * 2 + 2 = 14.
 * Source: the comments of Redis' t_stream.c.
 */
import type { Region } from "../../bytes/region.js";
import { Ref, type Segment } from "../../memory/segment.js";
import { next, previous, readInteger, skip } from "../packed/listpack.js";
import { Head, readInt32 } from "../packed/listpack-element.js";

export const enum LeafBlock {
  /** Offset of the run in its block. */
  RUN = 4,
}

export const enum EntryFlag {
  DELETED = 1,
  SAME_FIELDS = 2,
}

/** The parts of a leaf; filled by `load`, reused by its owner, valid until the leaf changes. */
export class LeafView {
  segment!: Segment;
  /** Where the run starts and ends. */
  start = 0;
  end = 0;
  live = 0;
  deleted = 0;
  /** Fields of the master entry, and where the first is. */
  fieldCount = 0;
  fieldsAt = 0;

  load(segments: readonly Segment[], ref: number): void {
    const segment = segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const base = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    this.segment = segment;
    this.start = base + LeafBlock.RUN;
    this.end = this.start + segment.u32[base >> 2]!;
    this.live = readInteger(segment, this.start);
    const deletedAt = next(segment, this.start);
    this.deleted = readInteger(segment, deletedAt);
    const countAt = next(segment, deletedAt);
    this.fieldCount = readInteger(segment, countAt);
    this.fieldsAt = next(segment, countAt);
  }

  /** Where the first entry starts. */
  get entriesAt(): number {
    return skip(this.segment, this.fieldsAt, this.end, this.fieldCount + 1);
  }
}

/** The start of the entry that ends at `at`; -1 when that is the master entry. */
export function previousEntry(region: Region, at: number): number {
  at = previous(region, at);
  const count = readInteger(region, at);
  if (count === 0) return -1;
  for (let i = 0; i < count; i++) at = previous(region, at);
  return at;
}

/** Sets `id` to the master ID plus the two numbers at `at`; returns the offset behind them. IDs are four words (stream-id.ts). */
export function readEntryId(region: Region, at: number, master: Uint32Array, id: Uint32Array): number {
  const seqAt = next(region, at);
  addWords(id, 0, master, readHigh(region, at), readLow(region, at));
  addWords(id, 2, master, readHigh(region, seqAt), readLow(region, seqAt));
  return next(region, seqAt);
}

function addWords(id: Uint32Array, i: number, master: Uint32Array, high: number, low: number): void {
  const sum = master[i + 1]! + (low >>> 0);
  id[i + 1] = sum | 0;
  id[i] = (master[i]! + high + (sum > 0xffffffff ? 1 : 0)) | 0;
}

/** The high word of an element that stores an integer. */
function readHigh(region: Region, at: number): number {
  const head = region.u8[at]!;
  return head === Head.INTEGER_64 ? region.dv.getInt32(at + 5, true) : readInt32(region, at, head) >> 31;
}

/** The low word of an element that stores an integer. */
function readLow(region: Region, at: number): number {
  const head = region.u8[at]!;
  return head === Head.INTEGER_64 ? region.dv.getInt32(at + 1, true) : readInt32(region, at, head);
}
