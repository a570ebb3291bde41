/**
 * A long string in a snapshot, written in pieces. Until it has been, its block is kept when it is freed, and before bytes of it change in place
 * those that have not been written are copied: at once, up to HUGE_BLOCK; of a huge one, as it is on loan, only the pieces that change.
 */
import type { Borrower, Loan } from "../../bytes/loan.js";
import type { Frozen } from "./frozen.js";
import type { RecordWriter } from "./record-writer.js";

/** Bytes of a piece. */
export const PIECE = 65_536;

export class FrozenString implements Frozen, Borrower {
  /** Its bytes, where they are now. */
  #bytes: Uint8Array;
  #next = 0;
  #loan: Loan | null = null;
  /** Pieces that have changed since. */
  #saved: Map<number, Uint8Array> | null = null;
  /** The block was freed, and is to be freed when this is done. */
  isOrphaned = false;

  constructor(
    readonly number: number,
    /** The block of the payload. */
    readonly block: number,
    bytes: Uint8Array,
  ) {
    this.#bytes = bytes;
  }

  /** Bytes of a huge value are on loan. */
  borrow(loan: Loan): void {
    this.#loan = loan;
    loan.borrower = this;
  }

  get isHuge(): boolean {
    return this.#loan !== null;
  }

  writeNext(writer: RecordWriter): boolean {
    const at = this.#next;
    this.#next = Math.min(at + PIECE, this.#bytes.length);
    writer.piece(this.number, this.#saved?.get(at) ?? this.#bytes.subarray(at, this.#next));
    if (this.#next < this.#bytes.length) return false;
    this.#loan?.end();
    return true;
  }

  /** Some of the bytes are about to change. */
  willChange(): void {
    if (this.#saved !== null) return;
    this.#bytes = this.#bytes.slice();
    this.#saved = new Map();
  }

  // Borrower

  orphaned(): void {}

  save(loan: Loan, from: number, to: number): boolean {
    const begin = Math.max(from - loan.bytes.byteOffset, this.#next);
    const end = Math.min(to - loan.bytes.byteOffset, loan.bytes.length);
    this.#saved ??= new Map();
    for (let at = begin - (begin % PIECE); at < end; at += PIECE) {
      if (at >= this.#next && !this.#saved.has(at)) this.#saved.set(at, this.#bytes.slice(at, at + PIECE));
    }
    return true;
  }
}
