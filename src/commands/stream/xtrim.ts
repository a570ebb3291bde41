import { NotifyClass } from "../../keyspace/notify.js";
import { defineCommand, key } from "../spec.js";
import { writeHead } from "./stream-value.js";
import { parseTrimOptions, sayTrimmed, TRIM_ARGUMENTS } from "./trim-options.js";

/** XTRIM: removes entries from the beginning. */
export const xtrim = defineCommand(
  {
    name: "XTRIM",
    group: "stream",
    since: "5.0.0",
    summary: "Deletes messages from the beginning of a stream.",
    complexity:
      "O(N), with N being the number of evicted entries. Constant times are very small however, since entries are organized in macro nodes containing multiple entries that can be released with a single deallocation.",
    flags: ["write"],
    effect: "rewritten",
    history: [["6.2.0", "Added the `MINID` trimming strategy and the `LIMIT` option."]],
    tips: ["nondeterministic_output"],
    args: [key("key", "RW DELETE"), TRIM_ARGUMENTS],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    if (parseTrimOptions(ctx, argv, false) < 0) return;
    const head = writeHead(ctx, argv, 1);
    if (head < 0) return;
    const removed = head === 0 ? 0 : keyspace.types.streams.trim(head);
    if (removed > 0) {
      keyspace.dirty += removed - 1;
      db.changed(argv, 1, NotifyClass.STREAM, "xtrim");
      if (ctx.effects.isOn) sayTrimmed(ctx, argv, head, argv.count, 0);
    }
    reply.integer(removed);
  },
);
