/**
 * Command flags and key flags as bit masks, with the names COMMAND prints. The bits are in the order of printing.
 */
import type { AclCategory, CommandFlag } from "./spec.js";

/** One bit per command flag. */
export const enum CommandBit {
  WRITE = 1 << 0,
  READONLY = 1 << 1,
  DENYOOM = 1 << 2,
  ADMIN = 1 << 3,
  PUBSUB = 1 << 4,
  NOSCRIPT = 1 << 5,
  BLOCKING = 1 << 6,
  LOADING = 1 << 7,
  STALE = 1 << 8,
  SKIP_MONITOR = 1 << 9,
  SKIP_SLOWLOG = 1 << 10,
  ASKING = 1 << 11,
  FAST = 1 << 12,
  NO_AUTH = 1 << 13,
  NO_MANDATORY_KEYS = 1 << 14,
  NO_ASYNC_LOADING = 1 << 15,
  NO_MULTI = 1 << 16,
  /** Derived: the first/last/step form does not cover every key. */
  MOVABLE_KEYS = 1 << 17,
  ALLOW_BUSY = 1 << 18,
  /** From here on hidden from COMMAND INFO. */
  MAY_REPLICATE = 1 << 19,
  SENTINEL = 1 << 20,
  ONLY_SENTINEL = 1 << 21,
  PROTECTED = 1 << 22,
  TOUCHES_ARBITRARY_KEYS = 1 << 23,
}

const BIT_OF_FLAG: Record<CommandFlag, CommandBit> = {
  write: CommandBit.WRITE,
  readonly: CommandBit.READONLY,
  denyoom: CommandBit.DENYOOM,
  admin: CommandBit.ADMIN,
  pubsub: CommandBit.PUBSUB,
  noscript: CommandBit.NOSCRIPT,
  blocking: CommandBit.BLOCKING,
  loading: CommandBit.LOADING,
  stale: CommandBit.STALE,
  skip_monitor: CommandBit.SKIP_MONITOR,
  skip_slowlog: CommandBit.SKIP_SLOWLOG,
  asking: CommandBit.ASKING,
  fast: CommandBit.FAST,
  no_auth: CommandBit.NO_AUTH,
  no_mandatory_keys: CommandBit.NO_MANDATORY_KEYS,
  no_async_loading: CommandBit.NO_ASYNC_LOADING,
  no_multi: CommandBit.NO_MULTI,
  allow_busy: CommandBit.ALLOW_BUSY,
  may_replicate: CommandBit.MAY_REPLICATE,
  sentinel: CommandBit.SENTINEL,
  only_sentinel: CommandBit.ONLY_SENTINEL,
  protected: CommandBit.PROTECTED,
  touches_arbitrary_keys: CommandBit.TOUCHES_ARBITRARY_KEYS,
};

/** The mask of a declaration's flags; `movablekeys` is not among them, since it is derived. */
export function commandBits(flags: readonly CommandFlag[]): number {
  let bits = 0;
  for (const flag of flags) bits |= BIT_OF_FLAG[flag];
  return bits;
}

/** Names of the flags COMMAND INFO prints; bit i is flag i. */
export const VISIBLE_FLAGS: readonly string[] = [
  "write",
  "readonly",
  "denyoom",
  "admin",
  "pubsub",
  "noscript",
  "blocking",
  "loading",
  "stale",
  "skip_monitor",
  "skip_slowlog",
  "asking",
  "fast",
  "no_auth",
  "no_mandatory_keys",
  "no_async_loading",
  "no_multi",
  "movablekeys",
  "allow_busy",
];

/** How a command treats a key: one bit per flag of a key spec. */
export const enum KeyBit {
  RO = 1 << 0,
  RW = 1 << 1,
  OW = 1 << 2,
  RM = 1 << 3,
  ACCESS = 1 << 4,
  UPDATE = 1 << 5,
  INSERT = 1 << 6,
  DELETE = 1 << 7,
  NOT_KEY = 1 << 8,
  INCOMPLETE = 1 << 9,
  VARIABLE_FLAGS = 1 << 10,
}

/** Names of key flags as COMMAND prints them; bit i is flag i. */
export const KEY_FLAGS: readonly string[] = [
  "RO",
  "RW",
  "OW",
  "RM",
  "access",
  "update",
  "insert",
  "delete",
  "not_key",
  "incomplete",
  "variable_flags",
];

/** The mask of key flags written as in a declaration: "RW ACCESS UPDATE". */
export function keyBits(flags: string): number {
  let bits = 0;
  for (const word of flags.split(" ")) {
    const index = KEY_FLAGS.findIndex((name) => name.toUpperCase() === word.toUpperCase());
    if (index < 0) throw new Error(`unknown key flag "${word}"`);
    bits |= 1 << index;
  }
  return bits;
}

/** Names of the bits set in `bits`, in the order of `names`. */
export function bitNames(bits: number, names: readonly string[]): string[] {
  return names.filter((_, index) => (bits & (1 << index)) !== 0);
}

/** All ACL categories, in the order COMMAND INFO prints them. */
export const ACL_CATEGORIES: readonly AclCategory[] = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
];
