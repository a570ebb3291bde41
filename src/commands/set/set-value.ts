/** Opening and making sets, as the commands of this group share it. */
import type { Argv } from "../../bytes/argv.js";
import type { ValueView } from "../../datatypes/value-slot.js";
import type { OpenValue } from "../../keyspace/open-value.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { editCollection, type Opened, readCollection } from "../open-collection.js";

/** Opens the set at argument `i` for reading, in `ctx.keyspace.view`. */
export function openForReading(ctx: Context, argv: Argv, i: number): Opened {
  return readCollection(ctx, ctx.db.lookupRead(argv, i), ValueType.SET);
}

/** Opens the set at argument `i` for changing it. */
export function openForWriting(ctx: Context, argv: Argv, i: number, slot: OpenValue = ctx.keyspace.slot): Opened {
  return editCollection(ctx, argv, i, ctx.db.lookupWrite(argv, i), ValueType.SET, slot);
}

/** Begins a set for the key at argument `i`, of one member at argument `memberAt`, that will have about `expected`. */
export function beginWithMember(
  ctx: Context,
  argv: Argv,
  i: number,
  memberAt: number,
  expected: number,
  slot: OpenValue,
): void {
  const { db } = ctx;
  const { sets } = ctx.keyspace.types;
  const { source } = argv;
  const offset = argv.offset[memberAt]!;
  const length = argv.length[memberAt]!;
  const encoding = sets.initialEncoding(source, offset, length, expected);
  const packed = encoding === Encoding.HASHTABLE ? Encoding.LISTPACK : encoding;
  db.begin(argv, i, ValueType.SET, packed, sets.initialSize(encoding, source, offset, length), slot);
  try {
    sets.initialize(slot, encoding, source, offset, length);
  } catch (error) {
    db.abandon(slot);
    throw error;
  }
}

/** Begins an empty set, to be placed when it has members, or abandoned. */
export function beginEmpty(ctx: Context, argv: Argv, i: number, encoding: Encoding, slot: OpenValue): void {
  const { sets } = ctx.keyspace.types;
  ctx.db.begin(argv, i, ValueType.SET, encoding, sets.emptySize(encoding), slot);
  sets.clear(slot);
}

/** Writes all members, without the header of the aggregate they are in. */
export function replyMembers({ keyspace, reply }: Context, set: ValueView): void {
  const { cursor } = keyspace.types.sets;
  cursor.open(set);
  while (cursor.next()) reply.bulk(cursor.member.region, cursor.member.offset, cursor.member.length);
}
