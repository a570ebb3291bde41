/**
 * Finds a command by its name where the name lies: open addressing over a hash of the first and last four bytes, made
 * case-insensitive by setting bit 5 of each byte, then a comparison of all bytes. Nothing is allocated.
 *
 * At most a quarter of the slots is in use, so a look-up that succeeds probes 1.1 slots on average.
 */
import { Region } from "../bytes/region.js";

const FOLD = 0x20202020;

function hashName(region: Region, offset: number, length: number): number {
  let head = 0;
  let tail = 0;
  if (length >= 4) {
    head = region.dv.getInt32(offset, true);
    tail = region.dv.getInt32(offset + length - 4, true);
  } else if (length > 0) {
    const u8 = region.u8;
    head = u8[offset]! | (u8[offset + (length >> 1)]! << 8) | (u8[offset + length - 1]! << 16);
  }
  const mixed = Math.imul(head | FOLD, 0x9e3779b1) ^ Math.imul((tail | FOLD) + length, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function matches(name: Uint8Array, u8: Uint8Array, offset: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) {
    let byte = u8[offset + i]!;
    if (byte >= 65 && byte <= 90) byte += 32;
    if (byte !== name[i]) return false;
  }
  return true;
}

/** Things found by a name in any case. */
export class NameIndex<T> {
  /** Position in `#names` and `#items` plus one; 0 is free. */
  #slots = new Int32Array(16);
  #names: Uint8Array[] = [];
  #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The items in the order they were added. */
  values(): readonly T[] {
    return this.#items;
  }

  /** The item called by the bytes at `offset`, or null. */
  find(region: Region, offset: number, length: number): T | null {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashName(region, offset, length) & mask;
    for (;;) {
      const position = slots[slot]!;
      if (position === 0) return null;
      if (matches(this.#names[position - 1]!, region.u8, offset, length)) return this.#items[position - 1]!;
      slot = (slot + 1) & mask;
    }
  }

  /** The item called `name` (one character per byte), or null; for cold paths. */
  findText(name: string): T | null {
    const region = new Region(Buffer.from(name, "latin1"));
    return this.find(region, 0, region.u8.length);
  }

  /** Adds an item under a name of one character per byte; false when the name is taken. */
  add(name: string, item: T): boolean {
    if (this.findText(name) !== null) return false;
    this.#names.push(Buffer.from(name.toLowerCase(), "latin1"));
    this.#items.push(item);
    if (this.#items.length * 4 > this.#slots.length) this.#rebuild();
    else this.#place(this.#items.length - 1);
    return true;
  }

  /** Removes and returns what `name` finds, or null. Costs a rebuild. */
  remove(name: string): T | null {
    const item = this.findText(name);
    if (item === null) return null;
    const at = this.#items.indexOf(item);
    this.#items.splice(at, 1);
    this.#names.splice(at, 1);
    this.#rebuild();
    return item;
  }

  #rebuild(): void {
    let capacity = 16;
    while (capacity < this.#items.length * 4) capacity *= 2;
    this.#slots = new Int32Array(capacity);
    for (let i = 0; i < this.#items.length; i++) this.#place(i);
  }

  #place(at: number): void {
    const name = new Region(this.#names[at]!);
    const mask = this.#slots.length - 1;
    let slot = hashName(name, 0, name.u8.length) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = at + 1;
  }
}
