import { Encoding } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { INVALID_CURSOR, parseCursor, ScanOptions } from "../scan-options.js";
import { defineCommand, integer, key, pattern } from "../spec.js";
import { openForReading } from "./set-value.js";

/** SSCAN: some of the members, and the cursor to go on with. */
export const sscan = defineCommand(
  {
    name: "SSCAN",
    group: "set",
    since: "2.8.0",
    summary: "Iterates over members of a set.",
    complexity:
      "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [
      key("key", "RO ACCESS"),
      integer("cursor"),
      pattern("pattern", { token: "MATCH", optional: true }),
      integer("count", { token: "COUNT", optional: true }),
    ],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const cursor = parseCursor(argv, 2);
    if (cursor === null) return reply.error(INVALID_CURSOR);
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) {
      reply.array(2);
      reply.bulkInteger(0);
      return reply.array(0);
    }
    const options = new ScanOptions(argv);
    const error = options.read(3, false);
    if (error !== null) return reply.error(error);
    reply.array(2);
    if (keyspace.view.encoding === Encoding.HASHTABLE) scanBig(ctx, cursor, options);
    else scanPacked(ctx, options);
  },
);

/** Small sets are shown at once, whatever the cursor. */
function scanPacked({ keyspace, reply }: Context, options: ScanOptions): void {
  const { cursor } = keyspace.types.sets;
  reply.bulkInteger(0);
  const mark = reply.begin();
  let count = 0;
  cursor.open(keyspace.view);
  while (cursor.next()) {
    const { region, offset, length } = cursor.member;
    if (!options.matches(region, offset, length)) continue;
    reply.bulk(region, offset, length);
    count++;
  }
  reply.endArray(mark, count);
}

function scanBig({ keyspace, reply }: Context, cursor: number, options: ScanOptions): void {
  const { sets } = keyspace.types;
  const { member } = sets.cursor;
  const { view } = keyspace;
  const found: number[] = [];
  const next = sets.scan(view, cursor, options.count, (handle) => {
    sets.load(view, handle, member);
    if (options.matches(member.region, member.offset, member.length)) found.push(handle);
  });
  reply.bulkInteger(next);
  reply.array(found.length);
  for (const handle of found) {
    sets.load(view, handle, member);
    reply.bulk(member.region, member.offset, member.length);
  }
}
