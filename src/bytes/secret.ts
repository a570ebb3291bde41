/** Comparing secrets without telling by the time it takes how much of a guess is right. */

/** True when both hold the same bytes. Takes time by the length of `guess` alone. */
export function equalSecret(guess: Uint8Array, secret: Uint8Array): boolean {
  let difference = guess.length ^ secret.length;
  for (let i = 0; i < guess.length; i++) difference |= guess[i]! ^ (secret[i % Math.max(1, secret.length)] ?? 0);
  return difference === 0;
}
