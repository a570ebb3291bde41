/** What SINTER, SUNION and SDIFF and their STORE forms share. */
import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { OpenValue } from "../../keyspace/open-value.js";
import type { Encoding } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { storeResult } from "../store-result.js";
import { beginEmpty, openForReading, replyMembers } from "./set-value.js";

/**
 * Lets the sets at arguments [from, to) take part in `sets.algebra`, in this order. Returns a bit mask of Missing, or -1 when the
 * error was replied: some key holds no set.
 */
export function addOperands(ctx: Context, argv: Argv, from: number, to: number): number {
  const { types, view } = ctx.keyspace;
  const { algebra } = types.sets;
  let missing = 0;
  algebra.clear();
  for (let i = from; i < to; i++) {
    const opened = openForReading(ctx, argv, i);
    if (opened === Opened.REFUSED) return -1;
    if (opened === Opened.FOUND) algebra.add(view);
    else missing |= i === from ? Missing.FIRST | Missing.ANY : Missing.ANY;
  }
  return missing;
}

/** Which of the keys do not exist. */
export const enum Missing {
  FIRST = 1,
  ANY = 2,
}

/** Begins a set for argument 1, in `ctx.keyspace.slot`, and lets `fill` make it the result. */
export function build(ctx: Context, argv: Argv, encoding: Encoding, fill: (slot: OpenValue) => void): void {
  const { slot } = ctx.keyspace;
  beginEmpty(ctx, argv, 1, encoding, slot);
  try {
    fill(slot);
  } catch (error) {
    ctx.db.abandon(slot);
    throw error;
  }
}

/** Makes the set that was built the value of argument 1, or removes that key when it is empty; reports and replies. */
export function store(ctx: Context, argv: Argv, event: string): void {
  const { slot, types } = ctx.keyspace;
  storeResult(ctx, argv, slot, types.sets.count(slot), NotifyClass.SET, event);
}

/** Replies with the members that `sets.algebra` shows one by one, while `next` finds another. */
export function replyPulled({ keyspace, reply }: Context, next: () => boolean): void {
  const { algebra } = keyspace.types.sets;
  const mark = reply.begin();
  let count = 0;
  for (; next(); count++) {
    const { region, offset, length } = algebra.member;
    reply.bulk(region, offset, length);
  }
  reply.endSet(mark, count);
}

/** Replies with the set that was built, and frees it. */
export function replyBuilt(ctx: Context): void {
  const { slot, types } = ctx.keyspace;
  ctx.reply.set(types.sets.count(slot));
  replyMembers(ctx, slot);
  ctx.db.abandon(slot);
}
