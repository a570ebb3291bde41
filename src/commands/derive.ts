/**
 * What follows from a command's declaration: arity, key specs, the older first/last/step key positions, movablekeys and
 * ACL categories. A declaration overrides the few that do not follow.
 *
 * The rules are those of Valkey's own table, read backwards: of its 399 declarations all ACL categories, 393 arities and
 * 393 lists of key specs follow.
 */
import { ACL_CATEGORIES, CommandBit, commandBits, KeyBit, keyBits } from "./flag-bits.js";
import type { AclCategory, Arg, Command, CommandGroup, CommandSpec, KeySpec } from "./spec.js";

/** Fewest words an argument takes, `~fewest` (negative) when it may take more. */
function argWords(arg: Arg): number {
  let least = 0;
  let open = false;
  if (arg.kind === "block") {
    for (const child of arg.args!) {
      const words = argWords(child);
      open ||= words < 0;
      least += words < 0 ? ~words : words;
    }
  } else if (arg.kind === "oneof") {
    least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (const choice of arg.args!) {
      const words = argWords(choice.optional ? { ...choice, optional: false } : choice);
      const fewest = words < 0 ? ~words : words;
      open ||= words < 0;
      least = Math.min(least, fewest);
      most = Math.max(most, fewest);
    }
    open ||= most !== least;
  } else {
    least = 1;
  }
  if (arg.token !== undefined && arg.kind !== "pure-token") least++;
  if (arg.optional) least = 0;
  return open || arg.optional || arg.multiple ? ~least : least;
}

/** The arity as COMMAND prints it: exact, or negative for "at least". `depth` is 1 for a command, 2 for a subcommand. */
export function deriveArity(spec: CommandSpec, depth: 1 | 2): number {
  if (spec.arity !== undefined) return spec.arity;
  let least = depth as number;
  let open = false;
  for (const arg of spec.args ?? []) {
    const words = argWords(arg);
    open ||= words < 0;
    least += words < 0 ? ~words : words;
  }
  return open ? -least : least;
}

/** With more words than this, a command does too much to be brief. */
const BRIEF_WORDS = 32;

/**
 * Up to how many words a call is brief: its time follows from the bytes it takes and gives. Those are the commands Redis calls fast,
 * but for those that wait or administer, and where a declaration says otherwise.
 */
export function deriveBriefWords(spec: CommandSpec): number {
  const { flags } = spec;
  const isQuick = flags.includes("fast") && !flags.includes("blocking") && !flags.includes("admin");
  const brief = spec.brief ?? isQuick;
  if (typeof brief === "number") return brief;
  return brief ? BRIEF_WORDS : 0;
}

/** Key specs of a command, and which of them each key argument belongs to. */
interface DerivedKeys {
  readonly specs: readonly KeySpec[];
  readonly specOf: ReadonlyMap<Arg, number>;
}

const NO_KEYS: DerivedKeys = { specs: [], specOf: new Map() };

/** The key specs of a command: its own, or those that follow from its arguments. */
export function deriveKeys(spec: CommandSpec, depth: 1 | 2): DerivedKeys {
  if (spec.args === undefined)
    return spec.keySpecs === undefined ? NO_KEYS : { specs: spec.keySpecs, specOf: new Map() };
  const walk = new KeyWalk();
  walk.sequence(spec.args, depth);
  return { specs: spec.keySpecs ?? walk.specs, specOf: walk.specOf };
}

/** Walks an argument tree from left to right, keeping track of the least position the next argument can have. */
class KeyWalk {
  readonly specs: KeySpec[] = [];
  readonly specOf = new Map<Arg, number>();
  /** Position and flags of a single key that the next one may join: LCS key1 key2. */
  #joinable: { index: number; last: number; flags: string; spec: number } | null = null;

  /** Takes the arguments of one level, the first at `position` or later. */
  sequence(args: readonly Arg[], position: number): void {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (arg.keyFlags !== undefined) {
        this.#key(args, i, position);
      } else if (arg.kind === "block" && arg.multiple && arg.args!.some((child) => child.keyFlags !== undefined)) {
        this.#repeatedBlock(arg, position);
      } else if (arg.kind === "block" && arg.token !== undefined && arg.args![0]!.keyFlags !== undefined) {
        this.#tokenBlock(arg, position);
      } else if (arg.kind === "block") {
        this.sequence(arg.args!, position);
      } else if (arg.kind === "oneof") {
        for (const choice of arg.args!) this.sequence([choice], position);
      }
      if (arg.keySpecIndex !== undefined) this.specOf.set(arg, arg.keySpecIndex);
      const words = argWords(arg);
      position += words < 0 ? ~words : words;
    }
  }

  #key(args: readonly Arg[], i: number, position: number): void {
    const arg = args[i]!;
    const count = i > 0 ? args[i - 1]! : undefined;
    const flags = arg.keyFlags!;
    const notes = arg.keyNotes;
    if (arg.multiple && count?.name === "numkeys" && count.kind === "integer") {
      this.#add(arg, {
        flags,
        notes,
        begin: { index: position - 1 },
        find: { keyNumIndex: 0, firstKey: 1, step: 1 },
      });
    } else if (arg.token !== undefined) {
      const lastKey = arg.multiple ? -1 : 0;
      this.#add(arg, { flags, notes, begin: { keyword: arg.token, startFrom: position }, find: range(lastKey, 1) });
    } else if (arg.multiple) {
      let after = 0;
      for (const rest of args.slice(i + 1)) {
        const words = argWords(rest);
        if (words > 0) after += words;
      }
      this.#add(arg, { flags, notes, begin: { index: position }, find: range(-1 - after, 1) });
    } else if (this.#joinable !== null && this.#joinable.flags === flags && this.#joinable.last === position - 1) {
      const { index, spec } = this.#joinable;
      this.specs[spec] = { ...this.specs[spec]!, find: range(position - index, 1) };
      this.specOf.set(arg, spec);
      this.#joinable.last = position;
    } else {
      this.#add(arg, { flags, notes, begin: { index: position }, find: range(0, 1) });
      this.#joinable = { index: position, last: position, flags, spec: this.specs.length - 1 };
    }
  }

  /** MSET's `key value [key value ...]`. */
  #repeatedBlock(arg: Arg, position: number): void {
    const step = arg.args!.length;
    arg.args!.forEach((child, i) => {
      if (child.keyFlags === undefined) return;
      this.#add(child, {
        flags: child.keyFlags,
        notes: child.keyNotes,
        begin: { index: position + i },
        find: range(-1, step),
      });
    });
  }

  /** XREAD's `STREAMS key [key ...] id [id ...]`: the first half of what follows the token. */
  #tokenBlock(arg: Arg, position: number): void {
    const child = arg.args![0]!;
    const share = arg.args!.filter((part) => part.multiple).length;
    this.#add(child, {
      flags: child.keyFlags!,
      notes: child.keyNotes,
      begin: { keyword: arg.token!, startFrom: position },
      find: range(-1, 1, share > 1 ? share : 0),
    });
  }

  #add(arg: Arg, spec: KeySpec): void {
    this.specOf.set(arg, this.specs.length);
    this.specs.push(spec);
    this.#joinable = null;
  }
}

function range(lastKey: number, step: number, limit = 0): KeySpec["find"] {
  return { lastKey, step, limit };
}

/** First, last and step as clients older than key specs use them; 0 when there is no key. */
export interface LegacyKeys {
  readonly firstKey: number;
  readonly lastKey: number;
  readonly step: number;
  readonly movable: boolean;
}

/** Glues consecutive ranges of step 1 into one; whatever does not fit makes the keys movable. */
export function deriveLegacyKeys(specs: readonly KeySpec[]): LegacyKeys {
  const only = specs.length === 1 ? rangeOf(specs[0]!) : null;
  if (only !== null) {
    return { firstKey: only.first, lastKey: only.last, step: only.step, movable: isIncomplete(specs[0]!) };
  }
  let firstKey = 0;
  let lastKey = 0;
  let movable = false;
  for (const spec of specs) {
    const found = rangeOf(spec);
    if (found === null || found.step !== 1 || (lastKey !== 0 && lastKey !== found.first - 1)) {
      movable = true;
      continue;
    }
    if (isIncomplete(spec)) movable = true;
    if (firstKey === 0 || found.first < firstKey) firstKey = found.first;
    // Unsigned, so that positions counted from the end come after all others.
    lastKey = found.last >>> 0 > lastKey >>> 0 ? found.last : lastKey;
  }
  return { firstKey, lastKey, step: firstKey === 0 ? 0 : 1, movable };
}

function rangeOf(spec: KeySpec): { first: number; last: number; step: number } | null {
  if (spec.begin === "unknown" || spec.find === "unknown" || !("index" in spec.begin) || !("lastKey" in spec.find)) {
    return null;
  }
  const first = spec.begin.index;
  const { lastKey, step } = spec.find;
  return { first, last: lastKey < 0 ? lastKey : first + lastKey, step };
}

function isIncomplete(spec: KeySpec): boolean {
  return (keyBits(spec.flags) & KeyBit.INCOMPLETE) !== 0;
}

/** The category that every command of a group but its containers belongs to. */
const CATEGORY_OF_GROUP: Partial<Record<CommandGroup, AclCategory>> = {
  generic: "keyspace",
  string: "string",
  list: "list",
  set: "set",
  "sorted-set": "sortedset",
  hash: "hash",
  transactions: "transaction",
  connection: "connection",
  scripting: "scripting",
  hyperloglog: "hyperloglog",
  geo: "geo",
  stream: "stream",
  bitmap: "bitmap",
};
const GROUP_CATEGORIES = new Set<AclCategory>(Object.values(CATEGORY_OF_GROUP));

/**
 * The ACL categories of a command, in Redis' order. `acl` of the declaration adds to what follows from the flags and
 * the group; naming the category of some other group replaces the own group's.
 */
export function deriveAclCategories(spec: CommandSpec): AclCategory[] {
  const found = new Set<AclCategory>(spec.acl);
  const own = CATEGORY_OF_GROUP[spec.group];
  const foreign = spec.acl?.some((category) => GROUP_CATEGORIES.has(category)) ?? false;
  if (own !== undefined && !foreign && spec.subcommands === undefined) found.add(own);
  const bits = commandBits(spec.flags);
  if (bits & CommandBit.WRITE) found.add("write");
  if (bits & CommandBit.READONLY && !found.has("scripting")) found.add("read");
  if (bits & CommandBit.ADMIN) found.add("admin").add("dangerous");
  if (bits & CommandBit.PUBSUB) found.add("pubsub");
  if (bits & CommandBit.BLOCKING) found.add("blocking");
  found.add(bits & CommandBit.FAST ? "fast" : "slow");
  return ACL_CATEGORIES.filter((category) => found.has(category));
}

/** The name a command is known by: lower case, a subcommand's after its container's ("config|get"). */
export function fullName(spec: CommandSpec, container?: Command): string {
  const own = spec.name.toLowerCase();
  return container === undefined ? own : `${container.name.toLowerCase()}|${own}`;
}

/** Which argument is the field or member that the command is about, when none of the optional ones is given; 0 for none. */
export function deriveElementIndex(command: Command): number {
  if (command.group !== "hash" && command.group !== "set" && command.group !== "sorted-set") return 0;
  let index = 1;
  const search = (args: readonly Arg[]): boolean => {
    for (const arg of args) {
      if (arg.optional) continue;
      if (arg.args !== undefined && arg.kind === "block") {
        if (search(arg.args)) return true;
        continue;
      }
      if (arg.name === "field" || arg.name === "member") return true;
      index++;
    }
    return false;
  };
  return search(command.args ?? []) ? index : 0;
}
