import type { Argv } from "../../bytes/argv.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { defineCommand, key } from "../spec.js";
import { openForReading } from "./hash-value.js";

const COMPLEXITY = "O(N) where N is the size of the hash.";

/** HGETALL: all fields with their values. */
export const hgetall = defineCommand(
  {
    name: "HGETALL",
    group: "hash",
    since: "2.0.0",
    summary: "Returns all fields and values in a hash.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    brief: true,
    tips: ["nondeterministic_output_order"],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => replyAll(ctx, argv, true, true),
);

/** HKEYS: all fields. */
export const hkeys = defineCommand(
  {
    name: "HKEYS",
    group: "hash",
    since: "2.0.0",
    summary: "Returns all fields in a hash.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    brief: true,
    tips: ["nondeterministic_output_order"],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => replyAll(ctx, argv, true, false),
);

/** HVALS: all values. */
export const hvals = defineCommand(
  {
    name: "HVALS",
    group: "hash",
    since: "2.0.0",
    summary: "Returns all values in a hash.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    brief: true,
    tips: ["nondeterministic_output_order"],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => replyAll(ctx, argv, false, true),
);

function replyAll(ctx: Context, argv: Argv, withFields: boolean, withValues: boolean): void {
  const { keyspace, reply } = ctx;
  const { hashes } = keyspace.types;
  const opened = openForReading(ctx, argv);
  if (opened === Opened.REFUSED) return;
  const isMap = withFields && withValues;
  if (opened === Opened.NONE) return isMap ? reply.map(0) : reply.array(0);
  // Where fields may have expired unseen, their number is known only in the end.
  const isCounted = hashes.isExact(keyspace.view);
  const mark = reply.begin();
  if (isCounted) {
    const count = hashes.count(keyspace.view);
    if (isMap) reply.map(count);
    else reply.array(count);
  }
  let count = 0;
  hashes.each(keyspace.view, (field, value) => {
    if (withFields) reply.bulk(field.region, field.offset, field.length);
    if (withValues) reply.bulk(value.region, value.offset, value.length);
    count++;
  });
  if (isCounted) return;
  if (isMap) reply.endMap(mark, count);
  else reply.endArray(mark, count);
}
