import { copyBytes } from "../../bytes/region.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { WRONG_TYPE } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import { defineCommand, key, string } from "../spec.js";
import { writeBehind } from "./long-write.js";
import { checkStringLength } from "./string-value.js";

/** APPEND: adds bytes to the end of a string. */
export const append = defineCommand(
  {
    name: "APPEND",
    group: "string",
    since: "2.0.0",
    summary: "Appends a string to the value of a key. Creates the key if it doesn't exist.",
    complexity:
      "O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by Redis will double the free space available on every reallocation.",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    brief: false,
    args: [key("key", "RW INSERT"), string("value")],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const added = argv.length[2]!;
    const ref = db.lookupWrite(argv, 1);
    let length = added;
    if (ref === 0) {
      if (!db.adoptString(argv, 1, 2, 0)) db.setString(argv, 1, argv.source, argv.offset[2]!, added, 0);
    } else {
      if (db.type(ref) !== ValueType.STRING) return reply.error(WRONG_TYPE);
      const { value } = ctx.keyspace;
      db.loadString(ref, value);
      const oldLength = value.length;
      length = oldLength + added;
      if (!checkStringLength(ctx, length)) return;
      const isWritten = writeBehind(ctx, argv, ref, oldLength, oldLength, 2, 0);
      if (isWritten === null) return;
      if (isWritten) {
        db.extendString(db.peek(argv, 1), length);
      } else {
        db.resizeString(argv, 1, ref, length, value);
        copyBytes(argv.source, argv.offset[2]!, value.region, value.offset + oldLength, added);
      }
    }
    db.changed(argv, 1, NotifyClass.STRING, "append");
    reply.integer(length);
  },
);
