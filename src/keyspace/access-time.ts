/**
 * The 24 bits an entry keeps about its use, for LRU and LFU eviction, OBJECT IDLETIME and OBJECT FREQ.
 *
 *     LRU   seconds since 1970 modulo 2^24 (194 days)
 *     LFU   bits 8-23 minutes of the last decrement modulo 2^16, bits 0-7 logarithmic counter
 *
 * The counter grows with probability 1 / ((counter - 5) * lfu-log-factor + 1) and loses one for each lfu-decay-time minutes
 * without use (a Morris counter). Source: the documentation of Redis' eviction.
 */
export const enum Lfu {
  INITIAL = 5,
  MAX = 255,
}

/** LRU clock of a time in milliseconds. */
export function lruClock(nowMs: number): number {
  return Math.floor(nowMs / 1000) & 0xffffff;
}

/** Seconds between an entry's clock and the present one. */
export function lruIdleSeconds(lru: number, clock: number): number {
  return (clock - lru) & 0xffffff;
}

/** The LFU field of a new entry. */
export function lfuInitial(nowMs: number): number {
  return (lfuMinutes(nowMs) << 8) | Lfu.INITIAL;
}

/** The counter as it is now, after the decay since it was last touched. */
export function lfuDecayed(field: number, nowMs: number, decayMinutes: number): number {
  const counter = field & 0xff;
  if (decayMinutes === 0) return counter;
  const elapsed = (lfuMinutes(nowMs) - (field >>> 8)) & 0xffff;
  return Math.max(0, counter - Math.floor(elapsed / decayMinutes));
}

/** The field after one more access. `random` is uniform in [0, 1). */
export function lfuTouched(
  field: number,
  nowMs: number,
  decayMinutes: number,
  logFactor: number,
  random: number,
): number {
  let counter = lfuDecayed(field, nowMs, decayMinutes);
  if (counter < Lfu.MAX) {
    const above = Math.max(0, counter - Lfu.INITIAL);
    if (random < 1 / (above * logFactor + 1)) counter++;
  }
  return (lfuMinutes(nowMs) << 8) | counter;
}

function lfuMinutes(nowMs: number): number {
  return Math.floor(nowMs / 60000) & 0xffff;
}
