/**
 * What fuzzers share: their arguments, a seeded generator, and the loop. A fuzzer `x.fuzz.ts` is a program:
 *
 *     node dist/src/.../x.fuzz.js [--seconds N] [--ms N] [--seed N]
 *
 * It prints its seed, and ends with exit code 1 and the story of the failing round when model and subject differ. Rounds are
 * numbered and each has a generator of its own, so `--seed` with the seed printed for a round repeats just that one first.
 */

/** A seeded generator (mulberry32): small, fast, and the same everywhere. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 random bits; a function of its own, so that it can be handed on. */
  readonly bits = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };

  /** A whole number from 0 to n - 1. */
  below(n: number): number {
    return Math.floor((this.bits() / 2 ** 32) * n);
  }

  chance(probability: number): boolean {
    return this.bits() < probability * 2 ** 32;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

/** Runs rounds until the time given on the command line is over. A round throws when it finds something. */
export function fuzz(name: string, round: (random: SeededRandom) => void): void {
  const { ms, seed } = readArguments(process.argv.slice(2));
  const end = performance.now() + ms;
  let rounds = 0;
  console.log(`${name}: seed ${seed}`);
  do {
    const roundSeed = (seed + rounds) >>> 0;
    try {
      round(new SeededRandom(roundSeed));
    } catch (error) {
      console.error(`${name}: FAILED in round ${rounds}; again with --seed ${roundSeed}\n${(error as Error).stack}`);
      process.exitCode = 1;
      return;
    }
    rounds++;
  } while (performance.now() < end);
  console.log(`${name}: ${rounds} rounds`);
}

function readArguments(args: readonly string[]): { ms: number; seed: number } {
  let ms = 2000;
  let seed = Date.now() >>> 0;
  for (let i = 0; i + 1 < args.length; i += 2) {
    const value = Number(args[i + 1]);
    if (args[i] === "--seconds") ms = value * 1000;
    else if (args[i] === "--ms") ms = value;
    else if (args[i] === "--seed") seed = value >>> 0;
    else throw new Error(`unknown argument ${args[i]}`);
  }
  return { ms, seed };
}
