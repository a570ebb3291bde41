import { Opened } from "../open-collection.js";
import { INVALID_CURSOR, parseCursor, ScanOptions } from "../scan-options.js";
import { defineCommand, flag, integer, key, pattern } from "../spec.js";
import { openForReading } from "./hash-value.js";

/** HSCAN: some of the fields with their values, and the cursor to go on with. */
export const hscan = defineCommand(
  {
    name: "HSCAN",
    group: "hash",
    since: "2.8.0",
    summary: "Iterates over fields and values of a hash.",
    complexity:
      "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [
      key("key", "RO ACCESS"),
      integer("cursor"),
      pattern("pattern", { token: "MATCH", optional: true }),
      integer("count", { token: "COUNT", optional: true }),
      flag("NOVALUES", { since: "7.4.0" }),
    ],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { hashes } = keyspace.types;
    const cursor = parseCursor(argv, 2);
    if (cursor === null) return reply.error(INVALID_CURSOR);
    const opened = openForReading(ctx, argv);
    if (opened === Opened.REFUSED) return;
    const options = new ScanOptions(argv);
    if (opened === Opened.FOUND) {
      const error = options.read(3, false, true);
      if (error !== null) return reply.error(error);
    }
    const mark = reply.begin();
    let count = 0;
    let next = 0;
    if (opened === Opened.FOUND) {
      next = hashes.scan(keyspace.view, cursor, options.count, (field, value) => {
        if (!options.matches(field.region, field.offset, field.length)) return;
        count += options.withoutValues ? 1 : 2;
        reply.bulk(field.region, field.offset, field.length);
        if (!options.withoutValues) reply.bulk(value.region, value.offset, value.length);
      });
    }
    reply.endScan(mark, next, count);
  },
);
