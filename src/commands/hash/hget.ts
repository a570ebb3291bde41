import { Opened } from "../open-collection.js";
import { defineCommand, key, many, string } from "../spec.js";
import { openForReading } from "./hash-value.js";

/** HGET: the value of a field. */
export const hget = defineCommand(
  {
    name: "HGET",
    group: "hash",
    since: "2.0.0",
    summary: "Returns the value of a field in a hash.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS"), string("field")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv);
    if (opened === Opened.REFUSED) return;
    const { element, view } = keyspace;
    if (
      opened === Opened.FOUND &&
      keyspace.types.hashes.get(view, argv.source, argv.offset[2]!, argv.length[2]!, element)
    ) {
      reply.bulk(element.region, element.offset, element.length);
    } else {
      reply.null();
    }
  },
);

/** HMGET: the values of several fields. */
export const hmget = defineCommand(
  {
    name: "HMGET",
    group: "hash",
    since: "2.0.0",
    summary: "Returns the values of all fields in a hash.",
    complexity: "O(N) where N is the number of fields being requested.",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS"), many(string("field"))],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv);
    if (opened === Opened.REFUSED) return;
    const { hashes } = keyspace.types;
    const { element, view } = keyspace;
    reply.array(argv.count - 2);
    for (let i = 2; i < argv.count; i++) {
      if (opened === Opened.FOUND && hashes.get(view, argv.source, argv.offset[i]!, argv.length[i]!, element)) {
        reply.bulk(element.region, element.offset, element.length);
      } else {
        reply.null();
      }
    }
  },
);

/** HSTRLEN: the length of a field's value. */
export const hstrlen = defineCommand(
  {
    name: "HSTRLEN",
    group: "hash",
    since: "3.2.0",
    summary: "Returns the length of the value of a field.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO"), string("field")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv);
    if (opened === Opened.REFUSED) return;
    const { element, view } = keyspace;
    const isThere =
      opened === Opened.FOUND &&
      keyspace.types.hashes.get(view, argv.source, argv.offset[2]!, argv.length[2]!, element);
    reply.integer(isThere ? element.length : 0);
  },
);

/** HEXISTS: whether there is a field. */
export const hexists = defineCommand(
  {
    name: "HEXISTS",
    group: "hash",
    since: "2.0.0",
    summary: "Determines whether a field exists in a hash.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO"), string("field")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv);
    if (opened === Opened.REFUSED) return;
    const isThere =
      opened === Opened.FOUND &&
      keyspace.types.hashes.has(keyspace.view, argv.source, argv.offset[2]!, argv.length[2]!);
    reply.integer(isThere ? 1 : 0);
  },
);

/** HLEN: the number of fields. */
export const hlen = defineCommand(
  {
    name: "HLEN",
    group: "hash",
    since: "2.0.0",
    summary: "Returns the number of fields in a hash.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv);
    if (opened === Opened.REFUSED) return;
    reply.integer(opened === Opened.NONE ? 0 : keyspace.types.hashes.count(keyspace.view));
  },
);
