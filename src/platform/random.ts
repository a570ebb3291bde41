/**
 * Randomness: for hash keys, run ids, eviction samples. Taken as a parameter so that a simulation can repeat itself.
 */
import { randomFillSync } from "node:crypto";

/** Where a server gets random numbers. */
export interface Random {
  /** `count` fresh random bytes, owned by the caller. */
  bytes(count: number): Uint8Array;
  /** An unsigned integer of 32 random bits. */
  uint32(): number;
}

const POOL_WORDS = 1024;

/** The system's cryptographic generator, read 4 KB at a time: a number costs about 5 ns rather than a call. */
export class NodeRandom implements Random {
  readonly #pool = new Uint32Array(POOL_WORDS);
  #next = POOL_WORDS;

  bytes(count: number): Uint8Array {
    return randomFillSync(new Uint8Array(count));
  }

  uint32(): number {
    if (this.#next === POOL_WORDS) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++]!;
  }
}

/** `count` random bytes in lower-case hexadecimal: run ids and replication ids are 20 bytes of it. */
export function randomHex(random: Random, count: number): string {
  let text = "";
  for (const byte of random.bytes(count)) text += byte.toString(16).padStart(2, "0");
  return text;
}
