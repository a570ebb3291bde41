/**
 * A pattern of keys or channels in an ACL rule, compiled: most are `prefix*` or a whole name, which one comparison of bytes decides.
 * Matching allocates nothing.
 */
import { matchGlob } from "../../bytes/glob.js";
import { equalBytes, Region } from "../../bytes/region.js";

const enum PatternForm {
  EXACT,
  PREFIX,
  GLOB,
}

/** A glob pattern as KEYS has it. */
export class Pattern {
  readonly #bytes: Region;
  readonly #form: PatternForm;
  /** Bytes to compare: all, or those before the star. */
  readonly #length: number;

  /** `text` has one character per byte. */
  constructor(readonly text: string) {
    this.#bytes = new Region(Buffer.from(text, "latin1"));
    const stem = text.slice(0, stemLength(text));
    if (/[*?[\\]/.test(stem)) this.#form = PatternForm.GLOB;
    else this.#form = stem === text ? PatternForm.EXACT : PatternForm.PREFIX;
    this.#length = this.#form === PatternForm.GLOB ? text.length : stem.length;
  }

  matches(region: Region, offset: number, length: number): boolean {
    const own = this.#length;
    if (this.#form === PatternForm.PREFIX) {
      // Nothing but an empty pattern matches an empty name, as in Redis.
      return length >= own && length > 0 && equalBytes(this.#bytes, 0, region, offset, own);
    }
    if (this.#form === PatternForm.EXACT) {
      return length === own && equalBytes(this.#bytes, 0, region, offset, own);
    }
    return matchGlob(this.#bytes, 0, own, region, offset, length, false);
  }

  /** True when the bytes are the pattern itself: how patterns that are subscribed to are checked. */
  isSame(region: Region, offset: number, length: number): boolean {
    return length === this.#bytes.u8.length && equalBytes(this.#bytes, 0, region, offset, length);
  }
}

/** How much of a text is before the stars at its end. */
function stemLength(text: string): number {
  let length = text.length;
  while (length > 0 && text[length - 1] === "*") length--;
  return length;
}

/** What a key may be used for: the permissions of a rule, and what a command needs. */
export const enum KeyAccess {
  NONE = 0,
  READ = 1,
  WRITE = 2,
  ALL = 3,
}

/** A pattern of keys with what it permits. */
export class KeyPattern extends Pattern {
  constructor(
    text: string,
    readonly access: KeyAccess,
  ) {
    super(text);
  }

  /** As a rule: `~a`, `%R~a` or `%W~a`. `~*` would be all keys, after which no other pattern may follow. */
  get rule(): string {
    if (this.access === KeyAccess.ALL) return this.text === "*" ? "%RW~*" : `~${this.text}`;
    return this.access === KeyAccess.READ ? `%R~${this.text}` : `%W~${this.text}`;
  }
}
