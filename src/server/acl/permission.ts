/**
 * Decides whether a user may run a command: is its bit set, may its keys be used as it uses them, are its channels among the user's.
 *
 * `check` allocates nothing. Where the one key of most commands is, and what is done with it, is kept per command in two tables of bytes;
 * other commands' keys are found by their key specs.
 */
import type { Argv } from "../../bytes/argv.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import { CommandBit, KeyBit } from "../../commands/flag-bits.js";
import { findKeys, hasKeys, KeyPositions } from "../../commands/get-keys.js";
import { KeyAccess } from "./pattern.js";
import type { Selector } from "./selector.js";
import type { User } from "./user.js";

/** What became of a check; of several reasons the greatest counts. */
export const enum Verdict {
  ALLOWED,
  COMMAND,
  KEY,
  CHANNEL,
}

/** Where a command's keys are: not looked up yet, none, anywhere, or else the argument that is its only key. */
const enum KeyPlace {
  UNKNOWN = 0,
  NONE = -1,
  MANY = -2,
}

/** The checks for one table of commands. */
export class Permission {
  /** The argument that was not allowed last: 0 for the command. */
  position = 0;
  readonly #keys = new KeyPositions();
  /** A KeyPlace, by command id, and the access to the only key. */
  readonly #keyPlace: Int8Array;
  readonly #keyAccess: Uint8Array;
  #areKeysFound = false;

  constructor(idCount: number) {
    this.#keyPlace = new Int8Array(idCount);
    this.#keyAccess = new Uint8Array(idCount);
  }

  /** Whether one of the user's selectors permits a command whose arity fits; sets `position` when none does. */
  check(user: User, command: CommandEntry, argv: Argv): Verdict {
    const { selectors } = user;
    let verdict = Verdict.COMMAND;
    let last = 0;
    this.#areKeysFound = false;
    for (let i = 0; i < selectors.length; i++) {
      this.position = 0;
      const found = this.#checkSelector(selectors[i]!, command, argv);
      if (found === Verdict.ALLOWED) return found;
      if (found > verdict || (found === verdict && this.position > last)) {
        verdict = found;
        last = this.position;
      }
    }
    this.position = last;
    return verdict;
  }

  /** Whether a selector that permits the command also permits to read every key there is. */
  allowsReadingAll(user: User, command: CommandEntry, argv: Argv): boolean {
    this.#areKeysFound = false;
    return user.selectors.some((selector) => {
      return this.#checkSelector(selector, command, argv) === Verdict.ALLOWED && readsAll(selector);
    });
  }

  #checkSelector(selector: Selector, command: CommandEntry, argv: Argv): Verdict {
    const { id } = command;
    if (!selector.allows(id) && (command.flagBits & CommandBit.NO_AUTH) === 0) {
      if (!isFirstArgAllowed(selector, command, argv)) return Verdict.COMMAND;
    }
    if (!selector.allKeys) {
      let place = this.#keyPlace[id]!;
      if (place === KeyPlace.UNKNOWN) place = this.#placeKeys(command);
      if (place > 0) {
        if (!isKeyAllowed(selector, argv, place, this.#keyAccess[id]!)) return this.#refuse(Verdict.KEY, place);
      } else if (place === KeyPlace.MANY && !this.#areKeysAllowed(selector, command, argv)) {
        return Verdict.KEY;
      }
    }
    if (!selector.allChannels && command.command.channels !== undefined) {
      const at = refusedChannel(selector, command.command.channels, argv);
      if (at > 0) return this.#refuse(Verdict.CHANNEL, at);
    }
    return Verdict.ALLOWED;
  }

  #refuse(verdict: Verdict, position: number): Verdict {
    this.position = position;
    return verdict;
  }

  #areKeysAllowed(selector: Selector, command: CommandEntry, argv: Argv): boolean {
    const keys = this.#keys;
    if (!this.#areKeysFound) findKeys(command, argv, keys);
    this.#areKeysFound = true;
    for (let i = 0; i < keys.count; i++) {
      const at = keys.index[i]!;
      if (isKeyAllowed(selector, argv, at, accessOf(keys.flags[i]!))) continue;
      this.position = at;
      return false;
    }
    return true;
  }

  #placeKeys(command: CommandEntry): KeyPlace {
    const place = keyPlaceOf(command);
    this.#keyPlace[command.id] = place;
    if (place > 0) this.#keyAccess[command.id] = accessOf(command.facts.keySpecBits[0]!);
    return place;
  }
}

function keyPlaceOf(command: CommandEntry): KeyPlace {
  if (!hasKeys(command)) return KeyPlace.NONE;
  const { keySpecs, keySpecBits } = command.facts;
  const { begin, find } = keySpecs[0] ?? {};
  if (keySpecs.length !== 1 || (keySpecBits[0]! & (KeyBit.VARIABLE_FLAGS | KeyBit.INCOMPLETE)) !== 0)
    return KeyPlace.MANY;
  if (typeof begin !== "object" || typeof find !== "object" || !("index" in begin)) return KeyPlace.MANY;
  return "lastKey" in find && find.lastKey === 0 && begin.index < 128 ? begin.index : KeyPlace.MANY;
}

/** The permissions that key flags ask for. */
function accessOf(keyBits: number): KeyAccess {
  const reads = (keyBits & KeyBit.ACCESS) !== 0 ? KeyAccess.READ : KeyAccess.NONE;
  const writes = (keyBits & (KeyBit.UPDATE | KeyBit.INSERT | KeyBit.DELETE)) !== 0 ? KeyAccess.WRITE : KeyAccess.NONE;
  return reads | writes;
}

function isKeyAllowed(selector: Selector, argv: Argv, at: number, access: KeyAccess): boolean {
  const patterns = selector.keyPatterns;
  const { source } = argv;
  const offset = argv.offset[at]!;
  const length = argv.length[at]!;
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i]!;
    if ((pattern.access & access) === access && pattern.matches(source, offset, length)) return true;
  }
  return false;
}

/** Whether the selector's rules allow the command with just this first argument. */
function isFirstArgAllowed(selector: Selector, { id, parent }: CommandEntry, argv: Argv): boolean {
  const words = selector.firstArgs?.get(id);
  if (words === undefined || argv.count < 2) return false;
  const at = parent === null ? 1 : 2;
  for (let i = 0; i < words.length; i++) if (argv.is(at, words[i]!)) return true;
  return false;
}

/** The first argument that is a channel the selector does not permit, 0 when there is none. */
function refusedChannel(selector: Selector, kind: "publish" | "subscribe" | "psubscribe", argv: Argv): number {
  const patterns = selector.channelPatterns;
  const end = kind === "publish" ? 2 : argv.count;
  for (let at = 1; at < end; at++) {
    const offset = argv.offset[at]!;
    const length = argv.length[at]!;
    let isAllowed = false;
    for (let i = 0; i < patterns.length && !isAllowed; i++) {
      const pattern = patterns[i]!;
      if (kind === "psubscribe") isAllowed = pattern.isSame(argv.source, offset, length);
      else isAllowed = pattern.matches(argv.source, offset, length);
    }
    if (!isAllowed) return at;
  }
  return 0;
}

function readsAll(selector: Selector): boolean {
  if (selector.allKeys) return true;
  return selector.keyPatterns.some(({ access, text }) => (access & KeyAccess.READ) !== 0 && text === "*");
}
