import { LOOK_AHEAD } from "../../keyspace/database.js";
import { ValueType } from "../../structures/entry/entry.js";
import { defineCommand, key, many } from "../spec.js";
import { replyBytes } from "./string-value.js";

/** MGET: the values of several keys, null for those that hold no string. */
export const mget = defineCommand(
  {
    name: "MGET",
    group: "string",
    since: "1.0.0",
    summary: "Atomically returns the string values of one or more keys.",
    complexity: "O(N) where N is the number of keys to retrieve.",
    flags: ["readonly", "fast"],
    tips: ["request_policy:multi_shard"],
    args: [many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const { value } = ctx.keyspace;
    const { count } = argv;
    reply.array(count - 1);
    for (let i = 1; i < count; i++) {
      if ((i - 1) % LOOK_AHEAD === 0) db.lookAhead(argv, i, 1);
      const ref = db.lookupRead(argv, i);
      if (ref === 0 || db.type(ref) !== ValueType.STRING) {
        reply.null();
      } else {
        db.loadString(ref, value);
        replyBytes(ctx, 0, value.length);
      }
    }
  },
);
