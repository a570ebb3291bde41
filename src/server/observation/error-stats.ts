/**
 * How many error replies there were of each code: the word an error text starts with.
 */

/** With this many codes, made-up ones (of scripts) are counted together, so that they cannot fill the memory. */
const MAX_CODES = 128;
const OVERFLOW = "ERRORSTATS_OVERFLOW";
/** A first word that is longer is no code. */
const MAX_CODE_LENGTH = 30;

/** The code of an error text (without the leading "-"); "ERR" when it has none. */
export function errorCode(text: string): string {
  const end = text.indexOf(" ");
  return end > 0 && end <= MAX_CODE_LENGTH ? text.slice(0, end) : "ERR";
}

/** Counts error replies by code. */
export class ErrorStats {
  readonly #counts = new Map<string, number>();

  /** Counts a reply. `isCustom`: its text was made up by a script. */
  add(text: string, isCustom = false): void {
    let code = errorCode(text);
    if (isCustom && this.#counts.size >= MAX_CODES && !this.#counts.has(code)) code = OVERFLOW;
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  /** Codes with their counts, sorted by code. */
  sorted(): [code: string, count: number][] {
    return [...this.#counts].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  }

  count(code: string): number {
    return this.#counts.get(code) ?? 0;
  }

  reset(): void {
    this.#counts.clear();
  }
}
