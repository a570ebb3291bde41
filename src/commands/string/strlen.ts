import { WRONG_TYPE } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import { defineCommand, key } from "../spec.js";

/** STRLEN: the length of a string. */
export const strlen = defineCommand(
  {
    name: "STRLEN",
    group: "string",
    since: "2.2.0",
    summary: "Returns the length of a string value.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const ref = db.lookupRead(argv, 1);
    if (ref === 0) return reply.integer(0);
    if (db.type(ref) !== ValueType.STRING) return reply.error(WRONG_TYPE);
    const { value } = ctx.keyspace;
    db.loadString(ref, value);
    reply.integer(value.length);
  },
);
