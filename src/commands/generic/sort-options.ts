import type { Argv } from "../../bytes/argv.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import { integerArgument } from "../integer-argument.js";
import { SortLookup, SortPattern } from "./sort-pattern.js";

/** The arguments of SORT; of options given twice the last one counts. */
export class SortOptions {
  isDescending = false;
  isAlpha = false;
  /** BY named no key, so that there is nothing to sort by. */
  isUnsorted = false;
  by: SortPattern | null = null;
  readonly get: SortPattern[] = [];
  /** Index of the argument that names the destination; 0 for none. */
  store = 0;
  /** LIMIT; a negative count means all. */
  #skip = 0;
  #count = -1;

  /**
   * Reads the options from argument 2 on; returns an error's text, or null when all is well. What BY and GET name can be any key, so
   * that they need a user who `mayReadAll`.
   */
  read(argv: Argv, takesStore: boolean, mayReadAll: () => boolean): string | null {
    const lookup = new SortLookup(argv);
    let mayRead: boolean | null = null;
    for (let i = 2; i < argv.count; i++) {
      const left = argv.count - i - 1;
      if (argv.is(i, "ASC")) {
        this.isDescending = false;
      } else if (argv.is(i, "DESC")) {
        this.isDescending = true;
      } else if (argv.is(i, "ALPHA")) {
        this.isAlpha = true;
      } else if (argv.is(i, "LIMIT") && left >= 2) {
        const skip = integerArgument(argv, ++i);
        const count = integerArgument(argv, ++i);
        if (skip === null || count === null) return NOT_AN_INTEGER;
        this.#skip = skip;
        this.#count = count;
      } else if (takesStore && argv.is(i, "STORE") && left >= 1) {
        this.store = ++i;
      } else if (argv.is(i, "BY") && left >= 1) {
        this.by = new SortPattern(lookup, ++i);
        if (this.by.isConstant) this.isUnsorted = true;
        else if (!(mayRead ??= mayReadAll()))
          return "ERR BY option of SORT denied due to insufficient ACL permissions.";
      } else if (argv.is(i, "GET") && left >= 1) {
        if (!(mayRead ??= mayReadAll())) return "ERR GET option of SORT denied due to insufficient ACL permissions.";
        this.get.push(new SortPattern(lookup, ++i));
      } else {
        return SYNTAX_ERROR;
      }
    }
    return null;
  }

  /** The first of `length` elements that LIMIT lets through. */
  start(length: number): number {
    return Math.min(Math.max(this.#skip, 0), length);
  }

  /** How many of `length` elements LIMIT lets through. */
  count(length: number): number {
    const left = length - this.start(length);
    return this.#count < 0 ? left : Math.min(this.#count, left);
  }
}
