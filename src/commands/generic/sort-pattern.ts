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
import { ElementView } from "../../structures/element-view.js";
import { ValueType } from "../../structures/entry.js";
import type { Context } from "../context.js";

export class SortPattern {
  /** True when all elements are given the same, which is nothing. */
  readonly isConstant: boolean;
  /** What `find` found; valid until the next change to the keyspace. */
  readonly value = new ElementView();
  readonly #isElement: boolean;
  /** What is before the "*", what is between it and "->", what is behind that: as slices of `#source`. */
  readonly #source: Region;
  readonly #prefix: number;
  readonly #suffixAt: number;
  readonly #suffix: number;
  readonly #fieldAt: number;
  readonly #field: number;
  readonly #key = new Argv();

  constructor(argv: Argv, i: number) {
    const text = argv.latin1(i);
    const zero = text.indexOf("\0");
    const searched = zero < 0 ? text : text.slice(0, zero);
    const star = searched.indexOf("*");
    const arrow = star < 0 ? -1 : searched.indexOf("->", star + 1);
    const hasField = arrow >= 0 && arrow + 2 < searched.length;
    this.isConstant = star < 0;
    this.#isElement = searched === "#";
    this.#source = new Region(argv.bytes(i));
    this.#prefix = star;
    this.#suffixAt = star + 1;
    this.#suffix = (hasField ? arrow : text.length) - star - 1;
    this.#fieldAt = arrow + 2;
    this.#field = hasField ? text.length - arrow - 2 : 0;
    this.#key.count = 1;
  }

  /** Looks up what this names for an element; false when there is nothing. */
  find(ctx: Context, source: Region, offset: number, length: number): boolean {
    if (this.#isElement) {
      this.value.setText(source, offset, length);
      return true;
    }
    if (this.isConstant) return false;
    const { db, keyspace } = ctx;
    this.#makeKey(source, offset, length);
    const ref = db.lookupRead(this.#key, 0);
    if (ref === 0) return false;
    const type = db.type(ref);
    if (this.#field === 0) {
      if (type !== ValueType.STRING) return false;
      const string = keyspace.value;
      db.loadString(ref, string);
      this.value.setText(string.region, string.offset, string.length);
      return true;
    }
    if (type !== ValueType.HASH) return false;
    const slot = keyspace.secondSlot;
    db.open(this.#key, 0, ref, slot);
    return keyspace.types.hashes.get(slot, this.#source, this.#fieldAt, this.#field, this.value);
  }

  #makeKey(element: Region, offset: number, length: number): void {
    const key = this.#key;
    const size = this.#prefix + length + this.#suffix;
    if (key.source.u8.length < size) key.source = Region.allocate(size * 2);
    copyBytes(this.#source, 0, key.source, 0, this.#prefix);
    copyBytes(element, offset, key.source, this.#prefix, length);
    copyBytes(this.#source, this.#suffixAt, key.source, this.#prefix + length, this.#suffix);
    key.length[0] = size;
  }
}
