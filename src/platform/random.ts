/**
 * Randomness: for hash keys, run ids, eviction samples. Taken as a parameter so that a simulation can repeat itself.
 */
import { closeSync, openSync, readSync } from "node:fs";

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
    const bytes = new Uint8Array(count);
    fillRandom(bytes);
    return bytes;
  }

  uint32(): number {
    if (this.#next === POOL_WORDS) {
      fillRandom(new Uint8Array(this.#pool.buffer));
      this.#next = 0;
    }
    return this.#pool[this.#next++]!;
  }
}

/** Linux' and macOS' own generator; loading node:crypto to reach it takes 4 ms of a start (Node 20.20). */
const DEVICE = "/dev/urandom";

function fillRandom(bytes: Uint8Array): void {
  if (!readDevice(bytes)) process.getBuiltinModule("node:crypto").randomFillSync(bytes);
}

/** False where there is no such device, as on Windows. */
function readDevice(bytes: Uint8Array): boolean {
  let fd: number;
  try {
    fd = openSync(DEVICE, "r");
  } catch {
    return false;
  }
  try {
    return readSync(fd, bytes) === bytes.length;
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}

/** `count` random bytes in lower-case hexadecimal: run ids and replication ids are 20 bytes of it. */
export function randomHex(random: Random, count: number): string {
  let text = "";
  for (const byte of random.bytes(count)) text += byte.toString(16).padStart(2, "0");
  return text;
}
