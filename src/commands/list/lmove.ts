import type { Argv } from "../../bytes/argv.js";
import { copyBytes, Region } from "../../bytes/region.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { SYNTAX_ERROR, WRONG_TYPE } from "../../protocol/errors.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import { load } from "../../structures/packed/listpack.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { type CommandSpec, defineCommand, double, key } from "../spec.js";
import { timeoutSeconds } from "../timeout-argument.js";
import { elementsRemoved, isRight, openForWriting, sideArgument } from "./list-value.js";

const KEYS = [key("source", "RW ACCESS DELETE"), key("destination", "RW INSERT")];

const SIDES = [sideArgument("wherefrom"), sideArgument("whereto")];

const COMMON = { group: "list", complexity: "O(1)" } satisfies Partial<CommandSpec>;

const DEPRECATED = {
  deprecatedSince: "6.2.0",
  docFlags: ["deprecated"],
} satisfies Partial<CommandSpec>;

const TIMEOUT_HISTORY = [["6.0.0", "`timeout` is interpreted as a double instead of an integer."]] as const;

/** Moves an element from the list of argument 1, if there is one, to that of argument 2; false when there is none. */
function move(ctx: Context, argv: Argv, fromTail: boolean, toTail: boolean): boolean {
  const { db, keyspace, reply } = ctx;
  const { slot } = keyspace;
  const { lists } = keyspace.types;
  const opened = openForWriting(ctx, argv, 1);
  if (opened === Opened.NONE) return false;
  if (opened === Opened.REFUSED) return true;
  const target = db.lookupWrite(argv, 2);
  if (target !== 0 && db.type(target) !== ValueType.LIST) {
    reply.error(WRONG_TYPE);
    return true;
  }
  // Expiry of the target may have moved things.
  openForWriting(ctx, argv, 1);
  const { cursor, view } = lists;
  lists.seekEnd(slot, fromTail, cursor);
  load(cursor.region, cursor.at, view);
  const { length } = view;
  // Redis does not count an integer that comes from a quicklist when it checks the size of the target.
  const counted = view.isInteger && slot.encoding === Encoding.QUICKLIST ? 0 : length;
  const element = length <= keyspace.scratch.u8.length ? keyspace.scratch : Region.allocate(length);
  copyBytes(view.region, view.offset, element, 0, length);
  const isSame = target !== 0 && target === slot.ref;
  push(ctx, argv, target, element, length, isSame ? counted - lists.elementBytes(cursor) : counted, isSame, toTail);
  db.changed(argv, 2, NotifyClass.LIST, toTail ? "rpush" : "lpush");
  // Moving counts as one change.
  keyspace.dirty--;
  openForWriting(ctx, argv, 1);
  lists.remove(slot, 1, fromTail);
  elementsRemoved(ctx, argv, 1, 1, fromTail ? "rpop" : "lpop");
  reply.bulk(element, 0, length);
  return true;
}

/** Adds an element to the list `target`, or to a new one, of argument 2. */
function push(
  ctx: Context,
  argv: Argv,
  target: number,
  element: Region,
  length: number,
  countedBytes: number,
  isSame: boolean,
  atTail: boolean,
): void {
  const { db, keyspace } = ctx;
  const { secondSlot } = keyspace;
  const { lists } = keyspace.types;
  if (target !== 0) {
    db.edit(argv, 2, target, secondSlot);
    lists.prepare(secondSlot, countedBytes, isSame ? 0 : 1);
    return lists.pushOne(secondSlot, element, 0, length, !atTail);
  }
  db.begin(argv, 2, ValueType.LIST, Encoding.LISTPACK, lists.emptyBytes, secondSlot);
  try {
    lists.makeEmpty(secondSlot);
    lists.prepare(secondSlot, countedBytes, 1);
    lists.pushOne(secondSlot, element, 0, length, !atTail);
  } catch (error) {
    db.abandon(secondSlot);
    throw error;
  }
  db.place(secondSlot);
}

function blockingMove(ctx: Context, argv: Argv, timeoutAt: number, fromTail: boolean, toTail: boolean): void {
  const timeoutMs = timeoutSeconds(ctx, argv, timeoutAt);
  if (timeoutMs === null) return;
  const { dirty } = ctx.keyspace;
  if (move(ctx, argv, fromTail, toTail)) {
    if (ctx.effects.isOn && ctx.keyspace.dirty !== dirty) sayMoved(ctx, argv, timeoutAt);
    return;
  }
  if (!ctx.blocking.canWait) return ctx.reply.null();
  ctx.blocking.waitFor(argv, 1, 1, timeoutMs, ValueType.LIST);
}

/** The same command without its time, and without "B". */
function sayMoved({ effects }: Context, argv: Argv, timeoutAt: number): void {
  effects.instead(timeoutAt === 3 ? "RPOPLPUSH" : "LMOVE", timeoutAt).arguments(argv, 1, timeoutAt);
}

/** LMOVE: takes an element from one end of a list and adds it at an end of another, or of the same. */
export const lmove = defineCommand(
  {
    ...COMMON,
    name: "LMOVE",
    since: "6.2.0",
    summary:
      "Returns an element after popping it from one list and pushing it to another. Deletes the list if the last element was moved.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    brief: true,
    args: [...KEYS, ...SIDES],
  },
  (ctx, argv) => {
    const fromTail = isRight(argv, 3);
    const toTail = isRight(argv, 4);
    if (fromTail === null || toTail === null) return ctx.reply.error(SYNTAX_ERROR);
    if (!move(ctx, argv, fromTail, toTail)) ctx.reply.null();
  },
);

/** RPOPLPUSH: LMOVE from the tail to the head. */
export const rpoplpush = defineCommand(
  {
    ...COMMON,
    ...DEPRECATED,
    name: "RPOPLPUSH",
    since: "1.2.0",
    summary:
      "Returns the last element of a list after removing and pushing it to another list. Deletes the list if the last element was popped.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    brief: true,
    replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments",
    args: KEYS,
  },
  (ctx, argv) => {
    if (!move(ctx, argv, true, false)) ctx.reply.null();
  },
);

/** BLMOVE: LMOVE that waits for an element. */
export const blmove = defineCommand(
  {
    ...COMMON,
    name: "BLMOVE",
    since: "6.2.0",
    summary:
      "Pops an element from a list, pushes it to another list and returns it. Blocks until an element is available otherwise. Deletes the list if the last element was moved.",
    flags: ["write", "denyoom", "blocking"],
    effect: "rewritten",
    args: [...KEYS, ...SIDES, double("timeout")],
  },
  (ctx, argv) => {
    const fromTail = isRight(argv, 3);
    const toTail = isRight(argv, 4);
    if (fromTail === null || toTail === null) return ctx.reply.error(SYNTAX_ERROR);
    blockingMove(ctx, argv, 5, fromTail, toTail);
  },
);

/** BRPOPLPUSH: RPOPLPUSH that waits for an element. */
export const brpoplpush = defineCommand(
  {
    ...COMMON,
    ...DEPRECATED,
    name: "BRPOPLPUSH",
    since: "2.2.0",
    summary:
      "Pops an element from a list, pushes it to another list and returns it. Block until an element is available otherwise. Deletes the list if the last element was popped.",
    flags: ["write", "denyoom", "blocking"],
    effect: "rewritten",
    history: TIMEOUT_HISTORY,
    replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments",
    args: [...KEYS, double("timeout")],
  },
  (ctx, argv) => blockingMove(ctx, argv, 3, true, false),
);
