import { Expiry } from "../../keyspace/expiry.js";
import { EntryView } from "../../structures/entry/entry.js";
import { INVALID_CURSOR, parseCursor, ScanOptions } from "../scan-options.js";
import { defineCommand, integer, pattern, string } from "../spec.js";
import { typeName } from "./type-name.js";

/** SCAN: some of the keys, and the cursor to go on with. */
export const scan = defineCommand(
  {
    name: "SCAN",
    group: "generic",
    since: "2.8.0",
    summary: "Iterates over the key names in the database.",
    complexity:
      "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
    flags: ["readonly", "touches_arbitrary_keys"],
    tips: ["nondeterministic_output", "request_policy:special", "response_policy:special"],
    history: [["6.0.0", "Added the `TYPE` subcommand."]],
    args: [
      integer("cursor"),
      pattern("pattern", { token: "MATCH", optional: true }),
      integer("count", { token: "COUNT", optional: true }),
      string("type", { token: "TYPE", since: "6.0.0", optional: true }),
    ],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const cursor = parseCursor(argv, 1);
    if (cursor === null) return reply.error(INVALID_CURSOR);
    const options = new ScanOptions(argv);
    const error = options.read(2, true);
    if (error !== null) return reply.error(error);

    const view = new EntryView();
    const found: number[] = [];
    const expired: number[] = [];
    const next = db.scan(cursor, options.count, (ref) => {
      if (options.type !== null && typeName(db.type(ref)) !== options.type) return;
      db.loadEntry(ref, view);
      if (!options.matches(view.segment, view.keyOffset, view.keyLength)) return;
      (db.isExpired(ref) ? expired : found).push(ref);
    });

    reply.array(2);
    reply.bulkInteger(next);
    reply.array(found.length);
    for (const ref of found) {
      db.loadEntry(ref, view);
      reply.bulk(view.segment, view.keyOffset, view.keyLength);
    }
    if (ctx.keyspace.expiry === Expiry.REMOVED) for (const ref of expired) db.removeEntry(ref, "expired");
  },
);
