/**
 * One element of a packed structure (listpack, intset), filled by its reader and used again for the next: loops over elements
 * allocate nothing. Whatever way an element is stored, it can be read as text; text stored as such is not copied.
 */
import { safeInteger, writeWords } from "../../bytes/int64.js";
import { writeInteger } from "../../bytes/integer.js";
import { Region } from "../../bytes/region.js";

const SCRATCH_BYTES = 24;

export class ElementView {
  /** Where the text is: in the structure itself, so valid until that changes, or in this view's own scratch. */
  region: Region;
  offset = 0;
  length = 0;
  /** Stored as an integer. */
  isInteger = false;
  /** That integer, NaN when it is beyond ±(2^53 - 1) or the element is no integer. */
  integer = Number.NaN;
  readonly #scratch = Region.allocate(SCRATCH_BYTES);

  constructor() {
    this.region = this.#scratch;
  }

  /** Shows text where it lies. */
  setText(region: Region, offset: number, length: number): void {
    this.region = region;
    this.offset = offset;
    this.length = length;
    this.isInteger = false;
    this.integer = Number.NaN;
  }

  /** Shows a safe integer. */
  setInteger(value: number): void {
    this.region = this.#scratch;
    this.offset = 0;
    this.length = writeInteger(this.#scratch, 0, value);
    this.isInteger = true;
    this.integer = value;
  }

  /** Shows a 64-bit integer given as two words. */
  setWords(high: number, low: number): void {
    this.region = this.#scratch;
    this.offset = 0;
    this.length = writeWords(this.#scratch, 0, high, low);
    this.isInteger = true;
    this.integer = safeInteger(high, low);
  }

  /** The bytes as a string of one character each; for tests and cold paths. */
  latin1(): string {
    const { u8 } = this.region;
    return Buffer.from(u8.buffer, u8.byteOffset + this.offset, this.length).toString("latin1");
  }
}
