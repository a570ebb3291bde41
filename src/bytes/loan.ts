/**
 * Bytes that somebody reads later where they lie, instead of a copy: a long value while it is being sent.
 *
 * Until the loan ends the lender does not change them unless the borrower has saved what he still needs. The lender may let go of the memory:
 * then it lives on for the borrower, who is told, since it is his from then on.
 */
import { assert } from "./assert.js";

/** Who has borrowed. */
export interface Borrower {
  /** The lender has let go of the memory. */
  orphaned(loan: Loan): void;
  /**
   * Bytes `from` to `to` of the memory, counted as `byteOffset` is, are about to change: those not read yet are copied. False when that cannot
   * be, as they are just being read.
   */
  save(loan: Loan, from: number, to: number): boolean;
}

export class Loan {
  borrower: Borrower | null = null;
  isOrphaned = false;
  readonly #loans: Set<Loan>;

  /** `loans` are those of the lender, who looks there before he changes anything. */
  constructor(
    readonly bytes: Uint8Array,
    loans: Set<Loan>,
  ) {
    this.#loans = loans;
    loans.add(this);
  }

  /** A loan of a part of the bytes, for the same borrower. */
  part(bytes: Uint8Array): Loan {
    const part = new Loan(bytes, this.#loans);
    part.borrower = this.borrower;
    part.isOrphaned = this.isOrphaned;
    return part;
  }

  /** The borrower has read the bytes, or does not want them any more. */
  end(): void {
    assert(this.#loans.delete(this), "a loan has ended twice");
  }
}
