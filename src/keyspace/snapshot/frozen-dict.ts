/**
 * A big set, sorted set or hash in a snapshot: the elements of a dict, which are written page by page. A page is written when the walk comes to
 * it, or when it is about to change, whichever is first (see PageGuard): so no element is marked, and none is copied twice.
 */
import { copyBytes } from "../../bytes/region.js";
import type { Arena } from "../../memory/arena.js";
import { Ref, type Segment } from "../../memory/segment.js";
import { PAGES_END, type PageGuard } from "../../structures/dict/dict.js";
import type { ElementDict } from "../../structures/dict/element-dict.js";
import { Element, elementPayloadOffset, elementValueLength, elementValueSize } from "../../structures/entry/element.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Frozen } from "./frozen.js";
import type { RecordWriter } from "./record-writer.js";

const SCORE_BYTES = 8;
/** Bytes before a long value. */
const LONG_VALUE = 5;

export class FrozenDict implements Frozen {
  readonly #arena: Arena;
  readonly #dict: ElementDict;
  readonly #guard: PageGuard;
  readonly #type: ValueType;
  readonly #writer: RecordWriter;
  #prefix = 0;
  readonly #write = (ref: number): void => this.#writeElement(ref);

  constructor(
    readonly number: number,
    readonly root: number,
    type: ValueType,
    dict: ElementDict,
    guard: PageGuard,
    writer: RecordWriter,
  ) {
    this.#arena = dict.arena;
    this.#dict = dict;
    this.#guard = guard;
    this.#type = type;
    this.#writer = writer;
  }

  writeNext(): boolean {
    if (this.#prefix < PAGES_END) {
      // Pages that were freed have been written before.
      const from = Math.max(this.#prefix, this.#dict.drainPosition(this.root));
      this.#prefix = this.#dict.guardPage(this.#guard, this.root, from);
    }
    return this.#prefix >= PAGES_END;
  }

  /** Writes a page, which is as it was. */
  writePage(page: number): void {
    this.#writer.beginPiece(this.number);
    this.#dict.visitEntries(page, this.#write);
    this.#writer.endPiece();
  }

  /** The dict is gone, and every page of it has been written before. */
  released(): void {
    this.#prefix = PAGES_END;
  }

  #writeElement(ref: number): void {
    const segment = this.#arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const payload = elementPayloadOffset(segment, start);
    if ((segment.u8[start]! & Element.EXTERNAL) !== 0) return this.#writeExternal(segment, start, payload);
    let size = payload - start;
    if (this.#type === ValueType.ZSET) size += SCORE_BYTES;
    else if (this.#type === ValueType.HASH) size += elementValueSize(elementValueLength(segment, payload));
    const at = this.#writer.reserve(size);
    copyBytes(segment, start, this.#writer.region, at, size);
  }

  /** A field whose value has a block of its own. */
  #writeExternal(segment: Segment, start: number, payload: number): void {
    const external = segment.dv.getUint32(payload, true);
    const length = segment.dv.getUint32(payload + 4, true);
    const head = payload - start;
    const at = this.#writer.reserve(head + LONG_VALUE + length);
    const target = this.#writer.region;
    copyBytes(segment, start, target, at, head);
    target.u8[at]! &= ~Element.EXTERNAL;
    target.u8[at + head] = Element.VALUE_LENGTH_32;
    target.dv.setUint32(at + head + 1, length, true);
    const source = this.#arena.segments[external >>> Ref.SEGMENT_SHIFT]!;
    copyBytes(source, (external & Ref.UNIT) << Ref.UNIT_SHIFT, target, at + head + LONG_VALUE, length);
  }
}
