/**
 * Sets: which encoding a set has and when it changes, by the rules of Redis 7.2.
 *
 *     intset      all members are integers, set-max-intset-entries at most                  payload: the intset
 *     listpack    set-max-listpack-entries members of set-max-listpack-value bytes at most  payload: number and run (set-packed.ts)
 *     hashtable   anything                                                                  payload: root of a dict (set-big.ts), 4 bytes
 *
 * A set becomes larger only; it is a small one again when a command makes it anew (SINTERSTORE, SPOP with a large count).
 *
 * A value is given as a ValueSlot, or where it is only read as a ValueView. Members are slices of a region, which may lie in another
 * value. All that adds leaves the set as it was when it throws OutOfMemory, except that the encoding may have changed.
 */
import { highWord, isInt64, lowWord, mayBeInt64, writeWords } from "../bytes/int64.js";
import { copyBytes, Region } from "../bytes/region.js";
import { OutOfMemory } from "../memory/arena.js";
import type { Segment } from "../memory/segment.js";
import type { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import * as intset from "../structures/packed/intset.js";
import * as listpack from "../structures/packed/listpack.js";
import type { Collection } from "./collection.js";
import type { DataTypeParts } from "./data-types.js";
import type { EncodingLimits } from "./limits.js";
import { SetAlgebra } from "./set-algebra.js";
import { BigSets } from "./set-big.js";
import { SetCursor } from "./set-cursor.js";
import * as packed from "./set-packed.js";
import { SetRun } from "./set-packed.js";
import { SetSampler } from "./set-sample.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

/** Bytes of a big set's payload. */
const ROOT_BYTES = 4;

/** Redis' limit to intsets, whatever the directive says. */
const INTSET_MAX_ENTRIES = 2 ** 30;

/** Room for conversions that is kept. */
const SCRATCH_KEPT = 65_536;

export class Sets implements Collection {
  /** For whoever walks one set at a time. */
  readonly cursor: SetCursor;
  readonly algebra: SetAlgebra;
  readonly sampler: SetSampler;
  readonly #big: BigSets;
  readonly #limits: EncodingLimits;
  readonly #random: () => number;
  readonly #own: SetCursor;
  #scratch = Region.allocate(1024);

  constructor(parts: DataTypeParts) {
    this.#big = new BigSets(parts.arena, parts.elements);
    this.#limits = parts.limits;
    this.#random = parts.random;
    this.cursor = new SetCursor(parts.elements);
    this.#own = new SetCursor(parts.elements);
    this.algebra = new SetAlgebra(this, parts.elements);
    this.sampler = new SetSampler(this, parts.random);
  }

  // Reading

  /** Number of members. */
  count(set: ValueView): number {
    switch (set.encoding) {
      case Encoding.INTSET:
        return intset.count(set.segment, set.offset);
      case Encoding.LISTPACK:
        return packed.runCount(set);
      default:
        return this.#big.count(rootOf(set));
    }
  }

  /** True when the slice is a member. */
  has(set: ValueView, source: Region, offset: number, length: number): boolean {
    switch (set.encoding) {
      case Encoding.INTSET:
        return intset.find(set.segment, set.offset, source, offset, length) >= 0;
      case Encoding.LISTPACK:
        return packed.findInRun(set, source, offset, length) >= 0;
      default:
        return this.#big.has(rootOf(set), source, offset, length);
    }
  }

  /** A random member of a set that has one, as a handle for `load` and `removeAt`. Every member is equally likely. */
  pick(set: ValueView): number {
    switch (set.encoding) {
      case Encoding.INTSET:
        return this.#random() % intset.count(set.segment, set.offset);
      case Encoding.LISTPACK: {
        const count = packed.runCount(set);
        const start = set.offset + SetRun.COUNT_BYTES;
        return listpack.seekIndex(set.segment, start, set.offset + set.length, this.#random() % count, count);
      }
      default:
        return this.#big.random(rootOf(set), this.#random);
    }
  }

  /** Shows the member a handle stands for. */
  load(set: ValueView, handle: number, member: ElementView): void {
    switch (set.encoding) {
      case Encoding.INTSET:
        return intset.load(set.segment, set.offset, handle, member);
      case Encoding.LISTPACK:
        return listpack.load(set.segment, handle, member);
      default:
        return this.#big.load(handle, member);
    }
  }

  /** Visits handles of about `count` members of a big set from `cursor` on; returns the next cursor, 0 at the end. */
  scan(set: ValueView, cursor: number, count: number, visit: (handle: number) => void): number {
    return this.#big.scan(rootOf(set), cursor, count, visit);
  }

  // Making

  /** The encoding of a new set for a member and about `expected` members in all. */
  initialEncoding(source: Region, offset: number, length: number, expected: number): Encoding {
    const limits = this.#limits;
    if (expected <= limits.setMaxIntsetEntries && isInt64(source, offset, length)) return Encoding.INTSET;
    if (expected <= limits.setMaxListpackEntries && length <= limits.setMaxListpackValue) return Encoding.LISTPACK;
    return Encoding.HASHTABLE;
  }

  /** Bytes of the payload of a set of one member. */
  initialSize(encoding: Encoding, source: Region, offset: number, length: number): number {
    if (encoding === Encoding.HASHTABLE) return ROOT_BYTES;
    const empty = packed.emptySize(encoding);
    if (encoding === Encoding.LISTPACK) return empty + listpack.sizeOfString(source, offset, length);
    return empty + intset.widthOf(highWord(source, offset, length), lowWord(source, offset, length));
  }

  /**
   * Makes a payload of `initialSize` and of any packed encoding a set of one member. When it throws OutOfMemory, the payload owns
   * nothing, or is a set.
   */
  initialize(slot: ValueSlot, encoding: Encoding, source: Region, offset: number, length: number): void {
    if (encoding === Encoding.HASHTABLE) {
      setRoot(slot, this.#big.create());
      slot.encoding = encoding;
      this.#big.add(rootOf(slot), source, offset, length);
      return;
    }
    packed.clear(slot);
    if (encoding === Encoding.INTSET) intset.add(slot.segment, slot.offset, source, offset, length);
    else {
      packed.setRunCount(slot, 1);
      listpack.writeString(slot.segment, slot.offset + SetRun.COUNT_BYTES, source, offset, length);
    }
  }

  /** Bytes of the payload of an empty set. */
  emptySize(encoding: Encoding): number {
    return packed.emptySize(encoding);
  }

  /** Makes a payload of `emptySize` an empty set. */
  clear(slot: ValueSlot): void {
    packed.clear(slot);
  }

  // Changing

  /** Changes the encoding of a set that is about to get `expected` members more when they are more than a small one may have. */
  expect(slot: ValueSlot, expected: number): void {
    const { encoding } = slot;
    const limits = this.#limits;
    if (
      (encoding === Encoding.LISTPACK && expected > limits.setMaxListpackEntries) ||
      (encoding === Encoding.INTSET && expected > limits.setMaxIntsetEntries)
    )
      this.#makeBig(slot);
  }

  /** Adds a member; false when it was there already. */
  add(slot: ValueSlot, source: Region, offset: number, length: number): boolean {
    switch (slot.encoding) {
      case Encoding.INTSET:
        return this.#addToIntset(slot, source, offset, length);
      case Encoding.LISTPACK:
        if (packed.findInRun(slot, source, offset, length) >= 0) return false;
        if (this.#fitsRun(slot.length, packed.runCount(slot), length)) {
          packed.appendToRun(slot, source, offset, length);
          return true;
        }
        this.#makeBig(slot);
    }
    return this.#big.add(rootOf(slot), source, offset, length);
  }

  /** Removes a member; false when it was not there. A set without members is the caller's to remove. */
  remove(slot: ValueSlot, source: Region, offset: number, length: number): boolean {
    if (slot.encoding === Encoding.HASHTABLE) return this.#big.remove(rootOf(slot), source, offset, length);
    const isIntset = slot.encoding === Encoding.INTSET;
    const handle = isIntset
      ? intset.find(slot.segment, slot.offset, source, offset, length)
      : packed.findInRun(slot, source, offset, length);
    if (handle < 0) return false;
    this.removeAt(slot, handle);
    return true;
  }

  /** Removes the member a handle stands for. Other handles are worth nothing afterwards. */
  removeAt(slot: ValueSlot, handle: number): void {
    if (slot.encoding === Encoding.INTSET) packed.removeFromIntset(slot, handle);
    else if (slot.encoding === Encoding.LISTPACK) packed.removeFromRun(slot, handle);
    else this.#big.removeRef(rootOf(slot), handle);
  }

  /** Gives `slot` the members of `other`, and `other` those of `slot`, which must be a big set. */
  exchange(slot: ValueSlot, other: ValueSlot): void {
    const root = rootOf(slot);
    slot.resize(other.length);
    copyBytes(other.segment, other.offset, slot.segment, slot.offset, other.length);
    slot.encoding = other.encoding;
    // Whatever its encoding, the payload of a set with a member has room for a root.
    setRoot(other, root);
    other.encoding = Encoding.HASHTABLE;
  }

  /** Makes a set of integers an intset, if there are not too many of them. */
  makeIntset(slot: ValueSlot): void {
    const count = this.count(slot);
    if (slot.encoding === Encoding.INTSET || count > this.#intsetMaxEntries) return;
    const scratch = this.#roomFor(intset.Intset.HEADER_BYTES + 8 * count);
    intset.create(scratch, 0);
    this.#own.open(slot);
    while (this.#own.next()) {
      const { region, offset, length } = this.#own.member;
      intset.add(scratch, 0, region, offset, length);
    }
    const root = slot.encoding === Encoding.HASHTABLE ? rootOf(slot) : 0;
    this.#replacePayload(slot, intset.size(scratch, 0), Encoding.INTSET);
    if (root !== 0) this.#big.release(root, Number.POSITIVE_INFINITY);
  }

  /** Makes a small set a big one when it has more members than the limits now allow, if there is memory for it: it may stay small. */
  enforceLimits(slot: ValueSlot): void {
    const count = this.count(slot);
    const isTooLong =
      slot.encoding === Encoding.INTSET
        ? count > this.#intsetMaxEntries
        : slot.encoding === Encoding.LISTPACK && count > this.#limits.setMaxListpackEntries;
    if (!isTooLong) return;
    try {
      this.#makeBig(slot);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
    }
  }

  #addToIntset(slot: ValueSlot, source: Region, offset: number, length: number): boolean {
    const high = mayBeInt64(source, offset, length) ? highWord(source, offset, length) : Number.NaN;
    if (Number.isNaN(high)) {
      if (this.#intsetFitsRun(slot, length)) this.#makeRun(slot, source, offset, length);
      else {
        this.#makeBig(slot);
        this.#big.add(rootOf(slot), source, offset, length);
      }
      return true;
    }
    const low = lowWord(source, offset, length);
    const place = intset.search(slot.segment, slot.offset, high, low);
    if (place >= 0) return false;
    if (intset.count(slot.segment, slot.offset) < this.#intsetMaxEntries) {
      packed.insertIntoIntset(slot, ~place, high, low);
      return true;
    }
    this.#makeBig(slot);
    return this.#big.add(rootOf(slot), source, offset, length);
  }

  get #intsetMaxEntries(): number {
    return Math.min(this.#limits.setMaxIntsetEntries, INTSET_MAX_ENTRIES);
  }

  /** True when a run of `size` bytes and `count` members may get one of `length` bytes. */
  #fitsRun(size: number, count: number, length: number): boolean {
    const limits = this.#limits;
    if (count >= limits.setMaxListpackEntries || length > limits.setMaxListpackValue) return false;
    return count < SetRun.MAX_MEMBERS && size + length < SetRun.MAX_BYTES;
  }

  /** True when the integers of an intset and one member of `length` bytes may form a run. */
  #intsetFitsRun({ segment, offset }: ValueView, length: number): boolean {
    const count = intset.count(segment, offset);
    if (!this.#fitsRun(10 * count, count, length)) return false;
    const limit = this.#limits.setMaxListpackValue;
    return (
      count === 0 ||
      (this.#digitsAt(segment, offset, 0) <= limit && this.#digitsAt(segment, offset, count - 1) <= limit)
    );
  }

  #digitsAt(segment: Segment, offset: number, index: number): number {
    return writeWords(this.#scratch, 0, intset.highAt(segment, offset, index), intset.lowAt(segment, offset, index));
  }

  /** Makes an intset a run, and adds a member that is no integer. */
  #makeRun(slot: ValueSlot, source: Region, offset: number, length: number): void {
    const count = intset.count(slot.segment, slot.offset);
    const scratch = this.#roomFor(SetRun.COUNT_BYTES + 10 * count + listpack.sizeOfString(source, offset, length));
    scratch.dv.setUint16(0, count + 1, true);
    let at: number = SetRun.COUNT_BYTES;
    for (let i = 0; i < count; i++) {
      const high = intset.highAt(slot.segment, slot.offset, i);
      at = listpack.writeWords(scratch, at, high, intset.lowAt(slot.segment, slot.offset, i));
    }
    at = listpack.writeString(scratch, at, source, offset, length);
    this.#replacePayload(slot, at, Encoding.LISTPACK);
  }

  #makeBig(slot: ValueSlot): void {
    this.#own.open(slot);
    const root = this.#big.collect(this.#own);
    try {
      slot.resize(ROOT_BYTES);
    } catch (error) {
      this.#big.release(root, Number.POSITIVE_INFINITY);
      throw error;
    }
    setRoot(slot, root);
    slot.encoding = Encoding.HASHTABLE;
  }

  /** Makes the first `size` bytes of the scratch the payload. */
  #replacePayload(slot: ValueSlot, size: number, encoding: Encoding): void {
    slot.resize(size);
    copyBytes(this.#scratch, 0, slot.segment, slot.offset, size);
    slot.encoding = encoding;
    if (this.#scratch.u8.length > SCRATCH_KEPT) this.#scratch = Region.allocate(1024);
  }

  #roomFor(size: number): Region {
    if (this.#scratch.u8.length < size) this.#scratch = Region.allocate(size);
    return this.#scratch;
  }

  // Owning

  isStructured(encoding: Encoding): boolean {
    return encoding === Encoding.HASHTABLE;
  }

  structureOf(segment: Segment, offset: number): number {
    return segment.dv.getUint32(offset, true);
  }

  weight(segment: Segment, offset: number): number {
    return this.#big.count(segment.dv.getUint32(offset, true));
  }

  release(segment: Segment, offset: number, _encoding: Encoding, limit: number): boolean {
    return this.#big.release(segment.dv.getUint32(offset, true), limit);
  }

  duplicate(segment: Segment, offset: number): void {
    segment.dv.setUint32(offset, this.#big.copy(segment.dv.getUint32(offset, true)), true);
  }

  eachBlock(segment: Segment, offset: number, _encoding: Encoding, visit: (ref: number) => void): void {
    this.#big.eachBlock(segment.dv.getUint32(offset, true), visit);
  }

  memoryBytes(segment: Segment, offset: number, _encoding: Encoding, samples: number): number {
    return this.#big.memoryBytes(segment.dv.getUint32(offset, true), samples);
  }
}

function rootOf(set: ValueView): number {
  return set.segment.dv.getUint32(set.offset, true);
}

function setRoot(slot: ValueSlot, root: number): void {
  slot.segment.dv.setUint32(slot.offset, root, true);
}
