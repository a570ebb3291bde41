/**
 * The keys among the arguments of one call, for COMMAND GETKEYS, ACL and cluster: from the key specs, or from the declaration's own
 * `getKeys` where these do not tell everything.
 *
 * Source: the key specification page of the Redis documentation.
 */
import type { Argv } from "../bytes/argv.js";
import type { CommandEntry } from "./command-entry.js";
import { KeyBit, keyBits } from "./flag-bits.js";
import type { KeySpec } from "./spec.js";

/** Positions of keys with their flags (a mask of KeyBit); reused from call to call. */
export class KeyPositions {
  count = 0;
  readonly index: number[] = [];
  readonly flags: number[] = [];

  add(index: number, flags: number): void {
    this.index[this.count] = index;
    this.flags[this.count] = flags;
    this.count++;
  }

  /** As `add`, with the flags as a declaration writes them; for a declaration's `getKeys`. */
  readonly push = (index: number, flags: string): void => {
    let bits = this.#bits.get(flags);
    if (bits === undefined) this.#bits.set(flags, (bits = keyBits(flags)));
    this.add(index, bits);
  };

  readonly #bits = new Map<string, number>();
}

/** True when calls of this command may name keys. */
export function hasKeys(entry: CommandEntry): boolean {
  return entry.command.getKeys !== undefined || entry.facts.keySpecBits.some((bits) => (bits & KeyBit.NOT_KEY) === 0);
}

/** Fills `keys` with the keys of a call that fits the arity. None are found when the arguments do not make sense. */
export function findKeys(entry: CommandEntry, argv: Argv, keys: KeyPositions): void {
  keys.count = 0;
  const { keySpecs, keySpecBits } = entry.facts;
  const { getKeys } = entry.command;
  getKeys?.(argv, keys.push);
  if (keys.count > 0) return;
  for (let i = 0; i < keySpecs.length; i++) {
    const bits = keySpecBits[i]!;
    if (bits & KeyBit.NOT_KEY) continue;
    if (addKeysOfSpec(keySpecs[i]!, bits, argv, keys) && (bits & KeyBit.INCOMPLETE) === 0) continue;
    keys.count = 0;
    return;
  }
}

/** Adds what one key spec finds; false when the arguments do not fit it. */
function addKeysOfSpec(spec: KeySpec, bits: number, argv: Argv, keys: KeyPositions): boolean {
  if (spec.begin === "unknown" || spec.find === "unknown") return false;
  let first = "index" in spec.begin ? spec.begin.index : afterKeyword(argv, spec.begin.keyword, spec.begin.startFrom);
  if (first === 0) return true;
  const { step } = spec.find;
  let last: number;
  if ("lastKey" in spec.find) {
    const { lastKey, limit } = spec.find;
    if (lastKey >= 0) last = first + lastKey;
    else if (limit === 0) last = argv.count + lastKey;
    else last = first + Math.trunc((argv.count - first) / limit) + lastKey;
  } else {
    const count = decimal(argv, first + spec.find.keyNumIndex);
    if (count < 0) return false;
    first += spec.find.firstKey;
    last = first + count - 1;
  }
  if (last >= argv.count || last < first || first >= argv.count) return false;
  for (let i = first; i <= last; i += step) keys.add(i, bits);
  return true;
}

/** Position after a keyword, 0 when it is not there. A negative start searches backwards from the end. */
function afterKeyword(argv: Argv, keyword: string, startFrom: number): number {
  if (startFrom > 0) {
    for (let i = startFrom; i < argv.count - 1; i++) if (argv.is(i, keyword)) return i + 1;
  } else {
    for (let i = argv.count + startFrom; i > 1; i--) if (argv.is(i, keyword)) return i + 1;
  }
  return 0;
}

/** Argument i as a number of keys, -1 when it is none. */
function decimal(argv: Argv, i: number): number {
  if (i >= argv.count) return -1;
  const text = argv.latin1(i);
  return /^(0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : -1;
}
