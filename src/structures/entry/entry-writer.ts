/**
 * Makes the blocks of entries (entry.ts): all arithmetic about their layout that writes. What an entry made here lacks is the caller's: word 0, and
 * a payload that is not copied.
 */
import { copyBytes, type Region } from "../../bytes/region.js";
import { type Arena, HUGE_BLOCK } from "../../memory/arena.js";
import { offsetOf, segmentOf, wordOf } from "../../memory/ref.js";
import type { Segment } from "../../memory/segment.js";
import { Entry, EntryView, entrySize, externalPayload, loadEntry } from "./entry.js";

export class EntryWriter {
  readonly #arena: Arena;
  readonly #segments: Segment[];
  readonly #view = new EntryView();

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#segments = arena.segments;
  }

  /** Notes another length of the payload, which must fit its block and the bits there are for it. */
  setPayloadLength(ref: number, length: number): void {
    const { u32 } = segmentOf(this.#segments, ref);
    const at = wordOf(ref);
    const word1 = u32[at + 1]!;
    if ((word1 & Entry.LONG) !== 0) u32[at + 3 + ((word1 >>> 31) << 1)] = length;
    else u32[at + 1] = ((word1 & ~Entry.PAYLOAD_MAX) | length) >>> 0;
  }

  /** Allocates an entry with its key, lengths and expiry written; word 0 and the payload are the caller's. */
  create(
    source: Region,
    keyAt: number,
    keyLength: number,
    length: number,
    expireAtMs: number,
    isGrowing = false,
  ): number {
    if (length <= Entry.INLINE_MAX) return this.createShell(source, keyAt, keyLength, length, expireAtMs, 0);
    const payload = this.#arena.allocate(isGrowing ? grownCapacity(length) : length);
    try {
      return this.createShell(source, keyAt, keyLength, length, expireAtMs, payload);
    } catch (error) {
      this.#arena.free(payload);
      throw error;
    }
  }

  /** A new block for the entry at `ref` with another key or expiry. An external payload is handed over, or copied if `deep`. */
  clone(ref: number, source: Region, keyAt: number, keyLength: number, expireAtMs: number, deep: boolean): number {
    const view = this.#view;
    loadEntry(this.#arena, ref, view);
    const { segment, offset, payloadLength, payloadSegment, payloadOffset } = view;
    const external = externalPayload(segment, offset, view.word1);
    let payload = external;
    if (external !== 0 && deep) {
      payload = this.#arena.allocate(payloadLength);
      const target = segmentOf(this.#segments, payload);
      copyBytes(payloadSegment, payloadOffset, target, offsetOf(payload), payloadLength);
    }
    let clone = 0;
    try {
      clone = this.createShell(source, keyAt, keyLength, payloadLength, expireAtMs, payload);
    } catch (error) {
      if (payload !== external) this.#arena.free(payload);
      throw error;
    }
    segmentOf(this.#segments, clone).u32[wordOf(clone)] = segment.u32[offset >> 2]!;
    if (external === 0) {
      loadEntry(this.#arena, clone, view);
      copyBytes(payloadSegment, payloadOffset, view.payloadSegment, view.payloadOffset, payloadLength);
    }
    return clone;
  }

  /** As `create`, for a payload that already has its block (0 when it is to lie inline). */
  createShell(
    source: Region,
    keyAt: number,
    keyLength: number,
    length: number,
    expireAtMs: number,
    payload: number,
  ): number {
    const isExternal = payload !== 0;
    const isLong = keyLength > Entry.KEY_MAX || length > Entry.PAYLOAD_MAX;
    // A payload that has its block keeps it, however short it has become.
    const size = isExternal ? Math.max(length, Entry.INLINE_MAX + 1) : length;
    const ref = this.#arena.allocate(entrySize(keyLength, size, expireAtMs !== 0));
    const segment = segmentOf(this.#segments, ref);
    let at = wordOf(ref) + 2;
    let word1 = isExternal ? Entry.EXTERNAL : 0;
    if (expireAtMs !== 0) {
      word1 |= Entry.EXPIRE;
      segment.f64[at >> 1] = expireAtMs;
      at += 2;
    }
    if (isLong) {
      word1 |= Entry.LONG;
      segment.u32[at] = keyLength;
      segment.u32[at + 1] = length;
      at += 2;
    } else {
      word1 |= (keyLength << Entry.KEY_SHIFT) | length;
    }
    if (isExternal) {
      segment.u32[at] = payload;
      segment.u32[at + 1] = 0;
      at += 2;
    }
    segment.u32[wordOf(ref) + 1] = word1 >>> 0;
    copyBytes(source, keyAt, segment, at << 2, keyLength);
    return ref;
  }
}

/** Room for a string that grows: double up to 1 MB, then 1 MB more, as sds does. A huge one has a reserve. */
function grownCapacity(length: number): number {
  if (length >= HUGE_BLOCK) return length;
  return length < 1048576 ? length * 2 : length + 1048576;
}
