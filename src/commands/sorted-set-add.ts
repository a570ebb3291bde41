/** Adding members to a sorted set when their scores are known: the work of ZADD and ZINCRBY, and of GEOADD. */
import type { Argv } from "../bytes/argv.js";
import { Added, AddIf } from "../datatypes/sorted-sets.js";
import { NotifyClass } from "../keyspace/notify.js";
import { Encoding, ValueType } from "../structures/entry/entry.js";
import type { Context } from "./context.js";
import { Opened } from "./open-collection.js";
import { beginEmpty, openForWriting } from "./sorted-set-value.js";

const NAN_ERROR = "ERR resulting score is not a number (NaN)";

/**
 * Adds members with the numbers in `sortedSets.scores`, and replies as ZADD: the pairs of arguments from `from` on are a score, which is
 * not looked at, and a member.
 */
export function addScored(ctx: Context, argv: Argv, conditions: AddIf, from: number, repliesChanged: boolean): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  const opened = openForWriting(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE && (conditions & AddIf.EXISTING) !== 0) {
    return (conditions & AddIf.INCREMENT) !== 0 ? reply.null() : reply.integer(0);
  }
  if ((conditions & AddIf.INCREMENT) !== 0) return increment(ctx, argv, conditions, from, opened);
  const isNew = opened === Opened.NONE;
  const changed = isNew ? create(ctx, argv, conditions, from) : addAll(ctx, argv, conditions, from);
  reply.integer(repliesChanged ? changed : changed - sortedSets.updated);
}

/** Makes the key a sorted set of the pairs of arguments from `from` on; returns like `addAll`. */
function create(ctx: Context, argv: Argv, conditions: AddIf, from: number): number {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const { sortedSets } = keyspace.types;
  const members = (argv.count - from) >> 1;
  const encoding = sortedSets.encodingFor(members, longestMember(argv, from));
  sortedSets.updated = 0;
  let changed = 1;
  if (members === 1 && encoding === Encoding.LISTPACK) {
    const score = sortedSets.scores[0]!;
    const offset = argv.offset[from + 1]!;
    const length = argv.length[from + 1]!;
    const size = sortedSets.singleSize(score, argv.source, offset, length);
    db.begin(argv, 1, ValueType.ZSET, encoding, size, slot);
    sortedSets.fillSingle(slot, score, argv.source, offset, length);
  } else {
    beginEmpty(ctx, argv, 1, encoding, slot);
    try {
      sortedSets.addPairs(slot, conditions, argv, from);
    } catch (error) {
      db.abandon(slot);
      throw error;
    }
    changed = sortedSets.added + sortedSets.updated;
  }
  db.place(slot);
  report(ctx, argv, conditions, changed);
  return changed;
}

function longestMember(argv: Argv, from: number): number {
  let longest = 0;
  for (let i = from + 1; i < argv.count; i += 2) longest = Math.max(longest, argv.length[i]!);
  return longest;
}

/** Adds the pairs of arguments from `from` on to the open set; returns how many were added or changed. */
function addAll(ctx: Context, argv: Argv, conditions: AddIf, from: number): number {
  const { slot } = ctx.keyspace;
  const { sortedSets } = ctx.keyspace.types;
  // Many members make it big before they are added one by one, but not those that may not be added.
  if ((conditions & AddIf.EXISTING) === 0) sortedSets.expect(slot, (argv.count - from) >> 1);
  try {
    sortedSets.addPairs(slot, conditions, argv, from);
  } finally {
    // Also when memory ran out half-way.
    report(ctx, argv, conditions, sortedSets.added + sortedSets.updated);
  }
  return sortedSets.added + sortedSets.updated;
}

/** Adds the score at argument `from` to that of the member behind it, and replies the sum. */
function increment(ctx: Context, argv: Argv, conditions: AddIf, from: number, opened: Opened): void {
  const { reply } = ctx;
  const { sortedSets } = ctx.keyspace.types;
  const score = sortedSets.scores[0]!;
  if (opened === Opened.NONE) {
    create(ctx, argv, conditions, from);
    return reply.double(score);
  }
  const offset = argv.offset[from + 1]!;
  const length = argv.length[from + 1]!;
  const outcome = sortedSets.add(ctx.keyspace.slot, score, conditions, argv.source, offset, length);
  if (outcome === Added.NAN) return reply.error(NAN_ERROR);
  if (outcome === Added.NOTHING) return reply.null();
  report(ctx, argv, conditions, outcome === Added.SAME ? 0 : 1);
  reply.double(sortedSets.score);
}

function report({ db, keyspace }: Context, argv: Argv, conditions: AddIf, changed: number): void {
  if (changed === 0) return;
  keyspace.dirty += changed - 1;
  db.changed(argv, 1, NotifyClass.ZSET, (conditions & AddIf.INCREMENT) !== 0 ? "zincr" : "zadd");
}
