import type { Argv } from "../../bytes/argv.js";
import { Consumer, type EditableRef, Group } from "../../datatypes/stream-blocks.js";
import { idText } from "../../datatypes/stream-id.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, key, optional, string } from "../spec.js";
import { replyEntryAt, replyId } from "./entry-reply.js";
import { sayAcknowledged, sayClaimed } from "./group-effects.js";
import { editFound, groupAt, noGroup, rangeStart, readHead } from "./stream-value.js";
import { consumerFor } from "./xreadgroup.js";

const NO_IDLE_TIME = "ERR Invalid min-idle-time argument for XAUTOCLAIM";
const NO_COUNT = "ERR COUNT must be > 0";
const DEFAULT_COUNT = 100;
/** Pending entries looked at, for each that is wanted. */
const ATTEMPTS = 10;
/** The largest count Redis takes: (2^63 - 1) / 16. */
const MAX_COUNT = 2 ** 59 - 1;
/** Room for what is in front of the entries. */
const HEAD_BYTES = 80;

/** XAUTOCLAIM: makes pending entries that are idle for long those of another consumer. */
export const xautoclaim = defineCommand(
  {
    name: "XAUTOCLAIM",
    group: "stream",
    since: "6.2.0",
    summary:
      "Changes, or acquires, ownership of messages in a consumer group, as if the messages were delivered to as consumer group member.",
    complexity: "O(1) if COUNT is small.",
    flags: ["write", "fast"],
    effect: "rewritten",
    brief: false,
    history: [
      ["7.0.0", "Added an element to the reply array, containing deleted entries the command cleared from the PEL"],
    ],
    tips: ["nondeterministic_output"],
    args: [
      key("key", "RW DELETE"),
      string("group"),
      string("consumer"),
      string("min-idle-time"),
      string("start"),
      optional(integer("count", { token: "COUNT" })),
      flag("JUSTID"),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const { startId } = ctx.keyspace.types.streams;
    const minIdleMs = integerArgument(argv, 4);
    if (minIdleMs === null) return reply.error(NO_IDLE_TIME);
    if (!rangeStart(ctx, argv, 5, startId)) return;
    let count = DEFAULT_COUNT;
    let justId = false;
    for (let i = 6; i < argv.count; i++) {
      if (argv.is(i, "COUNT") && i + 1 < argv.count) {
        const value = integerArgument(argv, ++i);
        if (value === null || value < 1 || value > MAX_COUNT) return reply.error(NO_COUNT);
        count = value;
      } else if (argv.is(i, "JUSTID")) justId = true;
      else return reply.error(SYNTAX_ERROR);
    }
    const head = readHead(ctx, argv, 1);
    if (head < 0) return;
    const group = groupAt(ctx, head, argv, 2);
    if (group === 0) return reply.error(noGroup(argv, 1, 2));
    claimIdle(ctx, argv, head, editFound(ctx, argv, 1, group), Math.max(minIdleMs, 0), count, justId);
  },
);

/** Claims from `startId` on, and replies where to go on, the entries, and the IDs of those that are gone. */
function claimIdle(
  ctx: Context,
  argv: Argv,
  head: number,
  group: EditableRef,
  minIdleMs: number,
  count: number,
  justId: boolean,
): void {
  const { effects, keyspace, reply } = ctx;
  const { streams } = keyspace.types;
  const { blocks, groups, id, startId } = streams;
  const { pending } = groups;
  const nowMs = Math.floor(ctx.nowMs);
  const names = { argv, key: 1, group: 2, consumer: 3 };
  if (effects.isOn) effects.nothing();
  const consumer = consumerFor(ctx, group, names);
  const root = blocks.word(group, Group.PENDING);
  const gone: string[] = [];
  const mark = reply.begin();
  let claimed = 0;
  let more = pending.seek(root, startId);
  for (let attempts = count * ATTEMPTS; more && attempts > 0 && count > 0; attempts--) {
    pending.loadKey(id);
    if (!streams.has(head, id)) {
      gone.push(idText(id));
      groups.acknowledge(group, id);
      keyspace.dirty++;
      if (effects.isOn) sayAcknowledged(ctx, names, id);
      count--;
      more = pending.seek(root, id);
      continue;
    }
    if (minIdleMs === 0 || nowMs - groups.deliveryTime() >= minIdleMs) {
      groups.assign(group, consumer, id, nowMs);
      if (!justId) groups.addDelivery();
      blocks.setDouble(consumer, Consumer.ACTIVE_F64, nowMs);
      keyspace.dirty++;
      if (effects.isOn) sayClaimed(ctx, names, group, id);
      claimed++;
      if (justId) replyId(ctx, id);
      else replyEntryAt(ctx, head, id);
      count--;
    }
    more = pending.next();
  }
  if (more) pending.loadKey(id);
  else id.fill(0);
  reply.endArray(mark, claimed);
  reply.array(gone.length);
  for (const text of gone) reply.bulkText(text);
  // The cursor comes first, but is known last.
  reply.reserve(HEAD_BYTES);
  const from = reply.length;
  reply.array(3);
  replyId(ctx, id);
  reply.moveBefore(mark, from);
}
