import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NOT_POSITIVE, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { ElementView } from "../../structures/entry/element-view.js";
import { Encoding } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { Opened } from "../open-collection.js";
import { defineCommand, integer, key } from "../spec.js";
import { beginEmpty, openForWriting, replyMembers } from "./set-value.js";

/** A set of which no more than a fifth of what goes is left is made anew (Redis' SPOP_MOVE_STRATEGY_MUL). */
const MOVE_FACTOR = 5;
/** What a member takes more in a reply than in a packed set: at most the digits of a number and of a length, and line breaks. */
const REPLIED_BYTES = 48;

/** Members that one SREM names. */
const SAID_AT_ONCE = 1024;

/** SPOP: takes random members out of a set. */
export const spop = defineCommand(
  {
    name: "SPOP",
    group: "set",
    since: "1.0.0",
    summary:
      "Returns one or more random members from a set after removing them. Deletes the set if the last member was popped.",
    complexity: "Without the count argument O(1), otherwise O(N) where N is the value of the passed count.",
    flags: ["write", "fast"],
    effect: "rewritten",
    tips: ["nondeterministic_output"],
    history: [["3.2.0", "Added the `count` argument."]],
    args: [key("key", "RW ACCESS DELETE"), integer("count", { optional: true, since: "3.2.0" })],
  },
  (ctx, argv) => {
    if (argv.count > 2) return popCount(ctx, argv);
    const { db, effects, keyspace, reply } = ctx;
    const { slot } = keyspace;
    const { sets } = keyspace.types;
    const opened = openForWriting(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.null();

    const { member } = sets.cursor;
    const handle = sets.pick(slot);
    sets.load(slot, handle, member);
    reply.bulk(member.region, member.offset, member.length);
    if (effects.isOn) effects.instead("SREM", 3).argument(argv, 1).bytes(member.region, member.offset, member.length);
    const isLast = sets.count(slot) === 1;
    if (isLast) db.remove(argv, 1);
    else sets.removeAt(slot, handle);
    db.changed(argv, 1, NotifyClass.SET, "spop");
    if (isLast) db.notify(NotifyClass.GENERIC, "del", argv, 1);
  },
);

function popCount(ctx: Context, argv: Argv): void {
  const { db, keyspace, reply } = ctx;
  const { slot } = keyspace;
  const { sets } = keyspace.types;
  if (argv.count > 3) return reply.error(SYNTAX_ERROR);
  const count = integerArgument(argv, 2);
  if (count === null || count < 0) return reply.error(NOT_POSITIVE);
  const opened = openForWriting(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE || count === 0) return reply.set(0);

  const size = sets.count(slot);
  if (count < size) return popSome(ctx, argv, count, size);
  reply.set(size);
  replyMembers(ctx, slot);
  db.remove(argv, 1);
  if (ctx.effects.isOn) ctx.effects.instead("DEL", 2).argument(argv, 1);
  report(ctx, argv, size);
  db.notify(NotifyClass.GENERIC, "del", argv, 1);
}

function report({ db, keyspace }: Context, argv: Argv, popped: number): void {
  keyspace.dirty += popped - 1;
  db.changed(argv, 1, NotifyClass.SET, "spop");
}

/** Takes members out one by one; when most of a big set go, puts the others into a new set, which is packed if it is small. */
function popSome(ctx: Context, argv: Argv, count: number, size: number): void {
  const { db, effects, keyspace, reply } = ctx;
  const { slot, secondSlot } = keyspace;
  const { sets } = keyspace.types;
  const isAnew = (size - count) * MOVE_FACTOR <= count;
  const popped: Uint8Array[] = [];
  const pop = ({ region, offset, length }: ElementView): void => {
    reply.bulk(region, offset, length);
    if (effects.isOn) popped.push(region.u8.slice(offset, offset + length));
  };
  reply.set(count);
  if (!isAnew || slot.encoding !== Encoding.HASHTABLE) {
    takeSome(ctx, argv, count, size, pop, popped);
    if (isAnew) sets.enforceLimits(slot);
    return;
  }
  beginEmpty(ctx, argv, 1, Encoding.LISTPACK, secondSlot);
  try {
    const keep = (member: ElementView): void => {
      sets.add(secondSlot, member.region, member.offset, member.length);
    };
    sets.sampler.split(slot, count, pop, keep);
    sets.exchange(slot, secondSlot);
  } finally {
    // What is in there now: the old members, or when memory ran out the new ones.
    db.abandon(secondSlot);
  }
  report(ctx, argv, count);
  sayRemoved(ctx, argv, popped);
}

/** Takes members out one by one. */
function takeSome(
  ctx: Context,
  argv: Argv,
  count: number,
  size: number,
  pop: (member: ElementView) => void,
  named: readonly Uint8Array[],
): void {
  const { keyspace, reply } = ctx;
  const { slot } = keyspace;
  const { sets } = keyspace.types;
  // A packed set cannot be left in the midst of it: there is room for its members before.
  if (slot.encoding !== Encoding.HASHTABLE) reply.reserve(slot.length + count * REPLIED_BYTES);
  try {
    sets.sampler.take(slot, count, pop);
  } finally {
    // Also when the reply fails half-way.
    const popped = size - sets.count(slot);
    if (popped > 0) report(ctx, argv, popped);
    sayRemoved(ctx, argv, named.slice(0, popped));
  }
}

/** SREM of the members, which there are only while somebody listens. */
function sayRemoved({ effects }: Context, argv: Argv, members: readonly Uint8Array[]): void {
  for (let from = 0; from < members.length; from += SAID_AT_ONCE) {
    const some = members.slice(from, from + SAID_AT_ONCE);
    effects.instead("SREM", 2 + some.length).argument(argv, 1);
    for (const member of some) effects.wordOf(member);
  }
}
