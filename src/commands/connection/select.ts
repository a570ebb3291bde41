import { DB_INDEX_OUT_OF_RANGE, INT32_OUT_OF_RANGE, NOT_AN_INTEGER } from "../../protocol/errors.js";
import { integerArgument, isInt32 } from "../integer-argument.js";
import { defineCommand, integer } from "../spec.js";

/** SELECT: the database that the client's next commands work on. */
export const select = defineCommand(
  {
    name: "SELECT",
    group: "connection",
    since: "1.0.0",
    summary: "Changes the selected database.",
    complexity: "O(1)",
    flags: ["loading", "stale", "fast"],
    args: [integer("index")],
  },
  (ctx, argv) => {
    const index = integerArgument(argv, 1);
    if (index === null) return ctx.reply.error(NOT_AN_INTEGER);
    if (!isInt32(index)) return ctx.reply.error(INT32_OUT_OF_RANGE);
    if (index < 0 || index >= ctx.keyspace.databaseCount) return ctx.reply.error(DB_INDEX_OUT_OF_RANGE);
    ctx.client.db = ctx.keyspace.database(index);
    ctx.db = ctx.client.db;
    ctx.reply.ok();
  },
);
