import type { Argv } from "../../bytes/argv.js";
import type { EditableRef } from "../../datatypes/stream-blocks.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { defineCommand, key, string } from "../spec.js";
import { groupAt, noGroupOfKey, writeHead } from "./stream-value.js";
import { NO_KEY } from "./xgroup-create.js";

/** XGROUP CREATECONSUMER: adds a consumer to a group. */
export const xgroupCreateconsumer = defineCommand(
  {
    name: "CREATECONSUMER",
    group: "stream",
    since: "6.2.0",
    summary: "Creates a consumer in a consumer group.",
    complexity: "O(1)",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [key("key", "RW INSERT"), string("group"), string("consumer")],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { groups } = keyspace.types.streams;
    const group = requiredGroup(ctx, argv);
    if (group === 0) return;
    const offset = argv.offset[4]!;
    const length = argv.length[4]!;
    if (groups.findConsumer(group, argv.source, offset, length) !== 0) return reply.integer(0);
    groups.createConsumer(group, argv.source, offset, length, Math.floor(ctx.nowMs));
    keyspace.dirty++;
    db.notify(NotifyClass.STREAM, "xgroup-createconsumer", argv, 2);
    reply.integer(1);
  },
);

/** XGROUP DELCONSUMER: removes a consumer; what was pending for it is lost. */
export const xgroupDelconsumer = defineCommand(
  {
    name: "DELCONSUMER",
    group: "stream",
    since: "5.0.0",
    summary: "Deletes a consumer from a consumer group.",
    complexity: "O(1)",
    flags: ["write"],
    effect: "as sent",
    args: [key("key", "RW DELETE"), string("group"), string("consumer")],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { groups } = keyspace.types.streams;
    const group = requiredGroup(ctx, argv);
    if (group === 0) return;
    const pending = groups.deleteConsumer(group, argv.source, argv.offset[4]!, argv.length[4]!);
    if (pending >= 0) {
      keyspace.dirty++;
      db.notify(NotifyClass.STREAM, "xgroup-delconsumer", argv, 2);
    }
    reply.integer(Math.max(pending, 0));
  },
);

/** The group at argument 3 of the stream at argument 2; 0 when the error was replied. */
function requiredGroup(ctx: Context, argv: Argv): EditableRef {
  const head = writeHead(ctx, argv, 2);
  if (head < 0) return 0 as EditableRef;
  const group = groupAt(ctx, head, argv, 3);
  if (group === 0) ctx.reply.error(head === 0 ? NO_KEY : noGroupOfKey(argv, 2, 3));
  return group;
}
