import { Opened } from "../open-collection.js";
import { defineCommand, key, many, string } from "../spec.js";
import { fieldsDeleted, openForWriting } from "./hash-value.js";

/** HDEL: removes fields, and the key with the last one. */
export const hdel = defineCommand(
  {
    name: "HDEL",
    group: "hash",
    since: "2.0.0",
    summary: "Deletes one or more fields and their values from a hash. Deletes the hash if no fields remain.",
    complexity: "O(N) where N is the number of fields to be removed.",
    flags: ["write", "fast"],
    effect: "as sent",
    history: [["2.4.0", "Accepts multiple `field` arguments."]],
    args: [key("key", "RW DELETE"), many(string("field"))],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { hashes } = keyspace.types;
    const opened = openForWriting(ctx, argv);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.integer(0);
    let deleted = 0;
    for (let i = 2; i < argv.count; i++) {
      if (hashes.delete(keyspace.slot, argv.source, argv.offset[i]!, argv.length[i]!)) deleted++;
    }
    if (deleted > 0) fieldsDeleted(ctx, argv, deleted);
    reply.integer(deleted);
  },
);
