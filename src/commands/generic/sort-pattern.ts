/**
 * What BY and GET name, an element of the sorted collection taking the place of the first "*":
 *
 *     weight_*            the string at a key
 *     object_*->weight    the value of a field of the hash at a key
 *     #                   the element itself
 *
 * As C strings are searched, an "*" or "->" behind a zero byte is none.
 */
import { Argv } from "../../bytes/argv.js";
import { copyBytes, Region } from "../../bytes/region.js";
import { ElementView } from "../../structures/entry/element-view.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";

const STAR = 0x2a;
const DASH = 0x2d;
const GREATER = 0x3e;
const HASH = 0x23;

/** What the patterns of one SORT share: there may be a hundred thousand of them. */
export class SortLookup {
  /** What a pattern found last; valid until the next change to the keyspace. */
  readonly value = new ElementView();
  /** The key that is looked up. */
  readonly key = new Argv();

  constructor(readonly argv: Argv) {
    this.key.count = 1;
  }
}

export class SortPattern {
  /** True when all elements are given the same, which is nothing. */
  readonly isConstant: boolean;
  readonly #lookup: SortLookup;
  readonly #isElement: boolean;
  /** The argument, and within it what is before the "*", behind it up to "->", and behind that. */
  readonly #offset: number;
  readonly #prefix: number;
  readonly #suffix: number;
  readonly #field: number;

  /** Argument `i` of the command; valid as long as that is. */
  constructor(lookup: SortLookup, i: number) {
    const { argv } = lookup;
    const { u8 } = argv.source;
    const offset = argv.offset[i]!;
    const length = argv.length[i]!;
    const end = find(u8, 0, offset, offset + length);
    const star = find(u8, STAR, offset, end);
    let arrow = end;
    if (star < end) {
      arrow = find(u8, DASH, star + 1, end);
      while (arrow < end && u8[arrow + 1] !== GREATER) arrow = find(u8, DASH, arrow + 1, end);
    }
    const hasField = arrow + 2 < end;
    this.isConstant = star === end;
    this.#lookup = lookup;
    this.#isElement = end - offset === 1 && u8[offset] === HASH;
    this.#offset = offset;
    this.#prefix = star - offset;
    this.#suffix = hasField ? arrow - star - 1 : length - this.#prefix - 1;
    this.#field = hasField ? offset + length - arrow - 2 : 0;
  }

  /** What `find` found; valid until another pattern of this SORT finds something, or the next change to the keyspace. */
  get value(): ElementView {
    return this.#lookup.value;
  }

  /** Looks up what this names for an element; false when there is nothing. */
  find(ctx: Context, source: Region, offset: number, length: number): boolean {
    const { argv, key, value } = this.#lookup;
    if (this.#isElement) {
      value.setText(source, offset, length);
      return true;
    }
    if (this.isConstant) return false;
    const { db, keyspace } = ctx;
    this.#makeKey(source, offset, length);
    const ref = db.lookupRead(key, 0);
    if (ref === 0) return false;
    const type = db.type(ref);
    if (this.#field === 0) {
      if (type !== ValueType.STRING) return false;
      const string = keyspace.value;
      db.loadString(ref, string);
      value.setText(string.region, string.offset, string.length);
      return true;
    }
    if (type !== ValueType.HASH) return false;
    db.read(ref, keyspace.view);
    const field = this.#offset + this.#prefix + 1 + this.#suffix + 2;
    return keyspace.types.hashes.get(keyspace.view, argv.source, field, this.#field, value);
  }

  #makeKey(element: Region, offset: number, length: number): void {
    const { argv, key } = this.#lookup;
    const size = this.#prefix + length + this.#suffix;
    if (key.source.u8.length < size) key.source = Region.allocate(size * 2);
    copyBytes(argv.source, this.#offset, key.source, 0, this.#prefix);
    copyBytes(element, offset, key.source, this.#prefix, length);
    copyBytes(argv.source, this.#offset + this.#prefix + 1, key.source, this.#prefix + length, this.#suffix);
    key.length[0] = size;
  }
}

/** Where a byte is next, or `end`. */
function find(u8: Uint8Array, byte: number, from: number, end: number): number {
  while (from < end && u8[from] !== byte) from++;
  return from;
}
