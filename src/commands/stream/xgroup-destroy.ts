import { NotifyClass } from "../../keyspace/notify.js";
import { defineCommand, key, string } from "../spec.js";
import { writeHead } from "./stream-value.js";
import { NO_KEY } from "./xgroup-create.js";

/** XGROUP DESTROY: removes a group. Whoever waits for its entries is told. */
export const xgroupDestroy = defineCommand(
  {
    name: "DESTROY",
    group: "stream",
    since: "5.0.0",
    summary: "Destroys a consumer group.",
    complexity: "O(N) where N is the number of entries in the group's pending entries list (PEL).",
    flags: ["write"],
    effect: "as sent",
    args: [key("key", "RW DELETE"), string("group")],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const head = writeHead(ctx, argv, 2);
    if (head < 0) return;
    if (head === 0) return reply.error(NO_KEY);
    const group = keyspace.types.streams.detachGroup(head, argv.source, argv.offset[3]!, argv.length[3]!);
    if (group === 0) return reply.integer(0);
    keyspace.lazyFree.freeRecord(group);
    keyspace.dirty++;
    db.notify(NotifyClass.STREAM, "xgroup-destroy", argv, 2);
    ctx.blocking.wake(argv, 2);
    reply.integer(1);
  },
);
