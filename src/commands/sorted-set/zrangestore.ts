import { RangeBy } from "../../datatypes/sorted-set-range.js";
import { Opened } from "../open-collection.js";
import { beginEmpty, openForReading, store } from "../sorted-set-value.js";
import { block, defineCommand, flag, integer, key, oneOf, string } from "../spec.js";
import { storeNothing } from "../store-result.js";
import { Open, Query, readQuery } from "./range-query.js";

/** ZRANGESTORE: makes the members in a range the value of another key. */
export const zrangestore = defineCommand(
  {
    name: "ZRANGESTORE",
    group: "sorted-set",
    since: "6.2.0",
    summary: "Stores a range of members from sorted set in a key.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [
      key("dst", "OW UPDATE"),
      key("src", "RO ACCESS"),
      string("min"),
      string("max"),
      oneOf("sortby", [flag("BYSCORE"), flag("BYLEX")]),
      flag("REV"),
      block("limit", [integer("offset"), integer("count")], { token: "LIMIT", optional: true }),
    ],
  },
  (ctx, argv) => {
    const { db, keyspace } = ctx;
    const { view, slot } = keyspace;
    const { sortedSets } = keyspace.types;
    const { cursor, range } = sortedSets;
    if (readQuery(ctx, argv, 3, RangeBy.RANK, false, Open.BY | Open.REV) === Query.REFUSED) return;
    const opened = openForReading(ctx, argv, 2);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return storeNothing(ctx, argv);
    sortedSets.locate(view, range);
    beginEmpty(ctx, argv, 1, sortedSets.encodingFor(range.count, 0), slot);
    try {
      cursor.open(view, range.from);
      const { member } = cursor;
      for (let left = range.count; left > 0; left--) {
        cursor.next();
        sortedSets.append(slot, cursor.score, member.region, member.offset, member.length);
      }
    } catch (error) {
      db.abandon(slot);
      throw error;
    }
    store(ctx, argv, slot, "zrangestore");
  },
);
