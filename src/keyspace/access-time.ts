/**
 * The 24 bits an entry keeps about its use, for LRU and LFU eviction, OBJECT IDLETIME and OBJECT FREQ. The highest says which of two
 * things they are, because entries outlive a change of policy: each becomes what the policy wants when it is next used, and until then it is
 * understood as what it is.
 *
 *     0   LRU   bits 0-22 seconds since 1970 modulo 2^23 (97 days)
 *     1   LFU   bits 8-22 minutes of the last use modulo 2^15 (22 days), bits 0-7 logarithmic counter
 *
 * The counter grows with probability 1 / ((counter - 5) * lfu-log-factor + 1) and loses one for each lfu-decay-time minutes
 * without use (a Morris counter). An entry under LRU counts as a new one that was last used when it was. Source: the documentation of
 * Redis' eviction.
 */
export const enum Lfu {
  INITIAL = 5,
  MAX = 255,
}

const enum AccessField {
  SECONDS = 0x7fffff,
  IS_LFU = 0x800000,
  MINUTES_SHIFT = 8,
  MINUTES = 0x7fff,
  COUNTER = 0xff,
}

/** The LRU field of an entry used at a time in milliseconds. */
export function lruClock(nowMs: number): number {
  return Math.floor(nowMs / 1000) & AccessField.SECONDS;
}

/** The LRU field of an entry that was last used so many seconds ago. */
export function lruBefore(nowMs: number, seconds: number): number {
  return (lruClock(nowMs) - Math.min(seconds, AccessField.SECONDS)) & AccessField.SECONDS;
}

/** Seconds since an entry was last used; of one that was counted, in whole minutes. */
export function idleSeconds(field: number, nowMs: number): number {
  if ((field & AccessField.IS_LFU) !== 0) return minutesSince(field, nowMs) * 60;
  return (Math.floor(nowMs / 1000) - field) & AccessField.SECONDS;
}

/** The LFU field of an entry with this counter, used now. */
export function lfuField(nowMs: number, counter: number): number {
  return AccessField.IS_LFU | (lfuMinutes(nowMs) << AccessField.MINUTES_SHIFT) | counter;
}

/** The counter as it is now, after the decay since the entry was last used. */
export function lfuDecayed(field: number, nowMs: number, decayMinutes: number): number {
  const isCounted = (field & AccessField.IS_LFU) !== 0;
  const counter = isCounted ? field & AccessField.COUNTER : Lfu.INITIAL;
  if (decayMinutes === 0) return counter;
  const elapsed = isCounted ? minutesSince(field, nowMs) : Math.floor(idleSeconds(field, nowMs) / 60);
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
  return lfuField(nowMs, counter);
}

/** Minutes since an entry was counted last. */
function minutesSince(field: number, nowMs: number): number {
  return (lfuMinutes(nowMs) - (field >>> AccessField.MINUTES_SHIFT)) & AccessField.MINUTES;
}

function lfuMinutes(nowMs: number): number {
  return Math.floor(nowMs / 60000) & AccessField.MINUTES;
}
