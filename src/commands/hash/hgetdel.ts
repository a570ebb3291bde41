import { Opened } from "../open-collection.js";
import { defineCommand, key } from "../spec.js";
import { fieldsBlock, hasFields } from "./field-arguments.js";
import { fieldsDeleted, openForWriting, sayDeleted } from "./hash-value.js";

/** HGETDEL: the values of fields, which are removed. */
export const hgetdel = defineCommand(
  {
    name: "HGETDEL",
    group: "hash",
    since: "8.0.0",
    summary: "Returns the value of a field and deletes it from the hash.",
    complexity: "O(N) where N is the number of specified fields",
    flags: ["write", "fast"],
    effect: "rewritten",
    args: [key("key", "RW ACCESS DELETE"), fieldsBlock],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { hashes } = keyspace.types;
    const { element, slot } = keyspace;
    const opened = openForWriting(ctx, argv);
    if (opened === Opened.REFUSED || !hasFields(ctx, argv, 2)) return;
    let deleted = 0;
    reply.array(argv.count - 4);
    let i = 4;
    try {
      for (; i < argv.count; i++) {
        const offset = argv.offset[i]!;
        const length = argv.length[i]!;
        if (opened === Opened.FOUND && hashes.get(slot, argv.source, offset, length, element)) {
          reply.bulk(element.region, element.offset, element.length);
          hashes.delete(slot, argv.source, offset, length);
          deleted++;
        } else {
          reply.null();
        }
      }
    } finally {
      // Also when the reply fails half-way.
      if (deleted > 0) {
        fieldsDeleted(ctx, argv, deleted);
        if (ctx.effects.isOn) sayDeleted(ctx, argv, 4, i, 1);
      }
    }
  },
);
