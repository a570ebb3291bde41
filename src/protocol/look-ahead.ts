/**
 * Looks ahead in received bytes for the keys of the commands to come, so that the key space can fetch what they will touch while other
 * memory is on its way. It is a guess: argument 1 is taken for a key, or another one for a field or member, and whatever is not a plain, complete command ends the look.
 * Nothing depends on it but speed.
 */
/** The most keys found at a time: their buckets and entries must stay in the first-level cache until they are used. */
const LIMIT = 24;

const CR = 13;
const ASTERISK = 42;
const DOLLAR = 36;

export class LookAhead {
  /** Where the keys found lie, and how long they are. */
  readonly offset = new Int32Array(LIMIT);
  readonly length = new Int32Array(LIMIT);
  count = 0;
  /** Where the look ended: before the first command that was not seen. */
  end = 0;

  /** Finds argument `wanted` (1: the key) of the commands in `u8[at, end)`, the first of which begins at `at`. */
  find(u8: Uint8Array, at: number, end: number, wanted = 1): void {
    let count = 0;
    this.end = at;
    while (count < LIMIT && at + 4 <= end && u8[at] === ASTERISK) {
      let args = u8[at + 1]! - 48;
      at += 2;
      for (; at < end && u8[at] !== CR; at++) args = args * 10 + u8[at]! - 48;
      at += 2;
      let keyAt = 0;
      let keyLength = 0;
      let i = 0;
      for (; i < args && at < end; i++) {
        if (u8[at] !== DOLLAR) at = end;
        let length = 0;
        for (at++; at < end && u8[at] !== CR; at++) length = length * 10 + u8[at]! - 48;
        at += 2;
        // Never back: what is no digit may make a length negative.
        if (length < 0) at = Number.POSITIVE_INFINITY;
        if (i === wanted) {
          keyAt = at;
          keyLength = length;
        }
        at += length + 2;
      }
      // Also stops at nonsense: an absurd length leads nowhere within the bytes.
      if (i < args || at > end) break;
      this.end = at;
      if (keyAt === 0) continue;
      this.offset[count] = keyAt;
      this.length[count++] = keyLength;
    }
    this.count = count;
  }
}
