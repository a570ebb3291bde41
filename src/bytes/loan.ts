/**
 * Bytes that somebody reads later where they lie, instead of a copy: a long value while it is being sent.
 *
 * Until the loan ends the lender does not change them. It may let go of the memory, which then lives on for the borrower, who is told, since
 * it is his from then on.
 */
export class Loan {
  /** Called when the lender has let go of the memory. */
  onOrphaned: (() => void) | null = null;
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

  /** The borrower has read the bytes, or does not want them any more. */
  end(): void {
    this.#loans.delete(this);
  }
}
