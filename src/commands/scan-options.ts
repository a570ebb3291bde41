/** The arguments of SCAN, as SSCAN, HSCAN and ZSCAN take them too. */
import type { Argv } from "../bytes/argv.js";
import { matchGlob } from "../bytes/glob.js";
import type { Region } from "../bytes/region.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../protocol/errors.js";
import { integerArgument } from "./integer-argument.js";

export const INVALID_CURSOR = "ERR invalid cursor";

/** Whatever is longer than 2^64 without its zeros is larger. */
const CURSOR = /^[0-9]{1,20}$/;
const UINT64_MAX = 2n ** 64n - 1n;
const STAR = 0x2a;

/**
 * Argument i as a cursor, or null. Whatever C's strtoul takes is one: an empty text, a sign, zeros. Cursors no scan
 * returned are as good as any other, so what is beyond 2^53 is rounded.
 */
export function parseCursor(argv: Argv, i: number): number | null {
  const text = argv.latin1(i).split("\0", 1)[0]!;
  if (text === "") return 0;
  let at = text[0] === "-" || text[0] === "+" ? 1 : 0;
  while (at < text.length - 1 && text[at] === "0") at++;
  const digits = text.slice(at);
  if (!CURSOR.test(digits)) return null;
  const value = BigInt(digits);
  if (value > UINT64_MAX) return null;
  return Number(text.startsWith("-") ? BigInt.asUintN(64, -value) : value);
}

export class ScanOptions {
  count = 10;
  /** Index of the pattern argument; 0 when every name matches. */
  pattern = 0;
  /** Name of the wanted type, lower case; null for any. */
  type: string | null = null;
  /** NOVALUES: only the fields of a hash. */
  withoutValues = false;

  constructor(readonly argv: Argv) {}

  /** Reads the options from argument `i` on; returns an error's text, or null when all is well. */
  read(i: number, takesType: boolean, takesNovalues = false): string | null {
    const { argv } = this;
    for (; i < argv.count; i += 2) {
      if (takesNovalues && argv.is(i, "NOVALUES")) {
        this.withoutValues = true;
        i--;
        continue;
      }
      if (i + 1 >= argv.count) return SYNTAX_ERROR;
      if (argv.is(i, "COUNT")) {
        const count = integerArgument(argv, i + 1);
        if (count === null) return NOT_AN_INTEGER;
        if (count < 1) return SYNTAX_ERROR;
        this.count = count;
      } else if (argv.is(i, "MATCH")) {
        const isStar = argv.length[i + 1] === 1 && argv.source.u8[argv.offset[i + 1]!] === STAR;
        this.pattern = isStar ? 0 : i + 1;
      } else if (argv.is(i, "TYPE") && takesType) {
        this.type = argv.latin1(i + 1).toLowerCase();
      } else {
        return SYNTAX_ERROR;
      }
    }
    return null;
  }

  /** True when a name fits the pattern. */
  matches(region: Region, offset: number, length: number): boolean {
    const { argv, pattern } = this;
    if (pattern === 0) return true;
    return matchGlob(argv.source, argv.offset[pattern]!, argv.length[pattern]!, region, offset, length, false);
  }
}
