/** Moves and copies words within blocks of the arena: short runs of them, between places that lie alike or not. */

/** So many words a loop moves in the time of a call. Measured on Node 20.20. */
const WORD_LOOP_LIMIT = 24;

/** Moves `count` words within an array; they may overlap. */
export function moveWords(u32: Uint32Array, from: number, to: number, count: number): void {
  // An odd distance is one at which places do not lie alike.
  if (count > WORD_LOOP_LIMIT && ((from ^ to) & 1) === 0) u32.copyWithin(to, from, from + count);
  else if (to < from) for (let i = 0; i < count; i++) u32[to + i] = u32[from + i]!;
  else for (let i = count - 1; i >= 0; i--) u32[to + i] = u32[from + i]!;
}

/** Copies `count` words from one array to another. */
export function copyWords(from: Uint32Array, fromIndex: number, to: Uint32Array, toIndex: number, count: number): void {
  for (let i = 0; i < count; i++) to[toIndex + i] = from[fromIndex + i]!;
}
